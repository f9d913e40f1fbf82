"""What an account manager reaches, and what nobody reaches who should not."""

from collections.abc import Callable

import pytest
from django.test import Client as Browser
from django.urls import reverse

from clients.models import AccountManager, Client, Contact, DayOff, Team
from clients.selectors import (
    clients_for,
    colleagues_for,
    contacts_for,
    countries_for,
    search_clients,
    teams_for,
    with_contacts,
)
from tests.clients.conftest import signed_in
from tests.clients.sending import sent_by
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db


def test_a_manager_sees_the_clients_and_contacts_of_their_teams_only(
    manager: AccountManager, own_contact: Contact, foreign_contact: Contact
) -> None:
    assert list(clients_for(manager)) == [own_contact.client]
    assert list(contacts_for(manager)) == [own_contact]
    assert list(teams_for(manager)) == [own_contact.client.team]
    assert countries_for(manager) == ["RO"]


def test_an_admin_sees_all(admin: AccountManager, own_contact: Contact, foreign_contact: Contact) -> None:
    assert set(clients_for(admin)) == {own_contact.client, foreign_contact.client}
    assert set(contacts_for(admin)) == {own_contact, foreign_contact}
    assert set(teams_for(admin)) == set(Team.objects.all())


def test_a_manager_without_a_team_sees_nobody_but_themselves(own_contact: Contact) -> None:
    lone = make_account_manager()
    assert not clients_for(lone).exists()
    assert not contacts_for(lone).exists()
    assert list(colleagues_for(lone)) == [lone]


def test_a_manager_in_two_teams_of_a_client_sees_it_once(team: Team, own_client: Client) -> None:
    both = make_account_manager(team, make_team())
    make_account_manager(team)
    assert list(clients_for(both)) == [own_client]


def test_colleagues_share_a_team_and_are_active(manager: AccountManager, team: Team) -> None:
    near = make_account_manager(team, make_team())
    make_account_manager(make_team())
    make_account_manager(team, is_active=False)
    assert set(colleagues_for(manager)) == {manager, near}


def test_leaving_a_team_takes_its_clients_away(manager: AccountManager, own_client: Client) -> None:
    manager.teams.clear()
    assert not clients_for(manager).exists()


PAGES: dict[str, Callable[[Contact], str]] = {
    "client edit": lambda contact: reverse("clients:edit", args=[contact.client_id]),
    "contact create": lambda contact: reverse("clients:contact_create", args=[contact.client_id]),
    "contact edit": lambda contact: reverse("clients:contact_edit", args=[contact.pk]),
    "client profile": lambda contact: reverse("desk:client", args=[contact.client_id]),
}


@pytest.mark.parametrize("page", PAGES)
def test_an_admin_reaches_every_page(admin_browser: Browser, foreign_contact: Contact, page: str) -> None:
    assert admin_browser.get(PAGES[page](foreign_contact)).status_code == 200


@pytest.mark.parametrize("number", ["0", "999999999", "99999999999999999999999", "9" * 5000, "-1", "abc"])
@pytest.mark.parametrize("path", ["/clients/{}/edit/", "/clients/{}/contacts/add/", "/clients/contacts/{}/edit/"])
def test_an_unknown_number_does_not_exist(browser: Browser, path: str, number: str) -> None:
    assert browser.get(path.format(number)).status_code == 404


@pytest.mark.parametrize("delete", ["", "on"])
def test_the_days_off_of_another_contact_can_not_be_changed_through_ones_own(
    browser: Browser, own_contact: Contact, foreign_contact: Contact, delete: str
) -> None:
    theirs = DayOff.objects.create(contact=foreign_contact, first_date="2026-03-02", last_date="2026-03-03")
    url = reverse("clients:contact_edit", args=[own_contact.pk])
    data = {
        **sent_by(browser.get(url)),
        "days_off-TOTAL_FORMS": "1",
        "days_off-INITIAL_FORMS": "1",
        "days_off-0-id": str(theirs.pk),
        "days_off-0-first_date": "2026-04-01",
        "days_off-0-last_date": "2026-04-02",
        "days_off-0-DELETE": delete,
    }
    assert browser.post(url, data).status_code < 500
    theirs.refresh_from_db()
    assert (theirs.contact, str(theirs.first_date)) == (foreign_contact, "2026-03-02")


class TestSearch:
    @pytest.fixture
    def found(self, manager: AccountManager, team: Team) -> Callable[..., list[str]]:
        lisbon = make_client(team, name="Baleia Branca", country="PT", city="Lisboa", segment="key")
        make_contact(lisbon, full_name="Duarte Medeiros", native_name="ドゥアルテ", email="duarte@baleia.example")
        make_client(team, name="100% Wool_Works", country="NZ", city="Dunedin")
        make_client(team, name="100 Percent", country="NZ", city="Auckland")

        def found(**criteria: str) -> list[str]:
            return list(search_clients(manager, **criteria).values_list("name", flat=True))  # type: ignore[arg-type]

        return found

    @pytest.mark.parametrize(
        "text", ["baleia", "BALEIA", "lisboa", "medeiros", "ドゥアルテ", "duarte@", "branca duarte lisboa", "  baleia "]
    )
    def test_finds_by_name_city_and_contact_in_any_case(self, found: Callable[..., list[str]], text: str) -> None:
        assert found(text=text) == ["Baleia Branca"]

    def test_needs_every_word(self, found: Callable[..., list[str]]) -> None:
        assert found(text="baleia auckland") == []

    def test_takes_wildcards_literally(self, found: Callable[..., list[str]]) -> None:
        assert found(text="100%") == ["100% Wool_Works"]
        assert found(text="l_w") == ["100% Wool_Works"]
        assert found(text="\\") == []

    def test_narrows_by_country_and_segment(self, found: Callable[..., list[str]]) -> None:
        assert found(country="NZ") == ["100 Percent", "100% Wool_Works"]
        assert found(segment="key") == ["Baleia Branca"]
        assert found(country="NZ", segment="key") == []


def test_a_list_shows_four_contacts_of_each_client_and_counts_all(manager: AccountManager, team: Team) -> None:
    for _ in range(2):
        client = make_client(team)
        for number in range(6):
            make_contact(client, full_name=f"Person {number}")
    rows = list(with_contacts(clients_for(manager)))
    assert [row.contact_count for row in rows] == [6, 6]  # type: ignore[attr-defined]
    assert [[person.full_name for person in row.shown_contacts] for row in rows] == [  # type: ignore[attr-defined]
        [f"Person {number}" for number in range(4)]
    ] * 2


def test_signing_in_again_as_somebody_else_shows_their_clients(
    manager: AccountManager, own_contact: Contact, foreign_contact: Contact
) -> None:
    other = make_account_manager(foreign_contact.client.team)
    assert "Own Ltd" in signed_in(manager).get(reverse("clients:list")).content.decode()
    page = signed_in(other).get(reverse("clients:list")).content.decode()
    assert "Foreign Ltd" in page
    assert "Own Ltd" not in page
