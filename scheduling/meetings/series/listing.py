"""All series of an account manager: what each keeps to, and what of it is to come."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils.safestring import SafeString

from clients.models import AccountManager
from clients.reader import Reader
from scheduling.meetings.models import Series
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import series_for
from scheduling.meetings.series.page import weekly_label


@dataclass(frozen=True)
class ListedSeries:
    """A series with its weekly times in words; `next_at` is None where it is over."""

    series: Series
    times: tuple[SafeString, ...]
    next_at: dt.datetime | None
    last_at: dt.datetime
    to_come: int


# Any, because mypy knows an annotation only where it is made.
def series_by_next_meeting(actor: AccountManager, now: dt.datetime) -> QuerySet[Any]:
    """The actor's series and what is to come of them: the next to meet first, those that are over last."""
    to_come = Q(meetings__status=Status.CONFIRMED, meetings__end_at__gt=now)
    return (
        series_for(actor)
        .annotate(
            next_at=Min("meetings__start_at", filter=to_come),
            last_at=Max("meetings__start_at"),
            to_come=Count("meetings", filter=to_come),
        )
        .order_by(F("next_at").asc(nulls_last=True), "-last_at", "pk")
    )


def listed_series(found: Iterable[Any], reader: Reader) -> list[ListedSeries]:
    """The annotated series in the reader's words."""
    return [
        ListedSeries(
            series=one,
            times=tuple(weekly_label(weekly, one.time_zone, reader) for weekly in one.times),
            next_at=one.next_at,
            last_at=one.last_at,
            to_come=one.to_come,
        )
        for one in found
    ]
