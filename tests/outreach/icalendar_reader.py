"""A reader of iCalendar written from RFC 5545 alone, to judge what another library wrote."""

import datetime as dt
import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

# A parameter's value is quoted or free of the characters that divide. Source: RFC 5545, section 3.1.
PARAMETER = re.compile(r';([A-Za-z0-9-]+)=("[^"\x00-\x08\x0a-\x1f\x7f]*"|[^";:,\x00-\x08\x0a-\x1f\x7f]*)')

# Source: RFC 6868.
UNESCAPED = {"^n": "\n", "^'": '"', "^^": "^"}


@dataclass(frozen=True)
class Property:
    name: str
    params: dict[str, str]
    value: str

    @property
    def text(self) -> str:
        """Source: RFC 5545, section 3.3.11."""
        return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], self.value)

    @property
    def wall(self) -> dt.datetime:
        """A local time, or an aware one where it is in UTC."""
        return dt.datetime.fromisoformat(self.value)

    @property
    def offset(self) -> dt.timedelta:
        sign, hours, minutes = re.fullmatch(r"([+-])(\d\d)(\d\d)", self.value).groups()  # type: ignore[union-attr]
        return int(f"{sign}1") * dt.timedelta(hours=int(hours), minutes=int(minutes))


@dataclass
class Component:
    name: str
    properties: list[Property] = field(default_factory=list)
    components: list["Component"] = field(default_factory=list)

    def __getitem__(self, name: str) -> Property:
        (found,) = self.all(name)
        return found

    def all(self, name: str) -> list[Property]:
        return [found for found in self.properties if found.name == name]

    def inside(self, name: str) -> "Component":
        (found,) = (component for component in self.components if component.name == name)
        return found

    def walk(self) -> Iterator["Component"]:
        yield self
        for component in self.components:
            yield from component.walk()

    @property
    def names(self) -> list[str]:
        """The name of every component and property in it."""
        return [name for each in self.walk() for name in [each.name, *(found.name for found in each.properties)]]


def read(content: bytes) -> Component:
    """The one calendar in it. Raises: AssertionError where a line is not one."""
    assert content.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "a line is longer than 75 octets"
    text = content.decode()
    assert not re.search(r"(?<!\r)\n|\r(?!\n)|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text), "a control character"
    calendar = Component("")
    stack = [calendar]
    for line in text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n"):
        found = _property(line)
        if found.name == "BEGIN":
            stack.append(Component(found.value))
            stack[-2].components.append(stack[-1])
        elif found.name == "END":
            assert stack.pop().name == found.value
        else:
            stack[-1].properties.append(found)
    assert stack == [calendar]
    return calendar.inside("VCALENDAR")


def _property(line: str) -> Property:
    name = re.match(r"[A-Za-z0-9-]+", line)
    assert name, f"no property: {line!r}"
    position, params = name.end(), {}
    while found := PARAMETER.match(line, position):
        params[found[1]] = re.sub(r"\^[n'^]", lambda escape: UNESCAPED[escape[0]], found[2].strip('"'))
        position = found.end()
    assert line[position] == ":", f"a parameter that is none: {line!r}"
    return Property(name[0], params, line[position + 1 :])


def onsets_of(time_zone: Component) -> list[tuple[dt.datetime, dt.timedelta]]:
    """When each offset of a VTIMEZONE begins, in order. Source: RFC 5545, section 3.6.5."""
    return sorted(
        (each["DTSTART"].wall.replace(tzinfo=dt.UTC) - each["TZOFFSETFROM"].offset, each["TZOFFSETTO"].offset)
        for each in time_zone.components
    )


def offset_at(onsets: Sequence[tuple[dt.datetime, dt.timedelta]], at: dt.datetime) -> dt.timedelta:
    """The offset at an instant: that of the latest onset before it."""
    latest = bisect(onsets, at, key=lambda onset: onset[0]) - 1
    assert latest >= 0, "no onset before it"
    return onsets[latest][1]


def instant(calendar: Component, name: str) -> dt.datetime:
    """The instant that a property of the event means by the calendar's own VTIMEZONE: in a fold, the first pass."""
    found = calendar.inside("VEVENT")[name]
    if found.wall.tzinfo is not None:
        return found.wall
    time_zone = calendar.inside("VTIMEZONE")
    assert found.params["TZID"] == time_zone["TZID"].value
    local = found.wall.replace(tzinfo=dt.UTC)
    onsets = onsets_of(time_zone)
    return min(
        local - offset for offset in {offset for _, offset in onsets} if offset_at(onsets, local - offset) == offset
    )
