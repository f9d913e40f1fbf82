"""What public pages write: a code to a contact, and to somebody unknown the question whether a request is meant."""

import datetime as dt
from dataclasses import replace

from django.template.loader import render_to_string

from clients.reader import reader_of, text_language
from scheduling.outreach.content import Letter, html_part
from scheduling.outreach.models import Message
from scheduling.outreach.public_pages import code_of, confirm_url
from scheduling.outreach.texts.purposes import TextPurpose
from scheduling.outreach.texts.rendering import Words, render, why_a_stranger

PURPOSES = {Message.Kind.ENQUIRY: TextPurpose.ENQUIRY_CHECK, Message.Kind.DECLINED: TextPurpose.ENQUIRY_DECLINED}


def code_letter(message: Message, *, now: dt.datetime) -> Letter:
    """The code for the contact who asked for it, in their language and form of address."""
    contact, entry_code = message.contact, message.entry_code
    if contact is None:
        raise ValueError(f"message {message.pk} gives nobody a code")
    sender = entry_code.account_manager
    words = render([TextPurpose.ENTRY_CODE], contact=contact, sender=sender, now=now, code=code_of(entry_code))
    return _letter(words, "mail/check_in", sender_email=sender.email)


def enquiry_letter(message: Message, *, now: dt.datetime) -> Letter:
    """To somebody unknown, in the language of their request; nothing that was typed stands in it but their name."""
    enquiry = message.enquiry
    if enquiry is None:
        raise ValueError(f"message {message.pk} is about no request")
    contact, sender = enquiry.correspondent, enquiry.account_manager
    words = render([PURPOSES[Message.Kind(message.kind)]], contact=contact, sender=sender, now=now)
    why = why_a_stranger(text_language(contact.language), sender, reader_of(contact))
    asks = message.kind == Message.Kind.ENQUIRY
    return _letter(
        replace(words, why=why),
        "mail/enquiry",
        sender_email="" if asks else sender.email,
        confirm_url=confirm_url(enquiry) if asks else "",
    )


def _letter(words: Words, template: str, **values: str) -> Letter:
    context = {
        "words": words,
        "subject": words.subject,
        "language": words.language,
        "text_direction": words.text_direction,
        **values,
    }
    return Letter(
        language=words.language,
        subject=words.subject,
        text=render_to_string(f"{template}.txt", context).strip() + "\n",
        html=html_part(f"{template}.html", context),
    )
