"""Between a wall time in a zone and the instant that it means."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import tzdata


@dataclass(frozen=True)
class WallTime:
    """A civil date and a naive wall time in a zone; `fold` 1 is the second pass of an hour that occurs twice."""

    start_date: dt.date
    start_wall: dt.time
    fold: int
    time_zone: str

    @property
    def instant(self) -> dt.datetime:
        """The instant in UTC; in a gap with the offset before it.

        Source: RFC 5545, section 3.3.5; PEP 495 gives `fold=0` the same meaning.
        """
        wall = dt.datetime.combine(self.start_date, self.start_wall.replace(fold=self.fold), self.zone)
        return wall.astimezone(dt.UTC)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def utc_offset_minutes(self) -> int:
        """The zone's offset at the instant itself, which in a gap is the one after it."""
        offset = self.instant.astimezone(self.zone).utcoffset() or dt.timedelta()
        return round(offset.total_seconds() / 60)


def wall_time_of(at: dt.datetime, time_zone: str) -> WallTime:
    """The wall time that an instant has in a zone; turning it back gives the same instant."""
    wall = at.astimezone(ZoneInfo(time_zone))
    return WallTime(wall.date(), wall.time().replace(tzinfo=None, fold=0), wall.fold, time_zone)


def tzdata_version() -> str:
    """The IANA release that instants are derived from, such as “2026f”."""
    return str(tzdata.IANA_VERSION)
