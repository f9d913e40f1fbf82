"""The whole story of an offer with two people at two screens, who read in opposite directions."""

import re
from email.message import EmailMessage

import pytest
from django.core.management import call_command
from django.test import Client as Visitor
from django.utils import timezone, translation
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from clients.links import Purpose
from clients.models import Contact
from clients.reader import reader_of
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.test_every_page import sign_in
from tests.meetings.offered import DAY, Cast, make_cast, send
from tests.outreach.private import path_of
from tests.people import make_client, make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)


class Phone:
    """A client's phone, whose page is read in the client's language."""

    def __init__(self, page: Page, contact: Contact) -> None:
        self.page, self._contact = page, contact
        self.reader = reader_of(contact)

    def words(self, text: str) -> str:
        """The text as the page says it."""
        with translation.override(self._contact.language):
            said = translation.gettext(text)
        assert said != text
        return said

    def button(self, text: str) -> Locator:
        """The one of those buttons that the screen shows."""
        return self.page.get_by_role("button", name=self.words(text)).locator("visible=true")

    def link(self, text: str) -> Locator:
        return self.page.get_by_role("link", name=self.words(text))

    def sees(self, text: str) -> None:
        """Fails unless the page says so, whatever name stands in it."""
        said = re.escape(self.words(text)).replace("<bdi>", "").replace("</bdi>", "")
        expect(self.page.get_by_text(re.compile(re.sub(r"%\\\(\w+\\\)s", ".+", said))).first).to_be_visible()


def mails_to(contact: Contact, smtp_server: SmtpServer) -> list[EmailMessage]:
    """What arrived, once everything due has left."""
    call_command("tick")
    return [mail for mail in smtp_server.messages if contact.email in str(mail["To"])]


def link_in(mail: EmailMessage, page: str) -> str:
    """The path in the mail's text that leads to that page."""
    body = mail.get_body(("plain",))
    assert body is not None
    paths = re.findall(r"https?://[^/\s]+(/p/\S+/)", body.get_content())
    (found,) = {path for path in paths if re.fullmatch(page, Visitor().head(path)["Location"])}
    return str(found)


def method_of(mail: EmailMessage) -> object:
    """What the mail's invitation asks of calendars; nothing where there is none."""
    return next((part.get_param("method") for part in mail.walk() if part.get_content_type() == "text/calendar"), None)


def test_client_chooses_moves_and_cancels_while_the_account_manager_follows(
    open_page: OpenPage, live_server: LiveServer, smtp_server: SmtpServer
) -> None:
    cast = make_cast(language="ar", time_zone="Asia/Dubai", full_name="山田 花子")
    # The times that the engine finds may be as near as tomorrow.
    cast.manager.teams.update(contact_notice_hours=0)
    desk, phone = open_page(), Phone(open_page(width=PHONE, locale="ar", time_zone="Asia/Dubai"), cast.contact)
    here = reader_of(cast.manager)
    sign_in(desk, cast.manager, live_server.url)
    desk.goto(f"/meetings/propose/?contacts={cast.contact.pk}&colleagues={cast.manager.pk}&duration=45")
    desk.get_by_label("Title").fill("定例会")
    desk.get_by_role("button", name="Send 3 options").click()
    expect(desk.get_by_text("Sent. Each contact gets the times")).to_be_visible()

    (mail,) = mails_to(cast.contact, smtp_server)
    assert mail["Content-Language"] == "ar"
    phone.page.goto(link_in(mail, "/you/offers/.*"))
    expect(phone.page.locator("html")).to_have_attribute("lang", "ar")
    expect(phone.page.locator("html")).to_have_attribute("dir", "rtl")
    expect(phone.page.get_by_role("radio")).to_have_count(3)
    phone.page.get_by_role("radio").nth(1).check()
    phone.button("Confirm this time").click()
    phone.sees("Booked. The invitation for your calendar is on its way by mail.")

    meeting = Meeting.objects.get()
    expect(phone.page.get_by_text(phone.reader.time(meeting.start_at)).first).to_be_visible()
    desk.reload()
    desk.get_by_role("link", name="Open the meeting").click()
    expect(desk.get_by_text(here.time_range(meeting.start_at, meeting.end_at)).first).to_be_visible()

    confirmation = mails_to(cast.contact, smtp_server)[-1]
    phone.page.goto(link_in(confirmation, "/you/"))
    phone.link("Move").click()
    phone.page.get_by_role("radio").last.check()
    phone.button("Move it").click()
    phone.sees("Moved to %(moment)s. Everybody is told of the new time.")
    moved = Meeting.objects.get()
    assert moved.start_at != meeting.start_at
    assert len(mails_to(cast.contact, smtp_server)) == 3
    desk.reload()
    expect(desk.get_by_text(here.full_date(here.day_of(moved.start_at)))).to_be_visible()
    expect(desk.get_by_text(here.time_range(moved.start_at, moved.end_at)).first).to_be_visible()

    phone.link("Cancel it").click()
    phone.page.get_by_role("textbox").fill("出張です")
    phone.button("Cancel the meeting").click()
    phone.sees("Cancelled. Everybody is told, with your words.")
    desk.reload()
    expect(desk.get_by_text("cancelled", exact=True).first).to_be_visible()
    expect(desk.get_by_text("出張です").first).to_be_visible()
    assert Meeting.objects.get().status == Status.CANCELLED
    mails = mails_to(cast.contact, smtp_server)
    assert {mail["Content-Language"] for mail in mails} == {"ar"}
    assert [method_of(mail) for mail in mails] == [None, "REQUEST", "REQUEST", "CANCEL"]


def test_of_two_clients_who_tap_the_last_time_one_has_it_and_the_other_sees_the_next_best(open_page: OpenPage) -> None:
    ours = make_cast(language="ar", time_zone="Europe/London")
    other = make_contact(make_client(ours.contact.client.team), language="es", time_zone="Europe/London")
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    times = [noon + (8 - noon.weekday()) * DAY]
    phones = []
    for cast in (ours, Cast(ours.manager, [other])):
        offer = send(cast, times=times, now=timezone.now())
        phone = Phone(open_page(width=PHONE, locale=cast.contact.language, time_zone="Europe/London"), cast.contact)
        phone.page.goto(path_of(cast.contact, Purpose.OFFER, offer.pk))
        phones.append(phone)
    for phone in phones:
        # Without waiting for the answer, so that both are on their way at once.
        phone.page.evaluate("document.querySelector('#choose [value=choose]').click()")
    booked = "Booked. The invitation for your calendar is on its way by mail."
    lost = "Sorry: this time has just been taken. Nothing was booked; here is what is free."
    for phone in phones:
        either = phone.page.get_by_text(phone.words(booked)).or_(phone.page.get_by_text(phone.words(lost)))
        expect(either).to_be_visible()
    assert Meeting.objects.get().start_at == times[0]
    (late,) = [phone for phone in phones if phone.page.get_by_role("alert").count()]
    late.sees("The next best times")
    late.button("Confirm this time").click()
    late.sees(booked)
    assert Meeting.objects.filter(status=Status.CONFIRMED).count() == 2
