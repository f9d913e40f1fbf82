"""The plan of a series as its page shows it."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from babel.numbers import format_percent
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.reader import Reader
from clients.zones import city
from scheduling.engine import Occurrence, OccurrenceKind, SeriesPlan, WeeklyTime, plan_series
from scheduling.meetings.models.series import weekly_time_text
from scheduling.meetings.proposals.options import Bite
from scheduling.meetings.proposals.people import Portrait, west_to_east
from scheduling.meetings.proposals.query import iso_utc
from scheduling.meetings.proposals.wording import bdi, points, weekday_name
from scheduling.meetings.series.chart import Chart, chart
from scheduling.meetings.series.query import SeriesQuery
from scheduling.meetings.series.rows import Mark, Occasion, Row, Special, rows
from scheduling.meetings.series.why import Weeks

# So long a page may wait for a better plan.
SECONDS = 1.0
WITHIN = 0.01
A_MONDAY = dt.date(2024, 1, 1)


@dataclass(frozen=True)
class WeeklyOption:
    """A regular time of the plan: when it is on the anchor's wall, how often it is used and what it means."""

    label: SafeString
    weeks: int
    first_at: dt.datetime
    bites: tuple[Bite, ...]
    total_cost: str


@dataclass(frozen=True)
class SeriesPage:
    """Everything the template draws; without `times` nothing fits in any week."""

    query: SeriesQuery
    people: tuple[Portrait, ...]
    time_zone: str
    times: tuple[WeeklyOption, ...]
    chart: Chart
    rows: tuple[Row, ...]
    proof: SafeString
    comparison: SafeString
    fixed_label: SafeString
    rotating_label: SafeString
    is_mirrored: bool
    hidden: tuple[tuple[str, str], ...]

    @property
    def booked_weeks(self) -> int:
        """How many weeks have an occurrence."""
        return sum(not row.is_skipped for row in self.rows)

    @property
    def specials(self) -> dict[str, int]:
        """How many weeks are marked with what."""
        return Counter(mark.special.value for row in self.rows for mark in row.marks)

    @property
    def zone_count(self) -> int:
        """How many different clocks the people live by in the first week."""
        at = dt.datetime.combine(self.query.start_date, dt.time(12), dt.UTC)
        return len({at.astimezone(portrait.participant.zone).utcoffset() for portrait in self.people})


def series_page(
    query: SeriesQuery, people: Sequence[Portrait], *, now: dt.datetime, reader: Reader, seconds: float = SECONDS
) -> SeriesPage:
    """The page of the fairest plan found in the time; the first of the people is the anchor."""
    request = query.request
    plan = plan_series(request, [portrait.participant for portrait in people], seconds=seconds)
    time_zone = people[0].participant.zone.key
    weeks = Weeks(people, time_zone, request.duration_minutes, request.weekdays, now)
    first_at = next((one.slot.start_at for one in plan.occurrences if one.slot), now)
    ordered = west_to_east(people, first_at)
    # The reader's own column stands first.
    ordered = tuple(sorted(ordered, key=lambda portrait: not portrait.is_reader))
    return SeriesPage(
        query=query,
        people=ordered,
        time_zone=time_zone,
        times=tuple(_option(weekly, plan, ordered, time_zone, reader) for weekly in plan.times),
        chart=chart(plan, people, query.policy, reader),
        rows=rows(
            [_occasion(one, plan.times) for one in plan.occurrences], _marks(plan, weeks, reader), ordered, reader
        ),
        proof=proof_of(plan, reader),
        comparison=_comparison(plan, reader),
        fixed_label=_label([plan.fixed.time] if plan.fixed.time else [], plan.fixed.occurrences, reader),
        rotating_label=_label(plan.times, plan.occurrences, reader),
        is_mirrored=reader.text_direction == "rtl",
        hidden=(
            *query.parameters,
            *(("weekly", weekly_time_text(weekly)) for weekly in plan.times),
            *(("starts", iso_utc(one.slot.start_at)) for one in plan.occurrences if one.slot),
        ),
    )


def _occasion(occurrence: Occurrence, times: Sequence[WeeklyTime]) -> Occasion:
    slot = occurrence.slot
    return Occasion(
        occurrence.week_start_date,
        start_at=slot.start_at if slot else None,
        end_at=slot.end_at if slot else None,
        bands={share.id: share.band for share in slot.participants} if slot else {},
        number=times.index(occurrence.time) + 1 if occurrence.time in times else None,
    )


def weekly_label(weekly: WeeklyTime, time_zone: str, reader: Reader) -> SafeString:
    """“Tuesday, 16:00 (New York)”: a weekly time on the anchor's wall."""
    return format_html(
        _("{weekday}, {time} ({city})"),
        weekday=bdi(weekday_name(A_MONDAY + dt.timedelta(days=weekly.weekday), reader)),
        time=bdi(reader.wall_time(weekly.wall)),
        city=bdi(city(time_zone, reader.language)),
    )


def moved_mark(sentences: tuple[SafeString, ...]) -> Mark:
    """The mark of a week that leaves the regular times, with the reasons."""
    return Mark(Special.MOVED, _("moved"), sentences)


def skipped_mark(sentences: tuple[SafeString, ...]) -> Mark:
    """The mark of a week without an occurrence, with the reasons."""
    return Mark(Special.SKIPPED, _("no time fits"), sentences)


def _marks(plan: SeriesPlan, weeks: Weeks, reader: Reader) -> dict[dt.date, list[Mark]]:
    marks = {}
    for occurrence in plan.occurrences:
        date = occurrence.week_start_date
        if occurrence.kind is OccurrenceKind.MOVED:
            marks[date] = [moved_mark(weeks.why_moved(date, plan.times, reader))]
        elif occurrence.kind is OccurrenceKind.SKIPPED:
            marks[date] = [skipped_mark(weeks.why_skipped(date, reader))]
    return marks


def _option(
    weekly: WeeklyTime, plan: SeriesPlan, people: Sequence[Portrait], time_zone: str, reader: Reader
) -> WeeklyOption:
    slots = [one.slot for one in plan.occurrences if one.slot and one.time == weekly]
    bands = {share.id: share.band for share in slots[0].participants}
    return WeeklyOption(
        label=weekly_label(weekly, time_zone, reader),
        weeks=len(slots),
        first_at=slots[0].start_at,
        bites=tuple(Bite(portrait, bands[portrait.key]) for portrait in people),
        total_cost=points(slots[0].total_cost, reader),
    )


def _label(times: Sequence[WeeklyTime], occurrences: Sequence[Occurrence], reader: Reader) -> SafeString:
    """“2 times, 1 week moved”, or the one time by its name."""
    moved = sum(one.kind is OccurrenceKind.MOVED for one in occurrences)
    skipped = sum(one.kind is OccurrenceKind.SKIPPED for one in occurrences)
    parts = []
    if len(times) == 1:
        (weekly,) = times
        day = reader.weekday(A_MONDAY + dt.timedelta(days=weekly.weekday))
        parts.append(f"{day} {reader.wall_time(weekly.wall)}")
    else:
        parts.append(ngettext("%(count)d time", "%(count)d times", len(times)) % {"count": len(times)})
    if moved:
        parts.append(ngettext("%(count)d week moved", "%(count)d weeks moved", moved) % {"count": moved})
    if skipped:
        parts.append(ngettext("%(count)d week without", "%(count)d weeks without", skipped) % {"count": skipped})
    return bdi(" · ".join(parts))


def _comparison(plan: SeriesPlan, reader: Reader) -> SafeString:
    """What rotation is worth, in one sentence."""
    words = {"rotating": bdi(points(plan.max_load, reader)), "fixed": bdi(points(plan.fixed.max_load, reader))}
    if len(plan.times) <= 1 or plan.fixed.max_load <= plan.max_load:
        if plan.fixed.moved > plan.moved:
            return conditional_escape(_("Several times keep more weeks regular than one would."))
        return format_html(_("One fixed time is as fair as several here: the highest load is {fixed}."), **words)
    less = (plan.fixed.max_load - plan.max_load) / plan.fixed.max_load
    return format_html(
        _("Rotating brings the highest load from {fixed} down to {rotating}: {less} less."),
        **words,
        less=bdi(format_percent(round(less, 2), locale=reader.locale)),
    )


def proof_of(plan: SeriesPlan, reader: Reader) -> SafeString:
    """How good the plan is proven to be, in plain words."""
    gap = plan.gap
    if gap is None:
        return conditional_escape(
            _("The best plan found so far: time ran out before it was proven how much better one could be.")
        )
    if gap < WITHIN / 10:
        return conditional_escape(_("Proven: no plan with as few moved weeks has a lower highest load."))
    if gap <= WITHIN:
        return format_html(
            _("Proven to be within {gap} of the best there is."), gap=bdi(format_percent(WITHIN, locale=reader.locale))
        )
    return format_html(
        _("The best plan found so far: time ran out with a gap of {gap}, by which a better one could be lower."),
        gap=bdi(format_percent(round(gap, 3), locale=reader.locale, decimal_quantization=False)),
    )
