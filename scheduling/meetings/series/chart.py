"""Everybody's load over the weeks: with one fixed time, and with the times of the plan."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from clients.reader import Reader
from scheduling.engine import Occurrence, Policy, SeriesPlan
from scheduling.engine.ranking import CLIENT_FIRST_WEIGHT
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.wording import points

HEIGHT = 100


@dataclass(frozen=True)
class Curve:
    """One person's load from before the first week to after the last, as SVG paths over a width of one a week."""

    loads: tuple[float, ...]
    line: str
    area: str
    final: str
    is_highest: bool


@dataclass(frozen=True)
class ChartRow:
    """One person's load with one fixed time, beside that of the plan."""

    portrait: Portrait
    fixed: Curve
    rotating: Curve


@dataclass(frozen=True)
class Chart:
    """All curves on one scale, from the heaviest load with one fixed time; `table` has a row a week."""

    rows: tuple[ChartRow, ...]
    weeks: int
    fixed_highest: str
    rotating_highest: str
    fixed_share: float
    rotating_share: float
    table: tuple[tuple[dt.date, tuple[tuple[str, str], ...]], ...]


def chart(plan: SeriesPlan, people: Sequence[Portrait], policy: Policy, reader: Reader) -> Chart:
    """The loads of a plan as they grow; the last ones are the engine's own."""
    fixed = _growing(plan.fixed.occurrences, plan.fixed.loads, people, policy)
    rotating = _growing(plan.occurrences, plan.loads, people, policy)
    top = max(max(loads) for grown in (fixed, rotating) for loads in grown.values())

    def curve(loads: tuple[float, ...], highest: float) -> Curve:
        return _curve(loads, top, is_highest=bool(highest) and loads[-1] == highest, reader=reader)

    ordered = sorted(people, key=lambda portrait: (-fixed[portrait][-1], -rotating[portrait][-1], portrait.name))
    return Chart(
        rows=tuple(
            ChartRow(
                portrait,
                curve(fixed[portrait], plan.fixed.max_load),
                curve(rotating[portrait], plan.max_load),
            )
            for portrait in ordered
        ),
        weeks=len(plan.occurrences),
        fixed_highest=points(plan.fixed.max_load, reader),
        rotating_highest=points(plan.max_load, reader),
        fixed_share=plan.fixed.max_load / top if top else 0.0,
        rotating_share=plan.max_load / top if top else 0.0,
        table=tuple(
            (
                occurrence.week_start_date,
                tuple(
                    (points(fixed[portrait][week], reader), points(rotating[portrait][week], reader))
                    for portrait in ordered
                ),
            )
            for week, occurrence in enumerate(plan.occurrences, start=1)
        ),
    )


def _growing(
    occurrences: Sequence[Occurrence], final: Mapping[str, float], people: Sequence[Portrait], policy: Policy
) -> dict[Portrait, tuple[float, ...]]:
    """Everybody's load before the first week and after each."""
    costs = [
        {share.id: share.cost for share in occurrence.slot.participants} if occurrence.slot else {}
        for occurrence in occurrences
    ]
    grown = {}
    for portrait in people:
        weight = CLIENT_FIRST_WEIGHT if policy is Policy.CLIENT_FIRST and portrait.attendee.is_client else 1
        loads = [weight * portrait.participant.burden]
        for of_week in costs:
            loads.append(loads[-1] + weight * of_week.get(portrait.key, 0.0))
        grown[portrait] = (*loads[:-1], final[portrait.key])
    return grown


def _curve(loads: tuple[float, ...], top: float, *, is_highest: bool, reader: Reader) -> Curve:
    heights = [HEIGHT - (load / top * HEIGHT if top else 0.0) for load in loads]
    # A step a week: the load rises when the meeting is over.
    steps = "".join(f"H{week}V{height:.2f}" for week, height in enumerate(heights[1:], start=1))
    line = f"M0 {heights[0]:.2f}{steps}"
    return Curve(
        loads=loads,
        line=line,
        area=f"{line}V{HEIGHT}H0Z",
        final=points(loads[-1], reader),
        is_highest=is_highest,
    )
