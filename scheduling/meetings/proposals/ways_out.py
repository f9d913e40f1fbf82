"""What to do where no time suits everybody: the nearest ones, who stands in the way, and what would help."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.reader import Reader
from scheduling.engine import MAX_HORIZON_DAYS, MeetingRequest, NearMiss, Reason
from scheduling.meetings.proposals.people import Away, Leave, Portrait
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.wording import bdi, weekday_and_day
from scheduling.meetings.reasons import blocked_reason

SHORTER_MINUTES = 15
MORE_DAYS = 14


@dataclass(frozen=True)
class NearestMiss:
    """A time that is almost possible, and why each person who cannot come cannot."""

    start_at: dt.datetime
    end_at: dt.datetime
    reasons: tuple[SafeString, ...]


@dataclass(frozen=True)
class WayOut:
    """A change to the proposal that may give it a time."""

    url: str
    words: SafeString


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
                _reason(by_key[key], reason, miss.start_at, miss.start_at + length, reader)
                for key, reason in _plainest(miss)
            ),
        )
        for miss in misses
    )


def ways_out(misses: Sequence[NearMiss], people: Sequence[Portrait], query: ProposalQuery) -> tuple[WayOut, ...]:
    """A shorter meeting, more days, and the meeting without whoever is missed most often."""
    ways = []
    if query.duration_minutes > SHORTER_MINUTES:
        shorter = max(query.duration_minutes // 2 // SHORTER_MINUTES, 1) * SHORTER_MINUTES
        words = conditional_escape(_("Try %(minutes)d minutes") % {"minutes": shorter})
        ways.append(WayOut(replace(query, duration_minutes=shorter).url(), words))
    longest = dt.timedelta(days=MAX_HORIZON_DAYS - 1)
    last_date = min(query.last_date + dt.timedelta(days=MORE_DAYS), query.first_date + longest)
    if last_date > query.last_date:
        ways.append(WayOut(replace(query, last_date=last_date).url(), conditional_escape(_("Look two weeks further"))))
    if query.meeting_id is None:
        ways += _without(misses, people, query)
    return tuple(ways)


def _without(misses: Sequence[NearMiss], people: Sequence[Portrait], query: ProposalQuery) -> list[WayOut]:
    missed = Counter(key for miss in misses for key in {key for key, _reason in miss.blockers})
    ways = []
    for portrait in sorted(people, key=lambda portrait: -missed[portrait.key]):
        rest = query.without(portrait.person)
        if missed[portrait.key] and rest.contact_ids and rest.colleague_ids:
            words = format_html(_("Meet without {name}"), name=bdi(portrait.short_name))
            ways.append(WayOut(rest.url(), words))
    return ways[:2]


def _plainest(miss: NearMiss) -> list[tuple[str, Reason]]:
    """One reason for each person who cannot come: a day off explains being out of reach, not the other way round."""
    plainest: dict[str, Reason] = {}
    for reason in (Reason.DAY_OFF, Reason.BUSY, Reason.UNREACHABLE):
        for key, of_key in miss.blockers:
            if of_key is reason:
                plainest.setdefault(key, reason)
    return list(plainest.items())


def _reason(
    portrait: Portrait, reason: Reason, start_at: dt.datetime, end_at: dt.datetime, reader: Reader
) -> SafeString:
    walls = [at.astimezone(portrait.participant.zone) for at in (start_at, end_at - dt.timedelta(minutes=15))]
    dates = [wall.date() for wall in walls]
    date = next((date for date in dates if portrait.away_on(date)), dates[0])
    away = portrait.away_on(date) or Away(Leave.WEEKLY_REST)
    sentence = blocked_reason([portrait], reason, date, away, reader)
    wall = walls[0]
    there = f"{weekday_and_day(wall.date(), reader)}, {reader.wall_time(wall.time())}"
    return format_html("{} {}", sentence, format_html(_("It is {time} there."), time=bdi(there)))
