"""The address of a plan: everything that the page shows follows from it."""

import datetime as dt
from dataclasses import dataclass

from scheduling.engine import WEEKDAYS, Policy, SeriesRequest


@dataclass(frozen=True)
class SeriesQuery:
    """Who meets every week, for how long, from when on, on which days and by which policy; or which series moves."""

    contact_ids: tuple[int, ...]
    colleague_ids: tuple[int, ...]
    duration_minutes: int
    start_date: dt.date
    weeks: int
    weekdays: tuple[int, ...]
    max_times: int
    policy: Policy
    series_id: int | None = None

    @property
    def request(self) -> SeriesRequest:
        """What the engine is asked for."""
        return SeriesRequest(
            duration_minutes=self.duration_minutes,
            weeks=self.weeks,
            start_date=self.start_date,
            weekdays=self.weekdays,
            max_times=self.max_times,
            policy=self.policy,
        )

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The fields of the address, for links and for the form that books the plan."""
        parameters: list[tuple[str, object]] = [
            ("start", self.start_date),
            *(("days", WEEKDAYS[weekday]) for weekday in self.weekdays),
            ("times", self.max_times),
        ]
        if self.series_id is None:
            parameters += [
                *(("contacts", pk) for pk in self.contact_ids),
                *(("colleagues", pk) for pk in self.colleague_ids),
                ("policy", self.policy.value),
                ("duration", self.duration_minutes),
                ("weeks", self.weeks),
            ]
        return [(name, str(value)) for name, value in parameters]
