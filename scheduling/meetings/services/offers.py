"""What account managers do with offers, and what rules do for them: send, close, withdraw."""

import datetime as dt
from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.audit import audit
from clients.models import AccountManager, Contact, Person
from scheduling.engine import InvalidInput, NearMiss, Policy, Slot
from scheduling.meetings.errors import BookingError, InvalidBooking, OfferClosed, SlotBlocked, SlotTaken
from scheduling.meetings.models import Invitee, Meeting, Offer, OfferedTime, OfferEvent, Vote
from scheduling.meetings.models.offers import MOST_TIMES
from scheduling.meetings.nudge import nudge_workers
from scheduling.meetings.offers.invited import Invited, is_held, times_of
from scheduling.meetings.offers.standings import standings
from scheduling.meetings.services.booking import book
from scheduling.meetings.services.holds import confirm, hold, let_go
from scheduling.meetings.services.rows import as_far_as_holidays_are_known, by, check_time
from scheduling.meetings.services.transactions import booking_transaction, lock_people

Closing, Kind = Offer.Closing, OfferEvent.Kind

#: What is further away is no matter of a few times to choose from.
FURTHEST_OFFERED = dt.timedelta(days=180)
#: Longer nobody's time is kept for an answer.
LONGEST_HOLD = dt.timedelta(days=14)


@booking_transaction
def send_offer(
    *,
    actor: AccountManager,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    times: Collection[dt.datetime],
    title: str,
    duration_minutes: int,
    now: dt.datetime,
    agenda: str = "",
    channel: str = Meeting.Channel.VIDEO,
    location: str = "",
    policy: Policy = Policy.CLIENT_FIRST,
    optional: Collection[Person] = (),
    any_of: Collection[AccountManager] = (),
    take: int = 1,
    words: str = "",
    closing: str = Closing.BY_HAND,
    answer_by_at: dt.datetime | None = None,
    hold_until_at: dt.datetime | None = None,
    asked_by: Contact | None = None,
) -> Offer:
    """The stored offer of these times; the contacts get a mail each. It is the actor's, whoever asked for it.

    A contact who is asked alone books by choosing; with several, `closing` says what ends their vote. Where there is
    a `hold_until_at`, the times are kept until then.

    Raises: InvalidBooking, SlotBlocked, SlotTaken, TryAgain.
    """
    starts = sorted(set(times))
    closing = closing if len(contacts) > 1 else Closing.CHOICE
    _check_people(contacts, colleagues, optional)
    _check_times(starts, duration_minutes, now)
    _check_deadlines(starts, closing, answer_by_at, hold_until_at, now)
    anchor = next(contact for contact in contacts if contact not in optional)
    people: list[Person] = [*contacts, *colleagues]
    if hold_until_at is not None:
        check_apart(starts, duration_minutes, max(person.buffer_minutes for person in people))
    lock_people(people)
    offer = Offer.objects.create(
        client=anchor.client,
        account_manager=actor,
        title=title,
        agenda=agenda,
        channel=channel,
        location=location,
        policy=policy,
        duration_minutes=duration_minutes,
        take=take,
        words=words,
        closing=closing,
        time_zone=anchor.time_zone,
        answer_by_at=answer_by_at if closing == Closing.DEADLINE else None,
        hold_until_at=hold_until_at,
        created_at=now,
    )
    Invitee.objects.bulk_create(
        Invitee(
            offer=offer,
            contact=person if isinstance(person, Contact) else None,
            account_manager=person if isinstance(person, AccountManager) else None,
            is_optional=person in optional,
            is_any_of=person in any_of,
        )
        for person in people
    )
    invited = Invited.to(offer)
    for start_at in starts:
        slot = possible_slot(invited, start_at, now)
        time = OfferedTime(offer=offer, start_at=start_at)
        if hold_until_at is not None:
            time.hold = keep(invited, slot, min(hold_until_at, start_at), now)
        time.save(force_insert=True)
    note(offer, Kind.SENT, now, person=asked_by or actor)
    return offer


@booking_transaction
def close_offer(*, actor: AccountManager, offer: Offer, start_at: dt.datetime, now: dt.datetime) -> Meeting:
    """The meeting, booked by hand at one of the offered times, whatever was voted; once more, it is the same one.

    Raises: OfferClosed, SlotBlocked, SlotTaken, StaleMeeting, TryAgain.
    """
    invited = locked(offer)
    stored = invited.offer
    if stored.meeting is not None and stored.meeting.start_at == start_at:
        return stored.meeting
    if stored.is_settled or all(time.start_at != start_at for time in times_of(stored)):
        raise OfferClosed
    meeting = book_time(invited, start_at, actor=actor, now=now)
    note(stored, Kind.CLOSED, now, person=actor, start_at=start_at)
    return meeting


@booking_transaction
def withdraw_offer(*, actor: Person, offer: Offer, now: dt.datetime, is_silent: bool = False) -> None:
    """Nothing can be chosen any more, and what was kept is free; once more, it changes nothing.

    Contacts who got the times are told by mail, unless it `is_silent`. Raises: OfferClosed.
    """
    stored = locked(offer).offer
    if stored.withdrawn_at is not None:
        return
    if stored.meeting_id is not None:
        raise OfferClosed
    stored.withdrawn_at, stored.is_withdrawn_silently = now, is_silent
    stored.save(update_fields=["withdrawn_at", "is_withdrawn_silently"])
    free_times(stored)
    note(stored, Kind.WITHDRAWN, now, person=actor)


@booking_transaction
def add_time(*, actor: AccountManager, offer: Offer, start_at: dt.datetime, now: dt.datetime) -> None:
    """A time that a contact wished for is offered to all who vote, and kept for nobody; once more, it changes nothing.

    All who wished for it say yes to it; the others are asked again.

    Raises: InvalidBooking, OfferClosed, SlotBlocked, SlotTaken, TryAgain.
    """
    invited = locked(offer)
    stored = invited.offer
    wishes = list(stored.times.filter(start_at=start_at))
    if not wishes or stored.is_settled or not stored.is_vote:
        raise OfferClosed
    time, *same = wishes
    if time.found_by_id is None:
        return
    check_time(start_at, stored.duration_minutes, now)
    possible_slot(invited, start_at, now)
    wishers = [row for row in invited.asked if row.contact_id in {wish.found_by_id for wish in wishes}]
    stored.times.filter(pk__in=[wish.pk for wish in same]).delete()
    time.found_by = None
    time.save(update_fields=["found_by"])
    Vote.objects.bulk_create(Vote(invitee=row, time=time, answer=Vote.Answer.YES) for row in wishers)
    others = stored.invitees.filter(contact__isnull=False).exclude(pk__in=[row.pk for row in wishers])
    others.update(answered_at=None)
    note(stored, Kind.ADDED, now, person=actor, start_at=start_at)


def close_due_offers(*, now: dt.datetime) -> int:
    """How many votes ended because their hour has come; of several workers one ends each."""
    undecided = OfferEvent.objects.filter(kind=Kind.UNDECIDED).values("offer")
    due = Offer.objects.filter(
        closing=Closing.DEADLINE, answer_by_at__lte=now, meeting__isnull=True, withdrawn_at__isnull=True
    ).exclude(pk__in=undecided)
    return sum(close_by_rule(offer, now=now) for offer in due)


@booking_transaction
def close_by_rule(offer: Offer, *, now: dt.datetime) -> bool:
    """Whether the rule ended the vote: the best time is booked to which nobody who must come says no.

    Where there is none, the account manager is told, once for the same times.
    """
    invited = locked(offer)
    stored = invited.offer
    latest = stored.events.filter(kind__in=(Kind.UNDECIDED, Kind.ADDED)).last()
    if stored.is_settled or (latest is not None and latest.kind == Kind.UNDECIDED):
        return False
    answered = any(row.answered_at for row in invited.asked)
    wanted = [one for one in standings(invited, now=now) if one.slot is not None and not one.is_refused]
    if answered and wanted:
        start_at = wanted[0].time.start_at
        try:
            with transaction.atomic():
                book_time(invited, start_at, actor=stored.account_manager, now=now)
        except BookingError:
            stored.refresh_from_db()
        else:
            note(stored, Kind.CLOSED, now, start_at=start_at)
            return True
    note(stored, Kind.UNDECIDED, now)
    return True


# What the services about choosing use too.


def locked(offer: Offer) -> Invited:
    """The offer as it is now with its people, all the caller's alone until the transaction ends."""
    # Who is invited never changes, so that everybody takes these locks in one order; their answers do.
    lock_people(Invited.to(offer).people)
    row = Offer.objects.select_for_update(of=("self",)).select_related("meeting", "account_manager")
    return Invited.to(row.get(pk=offer.pk))


def possible_slot(invited: Invited, start_at: dt.datetime, now: dt.datetime) -> Slot:
    """The slot from that start. Raises: InvalidBooking, OfferClosed, SlotBlocked, SlotTaken."""
    if invited.is_short:
        raise OfferClosed
    try:
        with as_far_as_holidays_are_known():
            found = invited.slot_at(start_at, now=now)
    except InvalidInput as error:
        raise InvalidBooking(error.field, error.message) from error
    if isinstance(found, NearMiss):
        raise (
            SlotTaken
            if all(reason == "busy" for _who, reason in found.blockers)
            else SlotBlocked(start_at, found.blockers)
        )
    return found


def keep(invited: Invited, slot: Slot, until_at: dt.datetime, now: dt.datetime) -> Meeting:
    """The held meeting at the slot's time, with those who come then."""
    offer = invited.offer
    colleagues = invited.coming(slot)
    return hold(
        organizer=_organizer(invited, colleagues),
        contacts=invited.contacts,
        colleagues=colleagues,
        optional=invited.optional,
        start_at=slot.start_at,
        until_at=until_at,
        now=now,
        **_words(offer),
    )


def book_time(invited: Invited, start_at: dt.datetime, *, actor: Person, now: dt.datetime) -> Meeting:
    """The offer's meeting at that time, of those who come then; every other time of it is free.

    Raises: InvalidBooking, OfferClosed, SlotBlocked, SlotTaken, StaleMeeting.
    """
    offer = invited.offer
    times = list(offer.times.select_related("hold"))
    kept = next((time.hold for time in times if time.start_at == start_at and is_held(time, now)), None)
    if kept is not None and kept.attendances.filter(account_manager__is_active=False).exists():
        kept = None
    let_go([time.hold for time in times if time.hold is not None and time.hold != kept])
    if kept is not None:
        meeting = confirm(actor=actor, meeting=kept, now=now)
    else:
        slot = possible_slot(invited, start_at, now)
        meeting = book(
            actor=actor,
            contacts=invited.contacts,
            colleagues=invited.coming(slot),
            optional=invited.optional,
            start_at=start_at,
            now=now,
            **_words(offer),
        )
    offer.times.update(hold=None)
    offer.meeting, offer.booked_at = meeting, now
    offer.save(update_fields=["meeting", "booked_at"])
    return meeting


def free_times(offer: Offer) -> None:
    """Lets go whatever the offer keeps."""
    let_go([time.hold for time in offer.times.select_related("hold") if time.hold is not None])


def note(
    offer: Offer,
    kind: OfferEvent.Kind,
    now: dt.datetime,
    *,
    person: Person | None = None,
    start_at: dt.datetime | None = None,
    words: str = "",
) -> None:
    """Writes the step into the offer's history and the audit log, and wakes the workers once it is committed."""
    who = by(person) if person is not None else {}
    OfferEvent.objects.create(offer=offer, kind=kind, at=now, start_at=start_at, words=words, **who)
    audit(actor=person, action=f"offer {kind}", subject=offer, now=now)
    nudge_workers()


def _words(offer: Offer) -> dict[str, Any]:
    return {
        "title": offer.title,
        "agenda": offer.agenda,
        "channel": offer.channel,
        "location": offer.location,
        "policy": Policy(offer.policy),
        "duration_minutes": offer.duration_minutes,
    }


def _organizer(invited: Invited, colleagues: Sequence[AccountManager]) -> AccountManager:
    return next(one for one in colleagues if one not in invited.optional)


def _check_people(
    contacts: Sequence[Contact], colleagues: Sequence[AccountManager], optional: Collection[Person]
) -> None:
    if not contacts:
        raise InvalidBooking("contacts", _("Choose at least one contact."))
    if not colleagues:
        raise InvalidBooking("colleagues", _("Choose at least one colleague to hold the meeting."))
    if all(one in optional for one in contacts) or all(one in optional for one in colleagues):
        raise InvalidBooking(
            "optional", _("At least one contact and one colleague must come; not all can be optional.")
        )
    unknown = [contact.full_name for contact in contacts if not contact.email]
    if unknown:
        message = _("%(name)s has no mail address, so nothing can be offered to them. Add one, or book a time.")
        raise InvalidBooking("contacts", message % {"name": unknown[0]})


def _check_times(starts: Sequence[dt.datetime], duration_minutes: int, now: dt.datetime) -> None:
    if not 1 <= len(starts) <= MOST_TIMES:
        message = ngettext("Tick %(most)d time to offer.", "Tick one to %(most)d times to offer.", MOST_TIMES)
        raise InvalidBooking("times", message % {"most": MOST_TIMES})
    for start_at in starts:
        check_time(start_at, duration_minutes, now)
    if starts[-1] > now + FURTHEST_OFFERED:
        days = FURTHEST_OFFERED.days
        message = ngettext(
            "Offer times within the next %(days)d day.", "Offer times within the next %(days)d days.", days
        )
        raise InvalidBooking("times", message % {"days": days})


def _check_deadlines(
    starts: Sequence[dt.datetime],
    closing: str,
    answer_by_at: dt.datetime | None,
    hold_until_at: dt.datetime | None,
    now: dt.datetime,
) -> None:
    if closing == Closing.DEADLINE and (answer_by_at is None or not now < answer_by_at < starts[0]):
        message = _("Choose when the vote ends: after now, and before the first of the offered times.")
        raise InvalidBooking("answer_by_at", message)
    if hold_until_at is not None and not now < hold_until_at <= now + LONGEST_HOLD:
        days = LONGEST_HOLD.days
        message = ngettext(
            "Choose until when the times are kept: after now, and at most %(days)d day from now.",
            "Choose until when the times are kept: after now, and at most %(days)d days from now.",
            days,
        )
        raise InvalidBooking("hold_until_at", message % {"days": days})


def check_apart(starts: Sequence[dt.datetime], duration_minutes: int, buffer_minutes: int) -> None:
    """Raises: InvalidBooking where two of the times are too near to be kept at once for the same people."""
    needed = dt.timedelta(minutes=duration_minutes + buffer_minutes)
    if any(later - earlier < needed for earlier, later in pairwise(sorted(starts))):
        message = _("Two of these times overlap, so they can’t both be kept. Tick others, or keep none.")
        raise InvalidBooking("times", message)


def friday_noon(zone: ZoneInfo, now: dt.datetime) -> dt.datetime:
    """The next Friday's noon on the wall of that zone, at least a day ahead."""
    wall = (now + dt.timedelta(days=1)).astimezone(zone)
    ahead = (4 - wall.weekday()) % 7
    date = wall.date() + dt.timedelta(days=ahead + 7 * (ahead == 0 and wall.hour >= 12))
    return dt.datetime.combine(date, dt.time(12), zone).astimezone(dt.UTC)
