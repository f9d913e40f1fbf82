"""The words of a whole series, changed for all that is still to come."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import AccountManager, AuditEntry, Contact
from scheduling.meetings import services
from scheduling.meetings.models import Meeting, MeetingChange, Series
from tests.meetings.weekly import WEEK, book_weekly
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

TUESDAY_AT_NOON = (1, dt.time(12))
WORDS = {"title": "Monthly numbers", "agenda": "Figures", "channel": "phone", "location": "+1 202 555 0100"}


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team())


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    return make_contact(make_client(manager.teams.get()))


@pytest.fixture
def series(manager: AccountManager, contact: Contact) -> Series:
    now = timezone.now()
    walls = [TUESDAY_AT_NOON] * 4
    return book_weekly(
        manager, contact, start_date=now.date() + 2 * WEEK, walls=walls, times=[TUESDAY_AT_NOON], now=now
    )


@pytest.fixture
def browser(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def hidden(browser: Browser, series: Series) -> dict[str, str]:
    page = browser.get(reverse("meetings:edit_series", args=[series.pk])).content.decode()
    form = page[page.index('<form class="card') :]
    return {
        match[1]: match[2]
        for match in re.finditer(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
        if match[1] != "csrfmiddlewaretoken"
    }


def save(browser: Browser, series: Series, data: dict[str, Any]) -> Any:
    return browser.post(reverse("meetings:edit_series", args=[series.pk]), data)


def titles(series: Series) -> list[str]:
    return list(series.meetings.order_by("start_at").values_list("title", flat=True))


def test_the_form_has_the_words_as_they_are(browser: Browser, series: Series) -> None:
    response = browser.get(reverse("meetings:edit_series", args=[series.pk]))
    assert response.context["form"]["title"].value() == series.title
    assert (
        reverse("meetings:edit_series", args=[series.pk])
        in browser.get(reverse("meetings:series", args=[series.pk])).content.decode()
    )


def test_all_that_is_to_come_changes_and_nothing_else(
    browser: Browser, manager: AccountManager, series: Series
) -> None:
    first, second, *_rest = series.meetings.order_by("start_at")
    services.cancel(actor=manager, meeting=second, reason="", sequence=0, now=timezone.now())
    over = {"start_at": first.start_at - 9 * WEEK, "end_at": first.end_at - 9 * WEEK}
    Meeting.objects.filter(pk=first.pk).update(**over)
    response = save(browser, series, hidden(browser, series) | WORDS)
    assert (response.status_code, response["Location"]) == (303, reverse("meetings:series", args=[series.pk]))
    assert titles(series) == ["Weekly sync", "Weekly sync", "Monthly numbers", "Monthly numbers"]
    changed = [*series.meetings.order_by("start_at")[2:], Series.objects.get(pk=series.pk)]
    assert all({name: getattr(one, name) for name in WORDS} == WORDS for one in changed)
    changes = MeetingChange.objects.filter(kind="edited")
    assert [(one.meeting, one.sequence, one.series_sequence) for one in changes] == [(one, 1, 1) for one in changed[:2]]
    assert AuditEntry.objects.filter(action="series edited", actor_id=manager.pk).count() == 1


def test_the_same_request_twice_changes_once(browser: Browser, series: Series) -> None:
    data = hidden(browser, series) | WORDS
    assert save(browser, series, data)["Location"] == save(browser, series, data)["Location"]
    assert MeetingChange.objects.filter(kind="edited").count() == 4
    assert save(browser, series, data | {"title": "Another"}).status_code == 422


def test_a_page_that_is_out_of_date_changes_nothing(browser: Browser, manager: AccountManager, series: Series) -> None:
    data = hidden(browser, series) | WORDS
    services.cancel(actor=manager, meeting=series.meetings.all()[1], reason="", sequence=0, now=timezone.now())
    response = save(browser, series, data)
    assert response.status_code == 409
    assert "Nothing was done" in response.content.decode()
    assert set(titles(series)) == {"Weekly sync"}


def test_saving_the_same_words_is_no_news(browser: Browser, series: Series) -> None:
    words = {name: getattr(series, name) for name in WORDS}
    assert save(browser, series, hidden(browser, series) | words).status_code == 303
    assert not MeetingChange.objects.filter(kind="edited").exists()
    assert Series.objects.get(pk=series.pk).sequence == 0


@pytest.mark.parametrize(
    "wrong", [{"title": ""}, {"channel": "fax"}, {"location": "a\nb"}, {"revision": "x"}, {"idempotency_key": "1"}]
)
def test_bad_words_are_refused_and_nothing_is_written(wrong: dict[str, str], browser: Browser, series: Series) -> None:
    response = save(browser, series, hidden(browser, series) | WORDS | wrong)
    assert response.status_code == 422
    assert set(titles(series)) == {"Weekly sync"}


def test_a_series_that_is_over_or_somebody_elses_is_not_edited(
    browser: Browser, manager: AccountManager, series: Series
) -> None:
    stranger = Browser()
    stranger.force_login(make_account_manager(make_team()))
    data = hidden(browser, series) | WORDS
    assert save(stranger, series, data).status_code == 404
    Meeting.objects.update(status="cancelled")
    assert save(browser, series, data | {"idempotency_key": str(uuid.uuid4())}).status_code == 409
    assert browser.get(reverse("meetings:edit_series", args=[series.pk])).status_code == 409
