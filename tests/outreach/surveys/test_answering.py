"""A survey is answered once, with one tap behind a private link, and takes a comment."""

from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, AuditEntry, Contact, PrivateLink
from scheduling.outreach.models import Survey
from tests.clients.sending import sent_by
from tests.outreach.private import path_of, visitor
from tests.outreach.surveys.rows import DAY, HOUR, MINUTE, a_survey
from tests.people import make_contact

pytestmark = pytest.mark.django_db


@pytest.fixture
def survey(manager: AccountManager, contact: Contact) -> Survey:
    return a_survey(manager, contact)


@pytest.fixture
def browser(contact: Contact, survey: Survey) -> Browser:
    return visitor(contact, Purpose.SURVEY, survey.pk)


def send(browser: Browser, survey: Survey, **fields: str) -> Any:
    page = browser.get(f"/you/survey/{survey.pk}/")
    token = {name: sent_by(page)[name] for name in ("csrfmiddlewaretoken", "link")}
    return browser.post(f"/you/survey/{survey.pk}/", token | fields)


def test_one_tap_answers_and_the_page_then_takes_a_comment(browser: Browser, survey: Survey) -> None:
    response = send(browser, survey, score="4")
    assert response.status_code == 302
    page = browser.get(response["Location"]).content.decode()
    assert "Send my comment" in page
    send(browser, survey, act="comment", words="The agenda came late.")
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (4, "The agenda came late.")
    assert survey.answered_at is not None
    assert [entry.details for entry in AuditEntry.objects.filter(action="answer").order_by("pk")] == [
        {"contact": survey.contact_id, "fields": ["score"]},
        {"contact": survey.contact_id, "fields": ["comment"]},
    ]


def test_looking_writes_nothing(contact: Contact, survey: Survey) -> None:
    browser = Browser()
    path = path_of(contact, Purpose.SURVEY, survey.pk)
    for look in (browser.get, browser.head):
        assert look(path).status_code == 302
        assert look(f"/you/survey/{survey.pk}/?score=1&act=comment&words=no").status_code == 200
    survey.refresh_from_db()
    assert (survey.score, survey.comment, survey.answered_at) == (None, "", None)


def test_each_score_of_the_scale_is_a_button_and_the_ends_are_named(
    manager: AccountManager, contact: Contact, browser: Browser, survey: Survey
) -> None:
    page = browser.get(f"/you/survey/{survey.pk}/").content.decode()
    assert page.count('name="score"') == 5
    assert ": not at all satisfied" in page
    nps = a_survey(manager, contact, question="nps", asked_at=survey.asked_at - 40 * DAY)
    Survey.objects.filter(pk=nps.pk).update(expires_at=timezone.now() + DAY)
    page = visitor(contact, Purpose.SURVEY, nps.pk).get(f"/you/survey/{nps.pk}/").content.decode()
    assert page.count('name="score"') == 11
    assert ": extremely likely" in page


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "4.5", "four", "4" * 40])
def test_what_is_no_score_is_told_what_would_be_one(browser: Browser, survey: Survey, score: str) -> None:
    response = send(browser, survey, score=score)
    assert response.status_code == 422
    assert "Choose one of the numbers from 1 to 5." in response.content.decode()
    survey.refresh_from_db()
    assert survey.score is None


def test_within_an_hour_another_answer_replaces_the_first(browser: Browser, survey: Survey) -> None:
    send(browser, survey, score="2")
    survey.refresh_from_db()
    first_at = survey.answered_at
    send(browser, survey, score="5")
    survey.refresh_from_db()
    assert (survey.score, survey.answered_at) == (5, first_at)


def test_later_an_answer_stays_and_a_comment_that_was_typed_is_not_lost(browser: Browser, survey: Survey) -> None:
    send(browser, survey, score="2")
    send(browser, survey, act="comment", words="First words.")
    page = browser.get(f"/you/survey/{survey.pk}/")
    Survey.objects.update(answered_at=timezone.now() - 2 * HOUR)
    token = {name: sent_by(page)[name] for name in ("csrfmiddlewaretoken", "link")}
    again = browser.post(f"/you/survey/{survey.pk}/", token | {"score": "5"})
    assert again.status_code == 409
    assert "answered this already" in again.content.decode()
    other = browser.post(f"/you/survey/{survey.pk}/", token | {"act": "comment", "words": "Other words."})
    assert other.status_code == 409
    assert "Other words." in other.content.decode()
    survey.refresh_from_db()
    assert (survey.score, survey.comment) == (2, "First words.")
    assert browser.post(f"/you/survey/{survey.pk}/", token | {"score": "2"}).status_code == 302


def test_a_comment_without_a_score_stays_on_the_page(browser: Browser, survey: Survey) -> None:
    response = send(browser, survey, act="comment", words="Just words.")
    assert response.status_code == 422
    page = response.content.decode()
    assert "Choose a number first" in page
    assert "Just words." in page


def test_an_empty_comment_is_refused_by_name(browser: Browser, survey: Survey) -> None:
    send(browser, survey, score="3")
    response = send(browser, survey, act="comment", words=" ")
    assert response.status_code == 422
    assert "required" in response.content.decode()


def test_an_expired_link_says_so_and_answers_nothing(contact: Contact, browser: Browser, survey: Survey) -> None:
    token = sent_by(browser.get(f"/you/survey/{survey.pk}/"))
    PrivateLink.objects.update(expires_at=timezone.now() - MINUTE)
    response = browser.post(f"/you/survey/{survey.pk}/", token | {"score": "5"})
    assert response.status_code == 404
    assert "does not work" in response.content.decode()
    survey.refresh_from_db()
    assert survey.score is None


def test_nobody_answers_for_somebody_else(manager: AccountManager, contact: Contact, browser: Browser) -> None:
    colleague = make_contact(contact.client)
    other = a_survey(manager, colleague, asked_at=timezone.now() - 3 * HOUR)
    assert browser.get(f"/you/survey/{other.pk}/").status_code == 404


@pytest.mark.parametrize("purpose", [Purpose.HOME, Purpose.SURVEY])
def test_what_nobody_answered_in_time_takes_no_answer_behind_any_link(
    contact: Contact, survey: Survey, purpose: Purpose
) -> None:
    browser = visitor(contact, purpose, survey.pk if purpose is Purpose.SURVEY else None)
    sent = sent_by(browser.get(f"/you/survey/{survey.pk}/"), score="5", words="Too loud.")
    Survey.objects.update(expires_at=timezone.now())
    for response in (browser.get(f"/you/survey/{survey.pk}/"), browser.post(f"/you/survey/{survey.pk}/", sent)):
        assert response.status_code == 404
    assert "Too loud." in response.content.decode()
    survey.refresh_from_db()
    assert survey.score is None
