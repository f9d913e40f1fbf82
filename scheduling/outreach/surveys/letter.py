"""What the mail of a survey says: one question, and the link to the page on which one tap answers it."""

import datetime as dt

from django.template.loader import render_to_string

from clients.links import Purpose
from scheduling.outreach.content import Letter, html_part
from scheduling.outreach.linking import Linker
from scheduling.outreach.models import Message, Survey
from scheduling.outreach.texts.purposes import TextPurpose
from scheduling.outreach.texts.rendering import AgreedMeeting, render
from scheduling.outreach.texts.wordings import OwnTexts

PURPOSES = {
    Survey.Question.CSAT.value: TextPurpose.SATISFACTION,
    Survey.Question.NPS.value: TextPurpose.RECOMMENDATION,
}


def survey_letter(message: Message, *, now: dt.datetime, link: Linker, own: OwnTexts | None = None) -> Letter:
    """Asks the contact, in their language and form of address; nothing in it answers by being looked at."""
    survey, contact = message.survey, message.contact
    if survey is None or contact is None:
        raise ValueError(f"message {message.pk} asks nobody anything")
    purpose, meeting = PURPOSES[survey.question], survey.meeting
    words = render(
        [purpose],
        contact=contact,
        sender=survey.account_manager,
        now=now,
        meeting=AgreedMeeting(meeting.title, meeting.start_at, meeting.end_at) if meeting else None,
        own=own,
    )
    unsubscribe_url = link(contact, Purpose.UNSUBSCRIBE, now=now)
    context = {
        "words": words,
        "subject": words.subject,
        "language": words.language,
        "text_direction": words.text_direction,
        "sender_email": survey.account_manager.email,
        "lowest": words.labels[f"{purpose}_low"],
        "highest": words.labels[f"{purpose}_high"],
        "survey_url": link(contact, Purpose.SURVEY, now=now, subject_id=survey.pk, expires_at=survey.expires_at),
        "home_url": link(contact, Purpose.HOME, now=now),
        "wishes_url": link(contact, Purpose.WISHES, now=now),
        "unsubscribe_url": unsubscribe_url,
    }
    return Letter(
        language=words.language,
        subject=words.subject,
        text=render_to_string("mail/survey.txt", context).strip() + "\n",
        html=html_part("mail/survey.html", context),
        unsubscribe_url=unsubscribe_url,
    )
