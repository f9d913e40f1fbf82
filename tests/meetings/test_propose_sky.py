"""Where things stand on a strip: the whole day, nothing but the day, and mirrored for who reads leftwards."""

import datetime as dt
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from clients.reader import Reader
from scheduling.engine import Cell, MeetingRequest, assess
from scheduling.meetings.proposals import sky
from scheduling.meetings.proposals.sky import CivilDay, Scale
from tests.meetings.people_at_work import contact, page

ZONES = (
    *("UTC", "Europe/London", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham"),
    *("Africa/Cairo", "Atlantic/Azores", "America/Santiago", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Tehran"),
)
HALF_HOUR = dt.timedelta(minutes=30)
days = st.builds(
    CivilDay.of, st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31)), st.sampled_from(ZONES).map(ZoneInfo)
)


def cells_of(day: CivilDay, time_zone: str = "Europe/London") -> tuple[Cell, ...]:
    somebody = contact(1, "Ana Example", time_zone).participant
    request = MeetingRequest(30, day.start_at, day.end_at)
    return assess(request, [somebody]).cells(somebody.id, day.start_at, day.end_at)


@given(days, st.booleans())
def test_bars_cover_the_day_half_hour_by_half_hour(day: CivilDay, mirrored: bool) -> None:
    bars = sky.bars(cells_of(day), Scale(day, mirrored))
    count = (day.end_at - day.start_at) / HALF_HOUR
    assert len(bars) == count
    middles = [bar.place.middle for bar in bars]
    expected = [(number + 0.5) / count for number in range(len(bars))]
    assert middles == pytest.approx([1 - x for x in expected] if mirrored else expected)
    for bar, middle in zip(bars, middles, strict=True):
        assert middle - 0.5 / count < bar.place.x < bar.place.end < middle + 0.5 / count


@pytest.mark.parametrize(
    ("date", "time_zone", "hours"),
    [
        ("2026-12-08", "Europe/London", 24),
        ("2026-03-29", "Europe/London", 23),
        ("2026-10-25", "Europe/London", 25),
        ("2026-10-04", "Australia/Lord_Howe", 23.5),
        ("2026-04-05", "Australia/Lord_Howe", 24.5),
        ("2026-04-24", "Africa/Cairo", 23),  # midnight is skipped
        ("2026-10-25", "Atlantic/Azores", 25),  # midnight comes twice
    ],
)
def test_a_day_is_as_long_as_its_zone_makes_it(date: str, time_zone: str, hours: float) -> None:
    day = CivilDay.of(dt.date.fromisoformat(date), ZoneInfo(time_zone))
    assert (day.end_at - day.start_at) / dt.timedelta(hours=1) == hours
    assert len(sky.bars(cells_of(day), Scale(day))) == 2 * hours
    walls = [at.astimezone(ZoneInfo(time_zone)).date() for at in (day.start_at, day.end_at - sky.QUARTER)]
    assert walls == [day.date, day.date]


def test_hours_stand_at_their_instants_when_the_clock_springs_forward() -> None:
    day = CivilDay.of(dt.date(2026, 3, 29), ZoneInfo("Europe/London"))
    marks = sky.hours(ZoneInfo("Europe/London"), Scale(day), Reader("en-GB", "Europe/London"))
    # 03:00 is the second hour of this day, and 12:00 the eleventh of its 23.
    assert [(mark.label, round(mark.x * 23, 6)) for mark in marks] == [
        (f"{hour:02}", hour - 1) for hour in range(3, 24, 3)
    ]


def test_hours_are_those_of_the_clock_with_a_quarter_in_its_offset() -> None:
    day = CivilDay.of(dt.date(2026, 12, 8), ZoneInfo("UTC"))
    marks = sky.hours(ZoneInfo("Asia/Kathmandu"), Scale(day), Reader("en-GB", "UTC"))
    # 05:45 when the day begins, so that 06:00 falls on the edge and is left out.
    assert [(mark.label, round(mark.x * 24, 6)) for mark in marks][:2] == [("09", 3.25), ("12", 6.25)]


def test_local_midnight_is_marked_with_its_day() -> None:
    day = CivilDay.of(dt.date(2026, 12, 8), ZoneInfo("Europe/London"))
    scale, reader = Scale(day), Reader("en-GB", "Europe/London")
    (tokyo,) = sky.midnights(ZoneInfo("Asia/Tokyo"), scale, reader)
    (toronto,) = sky.midnights(ZoneInfo("America/Toronto"), scale, reader)
    assert (tokyo.label, round(tokyo.x * 24, 6)) == ("Wed 9", 15)
    assert (toronto.label, round(toronto.x * 24, 6)) == ("Tue 8", 5)
    assert sky.midnights(ZoneInfo("Europe/London"), scale, reader) == ()


def test_the_end_of_a_strip_puts_the_label_before_its_line() -> None:
    day = CivilDay.of(dt.date(2026, 12, 8), ZoneInfo("Europe/London"))
    reader = Reader("en-GB", "Europe/London")
    for mirrored, before in ((False, -sky.LABEL_PIXELS), (True, sky.LABEL_PIXELS)):
        (near_end,) = sky.midnights(ZoneInfo("Europe/Bucharest"), Scale(day, mirrored), reader)
        assert (near_end.is_before, near_end.label_pixels) == (True, before)
        (early,) = sky.midnights(ZoneInfo("America/Toronto"), Scale(day, mirrored), reader)
        assert (early.is_before, early.label_pixels) == (False, -before)


@given(days)
def test_a_reader_of_arabic_sees_the_same_day_mirrored(day: CivilDay) -> None:
    scale, mirror = Scale(day), Scale(day, mirrored=True)
    cells = cells_of(day, "Asia/Dubai")
    for bar, other in zip(sky.bars(cells, scale), sky.bars(cells, mirror), strict=True):
        assert (other.level, other.height) == (bar.level, bar.height)
        assert other.place.x == pytest.approx(1 - bar.place.end)
    reader, dubai = Reader("en-GB", "UTC"), ZoneInfo("Asia/Dubai")
    marks = zip(sky.hours(dubai, scale, reader), sky.hours(dubai, mirror, reader), strict=True)
    assert all(other.x == pytest.approx(1 - mark.x) for mark, other in marks)


def test_levels_are_those_of_the_cells_and_busy_time_is_told_from_night() -> None:
    day = CivilDay.of(dt.date(2026, 12, 8), ZoneInfo("UTC"))
    at = day.start_at
    busy = ((at + dt.timedelta(hours=10), at + dt.timedelta(hours=10, minutes=15)),)
    somebody = contact(1, "Ana Example", "UTC", busy=busy).participant
    cells = assess(MeetingRequest(30, at, day.end_at), [somebody]).cells(somebody.id, at, day.end_at)
    levels = [bar.level for bar in sky.bars(cells, Scale(day))]
    # 06:00 to 23:00 reachable, 09:00 to 17:00 at work, and a quarter of the half hour from 10:00 taken.
    assert levels[:12] == ["bz"] * 12
    assert levels[12:18] == ["b3", "b3", "b3", "b3", "b2", "b2"]
    assert levels[18:34] == ["b0", "b0", "bx", *["b0"] * 13]
    assert levels[46:] == ["bz", "bz"]


def rendered(language: str) -> ET.Element:
    reader = Reader("en-GB", "Europe/London")
    day = CivilDay.of(dt.date(2026, 12, 8), reader.zone)
    somebody = contact(1, "Ana Example", "Asia/Kathmandu")
    proposal = page([somebody, contact(2, "Ben Example", "Europe/London")], day.date, day.date)
    strip = proposal.ribbon.rows[1].strip
    with translation.override(language):
        return ET.fromstring(render_to_string("meetings/sky/strip.html", {"strip": strip}))  # noqa: S314


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_drawing_has_lengths_that_svg_understands_in_every_language(language: str) -> None:
    svg = rendered(language)
    rectangles = svg.findall("rect")
    assert len(rectangles) == 1 + 48 + 1  # the track, the half hours, the time shown
    for rectangle in rectangles:
        x, width = (float(rectangle.attrib[name].rstrip("%")) for name in ("x", "width"))
        y, height = float(rectangle.attrib["y"]), float(rectangle.attrib["height"])
        assert 0 <= x < x + width <= 100
        assert 0 <= y < y + height <= 60
    assert "style" not in ET.tostring(svg, "unicode")


def test_the_drawing_says_in_a_sentence_what_it_shows() -> None:
    svg = rendered("en")
    assert svg.attrib["role"] == "img"
    assert svg.attrib["aria-label"] == (
        "Ana Example, Kathmandu: works 09:00–17:00 local time, which is 03:15–11:15 for you. "
        "The time shown is 14:45–15:30 there: ideal, cost 0."
    )


def test_the_slot_stands_where_its_time_is() -> None:
    at = dt.datetime(2026, 3, 30, 11, tzinfo=dt.UTC)
    proposal = page([contact(1, "Ana Example", "Europe/London")], dt.date(2026, 3, 29), dt.date(2026, 3, 30), at=at)
    slot = proposal.ribbon.rows[0].strip.slot
    assert slot is not None
    assert (round(slot.x * 24, 6), round(slot.width * 24, 6)) == (12, 0.75)
    axis = proposal.ribbon.axis
    assert axis.slot == slot
    assert axis.pill is not None
    assert axis.pill.label == "12:00–12:45"


@pytest.mark.parametrize(("hour", "side"), [(0, "start"), (12, "middle"), (22, "end")])
def test_the_pill_never_hangs_over_the_edge_of_a_phone(hour: int, side: str) -> None:
    night_owl = contact(1, "Ana Example", "UTC", working_hours={"tue": [["00:00", "23:45"]]})
    at = dt.datetime(2026, 12, 8, hour, tzinfo=dt.UTC)
    reader = Reader("en-GB", "UTC")
    pill = page([night_owl], at.date(), at.date(), reader=reader, at=at).ribbon.axis.pill
    assert pill is not None
    left = pill.x * sky.NARROWEST_PIXELS + pill.left
    assert left > -20
    assert left + pill.width < sky.NARROWEST_PIXELS + 20
    assert {"start": pill.left > -20, "middle": pill.left == -pill.width / 2, "end": pill.left < -60}[side]
