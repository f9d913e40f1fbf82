"""Why a week leaves the regular times, or has no occurrence at all."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.reader import Reader
from scheduling.engine import MeetingRequest, NearMiss, Reason, WeeklyTime, assess
from scheduling.meetings.proposals.people import Away, Leave, Portrait
from scheduling.meetings.reasons import blocked_reason
from scheduling.meetings.walltime import WallTime

# A row has room for so many sentences.
MOST_REASONS = 3
DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Hindrance:
    """Who can't come, and why; of a day off also its date and reason."""

    portrait: Portrait
    reason: Reason
    date: dt.date
    away: Away | None


@dataclass(frozen=True)
class Weeks:
    """The people and rules of a series, for questions about single weeks of it."""

    people: Sequence[Portrait]
    time_zone: str
    duration_minutes: int
    weekdays: Sequence[int]
    now: dt.datetime

    def instant(self, week_date: dt.date, weekly: WeeklyTime) -> dt.datetime:
        """When a weekly time is in a week."""
        return WallTime(week_date + weekly.weekday * DAY, weekly.wall, 0, self.time_zone).instant

    def why_moved(self, week_date: dt.date, times: Iterable[WeeklyTime], reader: Reader) -> tuple[SafeString, ...]:
        """Who can't come at the regular times of that week, and why."""
        instants = [self.instant(week_date, weekly) for weekly in times]
        hindrances = [found for at in instants if at > self.now for found in self.hindrances_at(at)]
        is_over = any(at <= self.now for at in instants)
        return sentences_of(hindrances, reader) + ((conditional_escape(_("This time is over.")),) if is_over else ())

    def why_skipped(self, week_date: dt.date, reader: Reader) -> tuple[SafeString, ...]:
        """Who has no time on the days of that week, and why."""
        edges = [WallTime(week_date + days * DAY, dt.time(), 0, self.time_zone).instant for days in (0, 7)]
        assessment = assess(
            MeetingRequest(duration_minutes=self.duration_minutes, start_at=edges[0], end_at=edges[1]),
            [portrait.participant for portrait in self.people],
        )
        by_key = {portrait.key: portrait for portrait in self.people}
        hindrances, together = [], True
        for outlook in assessment.days():
            if outlook.date.weekday() not in self.weekdays or outlook.date < self._today():
                continue
            together = together and bool(outlook.absences)
            for absence in outlook.absences:
                portrait = by_key[absence.id]
                away = portrait.away_on(outlook.date)
                reason = Reason.DAY_OFF if away and Reason.DAY_OFF in absence.reasons else absence.reasons[0]
                hindrances.append(Hindrance(portrait, reason, outlook.date, away))
        sentences = sentences_of(hindrances, reader)
        if not together or not sentences:
            sentences += (conditional_escape(_("There is no hour at which everybody can be reached.")),)
        return sentences

    def hindrances_at(self, start_at: dt.datetime) -> list[Hindrance]:
        """Who can't come at an instant, each person once."""
        end_at = start_at + dt.timedelta(minutes=self.duration_minutes)
        assessment = assess(
            MeetingRequest(duration_minutes=self.duration_minutes, start_at=start_at, end_at=end_at),
            [portrait.participant for portrait in self.people],
        )
        found = assessment.slot_at(start_at)
        return hindrances_of(found, end_at, self.people) if isinstance(found, NearMiss) else []

    def _today(self) -> dt.date:
        return self.now.astimezone(ZoneInfo(self.time_zone)).date()


def hindrances_of(miss: NearMiss, end_at: dt.datetime, people: Sequence[Portrait]) -> list[Hindrance]:
    """Who can't come, each person once: a day off explains being out of reach, not the other way round."""
    reasons: dict[str, set[Reason]] = {}
    for key, reason in miss.blockers:
        reasons.setdefault(key, set()).add(reason)
    found = []
    for portrait in people:
        if portrait.key not in reasons:
            continue
        theirs = reasons[portrait.key]
        reason = next(one for one in (Reason.DAY_OFF, Reason.BUSY, Reason.UNREACHABLE) if one in theirs)
        walls = [at.astimezone(portrait.participant.zone).date() for at in (miss.start_at, end_at)]
        date = next((date for date in walls if portrait.away_on(date)), walls[0])
        found.append(Hindrance(portrait, reason, date, portrait.away_on(date)))
    return found


def sentences_of(hindrances: Iterable[Hindrance], reader: Reader) -> tuple[SafeString, ...]:
    """Each reason once, with everybody whom it keeps away."""
    together: dict[tuple[Reason, object, dt.date | None], dict[str, Hindrance]] = {}
    for one in hindrances:
        is_off = one.reason is Reason.DAY_OFF
        # A rest day is said by its weekday; a holiday of several days once.
        is_rest = one.away is None or one.away.leave is Leave.WEEKLY_REST
        key = one.reason, one.away if is_off else None, one.date if is_off and is_rest else None
        together.setdefault(key, {}).setdefault(one.portrait.key, one)
    sentences = []
    for (reason, _away, _date), group in together.items():
        first = next(iter(group.values()))
        away = (first.away or Away(Leave.WEEKLY_REST)) if reason is Reason.DAY_OFF else None
        people = [one.portrait for one in group.values()]
        sentences.append(blocked_reason(people, reason, first.date, away, reader))
    return tuple(dict.fromkeys(sentences))[:MOST_REASONS]
