"""An account manager's public page on a phone: a stranger leaves a request, and a client finds their own page."""

import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import AccountManager, Contact
from scheduling.outreach.models import Enquiry, EntryCode, Message
from scheduling.outreach.public_pages import code_of, confirm_url
from scheduling.outreach.services import plan
from tests.browser.conftest import PHONE, Axe, OpenPage
from tests.browser.test_own_page import check
from tests.outreach.public_pages.pages import stamp
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact() -> Contact:
    team = make_team(name="Northern clients")
    make_account_manager(team, full_name="Mara Test", address_as="Mara", has_page=True, page_name="mara")
    return make_contact(make_client(team, name="Sample Sails"), full_name="Ion Sample", time_zone="Europe/London")


def test_strangers_and_clients_find_their_way_on_a_phone(open_page: OpenPage, axe: Axe, contact: Contact) -> None:
    page = open_page(width=PHONE, time_zone="Asia/Calcutta", locale="en")
    page.goto("/with/mara/")
    problems = check(page, axe)
    page.get_by_role("link", name="Leave a request").click()
    # The device's own zone, under a name that is long out of use.
    expect(page.get_by_label("Time zone")).to_have_value(re.compile("Asia/(Calcutta|Kolkata)"))
    expect(page.get_by_label("Leave this empty")).not_to_be_in_viewport()
    page.get_by_label("Your name").fill("Vera Fremd")
    page.get_by_label("Your mail address").fill("vera@fremd.example")
    page.get_by_label("What it is about").fill("A stand at the fair")
    host = AccountManager.objects.get()
    # As fast as a robot, however slow the machine is, with all that was typed still there.
    page.locator("[name=stamp]").evaluate("(box, value) => { box.value = value }", stamp(host, seconds=-60))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("That was very fast")).to_be_visible()
    problems += check(page, axe)
    page.locator("[name=stamp]").evaluate("(box, value) => { box.value = value }", stamp(host))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(urlsplit(confirm_url(Enquiry.objects.get())).path)
    problems += check(page, axe)
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page.get_by_role("heading", name="that is confirmed")).to_be_visible()
    assert (Enquiry.objects.get().state, Enquiry.objects.get().time_zone) == ("waiting", "Asia/Kolkata")

    page.goto("/with/mara/")
    page.get_by_role("link", name="I’m a client").click()
    page.get_by_label("Your mail address").fill(contact.email)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("The code from the mail")).to_be_visible()
    plan(now=timezone.now())
    assert Message.objects.filter(kind="code", contact=contact).exists()
    problems += check(page, axe)
    page.get_by_label("The code from the mail").fill(code_of(EntryCode.objects.get()))
    page.get_by_role("button", name="Open my page").click()
    page.get_by_role("link", name="Find a time with Mara Test").click()
    page.get_by_label("What it is about").fill("New brochure")
    problems += check(page, axe)
    page.get_by_role("button", name="Show me times").click()
    expect(page.get_by_role("radio").first).to_be_attached()
    expect(page.get_by_text("New brochure").first).to_be_visible()
    assert not problems, "\n".join(problems)
