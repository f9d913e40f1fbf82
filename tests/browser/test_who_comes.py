"""Any of several hosts, and an optional guest, chosen on a phone without JavaScript."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from clients.models import AccountManager
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_every_page import sign_in
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)


def test_marks_beside_the_names_say_who_must_come(open_page: OpenPage, live_server: LiveServer) -> None:
    team = make_team()
    make_account_manager(team, full_name="Mara Quill", email="mara@dayband.example", time_zone="UTC")
    make_account_manager(team, full_name="Jonah Reed", address_as="Jonah", time_zone="UTC")
    client = make_client(team)
    make_contact(client, full_name="Ana Prado", address_as="Ana", time_zone="UTC")
    make_contact(client, full_name="Ben Ito", address_as="Ben", time_zone="UTC")
    page = open_page(java_script_enabled=False, width=PHONE)
    sign_in(page, AccountManager.objects.get(email="mara@dayband.example"), live_server.url)
    page.goto(f"{reverse('meetings:propose')}?client={client.pk}")
    page.locator("details.change > summary").click()
    expect(page.get_by_label("Must Jonah Reed come?")).to_be_hidden()
    expect(page.get_by_label("How many of")).to_be_hidden()
    page.get_by_label("Jonah Reed", exact=False).first.check()
    page.get_by_label("Must Jonah Reed come?").select_option("any of these")
    page.get_by_label("Must Mara Quill come?").select_option("any of these")
    expect(page.get_by_label("How many of")).to_have_value("1")
    page.get_by_label("Must Ben Ito come?").select_option("optional")
    page.get_by_role("button", name="Find times").click()
    expect(page.locator(".opt .company").first).to_have_text(re.compile("comes. .* stays free"))
    expect(page.locator(".rib__row--away")).to_have_count(1)
    expect(page.locator(".rib__row .tag", has_text="optional")).to_have_count(1)
    page.locator("details.change > summary").click()
    expect(page.get_by_label("Must Ben Ito come?").locator("option:checked")).to_have_text("optional")
