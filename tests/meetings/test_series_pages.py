"""The pages of series over real rows: what they show, for whom, what they refuse, and at what cost."""

import dataclasses
import datetime as dt
import html
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from clients.models import AccountManager, Client, Contact, DayOff, Team
from clients.reader import Reader
from scheduling.engine import SeriesRequest
from scheduling.meetings import services
from scheduling.meetings.models import Attendance, Meeting, MeetingChange, Series
from scheduling.meetings.series.broken import broken_occurrences, occurrences_to_come
from scheduling.meetings.series.page import proof_of
from tests.meetings.weekly import planned
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

DAY, WEEK = dt.timedelta(days=1), dt.timedelta(weeks=1)
READER = Reader("en-GB", "Europe/London")
PLAN_QUERIES = 12
SERIES_QUERIES = 14
WEEKS = 6


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def manager(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Maya Example", address_as="Maya")


@pytest.fixture
def client_row(team: Team) -> Client:
    return make_client(team, name="Northwind Example")


@pytest.fixture
def kenji(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Kenji Example", address_as="Kenji", time_zone="Asia/Tokyo")


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def monday() -> dt.date:
    today = timezone.now().date()
    return today + dt.timedelta(days=14 - today.weekday())


def plan(browser: Browser, *people: Contact | AccountManager, **parameters: Any) -> Any:
    data: dict[str, Any] = {
        "contacts": [person.pk for person in people if isinstance(person, Contact)],
        "colleagues": [person.pk for person in people if isinstance(person, AccountManager)],
        "start": monday(),
        "weeks": WEEKS,
        "times": 2,
        **parameters,
    }
    return browser.get(reverse("meetings:plan_series"), data)


def text(response: Any) -> str:
    return " ".join(html.unescape(strip_tags(response.content.decode())).split())


def posted(response: Any, action: str) -> dict[str, Any]:
    """The hidden fields of the form that posts to an address."""
    content = response.content.decode()
    form = content[content.index(f'method="post" action="{action}"') :]
    form = form[: form.index("</form>")]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def book(browser: Browser, *people: Contact | AccountManager, **changes: Any) -> Any:
    return book_shown(browser, plan(browser, *people), **changes)


def book_shown(browser: Browser, shown: Any, **changes: Any) -> Any:
    fields = posted(shown, reverse("meetings:book_series"))
    words = {"title": "Weekly sync", "channel": "video"}
    return browser.post(reverse("meetings:book_series"), fields | words | changes)


def away(person: Contact, at: dt.datetime) -> DayOff:
    date = at.astimezone(person.zone).date()
    return DayOff.objects.create(contact=person, first_date=date, last_date=date, reason="decree")


def test_a_client_alone_stands_for_its_contacts_and_the_reader(
    browser: Browser, client_row: Client, kenji: Contact
) -> None:
    response = browser.get(reverse("meetings:plan_series"), {"client": client_row.pk})
    assert response.status_code == 200
    assert [one.name for one in response.context["page"].people] == ["Maya Example", "Kenji Example"]
    assert len(response.context["page"].rows) == 12


def test_the_plan_shows_every_week_with_everybodys_wall_time(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    page = plan(browser, kenji, manager).context["page"]
    assert len(page.rows) == WEEKS
    for row in page.rows:
        at = row.occasion.start_at
        walls = [at.astimezone(cell.portrait.participant.zone).strftime("%H:%M") for cell in row.cells]
        assert [cell.time for cell in row.cells] == walls


def test_a_week_moved_by_a_day_off_says_whose(browser: Browser, manager: AccountManager, kenji: Contact) -> None:
    before = plan(browser, kenji, manager, times=1, days="tue").context["page"]
    away(kenji, before.rows[2].occasion.start_at)
    away(kenji, before.rows[4].occasion.start_at + DAY)
    response = plan(browser, kenji, manager, times=1, days=["tue", "wed"])
    # Whichever day it chooses, one week has to take the other.
    (marked,) = [row for row in response.context["page"].rows if any(mark.word == "moved" for mark in row.marks)]
    assert marked.occasion.week_date in {monday() + 2 * WEEK, monday() + 4 * WEEK}
    assert "Kenji is away: decree." in text(response)


def test_a_week_in_which_nothing_fits_says_why(browser: Browser, manager: AccountManager, kenji: Contact) -> None:
    before = plan(browser, kenji, manager, days="tue").context["page"]
    away(kenji, before.rows[1].occasion.start_at)
    response = plan(browser, kenji, manager, days="tue")
    row = response.context["page"].rows[1]
    assert row.is_skipped
    assert [mark.word for mark in row.marks] == ["no time fits"]
    assert "Kenji is away: decree." in text(response)


def test_clocks_that_change_against_others_are_named(browser: Browser, manager: AccountManager, kenji: Contact) -> None:
    # Half a year has a change in London and none in Tokyo.
    rows = plan(browser, kenji, manager, weeks=30).context["page"].rows
    marks = [mark for row in rows for mark in row.marks if mark.word == "clocks change"]
    assert marks
    assert all("Maya (London)" in str(mark.sentences) and "Kenji" not in str(mark.sentences) for mark in marks)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (None, "time ran out before it was proven"),
        (1.0, "no plan with as few moved weeks has a lower highest load"),
        (0.995, "within 1% of the best there is"),
        (0.9, "time ran out with a gap of 10%"),
    ],
    ids=str,
)
def test_how_good_the_plan_is_proven_to_be_is_said_honestly(
    manager: AccountManager, kenji: Contact, share: float | None, words: str
) -> None:
    request = SeriesRequest(duration_minutes=45, weeks=2, start_date=monday())
    plan = planned(manager, kenji, request, now=timezone.now())
    assert plan.max_load > 0
    bound = None if share is None else plan.max_load * share
    assert words in strip_tags(proof_of(dataclasses.replace(plan, lower_bound=bound), READER))


def test_htmx_gets_the_plan_alone(browser: Browser, manager: AccountManager, kenji: Contact) -> None:
    address = reverse("meetings:plan_series")
    data: dict[str, Any] = {"contacts": [kenji.pk], "colleagues": [manager.pk], "weeks": "2"}
    part = browser.get(address, data, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert 'id="series-plan"' in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_the_chart_ends_with_the_engines_own_loads(browser: Browser, manager: AccountManager, kenji: Contact) -> None:
    chart = plan(browser, kenji, manager).context["page"].chart
    for row in chart.rows:
        assert len(row.rotating.loads) == len(row.fixed.loads) == WEEKS + 1
        # The last step adds what the last week costs; it never goes down.
        assert list(row.rotating.loads) == sorted(row.rotating.loads)
    assert max(row.rotating.loads[-1] for row in chart.rows) <= max(row.fixed.loads[-1] for row in chart.rows) * 1.01


@pytest.mark.parametrize("weeks", [3, 12])
@pytest.mark.parametrize("people", [1, 4])
def test_queries_do_not_grow(
    browser: Browser, manager: AccountManager, client_row: Client, weeks: int, people: int
) -> None:
    contacts = [make_contact(client_row, time_zone="Asia/Tokyo") for _ in range(people)]
    with CaptureQueriesContext(connection) as queries:
        response = plan(browser, *contacts, manager, weeks=weeks)
    assert response.status_code == 200
    assert len(queries) <= PLAN_QUERIES
    assert book(browser, *contacts, manager).status_code == 303
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(reverse("meetings:series", args=[Series.objects.get().pk]))
    assert response.status_code == 200
    assert len(queries) <= SERIES_QUERIES


@pytest.mark.parametrize(
    ("parameters", "field", "message"),
    [
        ({"weeks": 0}, "weeks", "Choose 1 to 104 weeks."),
        ({"weeks": 600}, "weeks", "Choose 1 to 104 weeks."),
        ({"weeks": "many"}, "weeks", "Choose 1 to 104 weeks."),
        ({"times": 0}, "times", "Choose 1 to 6 different times."),
        ({"days": ["sat", "sun"]}, "days", "Nobody of them works on Saturday and Sunday. Choose another day."),
        ({"days": ["someday"]}, "days", "Choose one of these; “someday” is none of them."),
        ({"start": "2020-01-06"}, "start", "Choose a day from today on."),
        ({"start": "soon"}, "start", "Choose a day, such as 2026-12-08."),
        ({"duration": 50}, "duration", "Choose a duration of 15, 30, 45 … up to 480 minutes."),
        ({"colleagues": []}, "colleagues", "Choose at least one colleague to hold the meeting."),
    ],
    ids=str,
)
def test_bad_input_is_told_at_its_field(
    browser: Browser, manager: AccountManager, kenji: Contact, parameters: dict[str, Any], field: str, message: str
) -> None:
    response = plan(browser, kenji, manager, **parameters)
    assert response.status_code == 422
    assert message in response.context["form"].errors[field]
    assert response.context["page"] is None


def test_booking_leads_to_the_series_and_books_what_was_shown(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    shown = plan(browser, kenji, manager)
    response = book_shown(browser, shown)
    series = Series.objects.get()
    assert (response.status_code, response["Location"]) == (303, reverse("meetings:series", args=[series.pk]))
    assert list(series.meetings.values_list("start_at", flat=True)) == [
        row.occasion.start_at for row in shown.context["page"].rows
    ]
    page = browser.get(response["Location"])
    assert len(page.context["overview"].to_come) == WEEKS


def test_the_same_form_sent_twice_books_one_series(browser: Browser, manager: AccountManager, kenji: Contact) -> None:
    fields = posted(plan(browser, kenji, manager), reverse("meetings:book_series"))
    fields |= {"title": "Weekly sync", "channel": "video"}
    answers = {browser.post(reverse("meetings:book_series"), fields)["Location"] for _ in range(2)}
    assert len(answers) == Series.objects.count() == 1


def test_a_lost_week_is_named_beside_a_new_plan_and_nothing_is_booked(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    shown = plan(browser, kenji, manager)
    lost_at = shown.context["page"].rows[3].occasion.start_at
    away(kenji, lost_at)
    fields = posted(shown, reverse("meetings:book_series")) | {"title": "Kept words", "channel": "video"}
    response = browser.post(reverse("meetings:book_series"), fields)
    assert response.status_code == 409
    assert response.context["lost"] == [lost_at]
    assert "Kept words" in response.content.decode()
    assert lost_at not in [row.occasion.start_at for row in response.context["page"].rows]
    assert not Series.objects.exists()
    # The new plan can be booked at once.
    again = posted(response, reverse("meetings:book_series")) | {"title": "Kept words", "channel": "video"}
    assert browser.post(reverse("meetings:book_series"), again).status_code == 303


def test_somebody_removed_between_planning_and_booking_is_told_at_the_field(
    browser: Browser, manager: AccountManager, client_row: Client, kenji: Contact
) -> None:
    gone = make_contact(client_row, time_zone="Asia/Tokyo")
    fields = posted(plan(browser, kenji, gone, manager), reverse("meetings:book_series"))
    gone.delete()
    response = browser.post(reverse("meetings:book_series"), fields | {"title": "Weekly sync", "channel": "video"})
    assert response.status_code == 422
    assert "contacts" in response.context["form"].errors
    assert not Series.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"title": ""}, {"starts": []}, {"starts": ["soon"]}, {"weekly": ["someday 25:00"]}, {"idempotency_key": "no"}],
    ids=str,
)
def test_a_booking_with_bad_fields_books_nothing(
    browser: Browser, manager: AccountManager, kenji: Contact, changes: dict[str, Any]
) -> None:
    assert book(browser, kenji, manager, **changes).status_code == 422
    assert not Series.objects.exists()


def test_a_late_decree_lists_the_occurrence_it_breaks_with_three_times_one_click_away(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    book(browser, kenji, manager)
    meeting = Meeting.objects.all()[2]
    away(kenji, meeting.start_at)
    address = reverse("meetings:series", args=[meeting.series_id])
    response = browser.get(address)
    (broken,) = response.context["overview"].broken
    assert broken.meeting == meeting
    assert "Kenji is away: decree." in text(response)
    assert len(broken.replacements) == 3
    for slot in broken.replacements:
        date = slot.start_at.astimezone(kenji.zone).date()
        assert dt.timedelta() <= date - meeting.series_week_date < WEEK
    # The same is on the page of the day, where the week is near.
    assert str(meeting.series) in text(browser.get(reverse("desk:today")))
    fields = posted(response, reverse("meetings:move", args=[meeting.pk]))
    assert browser.post(reverse("meetings:move", args=[meeting.pk]), fields).status_code == 303
    meeting.refresh_from_db()
    assert meeting.start_at == broken.replacements[0].start_at
    assert MeetingChange.objects.filter(meeting=meeting, kind="moved").exists()
    assert browser.get(address).context["overview"].broken == ()


def test_a_changed_profile_breaks_the_occurrences_it_reaches(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    book(browser, kenji, manager)
    assert not broken_occurrences(
        occurrences_to_come(manager, now=timezone.now()), actor=manager, now=timezone.now(), reader=READER
    )
    kenji.time_zone = "America/Los_Angeles"
    kenji.save()
    found = broken_occurrences(
        occurrences_to_come(manager, now=timezone.now()), actor=manager, now=timezone.now(), reader=READER
    )
    assert len(found) == WEEKS


def test_a_replacement_may_overlap_the_time_that_it_replaces(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    book(browser, kenji, manager)
    meeting = Meeting.objects.all()[0]
    wall = meeting.start_at.astimezone(kenji.zone)
    opens, closes = (wall + dt.timedelta(minutes=minutes) for minutes in (15, 75))
    hours = {f"{wall:%a}".lower(): [[f"{opens:%H:%M}", f"{closes:%H:%M}"]]}
    # An hour of one day is left, and the meeting itself is in it.
    kenji.working_hours = kenji.reachable_hours = hours
    kenji.save()
    now = timezone.now()
    (first, *_) = broken_occurrences(occurrences_to_come(manager, now=now), actor=manager, now=now, reader=READER)
    assert first.meeting == meeting
    assert {slot.start_at for slot in first.replacements} <= {
        meeting.start_at + dt.timedelta(minutes=minutes) for minutes in (15, 30)
    }
    assert first.replacements


def test_queries_for_broken_occurrences_do_not_grow(
    browser: Browser, manager: AccountManager, client_row: Client
) -> None:
    counts = []
    for _ in range(2):
        contact = make_contact(client_row, time_zone="Asia/Tokyo")
        assert book(browser, contact, manager).status_code == 303
        for meeting in Meeting.objects.filter(attendances__contact=contact)[:3]:
            away(contact, meeting.start_at)
        with CaptureQueriesContext(connection) as queries:
            found = broken_occurrences(
                occurrences_to_come(manager, now=timezone.now()), actor=manager, now=timezone.now(), reader=READER
            )
        counts.append((len(found), len(queries)))
    (first, queries_first), (second, queries_second) = counts
    assert (first, second) == (3, 6)
    assert queries_first == queries_second


def test_cancelling_what_follows_keeps_the_weeks_before(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    book(browser, kenji, manager)
    address = reverse("meetings:cancel_series", args=[Series.objects.get().pk])
    form = browser.get(address).context["form"]
    fields = {
        "idempotency_key": uuid.uuid4(),
        "revision": form["revision"].value(),
        "from_week": monday() + 2 * WEEK,
        "reason": "Enough said.",
    }
    assert browser.post(address, fields).status_code == 303
    states = list(Meeting.objects.values_list("status", flat=True))
    assert states == ["confirmed"] * 2 + ["cancelled"] * (WEEKS - 2)
    # The page it was sent from is out of date now.
    assert browser.post(address, fields | {"idempotency_key": uuid.uuid4()}).status_code in {409, 422}


def test_moving_what_follows_keeps_the_weeks_before_and_tells_all_at_once(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    book(browser, kenji, manager)
    series = Series.objects.get()
    before = list(series.meetings.values_list("start_at", flat=True))
    address = reverse("meetings:move_series", args=[series.pk])
    response = browser.get(address, {"start": str(monday() + 2 * WEEK), "days": "fri", "times": "1"})
    assert response.status_code == 200
    shown = [row.occasion.start_at for row in response.context["page"].rows]
    assert len(shown) == WEEKS - 2
    fields = posted(response, address) | {"reason": "Fridays from now on."}
    assert browser.post(address, fields).status_code == 303
    series.refresh_from_db()
    assert list(series.meetings.values_list("start_at", flat=True)) == before[:2] + shown
    assert {weekly.weekday for weekly in series.times} == {4}
    told = MeetingChange.objects.filter(series_sequence=1)
    assert {(change.kind, change.reason) for change in told} == {("moved", "Fridays from now on.")}
    assert len(told) == WEEKS - 2
    for row in Attendance.objects.filter(meeting__series=series).select_related("meeting"):
        assert (row.status, row.during.lower) == ("confirmed", row.meeting.start_at)


def test_a_week_that_a_move_cannot_keep_is_cancelled_and_one_that_it_wins_is_booked(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    first = plan(browser, kenji, manager, days="tue").context["page"].rows[1].occasion.start_at
    holiday = away(kenji, first)
    fields = posted(plan(browser, kenji, manager, days="tue"), reverse("meetings:book_series"))
    browser.post(reverse("meetings:book_series"), fields | {"title": "Tuesdays", "channel": "video"})
    series = Series.objects.get()
    assert series.meetings.count() == WEEKS - 1
    holiday.delete()
    away(kenji, series.meetings.all()[3].start_at + DAY)
    address = reverse("meetings:move_series", args=[series.pk])
    response = browser.get(address, {"days": "wed", "times": "1"})
    assert browser.post(address, posted(response, address)).status_code == 303
    weeks = series.meetings.filter(status="confirmed").values_list("series_week_date", flat=True)
    assert set(weeks) == {monday() + week * WEEK for week in range(WEEKS)} - {monday() + 4 * WEEK}
    kinds = MeetingChange.objects.filter(series_sequence=1).order_by("pk").values_list("kind", flat=True)
    assert sorted(kinds) == ["booked"] + ["cancelled"] + ["moved"] * (WEEKS - 2)
    assert kinds[0] == "moved"


def test_a_series_page_shows_past_and_cancelled_weeks_as_such(
    browser: Browser, manager: AccountManager, kenji: Contact
) -> None:
    book(browser, kenji, manager)
    meeting = Meeting.objects.all()[1]
    services.cancel(actor=manager, meeting=meeting, reason="", sequence=0, now=timezone.now())
    weeks = browser.get(reverse("meetings:series", args=[meeting.series_id])).context["overview"].weeks
    assert [week.state.value for week in weeks] == ["to_come", "cancelled"] + ["to_come"] * (WEEKS - 2)
