"""A participant's dates: whose hours each one has, and whether it is a bridge day."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from scheduling.engine.clock import day_of, weekday_of
from scheduling.engine.hours import HALF, OFF, substitute_pattern, working_patterns
from scheduling.engine.values import WEEKDAYS, Participant, WeeklyHours


class DateKind(NamedTuple):
    """What the cells of a date depend on, besides the participant's hours; most dates are of few kinds."""

    weekday: int
    yesterday: int
    today: int
    tomorrow: int
    bridge_yesterday: bool
    bridge_today: bool


def kinds_of_dates(participant: Participant, first: int, last: int) -> list[DateKind]:
    """The kinds of the participant's dates from day number `first` to `last`, both included."""
    weekday, count = weekday_of(first), last - first + 1
    kinds = (_usual_kinds(participant.working_hours) * (count // 7 + 2))[weekday : weekday + count]
    if not (participant.extra_workdays or participant.days_off or participant.half_days):
        return kinds
    # A date's kind follows from the two days before it, because yesterday may be a bridge day, to the day after.
    own = _own_patterns(participant, first - 2, last + 1)
    for day in {other + shift for other in own for shift in (-1, 0, 1, 2)}:
        if first <= day <= last:
            kinds[day - first] = _kind(day, own, participant.working_hours)
    return kinds


@lru_cache(maxsize=1024)
def _usual_kinds(working_hours: WeeklyHours) -> list[DateKind]:
    """The kinds of a week's dates, from Monday on, where nothing is out of the ordinary."""
    week = range(len(WEEKDAYS))
    kinds = {weekday_of(day): _kind(day, {}, working_hours) for day in week}
    return [kinds[weekday] for weekday in week]


def _own_patterns(participant: Participant, first: int, last: int) -> dict[int, int]:
    """The day patterns of the dates that have not simply those of their weekdays."""

    def within(dates: Iterable[date]) -> Iterator[int]:
        return (day for day in map(day_of, dates) if first <= day <= last)

    patterns = dict.fromkeys(within(participant.extra_workdays), substitute_pattern(participant.working_hours))
    patterns.update(dict.fromkeys(within(participant.days_off), OFF))
    for day in within(participant.half_days):
        patterns[day] = patterns.get(day, weekday_of(day)) + HALF
    return patterns


def _kind(day: int, own: Mapping[int, int], working_hours: WeeklyHours) -> DateKind:
    hours = working_patterns(working_hours)
    patterns = [own.get(near, weekday_of(near)) for near in range(day - 2, day + 2)]
    before, yesterday, today, tomorrow = (bool(hours[pattern]) for pattern in patterns)
    return DateKind(
        weekday=weekday_of(day),
        yesterday=patterns[1],
        today=patterns[2],
        tomorrow=patterns[3],
        bridge_yesterday=yesterday and not before and not today,
        bridge_today=today and not yesterday and not tomorrow,
    )
