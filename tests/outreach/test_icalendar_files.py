"""What calendars read: the right instant in every zone, and nothing that somebody's text could add."""

import datetime as dt
import unicodedata
import zoneinfo
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.models import Contact
from scheduling.meetings.icalendar_files import Method, invitation, web_link
from scheduling.meetings.models import Meeting
from tests.outreach.icalendar_reader import Component, instant, offset_at, onsets_of, read
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 2, 2, 8, tzinfo=dt.UTC)
START = dt.datetime(2026, 6, 10, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def meeting() -> Meeting:
    """A meeting of an organizer and two contacts, one of them without a mail address."""
    client = make_client()
    ana = make_contact(client, full_name="Ana Ionescu", email="ana@client.example", language="es-CO")
    nobody = make_contact(client, email="")
    organizer = make_account_manager(full_name="Maya Okafor", email="maya@dayband.example")
    made = make_meeting(organizer, [ana, nobody], start_at=START, booked_at=NOW)
    people = "attendances__contact", "attendances__account_manager"
    return Meeting.objects.select_related("organizer").prefetch_related(*people).get(pk=made.pk)


def calendar_of(meeting: Meeting, method: Method = Method.REQUEST, comment: str = "") -> Component:
    return read(invitation(meeting, method=method, now=NOW, comment=comment))


def at(meeting: Meeting, start_at: dt.datetime, time_zone: str, minutes: int = 45) -> Meeting:
    """The same meeting at another time, in memory."""
    meeting.start_at, meeting.end_at = start_at, start_at + dt.timedelta(minutes=minutes)
    meeting.time_zone = time_zone
    return meeting


def test_an_invitation_names_the_meeting_its_organizer_and_who_can_answer(meeting: Meeting) -> None:
    meeting.location = "https://meet.example/northwind?room=1;2"
    meeting.sequence = 3
    calendar = calendar_of(meeting)
    event = calendar.inside("VEVENT")
    assert (calendar["METHOD"].value, calendar["VERSION"].value) == ("REQUEST", "2.0")
    assert (event["UID"].value, event["SEQUENCE"].value) == (meeting.uid, "3")
    assert (event["STATUS"].value, event["SUMMARY"].text) == ("CONFIRMED", "Quarterly review")
    assert event["DTSTAMP"].wall == NOW
    assert (event["ORGANIZER"].value, event["ORGANIZER"].params["CN"]) == ("mailto:maya@dayband.example", "Maya Okafor")
    assert event["CONFERENCE"].value == meeting.location
    assert event["CONFERENCE"].params == {"VALUE": "URI", "FEATURE": "VIDEO"}
    assert event["DESCRIPTION"].text == f"Video call: {meeting.location}"
    assert {attendee.value: attendee.params for attendee in event.all("ATTENDEE")} == {
        "mailto:ana@client.example": {
            "CN": "Ana Ionescu",
            "CUTYPE": "INDIVIDUAL",
            "LANGUAGE": "es-CO",
            "PARTSTAT": "NEEDS-ACTION",
            "ROLE": "REQ-PARTICIPANT",
            "RSVP": "TRUE",
        },
        "mailto:maya@dayband.example": {
            "CN": "Maya Okafor",
            "CUTYPE": "INDIVIDUAL",
            "LANGUAGE": "en-GB",
            "PARTSTAT": "ACCEPTED",
            "ROLE": "CHAIR",
        },
    }


def test_a_cancellation_keeps_the_uid_and_asks_for_no_answer(meeting: Meeting) -> None:
    calendar = calendar_of(meeting, Method.CANCEL, comment="No budget.\nSorry.")
    event = calendar.inside("VEVENT")
    assert (calendar["METHOD"].value, event["STATUS"].value, event["UID"].value) == ("CANCEL", "CANCELLED", meeting.uid)
    assert event["COMMENT"].text == "No budget.\nSorry."
    assert all("RSVP" not in attendee.params for attendee in event.all("ATTENDEE"))


def test_a_published_meeting_names_no_attendees(meeting: Meeting) -> None:
    calendar = calendar_of(meeting, Method.PUBLISH)
    assert calendar["METHOD"].value == "PUBLISH"
    assert not calendar.inside("VEVENT").all("ATTENDEE")


def test_the_time_zone_component_agrees_with_tzdata_in_every_zone(meeting: Meeting) -> None:
    first, last = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC)
    weeks = [first + day * 24 * HOUR for day in range(0, (last - first).days, 3)]
    checked = 0
    for time_zone in sorted(zoneinfo.available_timezones()):
        zone = ZoneInfo(time_zone)
        calendar = calendar_of(at(meeting, dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), time_zone))
        if calendar.inside("VEVENT")["DTSTART"].value == "20261120T120000Z":
            assert START.astimezone(zone).utcoffset() == dt.timedelta(), time_zone
            continue
        component = calendar.inside("VTIMEZONE")
        onsets = onsets_of(component)
        changes = [onset_at for onset_at, _offset in onsets if onset_at > first]
        for moment in [*weeks, *changes, *(change_at - SECOND for change_at in changes)]:
            assert offset_at(onsets, moment) == moment.astimezone(zone).utcoffset(), (time_zone, moment)
            checked += 1
    assert checked > 60_000


# Each is a clock change: of an hour, of half an hour, and of Ramadan, where clocks go back for a month.
CHANGES = [
    ("Europe/Bucharest", dt.datetime(2026, 3, 29, 1, tzinfo=dt.UTC)),
    ("Europe/Bucharest", dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC)),
    ("America/New_York", dt.datetime(2026, 3, 8, 7, tzinfo=dt.UTC)),
    ("America/New_York", dt.datetime(2026, 11, 1, 6, tzinfo=dt.UTC)),
    ("Europe/Dublin", dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC)),
    ("Australia/Lord_Howe", dt.datetime(2026, 4, 4, 15, tzinfo=dt.UTC)),
    ("Australia/Lord_Howe", dt.datetime(2026, 10, 3, 15, 30, tzinfo=dt.UTC)),
    ("Africa/Casablanca", dt.datetime(2026, 2, 15, 2, tzinfo=dt.UTC)),
    ("Africa/Casablanca", dt.datetime(2026, 3, 22, 2, tzinfo=dt.UTC)),
    # No clock change, but the turn of a year, before and after which the zone is described.
    ("Pacific/Kiritimati", dt.datetime(2026, 12, 31, 10, tzinfo=dt.UTC)),
    ("Asia/Kathmandu", dt.datetime(2027, 1, 1, tzinfo=dt.UTC)),
]


@pytest.mark.parametrize(("time_zone", "change_at"), CHANGES)
def test_the_instants_around_a_clock_change_are_read_back(
    meeting: Meeting, time_zone: str, change_at: dt.datetime
) -> None:
    for quarters in range(-12, 13):
        for minutes in (15, 480):
            start_at = change_at + quarters * HOUR / 4
            calendar = calendar_of(at(meeting, start_at, time_zone, minutes))
            assert instant(calendar, "DTSTART") == start_at
            assert instant(calendar, "DTEND") == start_at + dt.timedelta(minutes=minutes)


def test_a_meeting_is_written_on_the_wall_of_its_own_zone(meeting: Meeting) -> None:
    start = calendar_of(at(meeting, START, "Asia/Kathmandu")).inside("VEVENT")["DTSTART"]
    assert (start.value, start.params) == ("20260610T144500", {"TZID": "Asia/Kathmandu"})


def test_the_second_pass_of_an_hour_that_occurs_twice_is_written_in_utc(meeting: Meeting) -> None:
    second_pass = dt.datetime(2026, 10, 25, 1, 15, tzinfo=dt.UTC)
    calendar = calendar_of(at(meeting, second_pass, "Europe/Bucharest"))
    assert calendar.inside("VEVENT")["DTSTART"].value == "20261025T011500Z"
    assert "VTIMEZONE" not in calendar.names


NASTY = [
    "\r\nATTENDEE:mailto:x@y.example",
    "\nEND:VEVENT",
    "\x00",
    "\x85",
    "\u2028",
    '"',
    "^n",
    "\\n",
    "\\N",
    "\\",
    ";",
    ":",
    ",",
]
any_text = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=20)), max_size=6
).map("".join)


def visible(text: str) -> str:
    """What a person sees of a text, without the spaces."""
    kept = (one for one in text if unicodedata.category(one) not in {"Cc", "Cs", "Zl", "Zp"})
    return "".join("".join(kept).split())


def test_no_text_adds_a_property_or_is_changed(meeting: Meeting) -> None:
    contact = next(row.contact for row in meeting.attendances.all() if row.contact is not None)
    assert isinstance(contact, Contact)

    @given(title=any_text, agenda=any_text, location=any_text, name=any_text, reason=any_text)
    def check(title: str, agenda: str, location: str, name: str, reason: str) -> None:
        meeting.channel = Meeting.Channel.PHONE
        meeting.title, meeting.agenda, meeting.location = title, agenda, location
        contact.full_name = meeting.organizer.full_name = name
        content = invitation(meeting, method=Method.CANCEL, now=NOW, comment=reason)
        calendar = read(content)
        event = calendar.inside("VEVENT")
        assert visible(event["SUMMARY"].text) == visible(title)
        assert visible(event["DESCRIPTION"].text).startswith(visible(agenda) + "Phone")
        assert visible("".join(each.text for each in event.all("LOCATION"))) == visible(location)
        assert visible("".join(each.text for each in event.all("COMMENT"))) == visible(reason)
        assert visible(event["ORGANIZER"].params["CN"]) == visible(name)
        assert all(visible(each.params["CN"]) in {visible(name), "MayaOkafor"} for each in event.all("ATTENDEE"))
        expected = ["VEVENT", "SUMMARY", "DTSTART", "DTEND", "DTSTAMP", "UID", "SEQUENCE", "ATTENDEE", "ATTENDEE"]
        expected += ["DESCRIPTION", "ORGANIZER", "STATUS"]
        expected += ["LOCATION"] * bool(visible(location)) + ["COMMENT"] * bool(visible(reason))
        assert sorted(event.names) == sorted(expected)
        # A second reader, of those that mail programs use.
        assert len(icalendar.Calendar.from_ical(content).events[0].property_items()) == len(event.properties) + 2

    check()


@pytest.mark.parametrize(
    ("location", "is_link"),
    [
        ("https://meet.example/a?b=c,d;e", True),
        ("HTTP://meet.example", True),
        ("meet.example/a", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://[meet", False),
        ("https://meet.example/a b", False),
        ('https://meet.example/"onclick="', False),
        ("https://meet.example/\u202e", False),
        ("+40 21 555 0100", False),
    ],
)
def test_only_a_web_address_is_a_link(location: str, is_link: bool) -> None:
    assert web_link(location) == (location if is_link else "")
