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
        instant = wall.astimezone(dt.UTC)
        if self.fold and instant.astimezone(self.zone).time() != self.start_wall:
            # What was the second pass of a fold when it was agreed lies in a gap by newer tzdata.
            return wall.replace(fold=0).astimezone(dt.UTC)
        return instant

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def utc_offset_minutes(self) -> int:
        """The zone's offset at the instant itself, which in a gap is the one after it."""
        return utc_offset_minutes(self.zone, self.instant)


def wall_time_of(at: dt.datetime, time_zone: str) -> WallTime:
    """The wall time that an instant has in a zone; turning it back gives the same instant."""
    wall = at.astimezone(ZoneInfo(time_zone))
    return WallTime(wall.date(), wall.time().replace(tzinfo=None, fold=0), wall.fold, time_zone)


def utc_offset_minutes(zone: ZoneInfo, at: dt.datetime) -> int:
    """How far the zone's clocks are ahead of UTC at an instant."""
    offset = at.astimezone(zone).utcoffset() or dt.timedelta()
    return round(offset.total_seconds() / 60)


def tzdata_version() -> str:
    """The IANA release that instants are derived from, such as “2026f”."""
    return str(tzdata.IANA_VERSION)
