"""What the mails about offers say: the times to a contact, and what came of them to the account manager."""

import datetime as dt

from babel.lists import format_list
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.links import Purpose
from clients.models import Contact
from clients.reader import reader_of, text_language
from scheduling.engine import Slot
from scheduling.meetings.models import Offer, OfferEvent
from scheduling.meetings.offers.comfort import comfort_of
from scheduling.meetings.offers.invited import Invited, times_of
from scheduling.meetings.plain_text import lines, one_line
from scheduling.meetings.selectors import attendee_key
from scheduling.outreach.content import Letter, html_part, set_apart
from scheduling.outreach.linking import Linker
from scheduling.outreach.models import Message
from scheduling.outreach.texts.purposes import TextPurpose
from scheduling.outreach.texts.rendering import OfferedTime, OfferedTimes, kept_until, render
from scheduling.outreach.texts.wordings import OwnTexts

PURPOSES = {
    Message.Kind.OFFER.value: TextPurpose.OFFER,
    Message.Kind.OFFER_REMINDER.value: TextPurpose.OFFER_REMINDER,
    Message.Kind.OFFER_ADDED.value: TextPurpose.OFFER_ADDED,
}
#: What became of it can be looked at for so long after the last of the times.
LINK_WORKS = dt.timedelta(days=30)


def offer_letter(message: Message, *, now: dt.datetime, link: Linker, own: OwnTexts | None = None) -> Letter:
    """The times that are still free on the contact's own clock and in words, with the link to choose one."""
    offer, contact = _offer(message), message.contact
    if contact is None:
        raise ValueError(f"message {message.pk} offers nobody anything")
    times = _free_times(offer, contact, now)
    purpose = PURPOSES[message.kind]
    offered = OfferedTimes(offer.title, offer.duration_minutes, times)
    words = render([purpose], contact=contact, sender=offer.account_manager, now=now, offer=offered, own=own)
    last_at = max(time.start_at for time in times_of(offer))
    is_kept = offer.hold_until_at is not None and offer.hold_until_at > now
    language, reader = text_language(contact.language), reader_of(contact)
    context = {
        "words": words,
        "subject": words.subject,
        "language": words.language,
        "text_direction": words.text_direction,
        "sender_email": offer.account_manager.email,
        "own_words": lines(offer.words),
        "kept": kept_until(language, offer.hold_until_at, reader) if is_kept and offer.hold_until_at else None,
        "offer_url": link(contact, Purpose.OFFER, now=now, subject_id=offer.pk, expires_at=last_at + LINK_WORKS),
        "wishes_url": link(contact, Purpose.WISHES, now=now),
        "home_url": link(contact, Purpose.HOME, now=now),
    }
    return Letter(
        language=words.language,
        subject=words.subject,
        text=render_to_string("mail/offer.txt", context).strip() + "\n",
        html=html_part("mail/offer.html", context),
    )


def ended_letter(message: Message, *, now: dt.datetime, link: Linker, own: OwnTexts | None = None) -> Letter:
    """To a contact: nothing can be chosen any more, or a time was found at which they can't come."""
    offer, contact = _offer(message), message.contact
    if contact is None:
        raise ValueError(f"message {message.pk} tells no contact")
    purpose = TextPurpose.OFFER_ENDED if offer.meeting_id is None else TextPurpose.OFFER_WITHOUT
    ended = OfferedTimes(offer.title, offer.duration_minutes, ())
    words = render([purpose], contact=contact, sender=offer.account_manager, now=now, offer=ended, own=own)
    context = {
        "words": words,
        "subject": words.subject,
        "language": words.language,
        "text_direction": words.text_direction,
        "sender_email": offer.account_manager.email,
        "wishes_url": link(contact, Purpose.WISHES, now=now),
        "home_url": link(contact, Purpose.HOME, now=now),
    }
    return Letter(
        language=words.language,
        subject=words.subject,
        text=render_to_string("mail/check_in.txt", context).strip() + "\n",
        html=html_part("mail/check_in.html", context),
    )


def _free_times(offer: Offer, contact: Contact, now: dt.datetime) -> list[OfferedTime]:
    invited, key, found = Invited.to(offer), attendee_key(contact), []
    times = [time for time in times_of(offer) if time.start_at > now]
    if not times:
        return []
    start_at, end_at = times[0].start_at, times[-1].end_at
    assessment = invited.assess(invited.attendees(start_at, end_at, now=now), start_at, end_at)
    for time in times:
        slot = assessment.slot_at(time.start_at)
        share = next((one for one in slot.participants if one.id == key), None) if isinstance(slot, Slot) else None
        if share is not None:
            found.append(OfferedTime(time.start_at, time.end_at, comfort_of(share)))
    return found


def offer_news_letter(message: Message) -> Letter:
    """What a contact said of an offer, or what its rule did, in a language that our pages are in.

    What one act did in several steps is told together; the subject is that of the last one.
    """
    offer, event, reader = _offer(message), message.offer_event, reader_of(message.person)
    if event is None:
        raise ValueError(f"message {message.pk} is about no event")
    together = offer.events.filter(at=event.at, kind__in=OfferEvent.TOLD).select_related("contact")
    steps = {step.kind: step for step in together}
    who = next((step.contact for step in together if step.contact), None)
    wished = [reader.moment(step.start_at) for step in together if step.start_at is not None]
    with translation.override(text_language(message.person.language)):
        values = {
            "title": one_line(offer.title),
            "client": one_line(offer.client.name),
            "name": one_line(who.full_name) if who else "",
            "times": format_list(wished, locale=reader.locale),
        }
        apart = {name: set_apart(text, reader) for name, text in values.items()}
        context = {
            "subject": one_line(_said(event, len(wished))[0] % values),
            "leads": [_said(step, len(wished))[1] % apart for step in steps.values()],
            "words": next((lines(step.words) for step in together if step.words), ""),
            "language": reader.language,
            "text_direction": reader.text_direction,
            "greeting_name": one_line(message.person.greeting_name),
            **values,
            "page": settings.SITE_ORIGIN + reverse("meetings:offer", args=[offer.pk]),
        }
        return Letter(
            language=reader.language,
            subject=context["subject"],
            text=render_to_string("mail/offer_news.txt", context).strip() + "\n",
            html=html_part("mail/offer_news.html", context),
        )


def _said(event: OfferEvent, wished: int) -> tuple[str, str]:
    """Subject and sentence; so many times are wished for."""
    match event.kind:
        case OfferEvent.Kind.NONE_SUITS:
            return _("None suits: %(title)s (%(client)s)"), _("None of the offered times suits %(name)s.")
        case OfferEvent.Kind.WISHED:
            return (
                _("Other times, please: %(title)s (%(client)s)"),
                ngettext(
                    "%(name)s suggests another time: %(times)s. You can add it to the vote on the offer’s page.",
                    "%(name)s suggests other times: %(times)s. You can add them to the vote on the offer’s page.",
                    wished,
                ),
            )
        case OfferEvent.Kind.ALL_ANSWERED:
            return _("All have answered: %(title)s (%(client)s)"), _("Everybody has answered. Choose the time to book.")
        case _unknown:
            return (
                _("No time to book: %(title)s (%(client)s)"),
                _("The vote has ended, and no time is left at which everybody who must come can. Nothing was booked."),
            )


def _offer(message: Message) -> Offer:
    if message.offer is None:
        raise ValueError(f"message {message.pk} is about no offer")
    return message.offer
