"""Quiet hours: what waits for the morning, what comes in the evening before, and what leaves at once."""

import datetime as dt
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.test import Client as Browser
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from clients.models import AccountManager, Contact
from scheduling.engine import WEEKDAYS
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import EARLIER, next_reachable, reminder_due_at
from scheduling.outreach.services import deliver, plan
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
#: Ten at night in Tokyo, on a Tuesday.
NIGHT = dt.datetime(2026, 10, 6, 13, tzinfo=dt.UTC)
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc"))
DAYTIME = {day: [["08:00", "20:00"]] for day in WEEKDAYS}

instants = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2028, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001


def hours_of(contact: Contact, at: dt.datetime) -> bool:
    """Whether the contact's wall shows a reachable time, read minute by minute."""
    wall = at.astimezone(contact.zone)
    text = f"{wall:%H:%M}"
    return any(start <= text < end for start, end in contact.reachable_hours.get(WEEKDAYS[wall.weekday()], []))


# From four in the morning on, since clocks change before.
@st.composite
def contacts(draw: st.DrawFn) -> Contact:
    hours = {}
    for day in draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1)):
        first = draw(st.integers(4, 20))
        hours[day] = [[f"{first:02}:15", f"{draw(st.integers(first + 1, 23)):02}:00"]]
    return Contact(time_zone=draw(st.sampled_from(ZONES)), reachable_hours=hours)


@given(contact=contacts(), at=instants)
@example(contact=Contact(time_zone="Asia/Kathmandu", reachable_hours=DAYTIME), at=NIGHT)
def test_what_waits_leaves_at_the_first_instant_at_which_the_contact_can_be_reached(
    contact: Contact, at: dt.datetime
) -> None:
    found = next_reachable(contact, at)
    assert hours_of(contact, found)
    if hours_of(contact, at):
        assert found == at
    else:
        assert found > at
        assert not hours_of(contact, found - MINUTE)
        # None of the quarters in between will do.
        quarters = int((found - at) / (15 * MINUTE))
        assert not any(hours_of(contact, found - number * 15 * MINUTE) for number in range(1, quarters + 1))


@given(contact=contacts(), start_at=instants, minutes=st.integers(5, 20160))
def test_reminder_is_never_late_and_leaves_its_time_only_for_a_reachable_one(
    contact: Contact, start_at: dt.datetime, minutes: int
) -> None:
    lead = minutes * MINUTE
    found = reminder_due_at(contact, start_at, lead)
    if found != start_at - lead:
        assert lead >= 12 * HOUR
        assert not hours_of(contact, start_at - lead)
        assert hours_of(contact, found)
        assert start_at - lead - EARLIER - HOUR <= found < start_at - lead


def test_reminder_an_hour_before_an_early_call_comes_when_it_was_asked_for() -> None:
    contact = Contact(time_zone="Asia/Tokyo", reachable_hours=DAYTIME)
    early = dt.datetime(2026, 10, 7, 6, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert reminder_due_at(contact, early, HOUR) == early - HOUR
    evening = dt.datetime(2026, 10, 5, 19, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert reminder_due_at(contact, early, DAY) == evening


def test_who_can_never_be_reached_is_written_to_anyway() -> None:
    assert next_reachable(Contact(time_zone="Asia/Tokyo", reachable_hours={}), NIGHT) == NIGHT


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), reminder_minutes=[])


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get())
    return make_contact(client, time_zone="Asia/Tokyo", reachable_hours=DAYTIME, reminder_minutes=[60])


@pytest.mark.django_db
def test_question_that_an_outage_kept_into_the_night_waits_for_the_morning_and_says_so(
    manager: AccountManager, contact: Contact, smtp_server: object
) -> None:
    meeting = make_meeting(manager, [contact], start_at=NIGHT + 20 * HOUR, booked_at=NIGHT - 20 * DAY)
    due_at = NIGHT - 2 * HOUR
    message = Message.objects.create(
        occurrence_key="suits", kind=Message.Kind.SUITS, meeting=meeting, sequence=0, created_at=due_at,
        attendance=meeting.attendances.get(contact=contact), address=contact.email, message_id="<a@b.example>",
        due_at=due_at, next_try_at=due_at, expires_at=meeting.start_at,
    )  # fmt: skip
    assert deliver(clock=lambda: NIGHT) == {"put off": 1}
    message.refresh_from_db()
    morning = dt.datetime(2026, 10, 7, 8, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert (message.state, message.tries, message.next_try_at) == ("pending", 0, morning)
    browser = Browser()
    browser.force_login(manager)
    page = browser.get(reverse("outreach:message", args=[message.pk])).content.decode()
    assert "It waits until this person can be reached." in page
    assert "Next try" in page
    assert deliver(clock=lambda: morning) == {"sent": 1}


@pytest.mark.django_db
def test_confirmation_of_a_booking_made_at_their_night_leaves_at_once(
    manager: AccountManager, contact: Contact, smtp_server: object
) -> None:
    make_meeting(manager, [contact], start_at=NIGHT + 9 * DAY, booked_at=NIGHT)
    plan(now=NIGHT)
    assert deliver(clock=lambda: NIGHT) == {"sent": 2}


@pytest.mark.django_db
def test_reminder_of_a_day_that_falls_into_the_night_is_sent_in_the_evening_before(
    manager: AccountManager, contact: Contact, smtp_server: object
) -> None:
    Contact.objects.update(reminder_minutes=[1440])
    start_at = dt.datetime(2026, 10, 7, 6, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    make_meeting(manager, [contact], start_at=start_at, booked_at=start_at - 20 * DAY)
    evening = dt.datetime(2026, 10, 5, 19, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    plan(now=evening - MINUTE)
    assert not Message.objects.filter(kind=Message.Kind.REMINDER).exists()
    plan(now=evening)
    plan(now=start_at - DAY)
    message = Message.objects.get(kind=Message.Kind.REMINDER)
    assert (message.due_at, message.lead_minutes) == (evening, 1440)
    assert deliver(clock=lambda: evening) == {"sent": 1}


@pytest.mark.django_db
def test_reminder_of_a_meeting_booked_after_that_evening_comes_when_it_was_asked_for(
    manager: AccountManager, contact: Contact
) -> None:
    Contact.objects.update(reminder_minutes=[1440])
    start_at = dt.datetime(2026, 10, 7, 6, 30, tzinfo=ZoneInfo("Asia/Tokyo"))
    make_meeting(manager, [contact], start_at=start_at, booked_at=start_at - 33 * HOUR)
    plan(now=start_at - DAY)
    assert Message.objects.get(kind=Message.Kind.REMINDER).due_at == start_at - DAY
