"""The propose page over real rows: what it shows, for whom, from its address alone, and at what cost."""

import datetime as dt
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from clients.models import AccountManager, Client, Contact, DayOff, Team
from holidays_app.models import HolidayCalendar
from scheduling.meetings import services
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12
DAY = dt.timedelta(days=1)


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def manager(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Maya Example", address_as="Maya", time_zone="UTC")


@pytest.fixture
def client_row(team: Team) -> Client:
    return make_client(team, name="Northwind Example")


@pytest.fixture
def claire(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Claire Example", address_as="Claire", time_zone="America/Bogota")


@pytest.fixture
def kenji(client_row: Client) -> Contact:
    return make_contact(client_row, full_name="Kenji Example", address_as="Kenji", time_zone="Asia/Tokyo")


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def monday() -> dt.date:
    """The Monday after next: a week of it is to come, whenever the test runs."""
    today = timezone.now().date()
    return today + dt.timedelta(days=14 - today.weekday())


def at(date: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime(date.year, date.month, date.day, hour, minute, tzinfo=dt.UTC)


def propose(browser: Browser, *people: Contact | AccountManager, **parameters: Any) -> Any:
    """The page for the people over one week, or other parameters."""
    data: dict[str, Any] = {
        "contacts": [person.pk for person in people if isinstance(person, Contact)],
        "colleagues": [person.pk for person in people if isinstance(person, AccountManager)],
        "first": monday(),
        "last": monday() + 6 * DAY,
        **parameters,
    }
    return browser.get(reverse("meetings:propose"), data)


def text(response: Any) -> str:
    """What is read, without markup and with ordinary spaces."""
    return " ".join(html.unescape(strip_tags(response.content.decode())).split())


def hidden_fields(response: Any, action: str) -> dict[str, list[str]]:
    """The hidden fields of the form that posts to an address."""
    content = response.content.decode()
    form = content[content.index(f'action="{action}"') :]
    form = form[: form.index("</form>")]
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def test_the_page_asks_whom_to_meet_first(browser: Browser, claire: Contact) -> None:
    response = browser.get(reverse("meetings:propose"))
    assert response.status_code == 200
    assert "Choose the client first" in text(response)
    assert "Best times found" not in text(response)
    assert "Northwind Example" in text(response)


def test_a_client_alone_stands_for_its_contacts_and_the_reader(
    browser: Browser, client_row: Client, claire: Contact, kenji: Contact
) -> None:
    response = browser.get(reverse("meetings:propose"), {"client": client_row.pk})
    assert response.status_code == 200
    page = response.context["page"]
    assert [one.name for one in page.people] == ["Claire Example", "Maya Example", "Kenji Example"]
    assert (page.query.last_date - page.query.first_date).days == 13
    assert page.query.first_date == timezone.now().date() + DAY


def test_people_stand_from_west_to_east_with_their_own_time(
    browser: Browser, manager: AccountManager, claire: Contact, kenji: Contact
) -> None:
    moment = at(monday(), 13)
    response = propose(browser, kenji, claire, manager, at=moment.isoformat())
    rows = response.context["page"].ribbon.rows
    assert [(row.portrait.name, row.reading.starts, row.offset) for row in rows] == [
        ("Claire Example", "08:00", "GMT−5"),
        ("Maya Example", "13:00", "GMT"),
        ("Kenji Example", "22:00", "GMT+9"),
    ]
    assert "Ends 5 hours 45 minutes after the working hours (09:00–17:00)" in text(response)


def test_everything_shown_follows_from_the_address(
    browser: Browser, manager: AccountManager, claire: Contact, kenji: Contact
) -> None:
    response = propose(browser, claire, kenji, manager, policy="shared", duration=30)
    page = response.context["page"]
    other = next(option for option in page.options if not option.is_shown)
    query = parse_qs(urlsplit(other.url).query)
    assert query["contacts"] == [str(claire.pk), str(kenji.pk)]
    assert (query["policy"], query["duration"]) == (["shared"], ["30"])
    followed = browser.get(other.url).context["page"]
    assert followed.shown == other.slot
    assert [option.slot for option in followed.options] == [option.slot for option in page.options]


def test_a_day_link_shows_the_fairest_time_of_that_day(
    browser: Browser, manager: AccountManager, claire: Contact
) -> None:
    cards = propose(browser, claire, manager).context["page"].picker.cards
    page = browser.get(cards[2].url).context["page"]
    assert page.ribbon.day.date == cards[2].date == monday() + 2 * DAY
    assert page.shown.start_at.date() == cards[2].date


def test_a_day_without_any_time_says_why(browser: Browser, manager: AccountManager, claire: Contact) -> None:
    DayOff.objects.create(contact=claire, first_date=monday(), last_date=monday() + DAY, reason="Fair")
    response = propose(browser, claire, manager, day=monday())
    assert response.context["page"].shown is None
    assert "No time on this day suits everybody." in text(response)
    assert "Claire is away: Fair." in text(response)
    assert reverse("meetings:book") not in response.content.decode()


def test_a_time_that_is_no_longer_possible_names_who_cannot_come(
    browser: Browser, manager: AccountManager, claire: Contact
) -> None:
    moment = at(monday(), 15)
    services.book(
        actor=manager,
        contacts=[claire],
        colleagues=[manager],
        title="Review",
        start_at=moment,
        duration_minutes=60,
        now=timezone.now(),
    )
    response = propose(browser, claire, manager, at=moment.isoformat())
    assert response.status_code == 200
    assert "is not possible. Claire has another meeting." in text(response)
    page = response.context["page"]
    assert (page.moment.start_at, page.shown) == (moment, None)
    assert {row.portrait.name: row.is_blocked for row in page.why} == {"Claire Example": True, "Maya Example": True}
    assert reverse("meetings:book") not in response.content.decode()


def test_holidays_are_named_in_the_readers_language(browser: Browser, manager: AccountManager, claire: Contact) -> None:
    manager.language = "es"
    manager.save()
    year = timezone.now().year + 1
    claire.calendar = HolidayCalendar.objects.create(country="CO", categories=["public"])
    claire.save()
    response = propose(browser, claire, manager, first=f"{year}-07-15", last=f"{year}-07-25", day=f"{year}-07-20")
    assert "Día de la Independencia" in text(response)
    assert "festivo" in text(response)


def test_nothing_feasible_offers_what_may_help(
    browser: Browser, manager: AccountManager, claire: Contact, kenji: Contact
) -> None:
    Contact.objects.filter(pk__in=(claire.pk, kenji.pk)).update(reachable_hours={})
    response = propose(browser, claire, kenji, manager)
    page = response.context["page"]
    assert page.feasible == 0
    assert "No time suits everybody in these days" in text(response)
    assert "What rules it out" in text(response)
    assert browser.get(page.more_days_url).status_code == 200


def test_the_form_books_the_time_shown(
    browser: Browser, manager: AccountManager, claire: Contact, kenji: Contact
) -> None:
    response = propose(browser, claire, kenji, manager)
    shown = response.context["page"].shown
    fields = hidden_fields(response, reverse("meetings:book"))
    booked = browser.post(reverse("meetings:book"), {**fields, "title": "Quarterly review", "channel": "video"})
    assert booked.status_code == 303
    meeting = Meeting.objects.get()
    assert (meeting.start_at, meeting.end_at) == (shown.start_at, shown.end_at)
    costs = {row.person.full_name: float(row.cost) for row in meeting.attendances.all()}
    assert costs == {row.portrait.name: pytest.approx(row_cost(response, row.portrait.key)) for row in rows(response)}


def rows(response: Any) -> list[Any]:
    return list(response.context["page"].ribbon.rows)


def row_cost(response: Any, key: str) -> float:
    costs: dict[str, float] = {share.id: share.cost for share in response.context["page"].shown.participants}
    return costs[key]


def test_a_lost_time_keeps_what_was_typed_and_offers_the_next_best_at_once(
    browser: Browser, manager: AccountManager, claire: Contact
) -> None:
    response = propose(browser, claire, manager)
    fields = hidden_fields(response, reverse("meetings:book"))
    words = {"title": "Quarterly review", "channel": "phone", "agenda": "Figures & plans"}
    first = browser.post(reverse("meetings:book"), {**fields, **words})
    assert first.status_code == 303
    lost = browser.post(
        reverse("meetings:book"), {**fields, **words, "idempotency_key": "6f1b1ad6-2a3f-4c43-8f0c-0d3b5b2f4f10"}
    )
    assert lost.status_code == 409
    content = lost.content.decode()
    assert 'value="Quarterly review"' in content
    assert "Figures &amp; plans" in content
    assert '<option value="phone" selected>' in content
    offered = [
        html.unescape(value) for value in re.findall(r'<input type="radio" name="start_at" value="([^"]*)"', content)
    ]
    assert len(offered) == 5
    assert fields["start_at"][0] not in offered
    again = hidden_fields(lost, reverse("meetings:book"))
    assert again["first"] == fields["first"]
    assert again["idempotency_key"] != fields["idempotency_key"]
    second = browser.post(reverse("meetings:book"), {**again, **words, "start_at": offered[1]})
    assert second.status_code == 303
    assert Meeting.objects.count() == 2


def test_a_booking_without_a_title_is_shown_again_with_its_time(
    browser: Browser, manager: AccountManager, claire: Contact
) -> None:
    moment = at(monday() + DAY, 16, 15)
    response = propose(browser, claire, manager, at=moment.isoformat())
    fields = hidden_fields(response, reverse("meetings:book"))
    refused = browser.post(reverse("meetings:book"), {**fields, "title": "", "channel": "video", "agenda": "Kept"})
    assert refused.status_code == 422
    assert refused.context["page"].shown.start_at == moment
    assert "Kept" in refused.content.decode()
    assert 'aria-invalid="true"' in refused.content.decode()
    assert not Meeting.objects.exists()


@pytest.fixture
def meeting(manager: AccountManager, claire: Contact) -> Meeting:
    return services.book(
        actor=manager,
        contacts=[claire],
        colleagues=[manager],
        title="Review",
        start_at=at(monday(), 15),
        duration_minutes=60,
        now=timezone.now(),
    )


def test_moving_proposes_for_the_meetings_people_and_forgets_its_own_time(browser: Browser, meeting: Meeting) -> None:
    moment = at(monday(), 15, 15)
    data: dict[str, Any] = {"meeting": meeting.pk, "at": moment.isoformat(), "last": monday() + 6 * DAY}
    response = browser.get(reverse("meetings:propose"), data)
    page = response.context["page"]
    assert page.shown.start_at == moment
    assert page.query.duration_minutes == 60
    address = reverse("meetings:move", args=[meeting.pk])
    moved = browser.post(address, {**hidden_fields(response, address), "reason": "Train"})
    assert moved.status_code == 303
    meeting.refresh_from_db()
    assert (meeting.start_at, meeting.sequence) == (moment, 1)
    assert MeetingChange.objects.get(kind="moved").reason == "Train"


def test_a_cancelled_meeting_cannot_be_moved(browser: Browser, manager: AccountManager, meeting: Meeting) -> None:
    services.cancel(actor=manager, meeting=meeting, reason="", sequence=0, now=timezone.now())
    response = browser.get(reverse("meetings:propose"), {"meeting": meeting.pk})
    assert response.status_code == 409
    assert "This meeting is over or cancelled" in text(response)


def test_reading_writes_nothing(browser: Browser, manager: AccountManager, claire: Contact) -> None:
    with CaptureQueriesContext(connection) as queries:
        propose(browser, claire, manager)
    assert not [query["sql"] for query in queries if not query["sql"].lstrip().startswith("SELECT")]


def test_a_part_of_the_page_is_enough_for_htmx(browser: Browser, manager: AccountManager, claire: Contact) -> None:
    address = propose(browser, claire, manager).context["page"].options[1].url
    part = browser.get(address, headers={"HX-Request": "true"})
    whole = browser.get(address, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" not in part.content.decode()
    assert '<div class="stack propose" id="proposal"' in part.content.decode()
    assert "<html" in whole.content.decode()
    assert "HX-Request" in part.headers["Vary"]


def queries_of(browser: Browser, *people: Contact | AccountManager, **parameters: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert propose(browser, *people, **parameters).status_code == 200
    return len(queries)


def test_few_queries_answer_and_more_people_or_days_need_no_more(
    browser: Browser, manager: AccountManager, team: Team
) -> None:
    places = [("CA", "America/Toronto"), ("AE", "Asia/Dubai"), ("IN", "Asia/Kolkata"), ("JP", "Asia/Tokyo")]
    contacts = []
    for number in range(12):
        country, time_zone = places[number % 4]
        calendar = HolidayCalendar.objects.create(country=country, name=f"Calendar {number}")
        contact = make_contact(make_client(team), time_zone=time_zone, calendar=calendar)
        DayOff.objects.create(contact=contact, first_date=monday() + 3 * DAY, last_date=monday() + 3 * DAY)
        contacts.append(contact)
    colleague = make_account_manager(team, calendar=HolidayCalendar.objects.create(country="RO"))
    for contact in contacts[:2]:
        past = timezone.now() - dt.timedelta(weeks=3)
        meeting = Meeting.objects.create(
            client=contact.client,
            organizer=manager,
            title="Past",
            uid=f"past-{contact.pk}",
            start_date=past.date(),
            start_wall=past.time(),
            time_zone="UTC",
            duration_minutes=45,
            start_at=past,
            end_at=past + dt.timedelta(minutes=45),
            utc_offset_minutes=0,
            tzdata_version="2026a",
            created_at=past,
        )
        during = (meeting.start_at, meeting.end_at)
        Attendance.objects.create(meeting=meeting, contact=contact, role="client", cost=40, band="hard", during=during)
    six = queries_of(browser, *contacts[:4], manager, colleague, last=monday() + 13 * DAY)
    fourteen = queries_of(browser, *contacts, manager, colleague, last=monday() + 200 * DAY)
    assert six <= MOST_QUERIES
    assert fourteen == six


def test_a_person_with_markup_in_the_name_is_shown_as_written(
    browser: Browser, manager: AccountManager, client_row: Client
) -> None:
    # The forms refuse such names; a row may still hold one.
    contact = make_contact(client_row, full_name='<b title="x">Ana</b>', address_as="")
    content = propose(browser, contact, manager).content.decode()
    assert '<b title="x">' not in content
    assert "&lt;b title=&quot;x&quot;&gt;Ana&lt;/b&gt;" in content
