"""Pools and optional people once more: every team of every start, as the extension in docs/fair-slots.md says.

It builds on the plain reference for cells and shares nothing with the engine.
"""

from datetime import datetime, timedelta
from fractions import Fraction
from itertools import chain, combinations, product
from typing import Any

from tests.engine.reference import BANDS, EPOCH, QUARTER, Person, choose, people_of, utc

REASONS = ["busy", "day_off", "unreachable"]


class Team:
    """Some people at one start, judged among all who count."""

    def __init__(self, meeting: "Meeting", number: int, members: list[str], start: datetime) -> None:
        self.number, self.members = number, members
        self.comers = [person for person in meeting.counted if person.id in {*meeting.required, *members}]
        cells = [start + count * QUARTER for count in range(meeting.duration // QUARTER)]
        self.blockers = sorted(
            {(person.id, reason) for person in self.comers for cell in cells for reason in person.cell(cell).reasons}
        )
        if self.blockers:
            return
        exact = {person.id: sum((person.cell(cell).cost for cell in cells), Fraction()) for person in self.comers}
        loads = [round(one.weight * (one.burden + exact.get(one.id, 0)), 6) for one in meeting.counted]
        self.loads = sorted(loads, reverse=True)
        self.total = sum(round(cost, 6) for cost in exact.values())
        self.burdens = sum(round(one.burden, 6) for one in meeting.counted if one.id in members)

    def unfairness(self, policy: str) -> tuple[tuple[str, Any], ...]:
        """What is compared, by the name of what it tells of whoever stays away."""
        loads, total = ("carries_more", self.loads), ("costs_more", self.total)
        first = (total, loads) if policy == "least_total" else (loads, total)
        return (*first, ("spared", self.burdens), ("order", self.number))


class Start:
    """A start with its fairest team, if there is one, or else the one that least stands in the way of."""

    def __init__(self, meeting: "Meeting", start: datetime) -> None:
        self.meeting = meeting
        self.start, self.end = start, start + meeting.duration
        teams = [Team(meeting, number, members, start) for number, members in enumerate(meeting.teams)]
        self.feasible = [team for team in teams if not team.blockers]
        self.team = min(self.feasible or teams, key=self.rank)
        self.blockers = self.team.blockers
        self.guests = [person for person in meeting.guests if not self.reasons(person)]

    def rank(self, team: Team) -> Any:
        return (len(team.blockers), team.number) if team.blockers else (0, team.unfairness(self.meeting.policy))

    def cells(self) -> list[datetime]:
        return [self.start + number * QUARTER for number in range(self.meeting.duration // QUARTER)]

    def reasons(self, person: Person) -> list[str]:
        found = {reason for cell in self.cells() for reason in person.cell(cell).reasons}
        return [reason for reason in REASONS if reason in found]

    def cost(self, person: Person) -> Fraction:
        return sum((person.cell(cell).cost for cell in self.cells()), Fraction())

    def unfairness(self) -> tuple[Any, ...]:
        first, second, *_ = self.team.unfairness(self.meeting.policy)
        guests = -len(self.guests), sum(round(self.cost(guest), 6) for guest in self.guests)
        return first[1], second[1], guests, self.start

    def told(self) -> dict[str, Any]:
        present = {person.id for person in (*self.team.comers, *self.guests)}
        slot: dict[str, Any] = {
            "start": utc(self.start),
            "end": utc(self.end),
            "participants": [self._present(person) for person in self.meeting.people if person.id in present],
        }
        away = [self._away(person) for person in self.meeting.people if person.id not in present]
        return slot | {"stays_away": away} if away else slot

    def _present(self, person: Person) -> dict[str, Any]:
        told = {
            "id": person.id,
            "local_start": self.start.astimezone(person.zone).isoformat(),
            "local_end": self.end.astimezone(person.zone).isoformat(),
            "band": max((person.cell(cell).band for cell in self.cells()), key=BANDS.index),
            "cost": float(round(self.cost(person), 6)),
            "load": float(round(person.weight * (person.burden + self.cost(person)), 6)),
        }
        return told | {"optional": True} if person in self.meeting.guests else told

    def _away(self, person: Person) -> dict[str, Any]:
        if reasons := self.reasons(person):
            return {"id": person.id, "why": "blocked", "reasons": reasons}
        other = min((team for team in self.feasible if person.id in team.members), key=self.rank)
        pairs = zip(self.team.unfairness(self.meeting.policy), other.unfairness(self.meeting.policy), strict=True)
        why = next(name for (name, chosen), (_, instead) in pairs if chosen != instead)
        told: dict[str, Any] = {"id": person.id, "why": why}
        if why == "carries_more":
            highest = float(other.loads[0]), float(self.team.loads[0])
            told |= dict(zip(("highest_load", "chosen_highest_load"), highest, strict=True))
        return told


class Meeting:
    """A case with pools and optional people."""

    def __init__(self, case: dict[str, Any]) -> None:
        self.case, self.people = case, people_of(case)
        meeting = case["meeting"]
        self.pools = [{"take": 1, **pool} for pool in case.get("pools", [])]
        self.policy = meeting.get("policy", "client_first")
        self.duration = timedelta(minutes=meeting["duration_minutes"])
        optional = {person["id"] for person in case["participants"] if person.get("optional")}
        self.guests = [person for person in self.people if person.id in optional]
        self.counted = [person for person in self.people if person.id not in optional]
        in_pools = set(chain.from_iterable(pool["of"] for pool in self.pools))
        self.required = [person.id for person in self.counted if person.id not in in_pools]
        chosen = product(*(combinations(pool["of"], pool["take"]) for pool in self.pools))
        self.teams = [list(chain.from_iterable(team)) for team in chosen]
        self.anchor = next((person for person in self.counted if person.role == "client"), self.counted[0])

    def starts(self) -> list[Start]:
        step = timedelta(minutes=self.case["meeting"].get("step_minutes", 15))
        first, last = (datetime.fromisoformat(self.case["meeting"][key]) for key in ("from", "until"))
        start = EPOCH + -((EPOCH - first) // step) * step
        starts = []
        while start + self.duration <= last:
            starts.append(Start(self, start))
            start += step
        return starts

    def solve(self) -> dict[str, Any]:
        """The result of the case."""
        starts = self.starts()
        feasible = [start for start in starts if not start.blockers]
        fairest_first = sorted(feasible, key=Start.unfairness)
        shown = choose(fairest_first, self.anchor.zone, self.case["meeting"].get("count", 5))
        nearest = [] if feasible else sorted(starts, key=lambda miss: (len(miss.blockers), miss.start))[:3]
        return {
            "feasible": len(feasible),
            "slots": [start.told() for start in shown],
            "near_misses": [{"start": utc(miss.start), "blockers": [*map(list, miss.blockers)]} for miss in nearest],
        }
