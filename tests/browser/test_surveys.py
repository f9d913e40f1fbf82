"""Surveys in Chromium: a contact answers with one tap or by keyboard, and an account manager reads what came back."""

import datetime as dt
import itertools

import pytest
from django.conf import settings
from django.test import Client as Visitor
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from clients.links import Purpose
from clients.models import AccountManager, Contact
from scheduling.outreach.models import Survey, SurveyRule
from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage
from tests.outreach.private import path_of
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)
WIDER = """direction => {
    const page = document.documentElement
    page.dir = direction
    return page.scrollWidth - page.clientWidth
}"""


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test")


def ask(manager: AccountManager, contact: Contact, question: str, *, days: int, score: int | None = None) -> Survey:
    """A question so many days ago, about a meeting the day before or about everything."""
    at = timezone.now() - days * DAY
    meeting = None
    if question == "csat":
        meeting = make_meeting(manager, [contact], start_at=at - DAY, booked_at=at - 9 * DAY)
    return Survey.objects.create(
        contact=contact,
        question=question,
        meeting=meeting,
        local_hour=7 + days % 12 if meeting else None,
        account_manager=manager,
        asked_at=at,
        asked_date=at.date(),
        expires_at=timezone.now() + DAY,
        score=score,
        answered_at=None if score is None else at,
        comment="The agenda came late." if score == 1 else "",
    )


def problems_of(page: Page, axe: Axe) -> list[str]:
    """What axe finds, and what does not fit, from left to right and from right to left."""
    wider = [f"{page.url} too wide {way}" for way in ("rtl", "ltr") if page.evaluate(WIDER, way) > 0]
    return axe.violations(page) + wider


def test_a_contact_answers_by_keyboard_on_any_screen(open_page: OpenPage, axe: Axe, manager: AccountManager) -> None:
    contact = make_contact(make_client(manager.teams.get(), name="Sample Sails"), full_name="Ion Sample")
    csat, nps = ask(manager, contact, "csat", days=1), ask(manager, contact, "nps", days=40)
    problems = []
    for width, survey, score in [(DESKTOP, csat, 4), (PHONE, nps, 10)]:
        page = open_page(width=width)
        page.goto(path_of(contact, Purpose.SURVEY, survey.pk))
        sizes = [button.bounding_box() for button in page.locator(".scale__score").all()]
        assert len(sizes) == len(survey.scores)
        assert all(size is not None and min(size["width"], size["height"]) >= 44 for size in sizes)
        problems += problems_of(page, axe)
        page.locator(f"button[name=score][value='{score}']").press("Enter")
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        problems += problems_of(page, axe)
        page.get_by_label("What was good").fill("All of it.")
        page.get_by_role("button", name="Send my comment").click()
        expect(page.get_by_text("Thank you for telling us.")).to_be_visible()
        survey.refresh_from_db()
        assert (survey.score, survey.comment) == (score, "All of it.")
    assert not problems, "\n".join(problems)


def test_an_account_manager_reads_the_answers_and_dismisses_a_hint(
    open_page: OpenPage, axe: Axe, manager: AccountManager, live_server: LiveServer
) -> None:
    client = make_client(manager.teams.get(), name="Sample Sails")
    SurveyRule.objects.create(client=client, every=2, asks_nps=True)
    scores = itertools.cycle([5, 4, 5, 3, 1])
    for days in range(3, 60, 9):
        ask(manager, make_contact(client), "csat", days=days, score=next(scores))
        ask(manager, make_contact(client), "nps", days=days, score=next(scores) * 2)
    visitor = Visitor()
    visitor.force_login(manager)
    cookie = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    problems = []
    page = open_page(width=PHONE, color_scheme="dark")
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
    for address in (reverse("desk:client", args=[client.pk]), reverse("surveys:results")):
        page.goto(address)
        problems += problems_of(page, axe)
    hints = page.get_by_text("Worth a call").count()
    page.get_by_role("button", name="Dismiss").first.click()
    expect(page.get_by_text("The hint is gone.")).to_be_visible()
    expect(page.get_by_text("Worth a call")).to_have_count(hints - 1)
    assert not problems, "\n".join(problems)
