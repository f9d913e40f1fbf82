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
)
from scheduling.meetings.proposals.burdens import Burdens, burdens
from scheduling.meetings.proposals.company import booking_value, who_comes
from scheduling.meetings.proposals.comparison import Comparison, comparison
from scheduling.meetings.proposals.day_list import DayRow, day_rows
from scheduling.meetings.proposals.moment import Moment, WhyRow, moment_of, why_rows
from scheduling.meetings.proposals.options import Option, options
from scheduling.meetings.proposals.people import Portrait, west_to_east
from scheduling.meetings.proposals.picker import Picker, is_offered, picker
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.ribbon import Ribbon, ribbon
from scheduling.meetings.proposals.rules import absences
from scheduling.meetings.proposals.sky import QUARTER, CivilDay
from scheduling.meetings.proposals.ways_out import NearestMiss, WayOut, more_days, nearest_misses, ways_out
from scheduling.meetings.proposals.wording import points


@dataclass(frozen=True)
class ProposalPage:
    """Everything the template draws.

    `moment` is the time on the ribbon, and `shown` its slot, None where somebody cannot attend it. Without a moment
    the day shown has no time that suits everybody. `steps` lead to the times just before and after.
    """

    query: ProposalQuery
    people: tuple[Portrait, ...]
    feasible: int
    picker: Picker
    ribbon: Ribbon
    moment: Moment | None
    shown: Slot | None
    steps: tuple[str, str]
    total_cost: str
    company: tuple[SafeString, ...]
    booking_value: str
    options: tuple[Option, ...]
    why: tuple[WhyRow, ...]
    absences: tuple[tuple[str, SafeString], ...]
    burdens: Burdens
    missed: NearestMiss | None
    near_misses: tuple[NearestMiss, ...]
    compared: Comparison | NearestMiss | None
    days: tuple[DayRow, ...]
    ways_out: tuple[WayOut, ...] | None
    ways_url: str
    more_days_url: str
    is_mirrored: bool

    @property
    def is_compared(self) -> bool:
        """Whether there is another time to compare with the one shown."""
        return isinstance(self.compared, Comparison)

    @property
    def zone_count(self) -> int:
        """How many different clocks the people live by at the time shown."""
        at = self.moment.start_at if self.moment else self.ribbon.day.start_at
        return len({at.astimezone(portrait.participant.zone).utcoffset() for portrait in self.people})


def proposal_page(
    *,
    request: MeetingRequest,
    query: ProposalQuery,
    people: Sequence[Portrait],
    day: dt.date | None,
    at: dt.datetime | None,
    reader: Reader,
    compare: dt.datetime | None = None,
    with_ways: bool = False,
    must_be_possible: bool = False,
) -> ProposalPage:
    """The page of a request; it shows the time from `at`, else the fairest of `day`, else the fairest of all.

    Where somebody cannot attend the time asked for, `missed` says who; the fairest of its day is shown instead where
    it `must_be_possible`. What would help is worked out where nothing fits, or `with_ways`.
    """
    assessment = assess(request, [portrait.participant for portrait in people])
    proposal = assessment.proposal
    outlooks = assessment.days(reader.zone)
    asked = _slot_at(assessment, at)
    chosen: Slot | NearMiss | None
    if asked is not None and not (must_be_possible and isinstance(asked, NearMiss)):
        chosen, date = asked, reader.day_of(asked.start_at)
    else:
        if at is not None and day is None:
            day = reader.day_of(at)
        chosen = _fairest(outlooks, day) if day else (proposal.slots[0] if proposal.slots else None)
        date = day or (reader.day_of(chosen.start_at) if chosen else _first_date(outlooks, people, query, reader))
    shown = chosen if isinstance(chosen, Slot) else None
    moment = moment_of(chosen, request.duration_minutes, people) if chosen else None

    civil_day = CivilDay.of(date, reader.zone)
    ordered = west_to_east(people, civil_day.start_at + (civil_day.end_at - civil_day.start_at) / 2)
    cards = picker(outlooks, people, query, date, reader)
    other = _slot_at(assessment, compare) if shown and compare != shown.start_at else None
    return ProposalPage(
        query=query,
        people=ordered,
        feasible=proposal.feasible,
        picker=cards,
        ribbon=ribbon(
            day=civil_day,
            cells=_cells(assessment, people, civil_day),
            moment=moment,
            assessment=assessment,
            query=query,
            reader=reader,
        ),
        moment=moment,
        shown=shown,
        steps=_steps(moment, request, query),
        total_cost=points(shown.total_cost, reader) if shown else "",
        company=who_comes(shown, ordered, query, reader) if shown else (),
        booking_value=booking_value(shown, query) if shown else "",
        options=options(
            slots=proposal.slots, shown=shown, people=ordered, policy=request.policy, query=query, reader=reader
        ),
        why=why_rows(moment, ordered, query, reader) if moment else (),
        absences=absences(people, cards.first_date, cards.last_date, reader),
        burdens=burdens(shown, _compared_with(shown, proposal.slots), people, reader),
        missed=nearest_misses([asked], request, people, reader)[0] if isinstance(asked, NearMiss) else None,
        near_misses=nearest_misses(proposal.near_misses, request, people, reader),
        compared=_compared(shown, other, request, ordered, query, reader),
        days=day_rows(outlooks, people, query, date, (cards.first_date, cards.last_date), reader),
        ways_out=ways_out(request, people, query, reader) if with_ways or not proposal.feasible else None,
        ways_url=query.url(at=moment.start_at if moment else None, with_ways=True),
        more_days_url=more_days(query),
        is_mirrored=reader.text_direction == "rtl",
    )


def _steps(moment: Moment | None, request: MeetingRequest, query: ProposalQuery) -> tuple[str, str]:
    """The addresses of the times one quarter before and after, each empty where it would leave the horizon."""
    if moment is None:
        return "", ""
    earlier_at, later_at = moment.start_at - QUARTER, moment.start_at + QUARTER
    earlier = query.url(at=earlier_at) if earlier_at >= request.start_at else ""
    return earlier, query.url(at=later_at) if moment.end_at + QUARTER <= request.end_at else ""


def _compared(
    shown: Slot | None,
    other: Slot | NearMiss | None,
    request: MeetingRequest,
    people: Sequence[Portrait],
    query: ProposalQuery,
    reader: Reader,
) -> Comparison | NearestMiss | None:
    if shown is None or other is None:
        return None
    if isinstance(other, NearMiss):
        return nearest_misses([other], request, people, reader)[0]
    return comparison(
        shown, other, people, request.policy, reader, query.url(at=other.start_at, compare=shown.start_at)
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
