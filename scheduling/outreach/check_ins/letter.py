"""What a check-in says, in its reader's language, zone and clock."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from clients.links import Purpose as LinkPurpose
from clients.models import AccountManager, Contact
from clients.reader import text_language
from scheduling.meetings.plain_text import one_line
from scheduling.outreach.check_ins.calendar import instant
from scheduling.outreach.check_ins.pending import as_pending
from scheduling.outreach.check_ins.quoted import Quoted, quoted
from scheduling.outreach.content import Letter, html_part
from scheduling.outreach.linking import Linker, shown_link
from scheduling.outreach.models import Message, Purpose
from scheduling.outreach.texts.rendering import Words, render
from scheduling.outreach.texts.wordings import OwnTexts


def check_in_letter(
    message: Message, *, now: dt.datetime, link: Linker, own: OwnTexts | None = None, facts: Quoted | None = None
) -> Letter:
    """What the check-in says now: the words of its purposes, or those that its account manager wrote instead.

    `own` and `facts` are for callers who have read them for many check-ins.
    """
    contact, sender, words = message_words(message, now=now, link=link, own=own, facts=facts)
    return letter_with(
        words,
        sender,
        home_url=link(contact, LinkPurpose.HOME, now=now),
        wishes_url=link(contact, LinkPurpose.WISHES, now=now),
        unsubscribe_url=link(contact, LinkPurpose.UNSUBSCRIBE, now=now),
    )


def message_words(
    message: Message, *, now: dt.datetime, link: Linker, own: OwnTexts | None = None, facts: Quoted | None = None
) -> tuple[Contact, AccountManager, Words]:
    """Whom the check-in is for, who says it, and its words; `own` and `facts` as for `check_in_letter`.

    Raises: ValueError where it is to nobody or from nobody.
    """
    contact, sender = message.contact, message.sender
    if contact is None or sender is None:
        raise ValueError(f"check-in {message.pk} is to nobody or from nobody")
    at = max(now, message.due_at)
    words = check_in_words(message.purposes, contact, sender, now=at, link=link, own=own, facts=facts)
    return contact, sender, _as_written(words, message)


def _as_written(words: Words, message: Message) -> Words:
    """What its account manager wrote instead of these words, as far as they did."""
    if message.own_subject:
        words = replace(words, subject=one_line(message.own_subject))
    return words.rewritten(subject=words.subject, text=message.own_text) if message.own_text else words


def test_letter(message: Message, *, now: dt.datetime) -> Letter:
    """What the check-in would say to its contact, for an account manager to see; its links lead nowhere."""
    enrolment = message.enrolment
    if enrolment is None:
        raise ValueError(f"test {message.pk} is of no plan")
    contact, sender = enrolment.contact, enrolment.plan.account_manager
    date = message.local_date or now.date()
    planned = Message.objects.filter(kind=Message.Kind.CHECK_IN, enrolment=enrolment, local_date=date).first()
    walls = enrolment.plan.steps.filter(purpose__in=message.purposes).values_list("at_wall", flat=True)
    at = planned.due_at if planned else instant(date, min(walls, default=dt.time(12)), contact.time_zone)
    words = check_in_words(message.purposes, contact, sender, now=at, link=shown_link)
    if planned:
        words = _as_written(words, planned)
    with translation.override(text_language(message.person.language)):
        subject = _("Test: %(subject)s") % {"subject": words.subject}
    url = shown_link(contact, LinkPurpose.WISHES, now=now)
    shown = letter_with(replace(words, subject=subject), sender, home_url=url, wishes_url=url, unsubscribe_url=url)
    return replace(shown, unsubscribe_url="")


def check_in_words(
    purposes: Sequence[str],
    contact: Contact,
    sender: AccountManager,
    *,
    now: dt.datetime,
    link: Linker,
    own: OwnTexts | None = None,
    facts: Quoted | None = None,
) -> Words:
    """What the texts say for these purposes on that day; `own` and `facts` as for `check_in_letter`."""
    facts = facts or quoted([contact], purposes, first_at=now, last_at=now)
    pending = facts.approvals[contact.pk] if Purpose.APPROVALS in purposes else ()
    return render(
        purposes,
        contact=contact,
        sender=sender,
        now=now,
        approvals=[as_pending(approval, contact, now=now, link=link) for approval in pending],
        dates=facts.meetings_after(now, contact) if Purpose.DATES in purposes else (),
        own=own,
    )


def letter_with(
    words: Words, sender: AccountManager, *, wishes_url: str, unsubscribe_url: str, home_url: str = ""
) -> Letter:
    """The words as both parts of a mail to a contact that is not about a meeting alone."""
    context = {
        "words": words,
        "language": words.language,
        "text_direction": words.text_direction,
        "subject": words.subject,
        "sender_email": sender.email,
        "home_url": home_url,
        "wishes_url": wishes_url,
        "unsubscribe_url": unsubscribe_url,
    }
    return Letter(
        language=words.language,
        subject=words.subject,
        text=render_to_string("mail/check_in.txt", context).strip() + "\n",
        html=html_part("mail/check_in.html", context),
        unsubscribe_url=unsubscribe_url,
    )
