"""Who is away over the days shown, by date range."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.utils.safestring import SafeString

from clients.reader import Reader
from scheduling.meetings.proposals.people import Away, Portrait
from scheduling.meetings.proposals.wording import day_range
from scheduling.meetings.reasons import away_reason


def absences(
    people: Sequence[Portrait], first_date: dt.date, last_date: dt.date, reader: Reader
) -> tuple[tuple[str, SafeString], ...]:
    """Holidays and days off that keep people from working days, in order: the dates, and who is away and why.

    Dates are those on each person's own wall.
    """
    found: dict[tuple[dt.date, dt.date, str, str], tuple[Away, list[Portrait]]] = {}
    for portrait in people:
        for first, last, away in _stretches(portrait, first_date, last_date):
            # One line for a holiday of the same name, whichever variety of the language it is written in.
            found.setdefault((first, last, away.leave, away.name), (away, []))[1].append(portrait)
    return tuple(
        (day_range(first, last, reader), away_reason(away_people, first, away, reader))
        for (first, last, *_), (away, away_people) in sorted(found.items(), key=lambda item: item[0])
    )


def _stretches(portrait: Portrait, first_date: dt.date, last_date: dt.date) -> Iterator[tuple[dt.date, dt.date, Away]]:
    """The dates away, those joined that follow each other for the same reason."""
    begun: tuple[dt.date, dt.date, Away] | None = None
    for date in (first_date + dt.timedelta(days) for days in range((last_date - first_date).days + 1)):
        away = portrait.away_on(date) if portrait.is_missed_on(date) else None
        if begun and away == begun[2] and date - begun[1] == dt.timedelta(days=1):
            begun = (begun[0], date, away)
            continue
        if begun:
            yield begun
        begun = (date, date, away) if away else None
    if begun:
        yield begun
