"""Who has carried the awkward hours of a client or a team, as the page shows it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.models import AccountManager, Team
from clients.reader import Reader
from scheduling.meetings.fairness import ledger, sentences
from scheduling.meetings.fairness.bearers import Bearer, bearers_of
from scheduling.meetings.fairness.chart import MOST_LINES, Chart, chart, instants_until
from scheduling.meetings.fairness.contributions import Contribution, contribution
from scheduling.meetings.fairness.ledger import Circle
from scheduling.meetings.fairness.measures import burdens_at
from scheduling.meetings.fairness.sentences import Index
from scheduling.meetings.proposals.wording import points

# A date with everybody's points on it, in the order of the lines.
Week = tuple[dt.date, tuple[str, ...]]


@dataclass(frozen=True)
class Comparison:
    """What a contact and an account manager carry on average, over time."""

    chart: Chart
    weeks: tuple[Week, ...]
    sentence: SafeString


@dataclass(frozen=True)
class FairnessPage:
    """Everybody from the heaviest burden; those who carry most have a line in the chart, and a column in its table."""

    bearers: tuple[Bearer, ...]
    month_start_date: dt.date
    index: Index
    spared: SafeString
    worst_off: SafeString
    chart: Chart
    weeks: tuple[Week, ...]
    comparison: Comparison | None

    @property
    def drawn(self) -> tuple[Bearer, ...]:
        """Those who have a line."""
        return self.bearers[:MOST_LINES]


def fairness_page(actor: AccountManager, circle: Circle, *, now: dt.datetime, reader: Reader) -> FairnessPage | None:
    """The page of a circle; None where none of its people has been in a meeting yet."""
    entries = ledger.entries_of(circle.people, now)
    if not any(entries.values()):
        return None
    instants = instants_until(now)
    dates = [reader.day_of(instant) for instant in instants]
    month_start_date = dates[-1].replace(day=1)
    month_start_at = dt.datetime.combine(month_start_date, dt.time(), reader.zone)
    bearers = bearers_of(circle.people, entries, instants, month_start_at, reader)
    drawn = bearers[:MOST_LINES]
    return FairnessPage(
        bearers=bearers,
        month_start_date=month_start_date,
        index=sentences.fairness(bearers, reader),
        spared=sentences.spared(bearers, reader, is_client=circle.is_client),
        worst_off=sentences.worst_off(bearers, _heaviest_contribution(actor, bearers[0], now, reader), reader),
        chart=chart([(each.short_name, each.course) for each in drawn], reader),
        weeks=_weeks(dates, [each.weekly for each in drawn], reader),
        comparison=(
            _comparison(circle.scope, bearers, instants, now, reader) if isinstance(circle.scope, Team) else None
        ),
    )


def _heaviest_contribution(
    actor: AccountManager, bearer: Bearer, now: dt.datetime, reader: Reader
) -> Contribution | None:
    """What adds most to somebody's burden now; None where that is next to nothing."""
    if bearer.burden < sentences.NOTICEABLE:
        return None
    entry = max(bearer.entries, key=lambda each: each.weight(now))
    attendance = ledger.attendances_of(actor, bearer.person, now).get(meeting=entry.meeting_id)
    return contribution(attendance, bearer.burden, now=now, reader=reader)


def _comparison(
    team: Team, bearers: Sequence[Bearer], instants: Sequence[dt.datetime], now: dt.datetime, reader: Reader
) -> Comparison | None:
    contacts, entries = ledger.clients_of(team, now)
    if not contacts:
        return None
    of_contact = [burden / contacts for burden in burdens_at(entries, instants)]
    of_manager = [sum(burdens) / len(bearers) for burdens in zip(*(each.weekly for each in bearers), strict=True)]
    courses = [tuple(zip(instants, averages, strict=True)) for averages in (of_manager, of_contact)]
    return Comparison(
        chart=chart(list(zip((_("Colleagues"), _("Clients")), courses, strict=True)), reader),
        weeks=_weeks([reader.day_of(instant) for instant in instants], [of_manager, of_contact], reader),
        sentence=sentences.comparison(of_manager[-1], of_contact[-1], reader),
    )


def _weeks(dates: Sequence[dt.date], lines: Sequence[Sequence[float]], reader: Reader) -> tuple[Week, ...]:
    """A row a week, the latest first."""
    rows = [(date, tuple(points(line[place], reader) for line in lines)) for place, date in enumerate(dates)]
    return tuple(reversed(rows))
