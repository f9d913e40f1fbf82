"""What the mail with a new link says."""

import datetime as dt

from django.template.loader import render_to_string

from clients.links import Purpose
from scheduling.outreach.content import Letter, html_part
from scheduling.outreach.linking import Linker
from scheduling.outreach.models import Message
from scheduling.outreach.texts.purposes import TextPurpose
from scheduling.outreach.texts.rendering import render


def link_letter(message: Message, *, now: dt.datetime, link: Linker) -> Letter:
    """The link to the contact's own page, in their language and form of address."""
    contact, sender = message.contact, message.sender
    if contact is None or sender is None:
        raise ValueError(f"message {message.pk} gives nobody a link")
    words = render([TextPurpose.NEW_LINK], contact=contact, sender=sender, now=now)
    context = {
        "words": words,
        "subject": words.subject,
        "language": words.language,
        "text_direction": words.text_direction,
        "sender_email": sender.email,
        "home_url": link(contact, Purpose.HOME, now=now),
    }
    return Letter(
        language=words.language,
        subject=words.subject,
        text=render_to_string("mail/link.txt", context).strip() + "\n",
        html=html_part("mail/link.html", context),
    )
