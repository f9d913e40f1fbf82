"""What contacts do with an offer, on the page behind their private link."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from clients.models import Contact
from scheduling.meetings.errors import InvalidBooking, OfferClosed, SlotBlocked, TooLateToUndo, TooManyKept
from scheduling.meetings.models import Invitee, Meeting, Offer, OfferedTime, OfferEvent, Vote
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.offers.invited import Invited, is_bearable, is_held, times_of
from scheduling.meetings.services.booking import cancel
from scheduling.meetings.services.holds import let_go
from scheduling.meetings.services.offers import book_time, close_by_rule, keep, locked, note, possible_slot
from scheduling.meetings.services.rows import check_time
from scheduling.meetings.services.transactions import booking_transaction

Closing, Kind = Offer.Closing, OfferEvent.Kind

UNDO = dt.timedelta(minutes=10)
#: So many times one contact keeps at once, and so long.
MOST_KEPT = 2
#: In a vote, so many times one contact wishes for at once.
MOST_WISHES = 2
KEPT = dt.timedelta(hours=2)
#: A contact finds times of their own so soon, and so long after the offer was sent or its last time.
NOTICE = dt.timedelta(hours=4)
REACH = dt.timedelta(weeks=4)


@booking_transaction
def choose(*, contact: Contact, offer: Offer, start_at: dt.datetime, now: dt.datetime) -> Meeting:
    """The meeting, booked at the time that the contact chose: an offered one, or another that suits everybody.

    Once more, it is the same meeting.

    Raises: InvalidBooking, OfferClosed, SlotBlocked, SlotTaken, StaleMeeting, TryAgain.
    """
    invited = locked(offer)
    stored = invited.offer
    if stored.meeting is not None and stored.meeting.start_at == start_at:
        return stored.meeting
    _check_open(invited, contact)
    if stored.is_vote:
        raise OfferClosed
    _check_offered(invited, start_at, now)
    meeting = book_time(invited, start_at, actor=contact, now=now)
    _answered(invited, invited.row_of(contact), now)
    note(stored, Kind.CHOSEN, now, person=contact, start_at=start_at)
    return meeting


@booking_transaction
def undo_choice(*, contact: Contact, offer: Offer, now: dt.datetime) -> None:
    """The choice is taken back: the meeting is cancelled, and the offer is open again; once more, nothing changes.

    Raises: OfferClosed, TooLateToUndo.
    """
    invited = locked(offer)
    stored, meeting = invited.offer, invited.offer.meeting
    invited.row_of(contact)
    if stored.is_vote or stored.withdrawn_at is not None:
        raise OfferClosed
    if meeting is None:
        return
    if not can_undo(stored, now):
        raise TooLateToUndo
    cancel(actor=contact, meeting=meeting, reason="", sequence=meeting.sequence, now=now)
    stored.meeting = stored.booked_at = None
    stored.save(update_fields=["meeting", "booked_at"])
    invited.offer.invitees.filter(contact=contact).update(answered_at=None)
    note(stored, Kind.UNDONE, now, person=contact, start_at=meeting.start_at)


def can_undo(offer: Offer, now: dt.datetime) -> bool:
    """Whether the choice can still be taken back: for ten minutes, and while nobody has changed the meeting."""
    meeting = offer.meeting
    return (
        not offer.is_vote
        and meeting is not None
        and offer.booked_at is not None
        and now < offer.booked_at + UNDO
        and meeting.sequence == 0
        and meeting.status == Status.CONFIRMED
        and now < meeting.start_at
    )


@booking_transaction
def vote(
    *, contact: Contact, offer: Offer, answers: Mapping[int, str], words: str = "", now: dt.datetime
) -> Meeting | None:
    """Writes what the contact says of each time, by its key, in place of what they said before.

    The meeting, where that was the last answer and the rule booked one.

    Raises: InvalidBooking where a time has no answer; OfferClosed, TryAgain.
    """
    invited = locked(offer)
    stored = invited.offer
    row = _check_open(invited, contact)
    times = times_of(stored)
    if not stored.is_vote:
        raise OfferClosed
    if any(answers.get(time.pk) not in Vote.Answer.values for time in times):
        raise InvalidBooking("times", _("Say “yes”, “if need be” or “no” to each of the times."))
    before = dict(row.votes.values_list("time", "answer"))
    wanted = {time.pk: answers[time.pk] for time in times}
    if before == wanted and not words:
        return None
    _write_votes(row, wanted)
    refuses = all(answer == Vote.Answer.NO for answer in wanted.values())
    note(stored, Kind.NONE_SUITS if refuses else Kind.ANSWERED, now, person=contact, words=words)
    return _answered(invited, row, now)


@booking_transaction
def refuse_all(*, contact: Contact, offer: Offer, words: str, now: dt.datetime) -> None:
    """Tells the account manager that none of the times suits, in the contact's words; said again, it does nothing.

    Raises: InvalidBooking, OfferClosed, TryAgain.
    """
    invited = locked(offer)
    row = _check_open(invited, contact)
    if not words.strip():
        raise InvalidBooking("words", _("Say in a few words when it would suit you."))
    latest = invited.offer.events.filter(contact=contact).last()
    if latest is not None and (latest.kind, latest.words) == (Kind.NONE_SUITS, words):
        return
    if invited.offer.is_vote:
        _write_votes(row, {time.pk: Vote.Answer.NO for time in times_of(invited.offer)})
    note(invited.offer, Kind.NONE_SUITS, now, person=contact, words=words)
    _answered(invited, row, now)


@booking_transaction
def wish_for_times(*, contact: Contact, offer: Offer, starts: Collection[dt.datetime], now: dt.datetime) -> None:
    """Up to two other times for a vote, in place of those wished for before; its account manager may offer them to all.

    Whoever has not voted yet thereby says no to all that is offered. Said again, it does nothing.

    Raises: InvalidBooking, OfferClosed, SlotBlocked, SlotTaken, TryAgain.
    """
    invited = locked(offer)
    stored, row = invited.offer, _check_open(invited, contact)
    if not stored.is_vote:
        raise OfferClosed
    wanted = sorted(set(starts))
    if not 1 <= len(wanted) <= MOST_WISHES:
        raise InvalidBooking("start_at", _("Tick one or two times."))
    for start_at in wanted:
        _check_offered(invited, start_at, now)
    if stored.times.filter(start_at__in=wanted, found_by=None).exists():
        raise InvalidBooking("start_at", _("This time is offered already. Go back, and say “yes” to it."))
    wishes = stored.times.filter(found_by=contact)
    if wanted == [time.start_at for time in wishes]:
        return
    wishes.delete()
    OfferedTime.objects.bulk_create(
        OfferedTime(offer=stored, start_at=start_at, found_by=contact) for start_at in wanted
    )
    if row.answered_at is None:
        _write_votes(row, {time.pk: Vote.Answer.NO for time in times_of(stored)})
    for start_at in wanted:
        note(stored, Kind.WISHED, now, person=contact, start_at=start_at)
    _answered(invited, row, now)


@booking_transaction
def keep_time(*, contact: Contact, offer: Offer, start_at: dt.datetime, now: dt.datetime) -> OfferedTime:
    """The time, kept for the contact for a while; asked again, it is the same one, kept no longer.

    Raises: InvalidBooking, OfferClosed, SlotBlocked, SlotTaken, TooManyKept, TryAgain.
    """
    invited = locked(offer)
    stored = invited.offer
    _check_open(invited, contact)
    if stored.is_vote:
        raise OfferClosed
    known = stored.times.filter(start_at=start_at).select_related("hold").first()
    if known is not None and (is_held(known, now) or known.found_by_id is None):
        return known
    _check_offered(invited, start_at, now)
    kept = stored.times.filter(found_by__isnull=False)
    kept.exclude(hold__held_until_at__gt=now).delete()
    if kept.filter(found_by=contact).count() >= MOST_KEPT:
        raise TooManyKept
    slot = possible_slot(invited, start_at, now)
    found = keep(invited, slot, min(now + KEPT, start_at), now)
    note(stored, Kind.KEPT, now, person=contact, start_at=start_at)
    return OfferedTime.objects.create(offer=stored, start_at=start_at, hold=found, found_by=contact)


@booking_transaction
def let_time_go(*, contact: Contact, offer: Offer, start_at: dt.datetime, now: dt.datetime) -> None:
    """What the contact kept is free again; once more, nothing changes. Raises: OfferClosed."""
    invited = locked(offer)
    _check_open(invited, contact)
    kept = invited.offer.times.filter(found_by=contact, start_at=start_at).select_related("hold").first()
    if kept is None:
        return
    let_go([kept.hold] if kept.hold is not None else [])
    kept.delete()
    note(invited.offer, Kind.LET_GO, now, person=contact, start_at=start_at)


def reach_of(offer: Offer, now: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """From when to when a contact may find times of their own."""
    offered = offer.times.filter(found_by=None).values_list("start_at", flat=True)
    last = max(offered, default=offer.created_at)
    return now + NOTICE, max(offer.created_at, last) + REACH


def _check_open(invited: Invited, contact: Contact) -> Invitee:
    """What is written down of the contact. Raises: OfferClosed."""
    row = invited.row_of(contact)
    if invited.offer.is_settled:
        raise OfferClosed
    return row


def _check_offered(invited: Invited, start_at: dt.datetime, now: dt.datetime) -> None:
    """Raises: SlotBlocked, SlotTaken, InvalidBooking where a time that nobody offered asks too much."""
    check_time(start_at, invited.offer.duration_minutes, now)
    if invited.offer.times.filter(start_at=start_at).exclude(found_by__isnull=False, hold=None).exists():
        return
    first_at, last_at = reach_of(invited.offer, now)
    if not first_at <= start_at <= last_at:
        raise InvalidBooking("start_at", _("Choose one of the times on this page."))
    slot = possible_slot(invited, start_at, now)
    end_at = slot.end_at
    if not is_bearable(slot, invited.attendees(start_at, end_at, now=now)):
        raise SlotBlocked(start_at, ())


def _write_votes(row: Invitee, answers: Mapping[int, str]) -> None:
    """What the contact says now of each time, by its key."""
    row.votes.all().delete()
    Vote.objects.bulk_create(Vote(invitee=row, time_id=time, answer=answer) for time, answer in answers.items())


def _answered(invited: Invited, row: Invitee, now: dt.datetime) -> Meeting | None:
    """The contact has answered; the meeting, where theirs was the last answer to a vote and the rule booked one."""
    offer = invited.offer
    offer.invitees.filter(pk=row.pk).update(answered_at=now)
    others = offer.invitees.filter(contact__isnull=False, answered_at=None)
    if not offer.is_vote or row.answered_at is not None or others.exists():
        return None
    if offer.closing != Closing.ALL_ANSWERED:
        note(offer, Kind.ALL_ANSWERED, now)
        return None
    close_by_rule(offer, now=now)
    offer.refresh_from_db()
    return offer.meeting
