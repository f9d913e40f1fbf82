"""What an account manager sees of an offer: who said what of each time, and what is kept."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from clients.models import Contact
from clients.reader import Reader
from scheduling.meetings.models import Invitee, Offer, OfferedTime, OfferEvent, Vote
from scheduling.meetings.offers.invited import Invited, is_held
from scheduling.meetings.offers.page import State
from scheduling.meetings.offers.standings import Standing, ranked_slots, standings
from scheduling.meetings.proposals.wording import points


@dataclass(frozen=True)
class Said:
    """What one contact says of a time; both empty where they have not answered."""

    row: Invitee
    answer: str
    label: "str | Promise"


@dataclass(frozen=True)
class TimeRow:
    """One offered time with everybody's answers; `cost` is what it costs in all."""

    standing: Standing
    said: tuple[Said, ...]
    cost: str
    kept_until_at: dt.datetime | None

    @property
    def is_possible(self) -> bool:
        return self.standing.slot is not None


@dataclass(frozen=True)
class Wish:
    """A time that contacts wish for in a vote; its cost is empty where somebody can't come then."""

    start_at: dt.datetime
    contacts: tuple[Contact, ...]
    cost: str


@dataclass(frozen=True)
class Overview:
    """The whole offer; `kept` are the times that contacts keep by themselves, `waiting` who has not answered."""

    state: State
    invited: Invited
    rows: tuple[TimeRow, ...]
    kept: tuple[tuple[dt.datetime, str], ...]
    wishes: tuple[Wish, ...]
    events: tuple[OfferEvent, ...]
    waiting: tuple[str, ...]


def overview(offer: Offer, *, now: dt.datetime, reader: Reader) -> Overview:
    """The offer, the time to book first at the top."""
    invited = Invited.to(offer)
    labels: dict[str, str | Promise] = {str(value): label for value, label in Vote.Answer.choices}
    rows = []
    for one in standings(invited, now=now):
        hold = one.time.hold
        rows.append(
            TimeRow(
                standing=one,
                said=tuple(
                    Said(row, answer := one.answers.get(row.pk, ""), labels.get(answer, "")) for row in invited.asked
                ),
                cost=points(one.slot.total_cost, reader) if one.slot else "",
                kept_until_at=hold.held_until_at if hold is not None and is_held(one.time, now) else None,
            )
        )
    found = offer.times.filter(found_by__isnull=False, start_at__gt=now).select_related("found_by", "hold")
    own = [time for time in found if is_held(time, now)]
    return Overview(
        state=_state(offer, tuple(rows), now),
        invited=invited,
        rows=tuple(rows),
        kept=tuple((time.start_at, time.found_by.full_name) for time in own if time.found_by is not None),
        wishes=_wishes(invited, [time for time in found if offer.is_vote], now, reader),
        events=tuple(offer.events.select_related("actor", "contact")),
        waiting=tuple(row.person.full_name for row in invited.asked if row.answered_at is None),
    )


def _wishes(invited: Invited, times: Sequence[OfferedTime], now: dt.datetime, reader: Reader) -> tuple[Wish, ...]:
    """What contacts wish for while something can be added."""
    if not times or invited.offer.is_settled:
        return ()
    wishers: dict[dt.datetime, list[Contact]] = {}
    for time in times:
        if time.found_by is not None:
            wishers.setdefault(time.start_at, []).append(time.found_by)
    costs = {slot.start_at: points(slot.total_cost, reader) for slot in ranked_slots(invited, times, {}, now)}
    return tuple(Wish(at, tuple(contacts), costs.get(at, "")) for at, contacts in wishers.items())


def _state(offer: Offer, rows: tuple[TimeRow, ...], now: dt.datetime) -> State:
    if offer.withdrawn_at is not None:
        return State.WITHDRAWN
    if offer.meeting_id is not None:
        return State.BOOKED
    return State.OPEN if any(row.standing.time.start_at > now for row in rows) else State.OVER
