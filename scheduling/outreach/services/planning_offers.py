"""Tells of offers: the times and their end to contacts, reminders to who has not answered, what came of it to us."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Attendance, Invitee, Offer, OfferEvent
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import looks_after
from scheduling.outreach.check_ins.calendar import DAY, ContactDays, instant
from scheduling.outreach.check_ins.contact_days import contact_days
from scheduling.outreach.mail import new_message_id
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import next_reachable
from scheduling.outreach.reasons import NO_ADDRESS
from scheduling.outreach.services.tallying import EVERY, is_time

Kind = Message.Kind

#: Nobody wants to hear of it after an outage that long.
TOLD_WITHIN = dt.timedelta(days=7)
#: On the contact's own wall, on a working day of theirs.
AT_WALL = dt.time(9)
#: So long after the offer, on that day or the next working one, they are reminded; and on the last working day before
#: answers are wanted, where that leaves a day between the two.
FIRST_AFTER_DAYS = 2
LOOK_BACK_DAYS = 7
#: Written down so long before it is due: planning comes round more often than that.
HORIZON = 3 * EVERY
#: A reminder that late is not sent any more.
GRACE = dt.timedelta(hours=6)
#: So long after an account manager added a time to a vote its contacts hear of it: of several in one mail.
ADDED_AFTER = dt.timedelta(minutes=10)
TALLY = "offers"
CHUNK = 500


def plan_offers(*, now: dt.datetime) -> int:
    """How many messages about offers were written; each once, however many plan them."""
    planned = _write(_of_times(now)) + _write(_of_news(now))
    return planned + (_follow_up(now) if is_time(TALLY, now) else 0)


def _follow_up(now: dt.datetime) -> int:
    """What is in no hurry, and asks of more rows."""
    return remind_of_offers(now=now) + _write(_of_added_times(now)) + _write(_of_ends(now))


def remind_of_offers(*, now: dt.datetime) -> int:
    """How many contacts are reminded on this morning of theirs of an offer that they have not answered."""
    rows = list(_waiting(now).filter(answered_at=None, offer__created_at__lt=now - dt.timedelta(hours=12)))
    today = now.date()
    contacts: set[Contact] = {row.contact for row in rows}
    days = contact_days(contacts, today - LOOK_BACK_DAYS * DAY, today + (LOOK_BACK_DAYS + 3) * DAY) if rows else {}
    messages = []
    for row in rows:
        contact: Contact = row.contact
        for number, date in enumerate(_dates(row, days[contact.pk]), start=1):
            due_at = next_reachable(contact, instant(date, AT_WALL, contact.time_zone))
            if now - GRACE < due_at <= now + HORIZON and due_at < _wanted_at(row):
                messages.append(
                    _message(
                        row,
                        now,
                        f"offer_remind:{row.offer_id}:{contact.pk}:{number}",
                        Kind.OFFER_REMINDER,
                        due_at=due_at,
                        expires_at=min(due_at + GRACE, row.last_at),
                    )
                )
    return _write(messages)


def _dates(row: Any, days: ContactDays) -> list[dt.date]:
    """The dates there on which somebody is reminded: two working days, unless they are one or the same."""
    zone = row.contact.zone
    sent_date = row.offer.created_at.astimezone(zone).date()
    wanted_date = _wanted_at(row).astimezone(zone).date()
    first = next(
        (
            date
            for distance in range(LOOK_BACK_DAYS)
            if days.off(date := sent_date + (FIRST_AFTER_DAYS + distance) * DAY) is None
        ),
        None,
    )
    last = next(
        (date for distance in range(1, LOOK_BACK_DAYS) if days.off(date := wanted_date - distance * DAY) is None),
        None,
    )
    dates = [first] if first is not None and first < wanted_date else []
    is_apart = last is not None and last > sent_date and (first is None or last - first > DAY)
    return [*dates, last] if is_apart and last is not None else dates


def _wanted_at(row: Any) -> dt.datetime:
    """When the answer is wanted at the latest: by the deadline, while times are kept, or before the first of them."""
    wanted: list[dt.datetime | None] = [row.offer.answer_by_at, row.offer.hold_until_at, row.last_at]
    return min(at for at in wanted if at is not None)


def _of_times(now: dt.datetime) -> Iterable[Message]:
    told = Message.objects.filter(offer=OuterRef("offer"), contact=OuterRef("contact"), kind=Kind.OFFER)
    rows = _waiting(now).filter(~Exists(told), offer__created_at__gt=now - TOLD_WITHIN)
    return [
        _message(
            row,
            now,
            f"offer:{row.offer_id}:{row.contact_id}",
            Kind.OFFER,
            due_at=row.offer.created_at,
            expires_at=row.last_at,
        )
        for row in rows[:CHUNK]
    ]


def _of_added_times(now: dt.datetime) -> Iterable[Message]:
    """To those who got the times before one was added and have not answered since."""
    messages = Message.objects.filter(offer=OuterRef("offer"), contact=OuterRef("contact"))
    added = OfferEvent.objects.filter(
        offer=OuterRef("offer"), kind=OfferEvent.Kind.ADDED, at__gt=now - TOLD_WITHIN
    ).order_by("-at")
    rows = (
        _waiting(now)
        .filter(answered_at=None)
        .annotate(added_at=Subquery(added.values("at")[:1]))
        .filter(
            Exists(messages.filter(kind=Kind.OFFER, state=Message.State.SENT, sent_at__lt=OuterRef("added_at"))),
            # One that is due later names this time too.
            ~Exists(messages.filter(kind=Kind.OFFER_ADDED, due_at__gt=OuterRef("added_at"))),
        )
    )
    return [
        _message(
            row,
            now,
            f"offer_added:{row.offer_id}:{row.contact_id}:{row.added_at:%Y%m%dT%H%M%S}",
            Kind.OFFER_ADDED,
            due_at=row.added_at + ADDED_AFTER,
            expires_at=row.last_at,
        )
        for row in rows[:CHUNK]
    ]


def _of_ends(now: dt.datetime) -> Iterable[Message]:
    """To contacts who got the times: they were taken back, have passed, or one was booked at which they can't come.

    Whoever comes to the meeting gets its invitation and nothing else; whoever was offered newer times does not hear of
    those that have passed.
    """
    messages = Message.objects.filter(offer=OuterRef("offer"), contact=OuterRef("contact"))
    invitations = Message.objects.filter(meeting=OuterRef("offer__meeting"), attendance__contact=OuterRef("contact"))
    attends = Attendance.objects.filter(
        meeting=OuterRef("offer__meeting"), contact=OuterRef("contact"), status=Status.CONFIRMED
    )
    newer = Invitee.objects.filter(
        contact=OuterRef("contact"),
        offer__account_manager=OuterRef("offer__account_manager"),
        offer__created_at__gt=OuterRef("offer__created_at"),
    )
    since = now - TOLD_WITHIN
    is_withdrawn = Q(offer__withdrawn_at__gt=since, offer__is_withdrawn_silently=False)
    is_booked = Q(offer__booked_at__gt=since, offer__meeting__status=Status.CONFIRMED)
    is_over = Q(offer__meeting=None, offer__withdrawn_at=None, last_at__gt=since, last_at__lte=now)
    rows = (
        Invitee.objects.filter(
            Exists(messages.filter(kind=Kind.OFFER, state=Message.State.SENT)),
            ~Exists(messages.filter(kind=Kind.OFFER_ENDED)),
            contact__erased_at=None,
        )
        .annotate(last_at=Max("offer__times__start_at"))
        .filter(is_withdrawn | (is_booked & ~Exists(attends) & ~Exists(invitations)) | (is_over & ~Exists(newer)))
        .select_related("offer", "contact")
        .order_by("pk")
    )
    return [
        _message(
            row,
            now,
            f"offer_ended:{row.offer_id}:{row.contact_id}",
            Kind.OFFER_ENDED,
            due_at=(ended_at := row.offer.withdrawn_at or row.offer.booked_at or row.last_at),
            expires_at=ended_at + TOLD_WITHIN,
        )
        for row in rows[:CHUNK]
    ]


# Any, because mypy knows an annotation only where it is made.
def _waiting(now: dt.datetime) -> QuerySet[Any]:
    """The contacts who are asked by an offer that is open, with its last time."""
    rows = Invitee.objects.filter(
        contact__isnull=False, offer__meeting__isnull=True, offer__withdrawn_at__isnull=True
    ).annotate(last_at=Max("offer__times__start_at", filter=Q(offer__times__found_by=None)))
    return rows.filter(last_at__gt=now).select_related("offer", "contact__calendar").order_by("pk")


def _of_news(now: dt.datetime) -> Iterable[Message]:
    """To account managers; what one act did in several steps is one message, of the last of them."""
    told = Message.objects.filter(offer_event=OuterRef("pk"))
    later = OfferEvent.objects.filter(
        offer=OuterRef("offer"), at=OuterRef("at"), kind__in=OfferEvent.TOLD, pk__gt=OuterRef("pk")
    )
    events = OfferEvent.objects.filter(
        ~Exists(told), ~Exists(later), kind__in=OfferEvent.TOLD, at__gt=now - TOLD_WITHIN
    )
    return [
        Message(
            occurrence_key=f"offer_news:{event.pk}",
            kind=Kind.OFFER_NEWS,
            offer=event.offer,
            offer_event=event,
            account_manager=(manager := _hears_of(event.offer)),
            address=manager.email,
            message_id=new_message_id(),
            created_at=now,
            due_at=event.at,
            next_try_at=event.at,
            expires_at=event.at + TOLD_WITHIN,
        )
        for event in events.select_related("offer__account_manager")[:CHUNK]
    ]


def _hears_of(offer: Offer) -> AccountManager:
    """Whoever sent the times; once they have left, who looks after somebody who was asked."""
    asked = offer.invitees.filter(contact__isnull=False).select_related("contact__client").order_by("pk")
    if offer.account_manager.is_active or (first := asked.first()) is None or first.contact is None:
        return offer.account_manager
    return looks_after(first.contact) or offer.account_manager


def _message(row: Any, now: dt.datetime, key: str, kind: Message.Kind, **times: dt.datetime) -> Message:
    message = Message(
        occurrence_key=key,
        kind=kind,
        offer=row.offer,
        contact=row.contact,
        address=row.contact.email,
        message_id=new_message_id(),
        created_at=now,
        next_try_at=times["due_at"],
        **times,
    )
    if not message.address:
        message.state, message.reason = Message.State.UNDELIVERABLE, NO_ADDRESS
    return message


def _write(messages: Iterable[Message]) -> int:
    """How many of the messages are new."""
    rows = list(messages)
    Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=CHUNK)
    return Message.objects.filter(message_id__in=[row.message_id for row in rows]).count() if rows else 0
