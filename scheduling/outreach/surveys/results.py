"""Reads: what the contacts of the actor's clients answered; the actor first, queries constant."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import dropwhile

from babel.dates import format_skeleton
from babel.numbers import format_decimal
from django.db.models import Count, QuerySet

from clients.models import AccountManager, Client, Team
from clients.reader import Reader
from clients.selectors import clients_for
from scheduling.meetings.proposals.wording import hour, share
from scheduling.outreach.check_ins.calendar import DAY, quarter_of
from scheduling.outreach.models import Survey
from scheduling.outreach.surveys.chart import Chart, chart
from scheduling.outreach.surveys.reading import Reading
from scheduling.outreach.surveys.statistics import Estimate, Scores

Question = Survey.Question

MONTHS_SHOWN = 12
LATEST_SHOWN = 20
#: So far back hints stay.
LATEST_READ = 100
#: A client's usual answer is what it said of late.
OWN_DAYS = 730


@dataclass(frozen=True)
class Chosen:
    """Which answers are counted; None counts all."""

    client: Client | None = None
    segment: str | None = None
    team: Team | None = None
    months: str | None = None

    @property
    def month_count(self) -> int:
        return int(self.months or MONTHS_SHOWN)


@dataclass(frozen=True)
class Row:
    """One line of a table: what it is about, how many answers, and what they say, as the reader writes numbers."""

    label: str
    count: str
    mean: str
    value: str
    interval: str
    is_few: bool


@dataclass(frozen=True)
class Drawn:
    """A chart and the same as a table, without the lines that nobody answered in."""

    chart: Chart
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ResultsPage:
    """What the page says; the parts of a question without an answer are None."""

    csat: Row | None
    nps: Row | None
    promoters: tuple[str, str, str]
    by_time: Drawn | None
    by_hour: Drawn | None
    by_quarter: Drawn | None
    latest: tuple[Reading, ...]


def surveys_for(actor: AccountManager) -> QuerySet[Survey]:
    """The surveys of the actor's clients."""
    return Survey.objects.filter(contact__client__in=clients_for(actor))


def results_page(actor: AccountManager, chosen: Chosen, *, now: dt.datetime, reader: Reader) -> ResultsPage:
    """The answers that are chosen, counted; four queries, however many there are."""
    today = reader.day_of(now)
    months = _months(today, chosen.month_count)
    quarters = sorted({quarter_of(month) for month in months})
    # More than a year of months would not fit side by side.
    periods, skeleton = (months, "MMM") if len(months) <= MONTHS_SHOWN else (quarters, "yQQQ")
    # A quarter is counted whole, also where the months that are shown begin in it.
    known = _chosen(actor, chosen).filter(asked_date__gte=quarters[0])
    answers = known.filter(asked_date__gte=months[0])
    totals: dict[str, Counter[int]] = defaultdict(Counter)
    by_time: dict[dt.date, Counter[int]] = defaultdict(Counter)
    by_hour: dict[int, Counter[int]] = defaultdict(Counter)
    by_quarter: dict[dt.date, Counter[int]] = defaultdict(Counter)
    grouped = known.order_by().values_list("question", "score", "local_hour", "asked_date").annotate(Count("pk"))
    for question, score, local_hour, asked_date, count in grouped:
        is_shown = asked_date >= months[0]
        if is_shown:
            totals[question][score or 0] += count
        if question == Question.NPS:
            by_quarter[quarter_of(asked_date)][score or 0] += count
            continue
        if is_shown:
            by_hour[local_hour or 0][score or 0] += count
        if is_shown or skeleton != "MMM":
            month = asked_date.replace(day=1)
            by_time[month if skeleton == "MMM" else quarter_of(month)][score or 0] += count
    csat, nps = Scores(totals[Question.CSAT]), Scores(totals[Question.NPS])
    return ResultsPage(
        csat=_row("", csat, csat.satisfied, reader, share) if csat.count else None,
        nps=_row("", nps, nps.nps, reader, net_points) if nps.count else None,
        promoters=_sides(nps, reader),
        by_time=_drawn_satisfied(
            [
                (format_skeleton(skeleton, one, locale=reader.locale), by_time[one])
                for one in _since_first(periods, by_time)
            ],
            reader,
        )
        if csat.count
        else None,
        by_hour=_drawn_satisfied([(_hour(one, reader), by_hour[one]) for one in _span(by_hour)], reader)
        if csat.count
        else None,
        by_quarter=_drawn_net(
            [
                (format_skeleton("yQQQ", one, locale=reader.locale), by_quarter[one])
                for one in _since_first(quarters, by_quarter)
            ],
            reader,
        )
        if nps.count
        else None,
        latest=_latest(answers),
    )


def _chosen(actor: AccountManager, chosen: Chosen) -> QuerySet[Survey]:
    found = surveys_for(actor).filter(score__isnull=False)
    if chosen.client is not None:
        found = found.filter(contact__client=chosen.client)
    if chosen.segment:
        found = found.filter(contact__client__segment=chosen.segment)
    if chosen.team is not None:
        found = found.filter(contact__client__team=chosen.team)
    return found


#: On a date, so many times a score.
_Answers = tuple[dt.date, int, int]


def _latest(answers: QuerySet[Survey]) -> tuple[Reading, ...]:
    """The latest answers, and below them what is hinted at further back, until somebody dismisses it."""
    found = readings(answers.order_by("-answered_at", "-pk")[:LATEST_READ])
    return found[:LATEST_SHOWN] + tuple(reading for reading in found[LATEST_SHOWN:] if reading.hint)


def readings(answers: QuerySet[Survey]) -> tuple[Reading, ...]:
    """Each of these answers beside its client's earlier ones and its country's; three queries, however many."""
    shown = list(answers.select_related("contact__client", "meeting", "account_manager"))
    clients = {survey.contact.client_id for survey in shown}
    countries = {survey.contact.client.country for survey in shown}
    if not shown:
        return ()
    first_date = min(survey.asked_date for survey in shown) - OWN_DAYS * DAY
    there = Survey.objects.filter(score__isnull=False, asked_date__gte=first_date).order_by()
    own: dict[tuple[int, str], list[_Answers]] = defaultdict(list)
    for client, question, date, score, count in (
        there.filter(contact__client__in=clients)
        .values_list("contact__client", "question", "asked_date", "score")
        .annotate(Count("pk"))
    ):
        own[client, question].append((date, score or 0, count))
    country: dict[tuple[str, str], list[_Answers]] = defaultdict(list)
    for code, question, date, score, count in (
        there.filter(contact__client__country__in=countries)
        .values_list("contact__client__country", "question", "asked_date", "score")
        .annotate(Count("pk"))
    ):
        country[code, question].append((date, score or 0, count))

    def read(survey: Survey) -> Reading:
        # The same whatever is shown beside it.
        since_date = survey.asked_date - OWN_DAYS * DAY
        theirs = [row for row in own[survey.contact.client_id, survey.question] if row[0] >= since_date]
        all_there = [row for row in country[survey.contact.client.country, survey.question] if row[0] >= since_date]
        before = [row for row in theirs if row[0] < survey.asked_date]
        return Reading(survey=survey, own=Scores(_sum(before)), country=Scores(_sum(all_there) - _sum(theirs)))

    return tuple(read(survey) for survey in shown)


def _sum(rows: Iterable[_Answers]) -> Counter[int]:
    counts: Counter[int] = Counter()
    for _date, score, count in rows:
        counts[score] += count
    return counts


def net_points(value: float, reader: Reader) -> str:
    """A net promoter score as it is usually written, from −100 to +100."""
    points = round(100 * value)
    return format_decimal(points, "+0;−0" if points else "0", locale=reader.locale)


def _sides(scores: Scores, reader: Reader) -> tuple[str, str, str]:
    """The shares of promoters, of passives and of detractors."""
    if not scores.count:
        return ("", "", "")
    promoters, detractors = scores.at_least(9), scores.at_most(6)
    counts = (promoters, scores.count - promoters - detractors, detractors)
    return tuple(share(count / scores.count, reader) for count in counts)  # type: ignore[return-value]


def _row(
    label: str, scores: Scores, estimate: Estimate | None, reader: Reader, written: Callable[[float, Reader], str]
) -> Row:
    if estimate is None or scores.mean is None:
        raise ValueError("nobody answered")
    return Row(
        label=label,
        count=format_decimal(scores.count, locale=reader.locale),
        mean=format_decimal(scores.mean, "0.00", locale=reader.locale),
        value=written(estimate.value, reader),
        interval=f"{written(estimate.low, reader)} – {written(estimate.high, reader)}",
        is_few=estimate.is_few,
    )


def _drawn_satisfied(groups: Sequence[tuple[str, Counter[int]]], reader: Reader) -> Drawn:
    figures = [(label, Scores(counts)) for label, counts in groups]
    return Drawn(
        chart=chart(
            [(label, scores.satisfied) for label, scores in figures],
            lowest=0.0,
            levels=(0, 0.5, 1),
            written=lambda value: share(value, reader),
            reader=reader,
        ),
        rows=tuple(_row(label, scores, scores.satisfied, reader, share) for label, scores in figures if scores.count),
    )


def _drawn_net(groups: Sequence[tuple[str, Counter[int]]], reader: Reader) -> Drawn:
    figures = [(label, Scores(counts)) for label, counts in groups]
    return Drawn(
        chart=chart(
            [(label, scores.nps) for label, scores in figures],
            lowest=-1.0,
            levels=(-1, -0.5, 0, 0.5, 1),
            written=lambda value: net_points(value, reader),
            reader=reader,
        ),
        rows=tuple(_row(label, scores, scores.nps, reader, net_points) for label, scores in figures if scores.count),
    )


def _months(today: dt.date, count: int) -> list[dt.date]:
    """The first days of so many months, this one the last."""
    months = [today.replace(day=1)]
    while len(months) < count:
        months.append((months[-1] - DAY).replace(day=1))
    return months[::-1]


def _since_first(periods: Sequence[dt.date], counted: Mapping[dt.date, Counter[int]]) -> list[dt.date]:
    """The periods from the first one with an answer on: before that nobody was asked.

    With the next one, where it has begun for somebody who answered.
    """
    return list(dropwhile(lambda one: not counted[one], sorted({*periods, *counted})))


def _span(hours: Iterable[int]) -> range:
    """All hours from the earliest to the latest one with an answer."""
    known = list(hours)
    return range(min(known), max(known) + 1) if known else range(0)


def _hour(number: int, reader: Reader) -> str:
    return hour(dt.datetime(2000, 1, 1, number, tzinfo=dt.UTC), reader)
