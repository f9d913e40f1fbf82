"""What the mails about approvals say: the request to a contact, and what came back to the account manager."""

import datetime as dt

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from clients.links import Purpose
from clients.models import AccountManager, Contact
from clients.reader import reader_of, text_language
from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach.check_ins.pending import as_pending
from scheduling.outreach.content import Letter, html_part
from scheduling.outreach.linking import Linker
from scheduling.outreach.models import ApprovalEvent, Message
from scheduling.outreach.texts.purposes import TextPurpose
from scheduling.outreach.texts.rendering import render
from scheduling.outreach.texts.wordings import OwnTexts

Kind = ApprovalEvent.Kind


def request_letter(message: Message, *, now: dt.datetime, link: Linker, own: OwnTexts | None = None) -> Letter:
    """Asks the contact for the approval, in their language and form of address, with its private link."""
    event, contact, sender = _event(message), message.contact, message.sender
    if contact is None or sender is None:
        raise ValueError(f"message {message.pk} asks no contact")
    approvals = [as_pending(event.approval, contact, now=now, link=link)]
    purposes = [TextPurpose.APPROVAL_REQUEST]
    words = render(purposes, contact=contact, sender=sender, now=now, approvals=approvals, own=own)
    context = {
        "words": words,
        "subject": words.subject,
        "language": words.language,
        "text_direction": words.text_direction,
        "sender_email": sender.email,
        "home_url": link(contact, Purpose.HOME, now=now),
        "wishes_url": link(contact, Purpose.WISHES, now=now),
    }
    return Letter(
        language=words.language,
        subject=words.subject,
        text=render_to_string("mail/check_in.txt", context).strip() + "\n",
        html=html_part("mail/check_in.html", context),
    )


def answer_letter(message: Message) -> Letter:
    """Tells the account manager what a contact said of an approval."""
    event, reader = _event(message), reader_of(message.person)
    with translation.override(text_language(message.person.language)):
        context = {
            **_said(event),
            "reader": reader,
            "language": reader.language,
            "text_direction": reader.text_direction,
            "greeting_name": one_line(message.person.greeting_name),
            "words": lines(event.words) if event.kind == Kind.NOT_YET else "",
            "title": one_line(event.approval.title),
            "client": one_line(event.approval.client.name),
            "page": settings.SITE_ORIGIN + reverse("approvals:detail", args=[event.approval_id]),
        }
        return Letter(
            language=reader.language,
            subject=context["subject"],
            text=render_to_string("mail/approval_answer.txt", context).strip() + "\n",
            html=html_part("mail/approval_answer.html", context),
        )


def _said(event: ApprovalEvent) -> dict[str, str]:
    """Subject and first sentence."""
    match event.kind:
        case Kind.APPROVED:
            subject, lead = _("Approved: %(title)s (%(client)s)"), _("%(name)s has approved this.")
        case Kind.NOT_YET:
            subject, lead = _("Not yet: %(title)s (%(client)s)"), _("%(name)s does not approve this yet, and says why:")
        case Kind.HANDED_ON:
            subject = _("Handed on: %(title)s (%(client)s)")
            lead = _("%(name)s has handed this on to %(decider)s, who decides it and has got a mail with it.")
        case _unknown:
            subject = _("Somebody else decides: %(title)s (%(client)s)")
            lead = _(
                "%(name)s says that whoever has the address %(address)s decides this. Nobody there has been asked yet: "
                "add them as a contact, then ask them."
            )
    values = {
        "title": one_line(event.approval.title),
        "client": one_line(event.approval.client.name),
        "name": _name(event.contact),
        "decider": _name(event.decider),
        "address": one_line(event.words),
    }
    return {"subject": one_line(subject % values), "lead": lead % values}


def _name(person: Contact | AccountManager | None) -> str:
    return one_line(person.full_name) if person else _("Somebody who is no contact any more")


def _event(message: Message) -> ApprovalEvent:
    if message.approval_event is None:
        raise ValueError(f"message {message.pk} is about no approval")
    return message.approval_event
