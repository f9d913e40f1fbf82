"""The whole proposal as the propose page shows it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from clients.reader import Reader
from scheduling.engine import (
    Assessment,
    Cell,
    DayOutlook,
    InvalidInput,
    MeetingRequest,
    NearMiss,
    Slot,
    assess,
    explain,
)
from scheduling.meetings.proposals.burdens import Burdens, burdens
from scheduling.meetings.proposals.options import Option, options, shares_of
from scheduling.meetings.proposals.people import Portrait, west_to_east
from scheduling.meetings.proposals.picker import Picker, is_offered, picker
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.ribbon import Ribbon, ribbon
from scheduling.meetings.proposals.rules import absences
from scheduling.meetings.proposals.sky import QUARTER, CivilDay
from scheduling.meetings.proposals.ways_out import NearestMiss, WayOut, nearest_misses, ways_out
from scheduling.meetings.proposals.wording import points, weekday_and_day
from scheduling.meetings.reasons import cost_reason


@dataclass(frozen=True)
class WhyRow:
    """What the time shown means for one person, and why."""

    portrait: Portrait
    local_time: str
    local_day: str
    reason: SafeString
    cost: str
    has_cost: bool


@dataclass(frozen=True)
class ProposalPage:
    """Everything the template draws; without a `shown` slot the day shown has none that suits everybody."""

    query: ProposalQuery
    people: tuple[Portrait, ...]
    feasible: int
    picker: Picker
    ribbon: Ribbon
    shown: Slot | None
    total_cost: str
    options: tuple[Option, ...]
    why: tuple[WhyRow, ...]
    absences: tuple[tuple[str, SafeString], ...]
    burdens: Burdens
    missed: NearestMiss | None
    near_misses: tuple[NearestMiss, ...]
    ways_out: tuple[WayOut, ...]
    is_mirrored: bool

    @property
    def zone_count(self) -> int:
        """How many different clocks the people live by at the time shown."""
        at = self.shown.start_at if self.shown else self.ribbon.day.start_at
        return len({at.astimezone(portrait.participant.zone).utcoffset() for portrait in self.people})


def proposal_page(
    *,
    request: MeetingRequest,
    query: ProposalQuery,
    people: Sequence[Portrait],
    day: dt.date | None,
    at: dt.datetime | None,
    reader: Reader,
) -> ProposalPage:
    """The page of a request; it shows the slot from `at`, else the fairest of `day`, else the fairest of all.

    Where somebody cannot attend the slot asked for, `missed` says who, and the fairest of its day is shown.
    """
    assessment = assess(request, [portrait.participant for portrait in people])
    proposal = assessment.proposal
    outlooks = assessment.days(reader.zone)
    asked = _slot_at(assessment, at)
    shown: Slot | None
    if isinstance(asked, Slot):
        shown, date = asked, reader.day_of(asked.start_at)
    else:
        if at is not None and day is None:
            day = reader.day_of(at)
        shown = _fairest(outlooks, day) if day else (proposal.slots[0] if proposal.slots else None)
        date = day or (reader.day_of(shown.start_at) if shown else _first_date(outlooks, people, query, reader))

    civil_day = CivilDay.of(date, reader.zone)
    ordered = west_to_east(people, civil_day.start_at + (civil_day.end_at - civil_day.start_at) / 2)
    cards = picker(outlooks, people, query, date, reader)
    return ProposalPage(
        query=query,
        people=ordered,
        feasible=proposal.feasible,
        picker=cards,
        ribbon=ribbon(
            day=civil_day,
            cells=_cells(assessment, people, civil_day),
            slot=shown,
            request=request,
            reader=reader,
        ),
        shown=shown,
        total_cost=points(shown.total_cost, reader) if shown else "",
        options=options(
            slots=proposal.slots, shown=shown, people=ordered, policy=request.policy, query=query, reader=reader
        ),
        why=_why(shown, ordered, reader) if shown else (),
        absences=absences(people, cards.first_date, cards.last_date, reader),
        burdens=burdens(shown, _compared_with(shown, proposal.slots), people, reader),
        missed=nearest_misses([asked], request, people, reader)[0] if isinstance(asked, NearMiss) else None,
        near_misses=nearest_misses(proposal.near_misses, request, people, reader),
        ways_out=() if proposal.feasible else ways_out(proposal.near_misses, people, query),
        is_mirrored=reader.text_direction == "rtl",
    )


def _slot_at(assessment: Assessment, at: dt.datetime | None) -> Slot | NearMiss | None:
    try:
        return None if at is None else assessment.slot_at(at)
    except InvalidInput:
        # Already over, or too late for the meeting to end within the horizon.
        return None


def _fairest(outlooks: Sequence[DayOutlook], date: dt.date) -> Slot | None:
    return next((outlook.fairest for outlook in outlooks if outlook.date == date), None)


def _first_date(
    outlooks: Sequence[DayOutlook], people: Sequence[Portrait], query: ProposalQuery, reader: Reader
) -> dt.date:
    """The first day worth a look where none has a time."""
    return next((outlook.date for outlook in outlooks if is_offered(outlook, people, reader)), query.first_date)


def _cells(assessment: Assessment, people: Sequence[Portrait], day: CivilDay) -> Mapping[Portrait, tuple[Cell, ...]]:
    # As far as a slot reaches that starts in the last quarter of the day.
    end_at = day.end_at + dt.timedelta(minutes=assessment.request.duration_minutes) - QUARTER
    return {portrait: assessment.cells(portrait.key, day.start_at, end_at) for portrait in people}


def _compared_with(shown: Slot | None, slots: Sequence[Slot]) -> Slot | None:
    return next((slot for slot in slots if shown is not None and slot.start_at != shown.start_at), None)


def _why(shown: Slot, people: Sequence[Portrait], reader: Reader) -> tuple[WhyRow, ...]:
    """Whoever pays most first."""
    shares = shares_of(shown)
    rows = []
    for portrait in sorted(people, key=lambda portrait: -shares[portrait.key].cost):
        share = shares[portrait.key]
        explanation = explain(portrait.participant, shown.start_at, shown.end_at)
        other_day = share.local_start.date() != reader.day_of(shown.start_at)
        cost = points(share.cost, reader)
        rows.append(
            WhyRow(
                portrait,
                local_time=reader.wall_time(share.local_start.time()),
                local_day=weekday_and_day(share.local_start.date(), reader) if other_day else "",
                reason=cost_reason(share, explanation, reader),
                cost=f"+{cost}" if share.cost else cost,
                has_cost=bool(share.cost),
            )
        )
    return tuple(rows)
