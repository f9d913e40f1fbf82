"""Today, a client's profile, who is off when and one's account, as a browser meets them."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clients.models import AccountManager, Client, Contact, DayOff, Team
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.services import ensure_place_calendar
from scheduling.meetings.models import Attendance
from scheduling.meetings.models.meeting import Status
from scheduling.outreach.models import Message
from scheduling.outreach.services.planning import plan
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
AROUND_THE_CLOCK = {day: [["00:00", "00:00"]] for day in WEEK}
PAGES = ["desk:today", "desk:off", "desk:account"]


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def page(browser: Browser, name: str, *args: object) -> str:
    response = browser.get(reverse(name, args=args))
    assert response.status_code == 200
    return text_of(response.content)


def signed_in(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


@pytest.fixture
def team() -> Team:
    return make_team()


@pytest.fixture
def manager(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Mara Test", language="en-GB")


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    return signed_in(manager)


@pytest.fixture
def client_row(team: Team) -> Client:
    return make_client(team, name="Sample Sails", city="Constanța", notes="Sends the agenda first.")


def meet(manager: AccountManager, contact: Contact, in_days: float, cost: int = 0, **values: Any) -> None:
    """A meeting that many days from now, or ago, which cost the contact so many points."""
    start_at = (timezone.now() + in_days * DAY).replace(minute=0, second=0, microsecond=0)
    meeting = make_meeting(manager, [contact], start_at=start_at, booked_at=start_at - 9 * DAY, **values)
    band = "hard" if cost else "ideal"
    meeting.attendances.filter(contact=contact).update(cost=Decimal(cost), band=band)


def populate(manager: AccountManager, team: Team, number: int) -> list[Client]:
    """Clients with two contacts each, calendars, days off, and meetings behind and ahead."""
    clients: list[Client] = []
    for country in ["RO", "JP", "DE", "BR", "EG", "NP", "KE", "MX"][:number]:
        client = make_client(team, country=country)
        for _ in range(2):
            contact = make_contact(
                client, calendar=ensure_place_calendar(country=country), working_hours=AROUND_THE_CLOCK
            )
            today = timezone.now().date()
            DayOff.objects.create(contact=contact, first_date=today + 2 * DAY, last_date=today + 3 * DAY, reason="Away")
        for week in range(3):
            meet(manager, contact, -7 * week - 3 - len(clients) / 10, cost=20)
            meet(manager, contact, week + 1 + len(clients) / 10)
        clients.append(client)
    return clients


# Who may see what


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_for_those_who_have_signed_in(name: str, client: Browser) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", PAGES)
def test_pages_only_read(name: str, browser: Browser) -> None:
    assert browser.post(reverse(name)).status_code == 405


def test_client_of_another_team_answers_as_one_that_does_not_exist(browser: Browser) -> None:
    foreign = make_client(make_team())
    assert browser.get(reverse("desk:client", args=[foreign.pk])).status_code == 404
    assert browser.get(reverse("desk:client", args=[foreign.pk + 1000])).status_code == 404


def test_admin_sees_every_client(client_row: Client) -> None:
    admin = make_account_manager(is_staff=True)
    assert "Sample Sails" in page(signed_in(admin), "desk:client", client_row.pk)


# Today


def test_today_without_clients_says_what_to_do_next(browser: Browser) -> None:
    response = browser.get(reverse("desk:today"))
    assert "No clients yet" in text_of(response.content)
    assert reverse("clients:create") in response.content.decode()


def test_today_without_meetings_offers_to_propose_one(browser: Browser, client_row: Client) -> None:
    make_contact(client_row)
    response = browser.get(reverse("desk:today"))
    assert "Nothing in the next seven days." in text_of(response.content)
    assert reverse("meetings:propose") in response.content.decode()


def test_today_shows_each_meeting_on_the_readers_clock_and_on_the_contacts(
    manager: AccountManager, browser: Browser, client_row: Client
) -> None:
    contact = make_contact(client_row, full_name="Sabina Test", time_zone="Asia/Kathmandu")
    day = timezone.now().astimezone(ZoneInfo("Europe/London")).date() + 2 * DAY
    start_at = dt.datetime.combine(day, dt.time(9), ZoneInfo("Europe/London")).astimezone(dt.UTC)
    make_meeting(manager, [contact], start_at=start_at, booked_at=timezone.now(), title="Yearly plan")
    shown = page(browser, "desk:today")
    local = start_at.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert re.search(rf"09:00 –09:45 .*Yearly plan .*Sabina Test .*{local:%H:%M}–.*Kathmandu \(GMT\+5:45\)", shown)


def test_today_leaves_out_what_is_over_cancelled_later_or_somebody_elses(
    manager: AccountManager, team: Team, browser: Browser, client_row: Client
) -> None:
    contact = make_contact(client_row)
    meet(manager, contact, -1, title="Over")
    meet(manager, contact, 1, title="Called off", status=Status.CANCELLED)
    meet(manager, contact, 9, title="In nine days")
    meet(make_account_manager(team), contact, 2, title="Held by a colleague")
    shown = page(browser, "desk:today")
    assert "Over" not in shown
    assert "Called off" not in shown
    assert "Held by a colleague" not in shown
    # The week is empty, so the next meeting after it is named.
    assert "Nothing in the next seven days. The next one is on" in shown
    assert "In nine days" in shown


def test_today_tells_who_is_at_work_now(browser: Browser, client_row: Client) -> None:
    make_contact(client_row, full_name="Always There", working_hours=AROUND_THE_CLOCK)
    make_contact(client_row, full_name="Never There", working_hours={})
    at_work = page(browser, "desk:today").partition("At work now")[2]
    assert "Always There" in at_work
    assert "Never There" not in at_work


def test_today_tells_who_is_off_by_the_holidays_name(browser: Browser, client_row: Client) -> None:
    calendar = ensure_place_calendar(country="RO")
    tomorrow = timezone.now().date() + DAY
    CalendarChange.objects.create(
        calendar=calendar, kind=CalendarChange.Kind.CLOSURE, first_date=tomorrow, last_date=tomorrow, name="Sail day"
    )
    make_contact(client_row, full_name="Ioana Test", calendar=calendar)
    assert re.search(r"Sail day .*Ioana Test · Sample Sails", page(browser, "desk:today"))


def test_today_warns_of_what_could_not_be_delivered(
    manager: AccountManager, browser: Browser, client_row: Client
) -> None:
    contact = make_contact(client_row)
    meet(manager, contact, 3)
    Attendance.objects.update(status=Status.CONFIRMED)
    meeting = manager.organized_meetings.get()
    meeting.changes.update(at=timezone.now())
    plan(now=timezone.now())
    assert "could not be delivered" not in page(browser, "desk:today")
    Message.objects.filter(attendance__contact=contact).update(state=Message.State.DEAD)
    assert "1 message about a coming meeting could not be delivered." in page(browser, "desk:today")


# A client's profile


def test_profile_shows_everything_about_the_client(
    manager: AccountManager, browser: Browser, client_row: Client
) -> None:
    contact = make_contact(
        client_row,
        full_name="Kenji Test",
        native_name="試験 健二",
        address_as="試験様",
        job_title="Buyer",
        phone="+442079460101",
        language="ja-JP",
        time_zone="Asia/Tokyo",
        preferred_channel=Contact.Channel.VIDEO,
        working_hours={
            **{day: [["09:00", "12:30"], ["14:00", "18:00"]] for day in WEEK[:4]},
            "fri": [["22:00", "06:00"]],
        },
        preferred_hours={"tue": [["10:00", "12:00"]]},
        calendar=ensure_place_calendar(country="JP"),
        notes="Takes calls until late.",
        buffer_minutes=15,
    )
    today = timezone.now().date()
    DayOff.objects.create(contact=contact, first_date=today + 20 * DAY, last_date=today + 21 * DAY, reason="Retreat")
    shown = page(browser, "desk:client", client_row.pk)
    for expected in [
        "Sample Sails", "Constanța · Romania", "Sends the agenda first.", "Kenji Test", "試験 健二",
        "addressed as 試験様", "Buyer", "+44 20 7946 0101", "日本語 (日本)", "Tokyo (GMT+9)", "Video call",
        "Mon–Thu 09:00–12:30 and 14:00–18:00", "Fri 22:00–06:00 +1", "Tue 10:00–12:00", "Japan", "Retreat",
        "Takes calls until late.", "15 minutes",
    ]:  # fmt: skip
        assert expected in shown
    html = browser.get(reverse("desk:client", args=[client_row.pk])).content.decode()
    assert f"{reverse('meetings:propose')}?client={client_row.pk}" in html
    assert reverse("clients:edit", args=[client_row.pk]) in html
    assert reverse("clients:contact_edit", args=[contact.pk]) in html


@pytest.mark.parametrize(
    ("weekdays", "expected"),
    [
        (["sun", "mon", "tue", "wed", "thu"], "Sun–Thu 08:00–12:00"),
        (["mon", "wed", "fri"], "Mon 08:00–12:00 Wed 08:00–12:00 Fri 08:00–12:00"),
        (list(WEEK), "Mon–Sun 08:00–12:00"),
        (["sat", "sun", "mon"], "Sat–Mon 08:00–12:00"),
        ([], "none"),
    ],
)
def test_profile_reads_the_same_hours_on_days_in_a_row_as_one(
    weekdays: list[str], expected: str, browser: Browser, client_row: Client
) -> None:
    make_contact(client_row, working_hours={day: [["08:00", "12:00"]] for day in weekdays})
    assert f"Working hours {expected} Reachable" in page(browser, "desk:client", client_row.pk)


def test_profile_without_contacts_says_what_to_do_next(browser: Browser, client_row: Client) -> None:
    response = browser.get(reverse("desk:client", args=[client_row.pk]))
    assert "Nobody to talk to yet" in text_of(response.content)
    assert reverse("clients:contact_create", args=[client_row.pk]) in response.content.decode()
    assert reverse("meetings:propose") + "?client" not in response.content.decode()


def test_profile_names_holidays_in_the_readers_language_or_says_in_which(team: Team, client_row: Client) -> None:
    make_contact(client_row, calendar=ensure_place_calendar(country="ES", subdivision="MD"), language="es-ES")
    spanish = signed_in(make_account_manager(team, language="es-ES"))
    html = spanish.get(reverse("desk:client", args=[client_row.pk])).content.decode()
    assert 'lang="es">Natividad del Señor</bdi>' in html
    assert "English" not in html
    brazilian = make_client(team, country="BR")
    make_contact(brazilian, calendar=ensure_place_calendar(country="BR"), language="pt-BR")
    html = spanish.get(reverse("desk:client", args=[brazilian.pk])).content.decode()
    assert 'lang="en-US">Christmas Day</bdi>' in html
    assert "<bdi>English (United States)</bdi>" in html


def test_profile_marks_dates_that_wait_for_the_moon(browser: Browser, client_row: Client) -> None:
    # Half of the Emirates' holidays follow the moon, so one of them is always among the next ones.
    make_contact(client_row, calendar=ensure_place_calendar(country="AE"))
    assert " estimated" in page(browser, "desk:client", client_row.pk)


def test_profile_shows_holidays_in_a_row_as_one(browser: Browser, client_row: Client) -> None:
    calendar = HolidayCalendar.objects.create(name="Sails", country="RO")
    first = timezone.now().date() + DAY
    CalendarChange.objects.create(
        calendar=calendar, kind=CalendarChange.Kind.CLOSURE, first_date=first, last_date=first + 3 * DAY, name="Refit"
    )
    make_contact(client_row, calendar=calendar)
    assert page(browser, "desk:client", client_row.pk).count("Refit") == 1


def test_profile_shows_who_carried_what(manager: AccountManager, browser: Browser, client_row: Client) -> None:
    contact = make_contact(client_row, full_name="Kenji Test")
    meet(manager, contact, -56, cost=80, title="Eight weeks ago")
    meet(manager, contact, 5, title="Next one")
    shown = page(browser, "desk:client", client_row.pk)
    assert re.search(r"Meetings to come .*Next one .*Who has carried", shown)
    # 80 points, halved once in eight weeks.
    assert re.search(r"Who has carried the awkward hours Kenji Test 40 Mara Test 0 ", shown)
    assert re.search(r"Eight weeks ago Kenji Test Hard · 80 Mara Test Ideal · 0", shown)


def test_names_with_markup_are_shown_as_text(manager: AccountManager, browser: Browser, client_row: Client) -> None:
    contact = make_contact(client_row, notes="<script>alert(1)</script>", working_hours=AROUND_THE_CLOCK)
    Contact.objects.filter(pk=contact.pk).update(full_name="<b onclick=x>Kenji</b>")
    meet(manager, contact, 1)
    for address in (reverse("desk:client", args=[client_row.pk]), reverse("desk:today"), reverse("desk:off")):
        html = browser.get(address).content.decode()
        assert "<b onclick" not in html
        assert "<script>alert" not in html


# Who is off when


def test_who_is_off_groups_people_by_client_and_lists_the_days(
    manager: AccountManager, browser: Browser, client_row: Client
) -> None:
    today = timezone.now().date()
    contact = make_contact(client_row, full_name="Away Person")
    DayOff.objects.create(contact=contact, first_date=today + 5 * DAY, last_date=today + 7 * DAY, reason="Regatta")
    DayOff.objects.create(
        account_manager=manager, first_date=today + 9 * DAY, last_date=today + 9 * DAY, reason="Training"
    )
    far = make_contact(client_row, full_name="Far Person")
    DayOff.objects.create(contact=far, first_date=today + 120 * DAY, last_date=today + 121 * DAY)
    shown = page(browser, "desk:off")
    assert re.search(r"Your colleagues and you Mara Test .*Sample Sails Romania Away Person", shown)
    assert re.search(r"Day by day .*Regatta Away Person · Sample Sails .*Training Mara Test", shown)
    assert "Far Person" not in shown


def test_who_is_off_is_drawn_for_as_long_as_it_lasts(browser: Browser, client_row: Client) -> None:
    london = timezone.now().astimezone(ZoneInfo("Europe/London")).date()
    contact = make_contact(client_row)
    DayOff.objects.create(contact=contact, first_date=london + 9 * DAY, last_date=london + 17 * DAY)
    html = browser.get(reverse("desk:off")).content.decode()
    # Nine of ninety days, from the tenth on.
    assert 'offs__bar--leave" x="10.000%" width="10.000%"' in html


def test_who_is_off_comes_in_pages_of_clients(manager: AccountManager, team: Team, browser: Browser) -> None:
    today = timezone.now().date()
    DayOff.objects.create(account_manager=manager, first_date=today + DAY, last_date=today + DAY)
    for number in range(30):
        contact = make_contact(make_client(team, name=f"Client {number:02}", country="RO"))
        DayOff.objects.create(contact=contact, first_date=today + DAY, last_date=today + DAY)
    first, second = page(browser, "desk:off"), text_of(browser.get(reverse("desk:off"), {"page": 2}).content)
    assert "Client 24" in first
    assert "Client 25" not in first
    assert "Client 25" in second
    assert "Your colleagues and you" in first
    assert "Your colleagues and you" not in second


# One's account


def test_account_leads_to_everything_about_signing_in(browser: Browser) -> None:
    html = browser.get(reverse("desk:account")).content.decode()
    for name in ["clients:me", "account_change_password", "mfa_activate_totp", "mfa_add_webauthn"]:
        assert f'href="{reverse(name)}"' in html
    assert f'<form method="post" action="{reverse("account_logout")}">' in html


# Languages


def test_pages_speak_the_readers_language(team: Team, client_row: Client) -> None:
    manager = make_account_manager(team, language="es-MX")
    meet(manager, make_contact(client_row), 2)
    browser = signed_in(manager)
    for name, args in [*((name, []) for name in PAGES), ("desk:client", [client_row.pk])]:
        response = browser.get(reverse(name, args=args))
        assert response.headers["Content-Language"] == "es"
        assert '<html lang="es-MX" dir="ltr">' in response.content.decode()
    weekdays = "lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    assert re.search(rf"({weekdays}) ?,? \d+ de ", page(browser, "desk:today"))


# Queries


@pytest.mark.parametrize(("name", "queries"), [("desk:today", 19), ("desk:off", 9), ("desk:account", 7)])
def test_pages_ask_the_database_as_often_for_many_clients_as_for_one(
    name: str, queries: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in (1, 8):
        team = make_team()
        manager = make_account_manager(team)
        populate(manager, team, number)
        browser = signed_in(manager)
        browser.get(reverse(name))
        with django_assert_num_queries(queries):
            assert browser.get(reverse(name)).status_code == 200


def test_profile_asks_the_database_as_often_for_many_contacts_as_for_two(
    manager: AccountManager, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    (client,) = populate(manager, manager.teams.get(), 1)
    browser = signed_in(manager)
    for _ in range(2):
        with django_assert_num_queries(19):
            assert browser.get(reverse("desk:client", args=[client.pk])).status_code == 200
        for country in ("FR", "IT", "PT"):
            contact = make_contact(client, calendar=ensure_place_calendar(country=country))
            meet(manager, contact, -60 - contact.pk, cost=30)
