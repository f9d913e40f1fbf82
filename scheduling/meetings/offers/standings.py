"""How the times of an offer stand: who says what of each, and in which order they would be booked."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from holidays_app.calendars import UnsupportedYear
from scheduling.engine import Slot
from scheduling.meetings.models import Invitee, OfferedTime, Vote
from scheduling.meetings.offers.invited import Invited, times_of
from scheduling.meetings.selectors import attendee_key

Answer = Vote.Answer

#: What “if need be” adds to a time for whoever says so, in points an hour: as much as a time about an hour and a half
#: outside the working hours costs.
IF_NEED_BE_RATE = 30.0


@dataclass(frozen=True)
class Standing:
    """One offered time: its slot, None where somebody can't come any more, and what each contact says of it.

    `rank` counts from 1 in the order in which they would be booked. A rule books none that has `is_refused`.
    """

    time: OfferedTime
    slot: Slot | None
    answers: Mapping[int, str]
    yes: int
    if_need_be: int
    no: int
    is_refused: bool
    rank: int = 0


def standings(invited: Invited, *, now: dt.datetime) -> tuple[Standing, ...]:
    """The offer's times, the best to book first; those that can't be booked any more come last.

    Fewest “no” of those who must come, then fewest “no” in all; then the engine's order of fairness, in which “if need
    be” costs whoever says so more.
    """
    offer = invited.offer
    times = times_of(offer)
    votes = _votes(invited, times)
    refused = {time.pk: _noes(invited, votes[time.pk]) for time in times}
    fairest = [slot.start_at for slot in ranked_slots(invited, times, votes, now)]
    slots = {slot.start_at: slot for slot in ranked_slots(invited, times, {}, now)}

    def place(time: OfferedTime) -> tuple[bool, int, int, int, dt.datetime]:
        is_gone = time.start_at not in slots
        required, noes = refused[time.pk]
        return is_gone, required, noes, 0 if is_gone else fairest.index(time.start_at), time.start_at

    return tuple(
        Standing(
            time=time,
            slot=slots.get(time.start_at),
            answers=votes[time.pk],
            yes=_count(votes[time.pk], Answer.YES),
            if_need_be=_count(votes[time.pk], Answer.IF_NEED_BE),
            no=_count(votes[time.pk], Answer.NO),
            is_refused=refused[time.pk][0] > 0,
            rank=rank,
        )
        for rank, time in enumerate(sorted(times, key=place), start=1)
    )


def _votes(invited: Invited, times: Sequence[OfferedTime]) -> dict[int, dict[int, str]]:
    """What the contacts say, by time and invitee."""
    votes: dict[int, dict[int, str]] = {time.pk: {} for time in times}
    rows = Vote.objects.filter(invitee__offer=invited.offer, time__in=votes)
    for time, invitee, answer in rows.values_list("time", "invitee", "answer"):
        votes[time][invitee] = answer
    return votes


def _count(answers: Mapping[int, str], answer: str) -> int:
    return sum(given == answer for given in answers.values())


def _noes(invited: Invited, answers: Mapping[int, str]) -> tuple[int, int]:
    """How many of those who must come say no, and how many in all."""
    noes: list[Invitee] = [row for row in invited.asked if answers.get(row.pk) == Answer.NO]
    return sum(not row.is_optional for row in noes), len(noes)


def ranked_slots(
    invited: Invited, times: Sequence[OfferedTime], votes: Mapping[int, Mapping[int, str]], now: dt.datetime
) -> tuple[Slot, ...]:
    """The slots of those of the times, in order, that are still possible, the fairest first."""
    coming = [time for time in times if time.start_at > now]
    if not coming or invited.is_short:
        return ()
    hours = invited.offer.duration_minutes / 60
    keys = {row.pk: attendee_key(row.person) for row in invited.asked}
    added = {
        time.start_at: {
            keys[invitee]: IF_NEED_BE_RATE * hours
            for invitee, answer in votes.get(time.pk, {}).items()
            if answer == Answer.IF_NEED_BE
        }
        for time in coming
    }
    start_at, end_at = coming[0].start_at, coming[-1].end_at
    try:
        found = invited.attendees(start_at, end_at, now=now)
    except UnsupportedYear:
        return ()
    return invited.assess(found, start_at, end_at).ranked([time.start_at for time in coming], added)
