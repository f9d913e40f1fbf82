"""Answers mean the same whatever is shown beside them, and hints stay until somebody dismisses them."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from clients.models import AccountManager, Client, Contact
from clients.reader import Reader
from scheduling.outreach import services
from scheduling.outreach.models import Survey
from scheduling.outreach.surveys.results import Chosen, readings, results_page
from tests.outreach.approvals.rows import signed_in
from tests.outreach.surveys.rows import DAY, HOUR, MINUTE, a_survey
from tests.people import make_contact

pytestmark = pytest.mark.django_db


def answered(manager: AccountManager, client: Client, score: int, at: dt.datetime) -> Survey:
    one = a_survey(manager, make_contact(client), question="nps", asked_at=at)
    Survey.objects.filter(pk=one.pk).update(score=score, answered_at=at)
    one.refresh_from_db()
    return one


@pytest.mark.parametrize("months", ["3", None])
def test_a_quarter_says_the_same_whatever_period_is_shown(
    manager: AccountManager, client_row: Client, months: str | None
) -> None:
    now = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
    year = 2026 if months else 2025
    # Detractors at the quarter's beginning, a promoter in its last month.
    first, last = (7, 9) if months else (10, 12)
    for month, score in [(first, 0), (first, 3), (last, 10)]:
        at = dt.datetime(year, month, 15, 12, tzinfo=dt.UTC)
        one = a_survey(manager, make_contact(client_row), question="nps", asked_at=at)
        Survey.objects.filter(pk=one.pk).update(score=score, answered_at=at)

    def quarters(chosen: Chosen) -> set[tuple[str, str, str]]:
        drawn = results_page(manager, chosen, now=now, reader=Reader("en-GB", "Europe/London")).by_quarter
        assert drawn
        return {(row.label, row.count, row.value) for row in drawn.rows}

    assert quarters(Chosen(months=months)) <= quarters(Chosen(months="36"))


def test_an_answer_is_read_alike_whatever_is_shown_beside_it(manager: AccountManager, client_row: Client) -> None:
    now = timezone.now()
    for _ in range(3):
        answered(manager, client_row, 10, now - 800 * DAY)
    older = answered(manager, client_row, 9, now - 300 * DAY)
    latest = answered(manager, client_row, 8, now - DAY)

    def read(*surveys: Survey) -> Any:
        rows = readings(Survey.objects.filter(pk__in=[one.pk for one in surveys]))
        return {one.survey.pk: (one.own.count, one.signs) for one in rows}[latest.pk]

    assert read(latest) == read(latest, older)


def test_a_hint_stays_until_somebody_dismisses_it(manager: AccountManager, client_row: Client) -> None:
    now = timezone.now()
    answered(manager, client_row, 0, now - 5 * HOUR)
    for number in range(20):
        answered(manager, client_row, 10, now - (number + 1) * MINUTE)
    page = signed_in(manager).get(reverse("surveys:results")).content.decode()
    assert "Worth a call" in page


def test_a_lower_answer_is_hinted_at_though_the_first_was_dismissed(manager: AccountManager, contact: Contact) -> None:
    survey, now = a_survey(manager, contact), timezone.now()
    services.answer_survey(contact=contact, survey=survey, score=2, now=now)
    services.dismiss_hint(actor=manager, survey=survey, now=now + MINUTE)
    services.answer_survey(contact=contact, survey=survey, score=1, now=now + 2 * MINUTE)
    assert "Worth a call" in signed_in(manager).get(reverse("surveys:results")).content.decode()
