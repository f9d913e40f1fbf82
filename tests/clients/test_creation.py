"""New clients and contacts: what they begin with, and that a form creates one of them."""

import datetime as dt

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.forms import KEY_REUSED
from clients.models import AuditEntry, Client, Contact, DayOff, Team
from holidays_app.models import HolidayCalendar
from holidays_app.services import ensure_place_calendar
from tests.clients.sending import changed, errors_of, sent_by
from tests.people import make_client

pytestmark = pytest.mark.django_db


class TestNewContact:
    @pytest.fixture
    def url(self, team: Team) -> str:
        dubai = make_client(team, name="Falcon", country="AE", city="Dubai")
        ensure_place_calendar(country="AE")
        return reverse("clients:contact_create", args=[dubai.pk])

    def test_begins_as_is_usual_in_the_clients_country(self, browser: Browser, url: str) -> None:
        sent = changed(sent_by(browser.get(url)), full_name="Layla Sample")
        response = browser.post(url, sent)
        assert response.status_code == 302
        contact = Contact.objects.get(full_name="Layla Sample")
        assert response.headers["Location"] == reverse("desk:client", args=[contact.client_id])
        assert contact.time_zone == "Asia/Dubai"
        assert contact.language == "ar-AE"
        assert contact.calendar == HolidayCalendar.objects.get(country="AE")
        assert sorted(contact.working_hours) == sorted(["mon", "tue", "wed", "thu", "fri"])
        assert contact.reachable_hours["sun"] == [["06:00", "23:00"]]
        assert contact.reminder_minutes == [1440, 60]
        assert AuditEntry.objects.get().action == "create"

    def test_rests_on_the_countrys_own_weekend(self, browser: Browser, team: Team) -> None:
        cairo = make_client(team, country="EG", city="Cairo")
        url = reverse("clients:contact_create", args=[cairo.pk])
        browser.post(url, changed(sent_by(browser.get(url)), full_name="Karim Sample"))
        assert sorted(Contact.objects.get().working_hours) == sorted(["sun", "mon", "tue", "wed", "thu"])

    def test_has_to_name_a_zone_where_the_country_has_several(self, browser: Browser, team: Team) -> None:
        client = make_client(team, country="US", city="Springfield")
        url = reverse("clients:contact_create", args=[client.pk])
        errors = errors_of(browser.post(url, changed(sent_by(browser.get(url)), full_name="Sam Sample")))
        assert list(errors) == ["time_zone"]

    def test_is_created_once_however_often_the_form_is_sent(self, browser: Browser, url: str) -> None:
        sent = changed(sent_by(browser.get(url)), full_name="Layla Sample")
        answers = [browser.post(url, sent) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {302}
        assert Contact.objects.filter(full_name="Layla Sample").count() == 1
        assert AuditEntry.objects.count() == 1

    def test_another_one_sent_from_the_same_form_is_not_dropped(self, browser: Browser, url: str) -> None:
        first = changed(sent_by(browser.get(url)), full_name="Ana Sample", reminder_minutes=["60", "15"])
        browser.post(url, first)
        refused = browser.post(url, changed(first, full_name="Bogdan Sample"))
        assert errors_of(refused) == {"__all__": [str(KEY_REUSED)]}
        assert set(Contact.objects.values_list("full_name", flat=True)) == {"Ana Sample"}
        again = sent_by(refused)
        assert (again["full_name"], again["reminder_minutes"]) == (["Bogdan Sample"], ["60", "15"])
        assert browser.post(url, again).status_code == 302
        assert set(Contact.objects.values_list("full_name", flat=True)) == {"Ana Sample", "Bogdan Sample"}

    def test_other_days_off_are_other_contents(self, browser: Browser, url: str) -> None:
        days_off = {"days_off-0-first_date": "2026-08-03", "days_off-0-reason": "Beach"}
        sent = changed(sent_by(browser.get(url)), full_name="Layla Sample", **days_off)
        assert [browser.post(url, sent).status_code for _ in range(2)] == [302, 302]
        assert browser.post(url, changed(sent, **{"days_off-0-last_date": "2026-08-04"})).status_code == 422
        assert DayOff.objects.get().last_date == dt.date(2026, 8, 3)

    def test_a_form_whose_contact_was_erased_meanwhile_is_not_dropped(self, browser: Browser, url: str) -> None:
        sent = changed(sent_by(browser.get(url)), full_name="Layla Sample")
        browser.post(url, sent)
        Contact.objects.update(full_name="N. N.", erased_at=timezone.now())
        assert errors_of(browser.post(url, sent)) == {"__all__": [str(KEY_REUSED)]}

    def test_two_people_of_one_name_are_two(self, browser: Browser, url: str) -> None:
        for _ in range(2):
            browser.post(url, changed(sent_by(browser.get(url)), full_name="Layla Sample"))
        assert Contact.objects.filter(full_name="Layla Sample").count() == 2

    def test_comes_with_days_off(self, browser: Browser, url: str) -> None:
        sent = changed(sent_by(browser.get(url)), full_name="Layla Sample", **{"days_off-0-first_date": "2026-08-03"})
        assert browser.post(url, sent).status_code == 302
        assert DayOff.objects.get().contact == Contact.objects.get()

    def test_looking_at_the_form_writes_nothing(self, browser: Browser, team: Team) -> None:
        peru = make_client(team, country="PE")
        browser.get(reverse("clients:contact_create", args=[peru.pk]))
        assert not HolidayCalendar.objects.exists()


class TestNewClient:
    def test_a_new_client_has_the_calendar_of_its_country_ready(self, browser: Browser, team: Team) -> None:
        url = reverse("clients:create")
        sent = changed(sent_by(browser.get(url)), name="New Ltd", country="PE", team=str(team.pk))
        response = browser.post(url, sent)
        client = Client.objects.get(name="New Ltd")
        assert response.headers["Location"] == reverse("desk:client", args=[client.pk])
        assert HolidayCalendar.objects.get().country == "PE"

    def test_is_created_once_however_often_the_form_is_sent(self, browser: Browser, team: Team) -> None:
        url = reverse("clients:create")
        sent = changed(sent_by(browser.get(url)), name="New Ltd", country="PE", team=str(team.pk))
        assert [browser.post(url, sent).status_code for _ in range(3)] == [302, 302, 302]
        assert Client.objects.filter(name="New Ltd").count() == AuditEntry.objects.count() == 1

    def test_another_one_sent_from_the_same_form_is_not_dropped(self, browser: Browser, team: Team) -> None:
        url = reverse("clients:create")
        first = changed(sent_by(browser.get(url)), name="New Ltd", country="PE", team=str(team.pk))
        browser.post(url, first)
        refused = browser.post(url, changed(first, name="Other Ltd"))
        assert errors_of(refused) == {"__all__": [str(KEY_REUSED)]}
        assert not Client.objects.filter(name="Other Ltd").exists()
        assert browser.post(url, sent_by(refused)).status_code == 302
        assert Client.objects.filter(name="Other Ltd").exists()
