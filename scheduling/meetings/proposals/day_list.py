"""Every day of the horizon: how many times it has, the best cost, and else what rules it out."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.reader import Reader
from scheduling.engine import DayOutlook, Reason
from scheduling.meetings.proposals.people import Away, Leave, Portrait
from scheduling.meetings.proposals.picker import away_at_noon
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.wording import points
from scheduling.meetings.reasons import blocked_reason

#: A longer horizon is listed by the weeks that the picker shows.
MOST_DAYS = 62


@dataclass(frozen=True)
class DayRow:
    """One day; `reasons` is empty where a time is possible."""

    date: dt.date
    url: str
    feasible: int
    best_cost: str
    reasons: tuple[SafeString, ...]
    is_shown: bool


def day_rows(
    outlooks: Sequence[DayOutlook],
    people: Sequence[Portrait],
    query: ProposalQuery,
    shown_date: dt.date,
    page: tuple[dt.date, dt.date],
    reader: Reader,
) -> tuple[DayRow, ...]:
    """The days in order; `page` holds the first and last of them where all would be too many."""
    first_date, last_date = page if len(outlooks) > MOST_DAYS else (query.first_date, query.last_date)
    return tuple(
        DayRow(
            outlook.date,
            query.url(day=outlook.date),
            outlook.feasible,
            points(outlook.fairest.total_cost, reader) if outlook.fairest else "",
            () if outlook.feasible else ruled_out(outlook, people, reader),
            is_shown=outlook.date == shown_date,
        )
        for outlook in outlooks
        if first_date <= outlook.date <= last_date
    )


def ruled_out(outlook: DayOutlook, people: Sequence[Portrait], reader: Reader) -> tuple[SafeString, ...]:
    """Who has no free time on the day and why, those with one reason together."""
    main = {absence.id: absence.reasons[0] for absence in outlook.absences}
    together: dict[tuple[Reason, Away | None], list[Portrait]] = {}
    for portrait in people:
        away = away_at_noon(portrait, outlook.date, reader)
        # Whoever is free for a part of the day only, because of a holiday, is named where nobody misses all of it.
        is_away = away is not None and away.leave is not Leave.WEEKLY_REST and not main
        reason = Reason.DAY_OFF if is_away else main.get(portrait.key)
        if reason is not None:
            if reason is Reason.DAY_OFF:
                away = away or Away(Leave.WEEKLY_REST)
            together.setdefault((reason, away if reason is Reason.DAY_OFF else None), []).append(portrait)
    sentences = [
        blocked_reason(group, reason, outlook.date, away, reader) for (reason, away), group in together.items()
    ]
    if not main:
        sentences.append(
            conditional_escape(_("Everybody has free time, but never all together for long enough."))
            if not sentences
            else conditional_escape(_("The rest of the day is never free for all together."))
        )
    return tuple(sentences)
