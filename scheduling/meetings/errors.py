"""What can go wrong when a meeting is booked, moved or cancelled."""

import datetime as dt
from collections.abc import Sequence

from scheduling.engine import NearMiss, Reason


class BookingError(Exception):
    """A booking that was refused; nothing was written."""

    status = 409


class InvalidBooking(BookingError):
    """A value that makes no sense; the message says what would be right."""

    status = 422

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class SlotTaken(BookingError):
    """Somebody else booked one of the people at that time first."""


class SlotBlocked(BookingError):
    """Somebody can't come at that time: `blockers` are pairs of an attendee's key and a reason."""

    def __init__(self, start_at: dt.datetime, blockers: Sequence[tuple[str, Reason]]) -> None:
        super().__init__(f"{start_at.isoformat()}: {', '.join(f'{who} {why}' for who, why in blockers)}")
        self.start_at = start_at
        self.blockers = tuple(blockers)


class StaleMeeting(BookingError):
    """The meeting changed since the page that asks was read, or is over or cancelled."""


class KeyInFlight(BookingError):
    """The first request with this idempotency key is still at work."""


class KeyReused(BookingError):
    """The idempotency key belongs to another request."""

    status = 422


class TryAgain(BookingError):
    """The database gave up three times, to resolve a deadlock or for want of serialisation."""

    status = 503


class OccurrencesLost(BookingError):
    """In some weeks somebody can't come any more: one near miss a week, in order."""

    def __init__(self, lost: Sequence[NearMiss]) -> None:
        super().__init__(", ".join(miss.start_at.isoformat() for miss in lost))
        self.lost = tuple(lost)


class MeetingNotTheirs(BookingError):
    """A contact may not do this to the meeting by themselves; `refusal` says why."""

    def __init__(self, refusal: str) -> None:
        super().__init__(refusal)
        self.refusal = refusal


class OfferClosed(BookingError):
    """Nothing can be chosen any more: another time is booked, or the offer was withdrawn or is over."""


class TooLateToUndo(BookingError):
    """The minutes for taking a choice back are over, or somebody changed the meeting meanwhile."""


class TooManyKept(BookingError):
    """The contact keeps as many times as one may at once."""
