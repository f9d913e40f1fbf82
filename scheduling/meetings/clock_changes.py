"""Clocks that change between a meeting and the one before it, so that somebody finds it at another time of day."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from babel.lists import format_list
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from clients.models import AccountManager, Contact
from clients.reader import Reader
from clients.zones import city, known_zones
from scheduling.engine.clock import instant_of, quarter_at, quarter_from, stretches
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status

# A month and its last week: who meets more rarely is not used to a time of day.
REPEATED_WITHIN = dt.timedelta(weeks=6)


@dataclass(frozen=True)
class ClockChange:
    """The clocks of a zone change at an instant."""

    at: dt.datetime
    time_zone: str

    @property
    def local_date(self) -> dt.date:
        return self.at.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True)
class WallChange:
    """An attendee who finds a meeting at another time of day than the one before it.

    `clock_changes` are those between the two in the zones of the attendee and of the meeting, in order.
    """

    attendance: Attendance
    previous_start_at: dt.datetime
    clock_changes: tuple[ClockChange, ...]


def wall_changes(
    attendances: QuerySet[Attendance], *, after_at: dt.datetime, until_at: dt.datetime
) -> list[WallChange]:
    """Those of the attendances with another time of day than at the meeting before, by start, then by attendance.

    The first clock change between the two lies after `after_at`, up to `until_at`.
    """
    rows = _with_previous(
        attendances.filter(
            status=Status.CONFIRMED,
            meeting__status=Status.CONFIRMED,
            meeting__start_at__gt=after_at,
            meeting__start_at__lt=until_at + REPEATED_WITHIN,
        )
    )
    found = [_wall_change(row) for row in rows.order_by("meeting__start_at", "pk")]
    return [one for one in found if one is not None and after_at < one.clock_changes[0].at <= until_at]


def wall_change_of(attendance: Attendance) -> WallChange | None:
    """The attendance's own, where its meeting is at another time of day than the one before."""
    row = _with_previous(Attendance.objects.filter(pk=attendance.pk)).first()
    return _wall_change(row) if row is not None else None


def of_changing_zones(*, after_at: dt.datetime, until_at: dt.datetime) -> Q | None:
    """The attendances of people, or of meetings, in the zones whose clocks change in that time; None where none do."""
    contacts = Contact.objects.order_by().values_list("time_zone")
    managers = AccountManager.objects.order_by().values_list("time_zone")
    anchors = Meeting.objects.order_by().values_list("time_zone")
    in_use = {zone for (zone,) in contacts.union(managers, anchors)}
    zones = {zone for zone in in_use & known_zones() if _between(zone, after_at, until_at)}
    if not zones:
        return None
    return Q(contact__time_zone__in=zones) | Q(account_manager__time_zone__in=zones) | Q(meeting__time_zone__in=zones)


def in_words(clock_changes: Iterable[ClockChange], reader: Reader) -> str:
    """“London on Sunday 29 March and New York on Sunday 8 March”."""
    return format_list(
        [
            _("%(city)s on %(day)s")
            % {"city": city(change.time_zone, reader.language), "day": reader.long_day(change.local_date)}
            for change in clock_changes
        ],
        locale=reader.locale,
    )


def _between(time_zone: str, after_at: dt.datetime, until_at: dt.datetime) -> list[ClockChange]:
    """The clock changes of a zone after an instant, up to another one."""
    first, last = quarter_at(after_at), quarter_from(until_at) + 1
    starts = (instant_of(start) for start, _end, _offset in stretches(ZoneInfo(time_zone), first, last)[1:])
    return [ClockChange(at, time_zone) for at in starts if after_at < at <= until_at]


def _with_previous(attendances: QuerySet[Attendance]) -> QuerySet[Attendance]:
    """The attendances with `previous_start_at` of the meeting before: the same people's, kept at the same wall time."""
    attended = Attendance.objects.filter(
        Q(contact=OuterRef(OuterRef("contact"))) | Q(account_manager=OuterRef(OuterRef("account_manager"))),
        meeting=OuterRef("pk"),
    )
    before = Meeting.objects.filter(
        Exists(attended),
        Q(title=OuterRef("meeting__title")) | Q(series=OuterRef("meeting__series")),
        status=Status.CONFIRMED,
        client=OuterRef("meeting__client"),
        time_zone=OuterRef("meeting__time_zone"),
        start_wall=OuterRef("meeting__start_wall"),
        start_at__lt=OuterRef("meeting__start_at"),
        start_at__gte=OuterRef("meeting__start_at") - REPEATED_WITHIN,
    )
    return attendances.annotate(
        previous_start_at=Subquery(before.order_by("-start_at").values("start_at")[:1])
    ).select_related("meeting__client", "contact", "account_manager")


def _wall_change(row: Attendance) -> WallChange | None:
    previous_start_at: dt.datetime | None = row.previous_start_at  # type: ignore[attr-defined]
    zones = {row.person.time_zone, row.meeting.time_zone}
    if previous_start_at is None or not zones <= known_zones():
        return None
    start_at, zone = row.meeting.start_at, row.person.zone
    if previous_start_at.astimezone(zone).time() == start_at.astimezone(zone).time():
        return None
    changes = [change for zone in zones for change in _between(zone, previous_start_at, start_at)]
    return WallChange(row, previous_start_at, tuple(sorted(changes, key=lambda change: change.at))) if changes else None
