"""What to do where no time suits everybody: the nearest ones, who stands in the way, and what would help."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.reader import Reader
from scheduling.engine import (
    MAX_HORIZON_DAYS,
    MeetingRequest,
    NearMiss,
    Reason,
    Relaxation,
    RelaxationKind,
    explain,
    longer_reachable,
    relaxations,
)
from scheduling.meetings.proposals.people import Away, Leave, Portrait
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.wording import bdi, duration, points, weekday_and_day
from scheduling.meetings.reasons import blocked_reason

MORE_DAYS = 14
#: A day off explains being out of reach, not the other way round.
PLAINEST_FIRST = (Reason.DAY_OFF, Reason.BUSY, Reason.UNREACHABLE)
#: More than this nobody weighs against each other.
MOST_WAYS = 8


@dataclass(frozen=True)
class NearestMiss:
    """A time that is almost possible, and why each person who cannot come cannot."""

    start_at: dt.datetime
    end_at: dt.datetime
    reasons: tuple[SafeString, ...]


@dataclass(frozen=True)
class WayOut:
    """A change and what it wins; `url` applies it, where the address of a proposal can say so."""

    words: SafeString
    wins: SafeString
    url: str


def nearest_misses(
    misses: Sequence[NearMiss], request: MeetingRequest, people: Sequence[Portrait], reader: Reader
) -> tuple[NearestMiss, ...]:
    """The near misses with who cannot come and why, in words."""
    by_key = {portrait.key: portrait for portrait in people}
    length = dt.timedelta(minutes=request.duration_minutes)
    return tuple(
        NearestMiss(
            miss.start_at,
            miss.start_at + length,
            tuple(
                _why_not_there(by_key[key], reasons, miss.start_at, miss.start_at + length, reader)
                for key, reasons in _by_person(miss).items()
            ),
        )
        for miss in misses
    )


def ways_out(
    request: MeetingRequest, people: Sequence[Portrait], query: ProposalQuery, reader: Reader
) -> tuple[WayOut, ...]:
    """The changes that win most, from the best: none of them is worse than what there is without it."""
    by_key = {portrait.key: portrait for portrait in people}
    found = relaxations(request, [portrait.participant for portrait in people])
    longest = max((one.minutes or 0 for one in found if one.kind is RelaxationKind.SHORTER), default=0)
    ways: dict[tuple[object, ...], WayOut] = {}
    for one in found:
        # Of all shorter meetings the longest, of all extents of one change the one that wins most.
        if not one.is_fairer or (one.kind is RelaxationKind.SHORTER and one.minutes != longest):
            continue
        change = one.kind, one.participant_id, one.busy
        if change not in ways and len(ways) < MOST_WAYS:
            portrait = by_key.get(one.participant_id or "")
            ways[change] = WayOut(
                _change(one, portrait, people, reader), _gain(one, reader), _url(one, portrait, query)
            )
    return tuple(ways.values())


def more_days(query: ProposalQuery) -> str:
    """The address of the same proposal over two more weeks; none where a horizon may be no longer."""
    longest = dt.timedelta(days=MAX_HORIZON_DAYS - 1)
    last_date = min(query.last_date + dt.timedelta(days=MORE_DAYS), query.first_date + longest)
    return replace(query, last_date=last_date).url() if last_date > query.last_date else ""


def _change(one: Relaxation, portrait: Portrait | None, people: Sequence[Portrait], reader: Reader) -> SafeString:
    if portrait is None:
        return format_html(_("If the meeting took {duration}"), duration=bdi(duration(one.minutes or 0, reader)))
    name = bdi(portrait.short_name)
    if one.busy is not None:
        start_at, end_at = one.busy
        day, hours = reader.short_day(reader.day_of(start_at)), reader.time_range(start_at, end_at)
        return format_html(
            _("If the busy time of {name} on {day}, {hours} moved"), name=name, day=bdi(day), hours=bdi(hours)
        )
    if one.kind is RelaxationKind.WITHOUT:
        count = len(people)
        return format_html(_("If {some} of {all} met, without {name}"), some=count - 1, all=count, name=name)
    week = longer_reachable(portrait.participant.reachable_hours, one.kind, one.minutes or 0)
    longer = replace(portrait.participant, reachable_hours=week)
    reachable = explain(longer, one.best.start_at, one.best.end_at).reachable_wall
    is_earlier = one.kind is RelaxationKind.REACHABLE_EARLIER
    sentence = _("If {name} could be reached from {time} in {city}")
    if not is_earlier:
        sentence = _("If {name} could be reached until {time} in {city}")
    edge = reachable[0 if is_earlier else 1].time() if reachable else dt.time()
    return format_html(sentence, name=name, time=bdi(reader.wall_time(edge)), city=bdi(portrait.city))


def _gain(one: Relaxation, reader: Reader) -> SafeString:
    sentence = ngettext(
        "{count} time more: {moment}, cost {cost}", "{count} times more, the best {moment}, cost {cost}", one.won
    )
    return format_html(
        sentence,
        count=bdi(points(one.won, reader)),
        moment=bdi(reader.moment(one.best.start_at)),
        cost=bdi(points(one.best.total_cost, reader)),
    )


def _url(one: Relaxation, portrait: Portrait | None, query: ProposalQuery) -> str:
    if one.kind is RelaxationKind.SHORTER:
        return replace(query, duration_minutes=one.minutes or 0).url(at=one.best.start_at)
    if one.kind is RelaxationKind.WITHOUT and portrait is not None and query.meeting_id is None:
        rest = query.without(portrait.person)
        return rest.url(at=one.best.start_at) if rest.has_both_sides else ""
    return ""


def _by_person(miss: NearMiss) -> dict[str, list[Reason]]:
    """Why each person who cannot come cannot, those with the plainest reasons first."""
    reasons: dict[str, list[Reason]] = {}
    for key, reason in sorted(miss.blockers, key=lambda blocker: PLAINEST_FIRST.index(blocker[1])):
        reasons.setdefault(key, []).append(reason)
    return reasons


def why_not(
    portrait: Portrait, reasons: Collection[Reason], start_at: dt.datetime, end_at: dt.datetime, reader: Reader
) -> SafeString:
    """The plainest reason why somebody cannot come: “Claire has another meeting.”"""
    reason = next(reason for reason in PLAINEST_FIRST if reason in reasons)
    walls = [at.astimezone(portrait.participant.zone) for at in (start_at, end_at - dt.timedelta(minutes=15))]
    dates = [wall.date() for wall in walls]
    date = next((date for date in dates if portrait.away_on(date)), dates[0])
    away = portrait.away_on(date) or Away(Leave.WEEKLY_REST)
    return blocked_reason([portrait], reason, date, away, reader)


def _why_not_there(
    portrait: Portrait, reasons: Collection[Reason], start_at: dt.datetime, end_at: dt.datetime, reader: Reader
) -> SafeString:
    """The same with the time that it is there."""
    wall = start_at.astimezone(portrait.participant.zone)
    there = f"{weekday_and_day(wall.date(), reader)}, {reader.wall_time(wall.time())}"
    sentence = why_not(portrait, reasons, start_at, end_at, reader)
    return format_html("{} {}", sentence, format_html(_("It is {time} there."), time=bdi(there)))
