"""What public pages write: a code to a contact, a question to somebody unknown, and their request to its reader."""

import datetime as dt
from dataclasses import replace

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from clients.reader import reader_of, text_language, zone_label
from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach.content import Letter, html_part, set_apart
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
        # Where letters open with thanks for past business, there was none.
        replace(words, why=why, opening=None),
        "mail/enquiry",
        sender_email="" if asks else sender.email,
        confirm_url=confirm_url(enquiry) if asks else "",
    )


def request_news_letter(message: Message, *, now: dt.datetime) -> Letter:
    """To the account manager, in a language that our pages are in: who asks for what, and what time it is there."""
    enquiry, reader = message.enquiry, reader_of(message.person)
    if enquiry is None:
        raise ValueError(f"message {message.pk} is about no request")
    with translation.override(text_language(message.person.language)):
        name = one_line(enquiry.full_name)
        there = reader.in_zone(enquiry.time_zone)
        context = {
            "subject": _("New request from %(name)s") % {"name": name},
            "language": reader.language,
            "text_direction": reader.text_direction,
            "greeting_name": one_line(message.person.greeting_name),
            "name": set_apart(name, reader),
            "company": set_apart(one_line(enquiry.company), reader),
            "email": set_apart(enquiry.email, reader),
            "time_there": set_apart(there.moment(now), reader),
            "zone": set_apart(zone_label(enquiry.time_zone, now, reader.language), reader),
            "language_name": set_apart(enquiry.language_name, reader),
            "about": lines(enquiry.about),
            "wishes": lines(enquiry.wishes),
            "page": f"{settings.SITE_ORIGIN}{reverse('enquiries:list')}#enquiry-{enquiry.pk}-h",
        }
        return Letter(
            language=reader.language,
            subject=context["subject"],
            text=render_to_string("mail/request.txt", context).strip() + "\n",
            html=html_part("mail/request.html", context),
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
