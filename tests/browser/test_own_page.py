"""A client's own page on a phone: a time moved, another zone for a while, a meeting cancelled; without an account."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from clients.links import Purpose
from clients.models import Contact
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from tests.browser.conftest import DESKTOP, PHONE, Axe, OpenPage
from tests.outreach.private import path_of
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db(transaction=True)

DAY = dt.timedelta(days=1)


@pytest.fixture
def contact() -> Contact:
    manager = make_account_manager(make_team(), full_name="Mara Test")
    return make_contact(make_client(manager.teams.get(), name="Sample Sails"), full_name="Ion Sample")


@pytest.fixture
def meeting(contact: Contact) -> Meeting:
    now = timezone.now()
    monday = now + (10 - now.weekday()) * DAY
    start_at = monday.replace(hour=9, minute=0, second=0, microsecond=0)
    organizer = contact.client.team.members.get()
    # Wider than a phone, and without a place to break it.
    location = f"https://video.example/{'room' * 20}"
    return make_meeting(organizer, [contact], start_at=start_at, booked_at=now, location=location)


WIDER = """direction => {
    const page = document.documentElement
    page.dir = direction
    return page.scrollWidth - page.clientWidth
}"""


#: By how much the page moves for what the device says, which comes when it is already being read.
MOVED_BY_DEVICE = """() => {
  const device = document.getElementById("device");
  const top = () => document.querySelector("h1").getBoundingClientRect().top;
  const before = top();
  const said = [...device.childNodes];
  device.replaceChildren();
  const without = top();
  device.append(...said);
  return before - without;
}"""


def check(page: Page, axe: Axe) -> list[str]:
    """What is wrong with the page, once it is all there."""
    page.wait_for_load_state()
    for summary in page.locator("summary").all():
        summary.click()
    problems = axe.in_both_schemes(page)
    for direction in ("rtl", "ltr"):
        wider = page.evaluate(WIDER, direction)
        problems += [f"{page.url} is {wider} px wider than its screen, {direction}"] if wider > 0 else []
    return problems


def test_what_the_device_says_is_folded_when_the_screen_gets_too_small_for_it(
    open_page: OpenPage, contact: Contact
) -> None:
    page = open_page(width=DESKTOP, time_zone="America/Toronto")
    page.goto(path_of(contact, Purpose.HOME))
    said = page.locator("#device details")
    expect(said).to_have_js_property("open", True)
    height = page.evaluate("innerHeight")
    page.set_viewport_size({"width": PHONE, "height": height})
    expect(said).to_have_js_property("open", False)
    # And whoever opens it there keeps it, whatever the keyboard takes of the screen.
    said.locator("summary").click()
    page.set_viewport_size({"width": PHONE, "height": height - 200})
    expect(page.get_by_role("button", name="Show times there, just now")).to_be_visible()


def test_client_moves_looks_from_elsewhere_and_cancels_on_a_phone(
    open_page: OpenPage, axe: Axe, contact: Contact, meeting: Meeting
) -> None:
    page = open_page(width=PHONE, time_zone="Asia/Calcutta")
    page.goto(path_of(contact, Purpose.HOME))
    # The device is elsewhere, under a name that is long out of use.
    expect(page.get_by_text("Are you in Kolkata?")).to_be_visible()
    # On a phone no more than the question covers the page, until it is tapped.
    expect(page.get_by_role("button", name="Show times there, just now")).to_be_hidden()
    assert page.evaluate(MOVED_BY_DEVICE) == 0
    problems = check(page, axe)
    page.get_by_role("button", name="Show times there, just now").click()
    expect(page.get_by_text("No meeting has moved")).to_be_visible()
    expect(page.get_by_text("Kolkata (GMT+5:30)").first).to_be_visible()
    expect(page.get_by_text("Are you in")).to_have_count(0)

    page.get_by_role("link", name="Move").click()
    expect(page.get_by_role("radio").first).to_be_attached()
    problems += check(page, axe)
    page.get_by_role("radio").first.check()
    page.get_by_label("A word why").fill("My train is late")
    page.get_by_role("button", name="Move it", exact=True).click()
    # Whoever takes a time of their own night is asked once more.
    sure = page.get_by_role("button", name="Yes, that is what I mean")
    done = page.get_by_text("Everybody is told of the new time.")
    expect(sure.or_(done)).to_be_visible()
    if sure.is_visible():
        sure.click()
    expect(done).to_be_visible()
    problems += check(page, axe)
    moved = Meeting.objects.get()
    assert moved.start_at != meeting.start_at
    assert moved.changes.get(kind="moved").contact == contact

    page.get_by_role("link", name="Your page").click()
    page.get_by_role("link", name="Cancel it").click()
    page.get_by_label("A word why").fill("The project is off")
    problems += check(page, axe)
    page.get_by_role("button", name="Cancel the meeting").click()
    expect(page.get_by_text("Cancelled. Everybody is told, with your words.")).to_be_visible()
    assert Meeting.objects.get().status == Status.CANCELLED
    assert not problems, "\n".join(problems)


def test_client_chooses_a_language_on_a_wide_screen(open_page: OpenPage, contact: Contact) -> None:
    page = open_page(width=DESKTOP, time_zone="Europe/Bucharest")
    page.goto(path_of(contact, Purpose.HOME))
    page.get_by_label("Language").select_option("es")
    expect(page.locator("html")).to_have_attribute("lang", "es")
