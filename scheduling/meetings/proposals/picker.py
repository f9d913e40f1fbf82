"""The days to choose from: what each one has to offer, and who is away."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from clients.reader import Reader
from scheduling.engine import DayOutlook, Reason
from scheduling.meetings.proposals.people import Away, Leave, Portrait
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.sky import CivilDay
from scheduling.meetings.proposals.wording import day_range, points
from scheduling.meetings.reasons import away_reason, away_word, reason_word

PAGE_DAYS = 14
NAMED = 2


@dataclass(frozen=True)
class Flag:
    """Somebody who is away that day: “Ioana: holiday”, and the whole reason."""

    name: str
    word: str
    sentence: str = ""


@dataclass(frozen=True)
class DayCard:
    """One day of the picker; a new week begins with it where `opens_week`."""

    date: dt.date
    url: str
    best_cost: str
    flags: tuple[Flag, ...]
    more: int
    is_shown: bool
    opens_week: bool


@dataclass(frozen=True)
class Picker:
    """Two weeks of days, and the ways to the weeks around them."""

    cards: tuple[DayCard, ...]
    earlier: tuple[str, str] | None
    later: tuple[str, str] | None
    first_date: dt.date
    last_date: dt.date


def picker(
    outlooks: Sequence[DayOutlook],
    people: Sequence[Portrait],
    query: ProposalQuery,
    shown_date: dt.date,
    reader: Reader,
) -> Picker:
    """The two weeks around the day shown; days without any time because somebody rests every week are left out."""
    page = max((shown_date - query.first_date).days, 0) // PAGE_DAYS
    first_date = query.first_date + dt.timedelta(days=page * PAGE_DAYS)
    last_date = min(first_date + dt.timedelta(days=PAGE_DAYS - 1), query.last_date)
    cards: list[DayCard] = []
    for outlook in outlooks:
        is_shown = outlook.date == shown_date
        if not first_date <= outlook.date <= last_date or not (is_shown or is_offered(outlook, people, reader)):
            continue
        flags = _flags(outlook, people, reader)
        cards.append(
            DayCard(
                date=outlook.date,
                url=query.url(day=outlook.date),
                best_cost=points(outlook.fairest.total_cost, reader) if outlook.fairest else "",
                flags=flags[:NAMED],
                more=max(len(flags) - NAMED, 0),
                is_shown=is_shown,
                opens_week=bool(cards) and _week(outlook.date, reader) != _week(cards[-1].date, reader),
            )
        )
    return Picker(
        tuple(cards),
        _page(query, first_date - dt.timedelta(days=PAGE_DAYS), first_date - dt.timedelta(days=1), reader),
        _page(query, last_date + dt.timedelta(days=1), last_date + dt.timedelta(days=PAGE_DAYS), reader),
        first_date,
        last_date,
    )


def is_offered(outlook: DayOutlook, people: Sequence[Portrait], reader: Reader) -> bool:
    """Whether a day is worth a card: not one without any time because it is somebody's weekly day of rest."""
    if outlook.feasible:
        return True
    absent = {absence.id for absence in outlook.absences}
    resting = (away_at_noon(portrait, outlook.date, reader) for portrait in people if portrait.key in absent)
    return not any(away is not None and away.leave is Leave.WEEKLY_REST for away in resting)


def _page(query: ProposalQuery, first_date: dt.date, last_date: dt.date, reader: Reader) -> tuple[str, str] | None:
    first_date, last_date = max(first_date, query.first_date), min(last_date, query.last_date)
    if first_date > last_date:
        return None
    return query.url(day=first_date), day_range(first_date, last_date, reader)


def _week(date: dt.date, reader: Reader) -> int:
    return (date.toordinal() - 1 - reader.first_weekday) // 7


def _flags(outlook: DayOutlook, people: Sequence[Portrait], reader: Reader) -> tuple[Flag, ...]:
    absences = {absence.id: absence.reasons for absence in outlook.absences}
    flags = []
    for portrait in people:
        away = away_at_noon(portrait, outlook.date, reader)
        if portrait.key in absences:
            reason = absences[portrait.key][0]
            if reason is Reason.DAY_OFF and away is not None:
                flags.append(_flag(portrait, outlook.date, away, reader))
            else:
                flags.append(Flag(portrait.short_name, reason_word(reason)))
        elif away is not None and away.leave is not Leave.WEEKLY_REST:
            flags.append(_flag(portrait, outlook.date, away, reader))
    return tuple(flags)


def _flag(portrait: Portrait, date: dt.date, away: Away, reader: Reader) -> Flag:
    return Flag(portrait.short_name, away_word(away), away_reason([portrait], date, away, reader))


def away_at_noon(portrait: Portrait, date: dt.date, reader: Reader) -> Away | None:
    """Why somebody is away on the date that their wall shows at the reader's noon."""
    day = CivilDay.of(date, reader.zone)
    noon_at = day.start_at + (day.end_at - day.start_at) / 2
    return portrait.away_on(noon_at.astimezone(portrait.participant.zone).date())
