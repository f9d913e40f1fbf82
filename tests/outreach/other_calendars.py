"""Two calendar programs that know nothing of each other, nor of the library that writes our files."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import vobject

#: Of an event, the one; of a series, the week's occurrence by its rule.
Slot = tuple[str, dt.datetime | None]


@dataclass(frozen=True)
class Entry:
    """What a program reads of one event."""

    uid: str
    recurrence_at: dt.datetime | None
    sequence: int
    status: str
    start: dt.datetime
    end: dt.datetime
    #: When its rule has it take place, without the dates that are excepted; itself where there is no rule.
    starts: tuple[dt.datetime, ...]


Reading = Callable[[bytes], tuple[str, list[Entry]]]


def by_vobject(content: bytes) -> tuple[str, list[Entry]]:
    """The method and the events as vobject has them, by the file's own VTIMEZONE."""
    calendar = vobject.readOne(content.decode())
    return calendar.method.value, [_of_vobject(event) for event in calendar.vevent_list]


def _of_vobject(event: vobject.base.Component) -> Entry:
    start = event.dtstart.value
    rules = event.getrruleset()
    return Entry(
        uid=event.uid.value,
        recurrence_at=_instant(event.recurrence_id.value) if "recurrence-id" in event.contents else None,
        sequence=int(event.sequence.value),
        status=event.status.value,
        start=start,
        end=event.dtend.value if "dtend" in event.contents else _instant(start) + event.duration.value,
        starts=tuple(map(_instant, rules)) if rules else (_instant(start),),
    )


def by_ical(content: bytes) -> tuple[str, list[Entry]]:
    """The same by the package `ical`."""
    from ical.calendar_stream import IcsCalendarStream  # noqa: PLC0415  (a second, for whoever only looks for tests)

    calendar = IcsCalendarStream.calendar_from_ics(content.decode())
    entries = []
    for event in calendar.events:
        assert isinstance(event.start, dt.datetime)
        assert isinstance(event.end, dt.datetime)
        rule = event.as_rrule()
        entries.append(
            Entry(
                uid=event.uid,
                recurrence_at=_instant_of_id(event.recurrence_id, event.start) if event.recurrence_id else None,
                sequence=event.sequence or 0,
                status=event.status.value if event.status else "",
                start=event.start,
                end=event.end,
                starts=tuple(_instant(one) for one in rule if isinstance(one, dt.datetime))
                if rule
                else (_instant(event.start),),
            )
        )
    return calendar.method or "", entries


def _instant_of_id(recurrence_id: str, start: dt.datetime) -> dt.datetime:
    """It keeps the identifier's wall time alone, which is on the same clock as the start."""
    wall = dt.datetime.strptime(recurrence_id.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
    return _instant(wall.replace(tzinfo=start.tzinfo))


def _instant(at: dt.datetime) -> dt.datetime:
    return at.astimezone(dt.UTC)


def shelf(files: Iterable[bytes], read: Reading) -> list[dt.datetime]:
    """When there is something in a calendar that has got these files, in whatever order.

    The latest word on an event counts; one that is cancelled is gone. Source: RFC 5546, sections 2.1.5 and 3.2.5.
    """
    kept: dict[Slot, Entry] = {}
    for content in files:
        method, entries = read(content)
        for entry in entries:
            slot = entry.uid, entry.recurrence_at
            if slot not in kept or kept[slot].sequence <= entry.sequence:
                kept[slot] = entry
            assert (method == "CANCEL") == (entry.status == "CANCELLED")
    replaced = {slot for slot in kept if slot[1] is not None}
    return sorted(
        at
        for slot, entry in kept.items()
        if entry.status != "CANCELLED"
        for at in entry.starts
        if slot[1] is not None or (slot[0], at) not in replaced
    )
