"""Somebody unknown leaves a request at a public page: told to nobody before the address is confirmed (row S15)."""

import datetime as dt
import re
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.forms import KEY_REUSED
from clients.models import AccountManager, AuditEntry, Client, Contact
from scheduling.outreach.errors import EnquirySettled
from scheduling.outreach.models import Enquiry, Message
from scheduling.outreach.previews import preview_of
from scheduling.outreach.services import accept_enquiry, decline_enquiry, deliver, plan
from scheduling.outreach.views.public_pages import ENQUIRIES_OF_A_NETWORK, ENQUIRIES_OF_AN_ADDRESS
from tests.clients.sending import changed, errors_of, sent_by
from tests.outreach.public_pages.pages import PAGE, REQUEST, browser_at, stamp, words_of
from tests.people import make_account_manager, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

ASK = f"{PAGE}ask/"


@pytest.fixture
def desk(host: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(host)
    return browser


def leave(host: AccountManager, *, address: str = "192.0.2.1", age: float = 10, **fields: str) -> int:
    """The answer's status."""
    values = {**REQUEST, "stamp": stamp(host, seconds=age), **fields}
    return browser_at(address).post(ASK, values).status_code


def link_in_mail() -> str:
    found = re.search(r"\S+/with/-/\S+", words_of(Message.objects.filter(kind="enquiry").latest("pk")))
    assert found
    return urlsplit(found[0]).path


def confirmed(host: AccountManager) -> Enquiry:
    """A request whose address said yes."""
    assert leave(host) == 303
    browser = Browser()
    page = browser.get(link_in_mail(), follow=True)
    browser.post("/with/-/", sent_by(page))
    return Enquiry.objects.latest("pk")


def test_request_is_told_once_its_address_is_confirmed(host: AccountManager, desk: Browser) -> None:
    assert leave(host) == 303
    enquiry = Enquiry.objects.get()
    assert (enquiry.time_zone, enquiry.state) == ("Asia/Kolkata", "unconfirmed")
    assert "Vera Fremd" not in desk.get("/").content.decode() + desk.get("/requests/").content.decode()
    browser, path = Browser(), link_in_mail()
    for method in (browser.get, browser.head):
        for _time in range(10):
            method(path, follow=True)
    enquiry.refresh_from_db()
    assert enquiry.state == "unconfirmed"
    page = browser.get(path, follow=True)
    assert page.request["PATH_INFO"] == "/with/-/"
    assert "A stand at the fair" in page.content.decode()
    answer = browser.post("/with/-/", sent_by(page), follow=True)
    assert "that is confirmed" in answer.content.decode()
    assert "Vera Fremd" in desk.get("/").content.decode()
    assert "Mornings, please." in desk.get("/requests/").content.decode()


def test_account_manager_is_told_of_a_confirmed_request_once_and_in_their_own_language(
    host: AccountManager, smtp_server: SmtpServer
) -> None:
    host.language = "es"
    host.save()
    leave(host)
    plan(now=timezone.now())
    assert not Message.objects.filter(kind="request").exists()
    page = Browser().get(link_in_mail(), follow=True)
    for _time in range(2):
        page.client.post("/with/-/", sent_by(page))
    message = Message.objects.get(kind="request")
    assert (message.account_manager, message.address, message.sender) == (host, host.email, None)
    text = words_of(message)
    kolkata = timezone.now().astimezone(ZoneInfo("Asia/Kolkata"))
    for told in ("Vera Fremd", "Fremd & Co", REQUEST["about"], REQUEST["wishes"], "Deutsch", "GMT+5:30"):
        assert told in text
    assert re.search(rf"\b{kolkata:%-H}:|\b{kolkata:%-I}:", text)
    assert f"/requests/#enquiry-{message.enquiry_id}-h" in text
    deliver(clock=timezone.now)
    mail = next(mail for mail in smtp_server.messages if host.email in mail["To"])
    assert mail["Content-Language"] == "es"
    assert "Reply-To" not in mail


def test_mail_to_the_unknown_is_in_their_language_and_holds_nothing_that_was_typed_but_names(
    host: AccountManager, smtp_server: object
) -> None:
    leave(host, about="Buy at www.example.com", wishes="http://example.com")
    message = Message.objects.get()
    text = words_of(message)
    assert "sobald Sie unten bestätigen, dass sie von Ihnen stammt" in text
    assert "example.com" not in text.replace("vera@fremd.example", "")
    assert deliver(clock=timezone.now) == {"sent": 1}
    message.refresh_from_db()
    shown = preview_of(message, now=timezone.now())
    assert shown
    assert "/with/-/…" in shown.text
    assert link_in_mail().split("/")[-2] not in shown.text + shown.html


def test_the_unknown_are_not_thanked_for_what_they_have_not_bought(host: AccountManager) -> None:
    """As Japanese letters to clients open."""
    leave(host, language="ja")
    text = words_of(Message.objects.get())
    assert text.startswith("Vera Fremd 様\n\nお客様のメールアドレスで")
    assert "お世話に" not in text


@pytest.mark.parametrize(
    ("age", "fields", "words"),
    [
        (1, {}, "very fast"),
        (25 * 60 * 60, {}, "more than a day"),
        (10, {"stamp": "forged"}, "could not be checked"),
        (10, {"full_name": "Vera www.example.com"}, "no address of the web"),
        (10, {"company": "https://example.com"}, "no address of the web"),
        (10, {"email": "vera@"}, "mail address"),
        (10, {"time_zone": "Mars/Olympus"}, "not a time zone"),
        (10, {"language": "xx"}, "not one of the available choices"),
        (10, {"about": "x" * 10_000}, "at most 2000"),
        (10, {"full_name": "Vera\0"}, "Null characters"),
    ],
)
def test_request_that_a_robot_may_have_sent_is_not_taken(
    age: float, fields: dict[str, str], words: str, host: AccountManager
) -> None:
    values = {**REQUEST, "stamp": stamp(host, seconds=age), **fields}
    response = browser_at().post(ASK, values)
    assert response.status_code == 422
    page = response.content.decode()
    assert words in page
    # What was typed is still there, with a new stamp.
    assert "Mornings, please." in page
    assert values["stamp"] not in page
    assert not Enquiry.objects.exists()


def test_stamp_of_another_page_does_not_count(host: AccountManager) -> None:
    other = make_account_manager(has_page=True, page_name="other")
    assert leave(host, stamp=stamp(other)) == 422


def test_who_fills_in_what_nobody_sees_believes_to_have_succeeded(host: AccountManager) -> None:
    assert leave(host, website="https://example.com", full_name="") == 303
    assert not Enquiry.objects.exists()


def test_the_same_form_sent_twice_leaves_one_request(host: AccountManager) -> None:
    shown = stamp(host)
    assert [leave(host, stamp=shown), leave(host, stamp=shown)] == [303, 303]
    assert Enquiry.objects.count() == Message.objects.count() == 1


def test_another_request_sent_from_the_same_form_is_not_dropped(host: AccountManager) -> None:
    first = {**REQUEST, "stamp": stamp(host)}
    assert browser_at().post(ASK, first).status_code == 303
    refused = browser_at().post(ASK, {**first, "about": "Something else."})
    assert errors_of(refused) == {"__all__": [str(KEY_REUSED)]}
    again = sent_by(refused)
    assert again["about"] == ["Something else."]
    assert browser_at().post(ASK, changed(again, stamp=stamp(host))).status_code == 303
    assert {*Enquiry.objects.values_list("about", flat=True)} == {REQUEST["about"], "Something else."}


def test_one_address_and_one_network_leave_so_many_requests_a_day(host: AccountManager) -> None:
    for number in range(ENQUIRIES_OF_AN_ADDRESS + 2):
        assert leave(host, address=f"192.0.2.{number}") == 303
    assert Message.objects.count() == Enquiry.objects.count() == ENQUIRIES_OF_AN_ADDRESS
    for number in range(ENQUIRIES_OF_A_NETWORK):
        assert leave(host, address="192.0.2.200", email=f"v{number}@fremd.example") == 303
    assert leave(host, address="192.0.2.200", email="last@fremd.example") == 429


@pytest.mark.parametrize("token", ["x", "0" * 43])
def test_mistyped_link_opens_nothing_and_too_many_are_stopped(token: str) -> None:
    answers = [browser_at().get(f"/with/-/{token}/").status_code for _time in range(11)]
    assert answers == [404] * 10 + [429]
    assert browser_at().get("/with/-/").status_code == 404


def test_what_nobody_confirms_is_gone_after_a_day(host: AccountManager) -> None:
    leave(host)
    path = link_in_mail()
    Enquiry.objects.update(created_at=timezone.now() - dt.timedelta(days=1))
    assert browser_at().get(path).status_code == 404
    plan(now=timezone.now())
    assert not Enquiry.objects.exists()
    assert not Message.objects.exists()


def test_request_becomes_a_client_with_whoever_asked_as_its_contact(host: AccountManager, desk: Browser) -> None:
    enquiry = confirmed(host)
    page = desk.get(f"/requests/{enquiry.pk}/accept/")
    assert 'value="Fremd &amp; Co"' in page.content.decode()
    response = desk.post(f"/requests/{enquiry.pk}/accept/", sent_by(page, country="DE"))
    client = Client.objects.get(name="Fremd & Co")
    assert response["Location"] == f"/clients/{client.pk}/"
    contact = Contact.objects.get(client=client)
    assert (contact.full_name, contact.language, contact.time_zone) == ("Vera Fremd", "de", "Asia/Kolkata")
    assert contact.notes == "A stand at the fair in spring.\n\nMornings, please."
    enquiry.refresh_from_db()
    assert (enquiry.state, enquiry.client) == ("accepted", client)
    again = desk.get(f"/requests/{enquiry.pk}/accept/")
    assert again["Location"] == f"/clients/{client.pk}/"


@pytest.mark.parametrize(
    ("fields", "mails"), [({"is_told": "on"}, ["declined", "enquiry", "request"]), ({}, ["enquiry", "request"])]
)
def test_request_is_declined_politely_or_silently(
    fields: dict[str, str], mails: list[str], host: AccountManager, desk: Browser
) -> None:
    enquiry = confirmed(host)
    assert desk.get(f"/requests/{enquiry.pk}/decline/").status_code == 405
    assert desk.post(f"/requests/{enquiry.pk}/decline/", fields)["Location"] == "/requests/"
    enquiry.refresh_from_db()
    assert enquiry.state == "declined"
    assert sorted(Message.objects.values_list("kind", flat=True)) == mails
    if "declined" in mails:
        assert "Vielen Dank für Ihre Anfrage" in words_of(Message.objects.get(kind="declined"))
    now = timezone.now()
    with pytest.raises(EnquirySettled):
        decline_enquiry(actor=host, enquiry=enquiry, is_told=True, now=now)
    with pytest.raises(EnquirySettled):
        accept_enquiry(actor=host, enquiry=enquiry, client=Client(), day={}, now=now)
    assert not any("Vera" in str(entry.details) for entry in AuditEntry.objects.all())


def test_requests_are_their_account_managers_alone(host: AccountManager) -> None:
    enquiry = confirmed(host)
    foreign = Browser()
    foreign.force_login(make_account_manager(host.teams.get(), make_team()))
    assert "Vera" not in foreign.get("/requests/").content.decode() + foreign.get("/").content.decode()
    assert foreign.get(f"/requests/{enquiry.pk}/accept/").status_code == 404
    for act in ("accept", "decline"):
        assert foreign.post(f"/requests/{enquiry.pk}/{act}/", {"is_told": "on"}).status_code == 404
    assert browser_at().get("/requests/").status_code == 302
    message = Message.objects.get(kind="enquiry")
    assert foreign.get(f"/outbox/{message.pk}/").status_code == 404
    own = Browser()
    own.force_login(host)
    assert own.get(f"/outbox/{message.pk}/").status_code == 200
    assert own.get("/outbox/").status_code == 200


# The account manager's own switch


def test_account_manager_opens_a_page_under_a_name_of_their_own(desk: Browser, host: AccountManager) -> None:
    make_account_manager(has_page=True, page_name="taken")
    for name, words in (
        ("taken", "has this name already"),
        ("", "Give the public page a name"),
        ("Mara", "small letters"),
        ("ab", "small letters"),
        ("-mara", "small letters"),
        ("x" * 31, "at most 30"),
        ("admin", "kept free"),
        ("mara\n", "small letters"),
    ):
        page = desk.get("/clients/me/edit/")
        response = desk.post("/clients/me/edit/", sent_by(page, page_name=name))
        if name == "mara\n":
            # A form takes what surrounds a name away.
            assert response.status_code == 302
            continue
        assert response.status_code == 422, name
        assert words in response.content.decode()
    desk.post("/clients/me/edit/", sent_by(desk.get("/clients/me/edit/"), page_name="mara-t"))
    assert browser_at().get("/with/mara-t/").status_code == 200
    assert browser_at().get(PAGE).status_code == 404
