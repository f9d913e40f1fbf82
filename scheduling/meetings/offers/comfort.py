"""What a time means for a contact, as it is said to them: a word, and never a score."""

from enum import StrEnum

from scheduling.engine import Band, ParticipantSlot

NOON = 12


class Comfort(StrEnum):
    """How a time lies in somebody's day."""

    WORKING = "working"
    A_LITTLE_OUTSIDE = "a_little_outside"
    EARLY = "early"
    VERY_EARLY = "very_early"
    LATE = "late"
    VERY_LATE = "very_late"


def comfort_of(share: ParticipantSlot) -> Comfort:
    """How a time lies in the day of whoever's share it is."""
    is_early = share.local_start.hour < NOON
    match share.band:
        case Band.IDEAL | Band.GOOD:
            return Comfort.WORKING
        case Band.STRETCH:
            return Comfort.A_LITTLE_OUTSIDE
        case Band.HARD:
            return Comfort.EARLY if is_early else Comfort.LATE
        case _:
            return Comfort.VERY_EARLY if is_early else Comfort.VERY_LATE
