"""Who writes which kind of message."""

import datetime as dt
from collections.abc import Callable, Mapping

from clients.links import Purpose
from clients.models import Contact
from scheduling.outreach.approval_letters import answer_letter, request_letter
from scheduling.outreach.check_ins.letter import check_in_letter, test_letter
from scheduling.outreach.content import Letter, letter
from scheduling.outreach.linking import Linker
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import Correspondence
from scheduling.outreach.series_content import is_of_series, series_letter
from scheduling.outreach.suits.letter import reply_letter
from scheduling.outreach.suits.question import asks
from scheduling.outreach.surveys.letter import survey_letter

Kind = Message.Kind
Writer = Callable[[Message, Correspondence, dt.datetime, Linker], Letter]


def _of_meeting(message: Message, before: Correspondence, now: dt.datetime, link: Linker) -> Letter:
    if is_of_series(message):
        return series_letter(message, before, now=now)
    contact, meeting, answer_url = message.person, message.its_meeting, ""
    if isinstance(contact, Contact) and asks(message):
        answer_url = link(contact, Purpose.MEETING, now=now, subject_id=meeting.pk, expires_at=meeting.end_at)
    return letter(message, before, now=now, answer_url=answer_url)


def _of_check_in(message: Message, before: Correspondence, now: dt.datetime, link: Linker) -> Letter:
    return check_in_letter(message, now=now, link=link)


def _of_test(message: Message, before: Correspondence, now: dt.datetime, link: Linker) -> Letter:
    return test_letter(message, now=now)


def _of_request(message: Message, before: Correspondence, now: dt.datetime, link: Linker) -> Letter:
    return request_letter(message, now=now, link=link)


def _of_answer(message: Message, before: Correspondence, now: dt.datetime, link: Linker) -> Letter:
    return answer_letter(message)


def _of_survey(message: Message, before: Correspondence, now: dt.datetime, link: Linker) -> Letter:
    return survey_letter(message, now=now, link=link)


def _of_reply(message: Message, before: Correspondence, now: dt.datetime, link: Linker) -> Letter:
    return reply_letter(message)


WRITERS: Mapping[str, Writer] = {
    Kind.CONFIRMATION: _of_meeting,
    Kind.UPDATE: _of_meeting,
    Kind.CANCELLATION: _of_meeting,
    Kind.REMINDER: _of_meeting,
    Kind.CLOCK_CHANGE: _of_meeting,
    Kind.CHECK_IN: _of_check_in,
    Kind.TEST: _of_test,
    Kind.APPROVAL: _of_request,
    Kind.ANSWER: _of_answer,
    Kind.SURVEY: _of_survey,
    Kind.SUITS: _of_meeting,
    Kind.REPLY: _of_reply,
}


def letter_of(message: Message, before: Correspondence, *, now: dt.datetime, link: Linker) -> Letter:
    """What the message says now, to somebody who was told before what `before` says."""
    return WRITERS[message.kind](message, before, now, link)
