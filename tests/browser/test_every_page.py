"""Every main page with demo data: no accessibility violation, nothing wider than the screen, nothing to complain of."""

from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.management import call_command
from django.test import Client as Visitor
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from clients.models import AccountManager, Client, Contact
from holidays_app.models import HolidayCalendar
from scheduling.meetings.models import Meeting, Offer, Series
from scheduling.outreach.models import Approval, Enquiry, Message
from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage, too_wide

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
        reverse("personal_data:erase", args=[Contact.objects.filter(client=client)[0].pk]),
        reverse("clients:me"),
        reverse("meetings:list"),
        reverse("meetings:propose"),
        reverse("meetings:propose") + f"?client={client.pk}",
        reverse("meetings:propose") + f"?client={client.pk}&{not_everybody(client)}",
        # Refused, so that the form is open.
        reverse("meetings:propose") + f"?client={client.pk}&{not_everybody(client)}&take=9",
        reverse("meetings:propose") + f"?meeting={meeting.pk}",
        reverse("meetings:detail", args=[meeting.pk]),
        reverse("meetings:edit", args=[meeting.pk]),
        reverse("meetings:cancel", args=[meeting.pk]),
        reverse("meetings:offers"),
        reverse("meetings:offer", args=[Offer.objects.order_by("pk")[1].pk]),
        reverse("meetings:series_list"),
        reverse("meetings:plan_series"),
        reverse("meetings:plan_series") + f"?client={client.pk}",
        reverse("meetings:series", args=[series.pk]),
        reverse("meetings:edit_series", args=[series.pk]),
        reverse("meetings:cancel_series", args=[series.pk]),
        reverse("meetings:move_series", args=[series.pk]),
        reverse("meetings:fairness_overview"),
        reverse("meetings:fairness", args=["clients", client.pk]),
        reverse("meetings:fairness", args=["teams", client.team_id]),
        reverse("meetings:fairness_person", args=["clients", client.pk, f"contact-{client.contacts.all()[0].pk}"]),
        reverse("holidays_app:list"),
        reverse("holidays_app:year", args=[calendar.pk, 2027]),
        *check_in_addresses(),
        reverse("outreach:outbox"),
        reverse("outreach:switch"),
        reverse("enquiries:list"),
        reverse("enquiries:accept", args=[Enquiry.objects.get().pk]),
        reverse("approvals:ask", args=[client.pk]),
        reverse("approvals:detail", args=[Approval.objects.exclude(file="")[0].pk]),
        reverse("surveys:results"),
        reverse("surveys:rule", args=[client.pk]),
        reverse("outreach:message", args=[message.pk]),
        reverse("account_change_password"),
        reverse("mfa_index"),
        "/nowhere/",
    ]


def check_in_addresses() -> list[str]:
    """A plan's weeks and its editor, a mail to come, a draft, and the form that begins a plan."""
    draft = Message.objects.filter(state="draft")[0]
    assert draft.contact is not None
    planned = draft.contact.client
    unplanned = Client.objects.filter(check_in_plan=None)[0]
    return [
        reverse("check_ins:plan", args=[planned.pk]),
        reverse("check_ins:edit", args=[planned.pk]),
        reverse("check_ins:draft", args=[planned.pk, draft.pk]),
        reverse("check_ins:mail", args=[planned.pk, draft.enrolment_id, draft.local_date]),
        reverse("check_ins:plan", args=[unplanned.pk]),
    ]


def not_everybody(client: Client) -> str:
    """Of the colleagues any one, and one of the contacts optional."""
    colleagues = [f"any_of={manager.pk}" for manager in client.team.members.order_by("pk")]
    return "&".join([*colleagues, f"optional=contact-{client.contacts.order_by('pk')[0].pk}"])


def sign_in(page: Page, user: AccountManager, origin: str) -> None:
    """Gives the page a session, without the form that the story's tests fill in."""
    visitor = Visitor()
    visitor.force_login(user)
    cookie = visitor.cookies[project.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": project.SESSION_COOKIE_NAME, "value": cookie, "url": origin}])


def test_every_page_is_accessible_and_fits_its_screen(
    open_page: OpenPage, axe: Axe, live_server: LiveServer, settings: Settings, tmp_path: Path, widest_language: str
) -> None:
    """From right to left on a screen in the light, and in the widest words of all languages on a phone in the dark.

    Both with one load of the demo, which takes longest of all.
    """
    settings.MEDIA_ROOT = tmp_path / "media"
    call_command("seed_demo", verbosity=0)
    call_command("tick", verbosity=0)
    maya = AccountManager.objects.get(email="maya@dayband.example")
    problems: list[str] = []
    for language, page in (
        ("ar", open_page(width=DESKTOP)),
        (widest_language, open_page(width=PHONE, color_scheme="dark")),
    ):
        AccountManager.objects.filter(pk=maya.pk).update(language=language, is_staff=True)
        sign_in(page, maya, live_server.url)
        for address in addresses():
            page.goto(address)
            problems += axe.violations(page) + too_wide(page)
    assert not problems, "\n".join(problems)
