"""Who writes which kind of message."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from clients.links import Purpose
from clients.models import Contact
from scheduling.outreach.approval_letters import answer_letter, request_letter
from scheduling.outreach.check_ins.letter import check_in_letter, test_letter
from scheduling.outreach.check_ins.quoted import Quoted
from scheduling.outreach.content import Letter, letter
from scheduling.outreach.link_letter import link_letter
from scheduling.outreach.linking import Linker
from scheduling.outreach.models import Message
from scheduling.outreach.offer_letters import ended_letter, offer_letter, offer_news_letter
from scheduling.outreach.public_letters import code_letter, enquiry_letter, request_news_letter
from scheduling.outreach.selectors import Correspondence
from scheduling.outreach.series_content import is_of_series, series_letter
from scheduling.outreach.suits.letter import reply_letter
from scheduling.outreach.suits.question import asks
from scheduling.outreach.surveys.letter import survey_letter
from scheduling.outreach.texts.wordings import OwnTexts

Kind = Message.Kind


@dataclass(frozen=True)
class Supplies:
    """What the letters of a batch share: where private links come from, the admins' texts, and what check-ins quote.

    Without `own` and `facts` each letter reads those itself.
    """

    link: Linker
    own: OwnTexts | None = None
    facts: Quoted | None = None


Writer = Callable[[Message, Correspondence, dt.datetime, Supplies], Letter]


def _of_meeting(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    contact, meeting, answer_url = message.person, message.its_meeting, ""
    home_url = supplies.link(contact, Purpose.HOME, now=now) if isinstance(contact, Contact) else ""
    if is_of_series(message):
        return series_letter(message, before, now=now, home_url=home_url)
    if isinstance(contact, Contact) and asks(message):
        answer_url = supplies.link(contact, Purpose.MEETING, now=now, subject_id=meeting.pk, expires_at=meeting.end_at)
    return letter(message, before, now=now, answer_url=answer_url, home_url=home_url)


def _of_check_in(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return check_in_letter(message, now=now, link=supplies.link, own=supplies.own, facts=supplies.facts)


def _of_test(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return test_letter(message, now=now)


def _of_request(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return request_letter(message, now=now, link=supplies.link, own=supplies.own)


def _of_answer(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return answer_letter(message)


def _of_survey(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return survey_letter(message, now=now, link=supplies.link, own=supplies.own)


def _of_reply(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return reply_letter(message)


def _of_link(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return link_letter(message, now=now, link=supplies.link)


def _of_code(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return code_letter(message, now=now)


def _of_enquiry(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return enquiry_letter(message, now=now)


def _of_offer(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return offer_letter(message, now=now, link=supplies.link, own=supplies.own)


def _of_end_of_offer(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return ended_letter(message, now=now, link=supplies.link, own=supplies.own)


def _of_new_request(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return request_news_letter(message, now=now)


def _of_offer_news(message: Message, before: Correspondence, now: dt.datetime, supplies: Supplies) -> Letter:
    return offer_news_letter(message)


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
    Kind.OFFER: _of_offer,
    Kind.OFFER_REMINDER: _of_offer,
    Kind.OFFER_ADDED: _of_offer,
    Kind.OFFER_ENDED: _of_end_of_offer,
    Kind.OFFER_NEWS: _of_offer_news,
    Kind.LINK: _of_link,
    Kind.CODE: _of_code,
    Kind.ENQUIRY: _of_enquiry,
    Kind.DECLINED: _of_enquiry,
    Kind.REQUEST: _of_new_request,
}


def letter_of(message: Message, before: Correspondence, *, now: dt.datetime, supplies: Supplies) -> Letter:
    """What the message says now, to somebody who was told before what `before` says."""
    return WRITERS[message.kind](message, before, now, supplies)
