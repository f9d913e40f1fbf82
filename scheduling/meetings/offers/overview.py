"""What an account manager sees of an offer: who said what of each time, and what is kept."""

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise

from clients.reader import Reader
from scheduling.meetings.models import Invitee, Offer, OfferEvent, Vote
from scheduling.meetings.offers.invited import Invited, is_held
from scheduling.meetings.offers.page import State
from scheduling.meetings.offers.standings import Standing, standings
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
class Overview:
    """The whole offer; `kept` are the times that contacts keep by themselves."""

    state: State
    invited: Invited
    rows: tuple[TimeRow, ...]
    kept: tuple[tuple[dt.datetime, str], ...]
    events: tuple[OfferEvent, ...]
    waiting: tuple[Invitee, ...]


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
    own = offer.times.filter(kept_by__isnull=False, hold__held_until_at__gt=now).select_related("kept_by")
    return Overview(
        state=_state(offer, tuple(rows), now),
        invited=invited,
        rows=tuple(rows),
        kept=tuple((time.start_at, time.kept_by.full_name) for time in own if time.kept_by is not None),
        events=tuple(offer.events.select_related("actor", "contact")),
        waiting=tuple(row for row in invited.asked if row.answered_at is None),
    )


def _state(offer: Offer, rows: tuple[TimeRow, ...], now: dt.datetime) -> State:
    if offer.withdrawn_at is not None:
        return State.WITHDRAWN
    if offer.meeting_id is not None:
        return State.BOOKED
    return State.OPEN if any(row.standing.time.start_at > now for row in rows) else State.OVER
