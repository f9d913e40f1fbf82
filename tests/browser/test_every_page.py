"""Every main page with demo data: no accessibility violation, nothing wider than the screen, nothing to complain of."""

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client as Visitor
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from clients.models import AccountManager, Client, Contact
from holidays_app.models import HolidayCalendar
from scheduling.meetings.models import Meeting, Series
from scheduling.outreach.models import Message
from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage

pytestmark = pytest.mark.django_db(transaction=True)


def addresses() -> list[str]:
    """The main pages, each with a row that has much to show."""
    client = Client.objects.order_by("pk")[0]
    meeting = Meeting.objects.filter(status="confirmed").latest("start_at")
    series = Series.objects.order_by("pk")[0]
    calendar = HolidayCalendar.objects.order_by("pk")[0]
    message = Message.objects.order_by("pk")[0]
    return [
        reverse("desk:today"),
        reverse("desk:off"),
        reverse("desk:account"),
        reverse("desk:client", args=[client.pk]),
        reverse("clients:list"),
        reverse("clients:create"),
        reverse("clients:edit", args=[client.pk]),
        reverse("clients:contact_edit", args=[Contact.objects.filter(client=client)[0].pk]),
        reverse("clients:me"),
        reverse("meetings:list"),
        reverse("meetings:propose"),
        reverse("meetings:propose") + f"?client={client.pk}",
        reverse("meetings:propose") + f"?meeting={meeting.pk}",
        reverse("meetings:detail", args=[meeting.pk]),
        reverse("meetings:edit", args=[meeting.pk]),
        reverse("meetings:cancel", args=[meeting.pk]),
        reverse("meetings:plan_series"),
        reverse("meetings:plan_series") + f"?client={client.pk}",
        reverse("meetings:series", args=[series.pk]),
        reverse("meetings:cancel_series", args=[series.pk]),
        reverse("meetings:move_series", args=[series.pk]),
        reverse("meetings:fairness_overview"),
        reverse("meetings:fairness", args=["clients", client.pk]),
        reverse("meetings:fairness", args=["teams", client.team_id]),
        reverse("meetings:fairness_person", args=["clients", client.pk, f"contact-{client.contacts.all()[0].pk}"]),
        reverse("holidays_app:list"),
        reverse("holidays_app:year", args=[calendar.pk, 2027]),
        reverse("outreach:outbox"),
        reverse("outreach:message", args=[message.pk]),
        reverse("account_change_password"),
        reverse("mfa_index"),
        "/nowhere/",
    ]


def sign_in(page: Page, user: AccountManager, origin: str) -> None:
    """Gives the page a session, without the form that the story's tests fill in."""
    visitor = Visitor()
    visitor.force_login(user)
    cookie = visitor.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": origin}])


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_every_page_is_accessible_and_fits_its_screen(
    width: int, open_page: OpenPage, axe: Axe, live_server: LiveServer
) -> None:
    call_command("seed_demo", verbosity=0)
    call_command("tick", verbosity=0)
    page = open_page(width=width)
    sign_in(page, AccountManager.objects.get(email="maya@dayband.example"), live_server.url)
    problems: list[str] = []
    for address in addresses():
        page.goto(address)
        problems += axe.in_both_schemes(page)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wider > 0:
            problems.append(f"{address} is {wider} px wider than its screen")
    assert not problems, "\n".join(problems)
