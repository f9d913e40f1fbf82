"""A check-in for somebody who prefers the phone: on Today of their account manager, read out and noted."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from scheduling.outreach.models import LoggedTalk, Message
from scheduling.outreach.services import deliver
from scheduling.outreach.services.check_ins import NewStep
from tests.browser.conftest import PHONE, Axe, OpenPage
from tests.browser.test_every_page import sign_in
from tests.outreach.check_in_rows import HOUR, make_plan

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_call_is_read_out_and_noted_on_a_phone(open_page: OpenPage, axe: Axe, live_server: LiveServer) -> None:
    now = timezone.now()
    around = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    enrolment = make_plan(
        *(NewStep(day, dt.time(9), "priorities") for day in range(7)),
        now=now,
        full_name="Faisal Al-Harthi",
        language="ar",
        preferred_channel="phone",
        phone="+966115500101",
        working_hours=around,
        reachable_hours=around,
        time_zone="Asia/Riyadh",
    )
    Message.objects.exclude(pk=Message.objects.earliest("due_at").pk).delete()
    Message.objects.update(due_at=now - HOUR, next_try_at=now - HOUR, expires_at=now + 5 * HOUR)
    deliver(clock=timezone.now)

    page = open_page(java_script_enabled=True, width=PHONE)
    sign_in(page, enrolment.plan.account_manager, live_server.url)
    page.goto("/")
    tasks = page.get_by_role("region", name="Yours to say")
    expect(tasks).to_contain_text("Call Faisal Al-Harthi")
    expect(tasks.get_by_role("link", name="+966")).to_have_attribute("href", "tel:+966-11-550-0101")
    tasks.get_by_text("What to say").click()
    expect(tasks.locator("[lang=ar]")).to_have_attribute("dir", "rtl")
    expect(tasks.locator("[lang=ar]")).to_be_visible()
    assert axe.violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tasks.get_by_role("button", name="Done").click()
    expect(page.get_by_text("Noted.")).to_be_visible()
    expect(tasks).to_have_count(0)
    assert LoggedTalk.objects.count() == 1
