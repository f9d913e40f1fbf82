"""Calendars in the administration."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from clients.models import AuditEntry
from holidays_app.models import CalendarChange, HolidayCalendar
from holidays_app.services import ensure_place_calendar
from tests.people import make_account_manager

pytestmark = pytest.mark.django_db
LIST = "/admin/holidays_app/holidaycalendar/"
ADD_SPAIN = f"{LIST}add/?country=ES"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_account_manager(is_staff=True, is_superuser=True, language="en-GB"))
    return client


def calendar_form(*changes: dict[str, str], **values: object) -> dict[str, object]:
    form: dict[str, object] = {"name": "Ours", "subdivision": "", "categories": ["public"], **values}
    form |= {"changes-TOTAL_FORMS": len(changes), "changes-INITIAL_FORMS": 0}
    for index, change in enumerate(changes):
        form |= {f"changes-{index}-{name}": value for name, value in change.items()}
    return form


def test_country_is_chosen_first_by_its_name(admin: Client) -> None:
    html = admin.get(f"{LIST}add/").content.decode()
    assert '<option value="ES">Spain</option>' in html
    html = admin.get(ADD_SPAIN).content.decode()
    assert '<option value="CT">Cataluña (CT)</option>' in html
    assert "Bayern" not in html
    assert 'value="public"' in html
    assert 'value="bank"' not in html


def test_popup_keeps_its_way_back_while_the_country_is_chosen(admin: Client) -> None:
    html = admin.get(f"{LIST}add/?_popup=1&_to_field=id").content.decode()
    assert '<input type="hidden" name="_popup" value="1">' in html
    assert '<input type="hidden" name="_to_field" value="id">' in html


def test_unknown_country_is_refused_at_the_picker(admin: Client) -> None:
    response = admin.get(f"{LIST}add/?country=XX")
    assert response.status_code == 400
    assert "“XX” is not a country" in response.content.decode()


def test_calendar_is_added_with_its_changes(admin: Client) -> None:
    closure = {"kind": "closure", "first_date": "2026-08-10", "last_date": "2026-08-21", "name": "Closed"}
    removed = {"kind": "removed", "first_date": "2026-12-08", "last_date": "", "name": ""}
    response = admin.post(ADD_SPAIN, calendar_form(closure, removed, subdivision="CT"))
    assert response.status_code == 302
    calendar = HolidayCalendar.objects.get()
    assert (calendar.country, calendar.subdivision, calendar.categories) == ("ES", "CT", ["public"])
    assert [(change.kind, str(change.last_date)) for change in calendar.changes.all()] == [
        ("closure", "2026-08-21"),
        ("removed", "2026-12-08"),
    ]


def test_who_changed_which_table_is_written_down_and_no_names(admin: Client) -> None:
    calendar = ensure_place_calendar(country="ES")
    closure = {"kind": "closure", "first_date": "2026-08-10", "last_date": "", "name": "Very Secret"}
    assert admin.post(f"{LIST}{calendar.pk}/change/", calendar_form(closure, name="")).status_code == 302
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_type, entry.subject_id) == (
        "update",
        "holidays_app.holidaycalendar",
        calendar.pk,
    )
    assert entry.details == {"fields": ["changes"]}
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"subdivision": "BY"}, "BY is not one of the available choices"),
        ({"categories": ["bank"]}, "Spain has no holidays of the kind “bank”. It has: public."),
        ({"categories": []}, "This field is required"),
        ({"name": "<b>"}, "Remove line breaks"),
    ],
)
def test_calendar_the_country_cannot_have_is_refused_at_its_field(
    values: dict[str, object], says: str, admin: Client
) -> None:
    response = admin.post(ADD_SPAIN, calendar_form(**values))
    assert response.status_code == 200
    assert says in response.content.decode()
    assert not HolidayCalendar.objects.exists()


def test_second_calendar_of_one_name_and_place_is_refused(admin: Client) -> None:
    ensure_place_calendar(country="ES")
    response = admin.post(ADD_SPAIN, calendar_form(name=""))
    assert "There is a calendar of this name for this place already." in response.content.decode()
    assert HolidayCalendar.objects.count() == 1


def test_senseless_change_is_refused_at_its_field_and_nothing_is_saved(admin: Client) -> None:
    reversed_dates = {
        "kind": "closure",
        "first_date": "2026-08-21",
        "last_date": "2026-08-10",
        "name": "Closed",
    }
    response = admin.post(ADD_SPAIN, calendar_form(reversed_dates))
    assert "The last day comes before the first day." in response.content.decode()
    assert not HolidayCalendar.objects.exists()


def test_country_stays_when_a_calendar_is_changed(admin: Client) -> None:
    calendar = HolidayCalendar.objects.create(country="ES", name="Ours")
    response = admin.post(f"{LIST}{calendar.pk}/change/?country=DE", calendar_form(subdivision="MD", country="DE"))
    assert response.status_code == 302
    calendar.refresh_from_db()
    assert (calendar.country, calendar.subdivision) == ("ES", "MD")


@pytest.mark.parametrize("words", ["germ", "Bayer", "BY", "Company"])
def test_search_finds_by_country_name_subdivision_and_change(words: str, admin: Client) -> None:
    bavaria = HolidayCalendar.objects.create(country="DE", subdivision="BY", name="Bayer & Söhne (made up)")
    bavaria.changes.create(
        kind=CalendarChange.Kind.CLOSURE,
        first_date="2026-08-10",
        last_date="2026-08-10",
        name="Company holiday",
    )
    ensure_place_calendar(country="ES")
    html = admin.get(LIST, {"q": words}).content.decode()
    assert "1 holiday calendar" in html
    assert "Bayer &amp; Söhne" in html


def test_filter_offers_the_countries_in_use_only(admin: Client) -> None:
    ensure_place_calendar(country="ES")
    ensure_place_calendar(country="JP")
    html = admin.get(LIST).content.decode()
    assert "?country=ES" in html
    assert "?country=DE" not in html
    assert "1 holiday calendar" in admin.get(LIST, {"country": "JP"}).content.decode()


def test_account_manager_who_is_no_admin_may_not_enter(client: Client) -> None:
    client.force_login(make_account_manager())
    assert client.get(f"{LIST}add/").status_code == 302
