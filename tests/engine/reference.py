"""The fair-slot specification once more: cell by cell, in whole Fractions, without a thought for speed.

It shares nothing with the engine, not even the reading of a case, and asks the holiday library itself.
"""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from functools import cache, partial
from typing import Any, Protocol, TypeVar
from zoneinfo import ZoneInfo

import holidays

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
BANDS = ["ideal", "good", "stretch", "hard", "very_hard"]
WEIGHTS = {"client_first": {"client": 5, "staff": 1}}

Interval = tuple[datetime, datetime]


class Person:
    """One participant of a case, and what each of their cells is worth."""

    def __init__(self, person: dict[str, Any], policy: str, years: range) -> None:
        self.id = person["id"]
        self.role = person.get("role", "staff")
        self.weight = WEIGHTS.get(policy, {}).get(self.role, 1)
        self.burden = Fraction(person.get("burden", 0))
        self.zone = ZoneInfo(person["timezone"])
        nine_to_five = {day: [["09:00", "17:00"]] for day in WEEKDAYS[:5]}
        waking = {day: [["06:00", "23:00"]] for day in WEEKDAYS}
        self.working_hours = person.get("working_hours", nine_to_five)
        self.preferred_hours = person.get("preferred_hours", {})
        self.reachable_hours = person.get("reachable_hours", waking)
        self.days_off = {date.fromisoformat(day) for day in person.get("days_off", [])}
        self.half_days = {date.fromisoformat(day) for day in person.get("half_days", [])}
        self.extra_workdays = {date.fromisoformat(day) for day in person.get("extra_workdays", [])}
        calendar = person.get("calendar")
        if calendar:
            self._keep(
                calendar["country"],
                calendar.get("subdivision"),
                calendar.get("categories", ["public"]),
                years,
            )
        buffer = timedelta(minutes=person.get("buffer_minutes", 0))
        self.busy = [
            (datetime.fromisoformat(start) - buffer, datetime.fromisoformat(end) + buffer)
            for start, end in person.get("busy", [])
        ]
        # Asked for again and again.
        self.working_on = cache(self._working_on)
        self.is_bridge = cache(self._is_bridge)
        self.cell = cache(partial(Cell, self))

    def _keep(self, country: str, subdivision: str | None, categories: list[str], years: range) -> None:
        full = holidays.country_holidays(country, subdivision, years, expand=False, categories=categories)
        self.days_off |= set(full)
        self.extra_workdays |= set(full.weekend_workdays)
        if "half_day" in full.supported_categories:
            self.half_days |= set(
                holidays.country_holidays(country, subdivision, years, expand=False, categories="half_day")
            )

    def _working_on(self, day: date) -> list[Interval]:
        if day in self.days_off:
            return []
        if day in self.extra_workdays:
            first = next((name for name in WEEKDAYS if self.working_hours.get(name)), "mon")
            hours = on_wall(self.working_hours.get(first, []), day)
        else:
            hours = self.hours_on(self.working_hours, day)
        if day in self.half_days:
            noon_closing = datetime.combine(day, time(13))
            hours = [(start, min(end, noon_closing)) for start, end in hours if start < noon_closing]
        return hours

    def hours_on(self, table: dict[str, list[list[str]]], day: date) -> list[Interval]:
        return on_wall(table.get(WEEKDAYS[day.weekday()], []), day)

    def _is_bridge(self, day: date) -> bool:
        return bool(self.working_on(day)) and not self.working_on(day - DAY) and not self.working_on(day + DAY)


class Cell:
    """What one quarter of an hour is for one person."""

    def __init__(self, person: Person, instant: datetime) -> None:
        wall = instant.astimezone(person.zone).replace(tzinfo=None)
        today = wall.date()
        yesterday, tomorrow = today - DAY, today + DAY

        def within(hours: list[Interval]) -> bool:
            return any(start <= wall < end for start, end in hours)

        in_todays_hours = within(person.working_on(today))
        in_yesterdays_hours = within(person.working_on(yesterday))
        inside = in_todays_hours or in_yesterdays_hours

        self.reasons = set()
        if any(instant < end and start < instant + QUARTER for start, end in person.busy):
            self.reasons.add("busy")
        if not inside:
            if not person.working_on(today) or (today in person.half_days and wall.time() >= time(13)):
                self.reasons.add("day_off")
            if not within(
                person.hours_on(person.reachable_hours, today) + person.hours_on(person.reachable_hours, yesterday)
            ):
                self.reasons.add("unreachable")

        counts_for = yesterday if in_yesterdays_hours and not in_todays_hours else today
        if inside:
            wished = not any(person.preferred_hours.values()) or within(
                person.hours_on(person.preferred_hours, today) + person.hours_on(person.preferred_hours, yesterday)
            )
            self.band = "ideal" if wished else "good"
            rate = Fraction(0 if wished else 10)
        else:
            hours = [interval for day in (yesterday, today, tomorrow) for interval in person.working_on(day)]
            minutes = min((distance(wall, interval) for interval in hours), default=0)
            self.band = "stretch" if minutes <= 60 else "hard" if minutes <= 180 else "very_hard"
            rate = 10 + Fraction(minutes * minutes, 360)
        if person.is_bridge(counts_for):
            rate += 20
        self.cost = rate / 4


def distance(wall: datetime, interval: Interval) -> int:
    """Wall minutes from an interval to the far end of the cell that begins at `wall`, outside of it."""
    start, end = interval
    before, after = start - wall, wall + QUARTER - end
    return max(before, after) // timedelta(minutes=1)


def on_wall(pairs: list[list[str]], day: date) -> list[Interval]:
    intervals = []
    for opening, closing in pairs:
        start = datetime.combine(day, time.fromisoformat(opening))
        end = datetime.combine(day, time.fromisoformat(closing))
        intervals.append((start, end if end > start else end + DAY))
    return intervals


class Candidate:
    """A start, judged."""

    def __init__(self, people: list[Person], start: datetime, duration: timedelta) -> None:
        self.start, self.end = start, start + duration
        cells = [start + number * QUARTER for number in range(duration // QUARTER)]
        self.blockers = sorted(
            {(person.id, reason) for person in people for cell in cells for reason in person.cell(cell).reasons}
        )
        if self.blockers:
            return
        exact = [sum((person.cell(cell).cost for cell in cells), Fraction()) for person in people]
        self.costs = [round(cost, 6) for cost in exact]
        self.loads = [
            round(person.weight * (person.burden + cost), 6) for person, cost in zip(people, exact, strict=True)
        ]
        self.bands = [max((person.cell(cell).band for cell in cells), key=BANDS.index) for person in people]

    def unfairness(self, policy: str) -> tuple[Any, ...]:
        worst_first, total = sorted(self.loads, reverse=True), sum(self.costs)
        if policy == "least_total":
            return total, worst_first, self.start
        return worst_first, total, self.start


def people_of(case: dict[str, Any]) -> list[Person]:
    meeting = case["meeting"]
    first, last = (datetime.fromisoformat(meeting[key]) for key in ("from", "until"))
    years = range((first - 9 * DAY).year, (last + 9 * DAY).year + 1)
    return [Person(person, meeting.get("policy", "client_first"), years) for person in case["participants"]]


def candidates_of(case: dict[str, Any], people: list[Person]) -> list[Candidate]:
    """Every start of a case, in order."""
    meeting = case["meeting"]
    duration = timedelta(minutes=meeting["duration_minutes"])
    step = timedelta(minutes=meeting.get("step_minutes", 15))
    horizon_start, horizon_end = (datetime.fromisoformat(meeting[key]) for key in ("from", "until"))
    candidates = []
    start = EPOCH + -((EPOCH - horizon_start) // step) * step
    while start + duration <= horizon_end:
        candidates.append(Candidate(people, start, duration))
        start += step
    return candidates


def anchor_of(people: list[Person]) -> Person:
    return next((person for person in people if person.role == "client"), people[0])


def solve(case: dict[str, Any]) -> dict[str, Any]:
    """The result of a case."""
    meeting = case["meeting"]
    policy = meeting.get("policy", "client_first")
    people = people_of(case)
    candidates = candidates_of(case, people)
    feasible = [candidate for candidate in candidates if not candidate.blockers]
    fairest_first = sorted(feasible, key=lambda candidate: candidate.unfairness(policy))
    shown = choose(fairest_first, anchor_of(people).zone, meeting.get("count", 5))
    near_misses = [] if feasible else sorted(candidates, key=lambda miss: (len(miss.blockers), miss.start))[:3]
    return {
        "feasible": len(feasible),
        "slots": [
            {
                "start": utc(slot.start),
                "end": utc(slot.end),
                "participants": [
                    {
                        "id": person.id,
                        "local_start": slot.start.astimezone(person.zone).isoformat(),
                        "local_end": slot.end.astimezone(person.zone).isoformat(),
                        "band": slot.bands[place],
                        "cost": float(slot.costs[place]),
                        "load": float(slot.loads[place]),
                    }
                    for place, person in enumerate(people)
                ],
            }
            for slot in shown
        ],
        "near_misses": [
            {"start": utc(miss.start), "blockers": [list(blocker) for blocker in miss.blockers]} for miss in near_misses
        ],
    }


class Timed(Protocol):
    start: datetime
    end: datetime


T = TypeVar("T", bound=Timed)


def choose(fairest_first: list[T], zone: ZoneInfo, count: int) -> list[T]:
    taken: list[T] = []
    per_date: Counter[date] = Counter()
    cap = 1
    while True:
        left = [
            slot for slot in fairest_first if all(slot.end <= other.start or other.end <= slot.start for other in taken)
        ]
        if not left or len(taken) == count:
            return sorted(taken, key=fairest_first.index)
        for slot in left:
            day = slot.start.astimezone(zone).date()
            free = all(slot.end <= other.start or other.end <= slot.start for other in taken)
            if free and per_date[day] < cap and len(taken) < count:
                taken.append(slot)
                per_date[day] += 1
        cap += 1


def utc(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
