"""Series that are moved or cancelled from a week on, when something happened to them before."""

import datetime as dt
import uuid
from typing import Any

import icalendar
import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import AccountManager, Contact, DayOff
from scheduling.engine import SeriesRequest, WeeklyTime
from scheduling.meetings import services
from scheduling.meetings.errors import InvalidBooking
from scheduling.meetings.fairness import ledger
from scheduling.meetings.icalendar_files import Method, invitation, series_invitation
from scheduling.meetings.models import Attendance, Meeting, Series
from scheduling.meetings.models.series import monday_of
from scheduling.meetings.services.following import revision_of
from scheduling.outreach.services import erase_contact
from tests.meetings.weekly import WEEK, book_weekly
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

TUESDAY_AT_NOON = (1, dt.time(12))


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team())


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    return make_contact(make_client(manager.teams.get()), time_zone="Europe/London")


@pytest.fixture
def series(manager: AccountManager, contact: Contact) -> Series:
    now = timezone.now()
    return book_weekly(
        manager,
        contact,
        start_date=now.date() + 2 * WEEK,
        walls=[TUESDAY_AT_NOON] * 4,
        times=[TUESDAY_AT_NOON],
        now=now,
    )


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def cancel_fields(browser: Browser, series: Series, week: int) -> dict[str, Any]:
    response = browser.get(reverse("meetings:cancel_series", args=[series.pk]))
    form = response.context["form"]
    return {
        "revision": form["revision"].value(),
        "idempotency_key": str(form["idempotency_key"].value()),
        "from_week": form.fields["from_week"].choices[week][0],
        "reason": "",
    }


@pytest.mark.parametrize("week", [0, 2])
def test_cancelling_twice_by_a_double_click_answers_alike(browser: Browser, series: Series, week: int) -> None:
    data = cancel_fields(browser, series, week)
    url = reverse("meetings:cancel_series", args=[series.pk])
    first, second = browser.post(url, data), browser.post(url, data)
    assert first.status_code == 303
    assert (second.status_code, second.headers.get("Location")) == (303, first["Location"])


def move_page(browser: Browser, series: Series, **query: Any) -> Any:
    return browser.get(reverse("meetings:move_series", args=[series.pk]), query)


def move_by(browser: Browser, series: Series, response: Any) -> Any:
    page = response.context["page"]
    data: dict[str, list[str]] = {}
    for name, value in page.hidden:
        data.setdefault(name, []).append(value)
    data |= {
        "revision": [str(response.context["revision"])],
        "idempotency_key": [str(uuid.uuid4())],
        "reason": [""],
    }
    return browser.post(reverse("meetings:move_series", args=[series.pk]), data)


@pytest.mark.parametrize("weeks", [6, -1])
def test_moving_a_series_starts_in_none_but_its_own_weeks(browser: Browser, series: Series, weeks: int) -> None:
    response = move_page(browser, series, start=(series.start_date + weeks * WEEK).isoformat())
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["start"]


def test_weekly_times_stay_on_the_wall_of_the_series_when_a_contact_moves_house(
    browser: Browser, contact: Contact, series: Series
) -> None:
    contact.time_zone = "Asia/Kolkata"
    contact.save()
    response = move_page(browser, series, times="1", days=["wed"])
    assert response.status_code == 200
    assert move_by(browser, series, response).status_code == 303
    series.refresh_from_db()
    walls = {meeting.start_wall for meeting in series.meetings.filter(status="confirmed")}
    zones = {meeting.time_zone for meeting in series.meetings.filter(status="confirmed")}
    assert zones == {series.time_zone}
    assert walls == {weekly.wall for weekly in series.times}


def moved(meeting: Meeting, start_at: dt.datetime, *, minutes: int = 45) -> Meeting:
    """The occurrence, moved by itself; before anything of it is due."""
    return services.move(
        actor=meeting.organizer,
        meeting=meeting,
        start_at=start_at,
        duration_minutes=minutes,
        reason="",
        sequence=meeting.sequence,
        now=meeting.series.created_at if meeting.series else timezone.now(),
    )


def move_rest(manager: AccountManager, series: Series, starts: list[dt.datetime], weekly: WeeklyTime) -> Series:
    return services.move_following(
        actor=manager,
        series=Series.objects.get(pk=series.pk),
        request=SeriesRequest(
            duration_minutes=series.duration_minutes, weeks=series.weeks, start_date=series.start_date
        ),
        times=[weekly],
        starts=starts,
        reason="",
        revision=revision_of(Series.objects.get(pk=series.pk), series.meetings.all()),
        now=timezone.now(),
    )


def _calendar(content: bytes) -> Any:
    return icalendar.Calendar.from_ical(content)


def sequence_of(content: bytes, recurrence: dt.datetime) -> int:
    (found,) = [
        event
        for event in _calendar(content).walk("VEVENT")
        if "RECURRENCE-ID" in event and event["RECURRENCE-ID"].dt == recurrence
    ]
    return int(found["SEQUENCE"])


def test_an_occurrence_that_comes_back_has_the_highest_number(manager: AccountManager, series: Series) -> None:
    meeting = series.meetings.select_related("series", "organizer").order_by("start_at")[1]
    at = meeting.start_at
    for hours in (1, 2):
        meeting = moved(meeting, at + dt.timedelta(hours=hours))
    meeting = services.cancel(actor=manager, meeting=meeting, reason="", sequence=meeting.sequence, now=timezone.now())
    gone = sequence_of(invitation(meeting, method=Method.CANCEL, now=timezone.now()), at)
    starts = [at + WEEK * week + dt.timedelta(hours=1) for week in (-1, 0, 1, 2)]
    series = move_rest(manager, series, starts, WeeklyTime(1, dt.time(13)))
    meetings = list(series.meetings.select_related("series", "organizer"))
    back = sequence_of(series_invitation(series, meetings, method=Method.REQUEST, now=timezone.now()), at)
    assert back >= gone


def test_a_longer_occurrence_moves_only_to_where_all_of_it_fits(
    manager: AccountManager, contact: Contact, series: Series
) -> None:
    meeting = series.meetings.order_by("start_at")[1]
    at = meeting.start_at
    moved(meeting, at, minutes=180)
    # Reachable until 23:00 only: three hours from 22:00 on can't be.
    starts = [at + WEEK * week + dt.timedelta(hours=10) for week in (-1, 0, 1, 2)]
    Contact.objects.update(reachable_hours={day: [["06:00", "23:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})
    AccountManager.objects.update(
        reachable_hours={day: [["06:00", "23:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    )
    move_rest(manager, series, starts, WeeklyTime(1, dt.time(22)))
    meeting.refresh_from_db()
    # As long as all the others, which is what was checked.
    assert meeting.end_at - meeting.start_at == dt.timedelta(minutes=series.duration_minutes)


def test_a_series_whose_meeting_of_this_week_is_over_can_be_moved(
    browser: Browser, series: Series, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = series.meetings.order_by("start_at")[0]
    later = first.end_at + dt.timedelta(hours=20)
    monkeypatch.setattr(timezone, "now", lambda: later)
    browser.force_login(series.organizer)
    response = move_page(browser, series)
    assert response.status_code == 200
    answer = move_by(browser, series, response)
    assert answer.status_code == 303, answer.context["notice"] or answer.context["booking_errors"]


def test_a_week_before_the_first_is_none_of_the_series(manager: AccountManager, series: Series) -> None:
    starts = sorted(series.meetings.values_list("start_at", flat=True))
    with pytest.raises(InvalidBooking):
        services.move_following(
            actor=manager,
            series=series,
            request=SeriesRequest(
                duration_minutes=series.duration_minutes, weeks=series.weeks + 1, start_date=series.start_date - WEEK
            ),
            times=[WeeklyTime(*TUESDAY_AT_NOON)],
            starts=[starts[0] - WEEK, *starts],
            reason="",
            revision=revision_of(series, series.meetings.all()),
            now=timezone.now(),
        )


def test_an_occurrence_that_was_moved_before_its_week_and_does_not_suit_any_more_is_told(
    browser: Browser, manager: AccountManager, contact: Contact, series: Series
) -> None:
    first = series.meetings.order_by("start_at")[0]
    at = first.start_at - WEEK
    moved(first, at)
    make_day_off(contact, at.date())
    response = browser.get(reverse("meetings:series", args=[series.pk]))
    assert [one.meeting.pk for one in response.context["overview"].broken] == [first.pk]


def make_day_off(contact: Contact, date: dt.date) -> None:
    DayOff.objects.create(contact=contact, first_date=date, last_date=date)


def test_erasing_leaves_no_number_in_a_series(manager: AccountManager, contact: Contact) -> None:
    now = timezone.now()
    series = book_weekly(
        manager,
        contact,
        start_date=now.date() + 2 * WEEK,
        walls=[TUESDAY_AT_NOON] * 2,
        times=[TUESDAY_AT_NOON],
        now=now,
        channel="phone",
        location="+1 202 555 0100",
    )
    erase_contact(actor=contact, contact=contact, now=now)
    assert set(Meeting.objects.values_list("location", flat=True)) == {""}
    assert Series.objects.get(pk=series.pk).location == ""


def test_a_plan_of_the_rest_keeps_clear_of_an_earlier_weeks_occurrence_that_was_moved_into_it(
    browser: Browser, manager: AccountManager, contact: Contact, series: Series
) -> None:
    first, _second, third, _fourth = series.meetings.order_by("start_at")
    wednesday = third.start_at + dt.timedelta(days=1)
    moved(first, wednesday)
    hours = {"wed": [["12:00", "12:45"]]}
    Contact.objects.update(working_hours=hours, reachable_hours=hours)
    response = move_page(browser, series, start=monday_of(third.start_date).isoformat(), days=["wed"], times="1")
    assert response.status_code == 200
    answer = move_by(browser, series, response)
    assert answer.status_code == 303, answer.context["lost"]


def test_the_zone_in_a_file_covers_the_week_that_an_occurrence_left(manager: AccountManager, contact: Contact) -> None:
    now = dt.datetime(2026, 9, 4, 8, tzinfo=dt.UTC)
    series = book_weekly(
        manager,
        contact,
        start_date=dt.date(2026, 10, 5),
        walls=[TUESDAY_AT_NOON] * 2,
        times=[TUESDAY_AT_NOON],
        now=now,
    )
    meeting = series.meetings.select_related("series", "organizer").order_by("start_at")[1]
    meeting = moved(meeting, dt.datetime(2027, 1, 12, 12, tzinfo=dt.UTC))
    calendar = _calendar(invitation(meeting, method=Method.REQUEST, now=now))
    (event,) = calendar.walk("VEVENT")
    left = event["RECURRENCE-ID"].dt.replace(tzinfo=None)
    (zone,) = calendar.walk("VTIMEZONE")
    onsets = [one for one in zone.subcomponents if one["DTSTART"].dt <= left]
    assert onsets, "no observance says which offset the RECURRENCE-ID has"
    assert max(onsets, key=lambda one: one["DTSTART"].dt)["TZOFFSETTO"].td == dt.timedelta(hours=1)


def test_averages_are_of_the_contacts_that_there_are(manager: AccountManager, contact: Contact) -> None:
    now = timezone.now()
    gone = make_contact(contact.client)
    meeting = make_meeting(manager, [gone], start_at=now - 2 * WEEK, booked_at=now - 3 * WEEK)
    Attendance.objects.filter(meeting=meeting, contact=gone).update(cost=100)
    erase_contact(actor=gone, contact=gone, now=now)
    count, entries = ledger.clients_of(manager.teams.get(), now)
    people = {*meeting.attendances.values_list("contact_id", flat=True), contact.pk} - {None}
    total = sum(entry.cost for entry in entries)
    assert total == 0 or count == len(people)


def test_a_longer_occurrence_is_not_moved_onto_hours_at_which_nobody_can_be_reached(
    browser: Browser, manager: AccountManager, contact: Contact, series: Series
) -> None:
    """Over the pages: the second occurrence is made three hours long, then all that follow move to a narrow window."""
    second = series.meetings.order_by("start_at")[1]
    posted = {
        "start_at": second.start_at.isoformat(),
        "duration_minutes": "180",
        "reason": "",
        "sequence": "0",
        "idempotency_key": str(uuid.uuid4()),
    }
    assert browser.post(reverse("meetings:move", args=[second.pk]), posted).status_code == 303
    hours = {"wed": [["12:00", "12:45"]]}
    Contact.objects.update(working_hours=hours, reachable_hours=hours)
    response = move_page(browser, series, days=["wed"], times="1")
    move_by(browser, series, response)
    second.refresh_from_db()
    wall = second.end_at.astimezone(contact.zone)
    assert second.start_at.astimezone(contact.zone).weekday() == 1 or wall.time() <= dt.time(12, 45)
