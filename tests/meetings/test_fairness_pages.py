"""Who has carried the awkward hours, as a browser meets it."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from clients.models import AccountManager, Client, Contact, Team
from scheduling.meetings.fairness.ledger import clients_of, entries_of
from scheduling.meetings.fairness.measures import burdens_at
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import attendee_key, burdens_of
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def text_of(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def signed_in(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def address(scope: Client | Team, person: AccountManager | Contact | None = None) -> str:
    kind = "clients" if isinstance(scope, Client) else "teams"
    if person is None:
        return reverse("meetings:fairness", args=[kind, scope.pk])
    return reverse("meetings:fairness_person", args=[kind, scope.pk, attendee_key(person)])


def shown(browser: Browser, url: str) -> str:
    response = browser.get(url)
    assert response.status_code == 200
    return text_of(response.content)


@pytest.fixture
def team() -> Team:
    return make_team(name="Team Tide")


@pytest.fixture
def mara(team: Team) -> AccountManager:
    return make_account_manager(team, full_name="Mara Test", address_as="Mara")


@pytest.fixture
def sails(team: Team) -> Client:
    return make_client(team, name="Sample Sails")


@pytest.fixture
def ilie(sails: Client) -> Contact:
    return make_contact(sails, full_name="Ilie Sample", address_as="Ilie")


def met(manager: AccountManager, *contacts: Contact, ago: float, staff: float = 0, client: float = 0) -> Meeting:
    """A meeting so many days ago, and what it cost either side."""
    start_at = timezone.now().replace(microsecond=0) - ago * DAY
    meeting = make_meeting(manager, contacts, start_at=start_at, booked_at=start_at - DAY, title=f"Call {ago:g}")
    meeting.attendances.filter(contact=None).update(cost=Decimal(staff), band="very_hard" if staff else "ideal")
    meeting.attendances.exclude(contact=None).update(cost=Decimal(client), band="hard" if client else "ideal")
    return meeting


# Who may see what


def test_pages_are_for_those_who_look_after_the_client_or_belong_to_the_team(
    sails: Client, team: Team, mara: AccountManager, ilie: Contact
) -> None:
    met(mara, ilie, ago=3, staff=10)
    pages = [address(sails), address(team), address(sails, ilie), address(team, mara)]
    stranger, admin = make_account_manager(make_team()), make_account_manager(is_staff=True)
    for url in pages:
        assert Browser().get(url).status_code == 302
        assert signed_in(stranger).get(url).status_code == 404
        assert signed_in(mara).get(url).status_code == 200
        assert signed_in(admin).get(url).status_code == 200
        assert signed_in(mara).post(url).status_code == 405


def test_only_people_of_the_page_have_a_page_behind_it(sails: Client, team: Team, mara: AccountManager) -> None:
    other = make_contact(make_client(team))
    browser = signed_in(mara)
    # Mara has not met anybody there.
    for person in (other, mara):
        assert browser.get(address(sails, person)).status_code == 404
    for url in (
        reverse("meetings:fairness_person", args=["clients", sails.pk, "nobody"]),
        reverse("meetings:fairness", args=["continents", team.pk]),
        reverse("meetings:fairness", args=["teams", 10**30]),
        reverse("meetings:fairness", args=["clients", sails.pk + 1000]),
    ):
        assert browser.get(url).status_code == 404


def test_a_meeting_with_a_client_of_others_is_counted_but_not_named(
    sails: Client, mara: AccountManager, ilie: Contact, team: Team
) -> None:
    both = make_account_manager(team, make_team(), full_name="Both Sides")
    elsewhere = make_contact(make_client(both.teams.exclude(pk=team.pk).get(), name="Hidden Harbour"))
    met(both, ilie, ago=20, staff=5)
    secret = met(both, elsewhere, ago=2.5, staff=90)
    for url in (address(sails), address(sails, both)):
        html = signed_in(mara).get(url).content.decode()
        assert "Hidden Harbour" not in html
        assert secret.title not in html
        assert reverse("meetings:detail", args=[secret.pk]) not in html
        assert "another client" in html
    assert secret.title in shown(signed_in(both), address(sails, both))


# What is said


def test_page_says_who_is_to_be_spared_and_who_carries_what(sails: Client, mara: AccountManager, ilie: Contact) -> None:
    met(mara, ilie, ago=56, staff=120, client=40)
    text = shown(signed_in(mara), address(sails))
    # Eight weeks on, half of it is left; a client's half counts five times.
    assert "Ilie is to be spared next: a client’s 20 points count five times, which makes 100" in text
    assert "Where hours are shared evenly it is Mara , with 60 points." in text
    assert "Mara carries 75% of everything; 50% would be an even share." in text
    assert "100% of it comes from “ Call 56 ”" in text
    # (60 + 20)² / (2 × (60² + 20²)), and that times two people
    assert "0.80" in text
    assert "As uneven as if 1.6 of 2 people carried everything in equal parts." in text


def test_a_colleague_who_carries_more_than_five_times_as_much_is_spared_first(
    sails: Client, mara: AccountManager, ilie: Contact
) -> None:
    met(mara, ilie, ago=56, staff=400, client=20)
    text = shown(signed_in(mara), address(sails))
    assert "Mara is to be spared next: 200 points are more than any client’s, which count five times." in text


def test_what_is_equal_is_called_equal(sails: Client, mara: AccountManager, ilie: Contact) -> None:
    met(mara, ilie, ago=9, staff=30, client=30)
    text = shown(signed_in(mara), address(sails))
    assert "All 2 people carry the same." in text
    assert "1.00" in text


def test_what_has_faded_is_nothing_to_spare_anybody_for(sails: Client, mara: AccountManager, ilie: Contact) -> None:
    met(mara, ilie, ago=1200, staff=30)
    text = shown(signed_in(mara), address(sails))
    assert "Nobody needs to be spared" in text


def test_the_month_so_far_is_told_apart_from_what_was_before(
    sails: Client, mara: AccountManager, ilie: Contact
) -> None:
    now = timezone.now()
    since_month_began = now - now.astimezone(mara.zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    before = since_month_began / DAY + 28
    met(mara, ilie, ago=before, staff=100)
    met(mara, ilie, ago=min(0.1, since_month_began / DAY / 2), staff=0, client=50)
    [page] = [signed_in(mara).get(address(sails)).context["page"]]
    numbers = {each.short_name: each for each in page.bearers}
    assert numbers["Mara"].before == pytest.approx(100 * 0.5**0.5, rel=1e-3)
    assert numbers["Mara"].burden < numbers["Mara"].before
    assert numbers["Ilie"].before == 0
    assert numbers["Ilie"].numbers[2].startswith("+")
    assert numbers["Mara"].numbers[2].startswith(("-", "−", "0"))
    assert page.index.change == "fairer now"


def test_team_page_compares_colleagues_with_one_another_and_with_clients(
    team: Team, sails: Client, mara: AccountManager, ilie: Contact
) -> None:
    make_account_manager(team, full_name="Noor Idle", address_as="Noor")
    make_account_manager(team, full_name="Left Long", is_active=False)
    make_contact(sails)
    met(mara, ilie, ago=56, staff=80, client=20)
    text = shown(signed_in(mara), address(team))
    assert "Mara carries most, 40 points, and is to be spared next." in text
    assert "Noor Idle" in text
    assert "Left Long" not in text
    # 40 points among two colleagues, 10 among two contacts
    assert "An account manager carries 20 points on average and a contact 5 : clients are spared." in text
    overview = shown(signed_in(mara), reverse("meetings:fairness_overview"))
    assert "Team Tide 2 account managers · 1 client" in overview


def test_meetings_of_a_person_come_with_what_is_left_of_their_cost(
    sails: Client, mara: AccountManager, ilie: Contact
) -> None:
    old, new = met(mara, ilie, ago=112, client=100), met(mara, ilie, ago=56, client=50)
    cancelled = met(mara, ilie, ago=5, client=70)
    Meeting.objects.filter(pk=cancelled.pk).update(status=Status.CANCELLED)
    Attendance.objects.filter(meeting=cancelled).update(status=Status.CANCELLED)
    response = signed_in(mara).get(address(sails, ilie))
    rows = [(row.attendance.meeting.pk, row.cost, row.left, row.part) for row in response.context["rows"]]
    assert rows == [(new.pk, "50", "25", "50%"), (old.pk, "100", "25", "50%")]
    html = response.content.decode()
    assert reverse("meetings:detail", args=[old.pk]) in html
    assert "50 points now" in text_of(response.content)


def test_pages_without_a_meeting_say_what_to_do_next(sails: Client, team: Team, mara: AccountManager) -> None:
    browser = signed_in(mara)
    assert reverse("clients:contact_create", args=[sails.pk]) in browser.get(address(sails)).content.decode()
    make_contact(sails)
    assert f"{reverse('meetings:propose')}?client={sails.pk}" in browser.get(address(sails)).content.decode()
    assert reverse("meetings:propose") in browser.get(address(team)).content.decode()
    assert "You belong to no team yet" in shown(
        signed_in(make_account_manager()), reverse("meetings:fairness_overview")
    )


def test_the_pages_are_linked_from_where_the_question_comes_up(
    sails: Client, team: Team, mara: AccountManager, ilie: Contact
) -> None:
    met(mara, ilie, ago=3, staff=10)
    browser = signed_in(mara)
    for url in (
        reverse("desk:client", args=[sails.pk]),
        f"{reverse('meetings:propose')}?client={sails.pk}",
    ):
        assert address(sails) in browser.get(url).content.decode()
    assert reverse("meetings:fairness_overview") in browser.get(reverse("clients:list")).content.decode()
    assert address(team) in browser.get(reverse("meetings:fairness_overview")).content.decode()


def test_names_and_titles_with_markup_are_shown_as_text(sails: Client, mara: AccountManager) -> None:
    contact = make_contact(sails, full_name="<b>Bold</b>", address_as="<b>Bold</b>")
    meeting = met(mara, contact, ago=3, client=10)
    Meeting.objects.filter(pk=meeting.pk).update(title="<i>Sly</i>")
    for url in (address(sails), address(sails, contact)):
        html = signed_in(mara).get(url).content.decode()
        assert "<b>Bold" not in html
        assert "<i>Sly" not in html
        assert "&lt;b&gt;Bold" in html


# What it is made of


def test_the_ledger_agrees_with_what_proposals_count(sails: Client, mara: AccountManager, ilie: Contact) -> None:
    now = timezone.now()
    for ago in (0.5, 3, 40, 200):
        met(mara, ilie, ago=ago, staff=ago * 3, client=7)
    met(mara, ilie, ago=-2, staff=500, client=500)  # still to come
    people = [ilie, mara]
    entries = entries_of(people, now)
    assert {key: burdens_at(theirs, [now])[0] for key, theirs in entries.items()} == pytest.approx(
        burdens_of(people, now)
    )
    contacts, at_clients = clients_of(sails.team, now)
    assert contacts == 1
    assert burdens_at(at_clients, [now])[0] == pytest.approx(burdens_of([ilie], now)[attendee_key(ilie)])


def test_pages_ask_the_database_as_often_for_many_people_as_for_one(
    sails: Client, team: Team, mara: AccountManager, ilie: Contact, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    met(mara, ilie, ago=4, staff=10, client=10)
    browser = signed_in(mara)
    pages = {address(sails): 8, address(sails, ilie): 9, address(team): 9, reverse("meetings:fairness_overview"): 4}

    def read_all() -> None:
        for url, queries in pages.items():
            with django_assert_num_queries(queries):
                assert browser.get(url).status_code == 200

    read_all()
    for number in range(6):
        colleague, contact = make_account_manager(team), make_contact(sails)
        for ago in (5, 50, 100):
            met(colleague, contact, ago=ago + number, staff=10 + number, client=20)
            met(mara, ilie, make_contact(make_client(team)), ago=ago + number + 0.5, staff=3)
    read_all()
