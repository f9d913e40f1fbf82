"""A client is recognised at an account manager's public page by a code that is mailed (rows S14, S15)."""

import datetime as dt

import pytest
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, Contact
from scheduling.meetings.models import Offer
from scheduling.outreach.models import EntryCode, Message
from scheduling.outreach.previews import preview_of
from scheduling.outreach.public_pages import code_of
from scheduling.outreach.services import plan, use_code
from scheduling.outreach.services.entry_codes import MAILS_AT_MOST, MOST_TRIES, VALID_FOR
from scheduling.outreach.views.public_pages import CODES_AT_MOST, WRONG_CODES
from tests.clients.sending import sent_by
from tests.outreach.private import visitor
from tests.outreach.public_pages.pages import (
    PAGE,
    REQUEST,
    asked,
    browser_at,
    code_in_mail,
    shapes,
    stamp,
    steps,
    text_of_page,
    words_of,
)
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

STRANGER = "nobody@elsewhere.example"


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


def test_page_tells_who_it_is_and_what_time_it_is_there_and_nothing_else(
    host: AccountManager, contact: Contact
) -> None:
    page = browser_at().get(PAGE).content.decode()
    assert "Mara Test" in page
    assert "Northern clients" in page
    assert "Tokyo" in page
    assert f"{timezone.now().astimezone(host.zone):%M}" in page
    for secret in (host.email, contact.full_name, contact.client.name, str(host.pk) + "/"):
        assert secret not in page


def test_page_that_is_off_is_as_one_that_never_was(host: AccountManager) -> None:
    absent = browser_at().get("/with/nobody/")
    statements = shapes(lambda: browser_at().get("/with/nobody/"))
    for changes in ({"has_page": False}, {"has_page": True, "is_active": False}):
        AccountManager.objects.filter(pk=host.pk).update(**changes)
        for below in ("", "client/", "code/", "ask/", "asked/"):
            assert browser_at().get(f"{PAGE}{below}").status_code == 404
        assert browser_at().get(PAGE).content == absent.content
        assert shapes(lambda: browser_at().get(PAGE)) == statements
    assert browser_at().post(f"{PAGE}client/", {"email": STRANGER}).status_code == 404
    assert not EntryCode.objects.exists()


@pytest.mark.parametrize("language", ["es", "ar"])
def test_pages_are_in_the_browsers_language(language: str, host: AccountManager) -> None:
    for below in ("", "client/", "ask/", "asked/"):
        response = browser_at(accept_language=f"{language}-XX,en;q=0.5").get(f"{PAGE}{below}")
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<html lang="{language}" dir="{direction}">' in response.content.decode()
        assert response["Content-Language"] == language


def test_known_and_unknown_addresses_get_the_same_answers_for_the_same_work(contact: Contact) -> None:
    def run(email: str, address: str) -> tuple[list[str], list[str], list[str]]:
        """The answers to asking for a code and to a wrong one, and the statements that each took."""
        browser = browser_at(address)
        answers = []

        def post(below: str, **fields: str) -> None:
            response = browser.post(f"{PAGE}{below}/", fields)
            answers.append(f"{response.status_code} {response.get('Location')} {text_of_page(response.content)}")

        asking = shapes(lambda: post("client", email=email))
        plan(now=timezone.now())
        typed = wrong(code_of(EntryCode.objects.latest("pk")))
        return answers, asking, shapes(lambda: post("code", code=typed))

    runs = run(contact.email, "192.0.2.1"), run(STRANGER, "192.0.2.2")
    # Statement by statement the same, so that there is no time to measure.
    assert runs[0] == runs[1]
    assert runs[0][0][0].startswith("303")
    assert "clients_contact" not in "".join(runs[0][1])


def test_known_and_unknown_addresses_run_the_same_lines(host: AccountManager, contact: Contact) -> None:
    def run(email: str, address: str) -> tuple[list[str], list[str], list[str]]:
        """What asking for a code, typing a wrong one, and leaving a request each run."""
        browser = browser_at(address)
        asking = steps(lambda: browser.post(f"{PAGE}client/", {"email": email}))
        plan(now=timezone.now())
        typed = wrong(code_of(EntryCode.objects.latest("pk")))
        typing = steps(lambda: browser.post(f"{PAGE}code/", {"code": typed}))
        request = {**REQUEST, "email": email, "stamp": stamp(host)}
        return asking, typing, steps(lambda: browser.post(f"{PAGE}ask/", request))

    # What is kept from then on, such as templates, is read before.
    run("first@elsewhere.example", "192.0.2.3")
    known, unknown = run(contact.email, "192.0.2.1"), run(STRANGER, "192.0.2.2")
    assert all(any("public_pages.py" in line for line in lines) for lines in known)
    assert known == unknown


def test_right_code_opens_the_contacts_own_page_once(contact: Contact) -> None:
    browser = asked(contact.email.upper())
    code = code_in_mail()
    response = browser.post(f"{PAGE}code/", {"code": f" {code[:3]} {code[3:]} "}, follow=True)
    assert response.redirect_chain[-1][0] == "/you/"
    assert "Sample Sails" in response.content.decode()
    used = EntryCode.objects.get()
    assert use_code(pk=used.pk, typed=code, now=timezone.now()) is None
    # Another browser has no use for it.
    assert browser_at().post(f"{PAGE}code/", {"code": code})["Location"] == f"{PAGE}client/"


def test_mail_speaks_the_contacts_language_and_its_code_is_shown_to_nobody_else(contact: Contact) -> None:
    asked(contact.email)
    code = code_in_mail()
    message = Message.objects.get(kind="code")
    assert message.contact == contact
    assert "diez minutos" in words_of(message)
    shown = preview_of(message, now=timezone.now())
    assert shown
    assert code not in shown.text + shown.html + shown.subject
    stored = str(EntryCode.objects.values().get())
    assert code not in stored


def test_codes_end_after_their_time_and_after_five_wrong_ones(contact: Contact) -> None:
    asked(contact.email)
    code, entry_code, now = code_in_mail(), EntryCode.objects.get(), timezone.now()
    assert use_code(pk=entry_code.pk, typed=code, now=entry_code.asked_at + VALID_FOR) is None
    for _number in range(MOST_TRIES - 1):
        assert use_code(pk=entry_code.pk, typed=wrong(code), now=now) is None
    assert use_code(pk=entry_code.pk, typed=code, now=now) is None
    EntryCode.objects.update(tries=MOST_TRIES - 1)
    assert use_code(pk=entry_code.pk, typed=code, now=now) == contact


def test_nobody_is_known_but_who_the_hosts_own_teams_look_after(host: AccountManager, contact: Contact) -> None:
    elsewhere = make_contact(make_client(make_team()), email="far@client.example")
    make_account_manager(elsewhere.client.team)
    AccountManager.objects.filter(pk=host.pk).update(is_staff=True)
    gone = make_contact(contact.client, email="gone@client.example")
    type(gone).objects.filter(pk=gone.pk).update(erased_at=timezone.now())
    for email in (elsewhere.email, gone.email, STRANGER):
        asked(email)
        plan(now=timezone.now())
        entry_code = EntryCode.objects.latest("pk")
        assert use_code(pk=entry_code.pk, typed=code_of(entry_code), now=timezone.now()) is None
    assert not Message.objects.exists()


def test_wrong_codes_are_counted_whatever_a_network_says_of_itself(contact: Contact) -> None:
    answers = []
    browser = asked("someone@elsewhere.example")
    for number in range(WRONG_CODES + 1):
        if 0 < number < CODES_AT_MOST:
            browser = asked(f"someone{number}@elsewhere.example")
        response = browser.post(f"{PAGE}code/", {"code": "000000"}, headers={"x-forwarded-for": f"198.51.100.{number}"})
        answers.append(response.status_code)
    assert answers == [422] * WRONG_CODES + [429]
    assert int(response["Retry-After"]) > 0
    refused = browser_at(x_forwarded_for="198.51.100.99").post(f"{PAGE}client/", {"email": contact.email})
    assert refused.status_code == 429


def test_wrong_codes_of_one_address_are_counted_over_all_networks(contact: Contact) -> None:
    answers = []
    for number in range(WRONG_CODES + 1):
        browser = asked(contact.email, f"192.0.2.{number}")
        typed = wrong(code_of(EntryCode.objects.latest("pk")))
        answers.append(browser.post(f"{PAGE}code/", {"code": typed}).status_code)
    assert answers == [422] * WRONG_CODES + [429]
    # Not even the right one helps then.
    assert browser.post(f"{PAGE}code/", {"code": code_of(EntryCode.objects.latest("pk"))}).status_code == 429


def test_one_address_gets_so_many_mails_and_no_more(contact: Contact) -> None:
    for number in range(MAILS_AT_MOST + 2):
        asked(contact.email, f"192.0.2.{number}")
    plan(now=timezone.now())
    assert Message.objects.filter(kind="code").count() == MAILS_AT_MOST
    plan(now=timezone.now() + dt.timedelta(days=2))
    assert not EntryCode.objects.exists()


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "0" * 10_000, "12345\0"])
def test_what_is_no_code_is_said_to_be_none_and_counts_for_nothing(code: str, contact: Contact) -> None:
    browser = asked(contact.email)
    assert browser.post(f"{PAGE}code/", {"code": code}).status_code == 422
    assert EntryCode.objects.get().tries == 0


def test_contact_who_is_let_in_asks_for_times_and_gets_an_offer_of_the_fairest(
    host: AccountManager, contact: Contact
) -> None:
    contact.time_zone = "Asia/Seoul"
    contact.save()
    browser = visitor(contact, Purpose.HOME)
    path = "/you/times/mara/"
    assert path in browser.get("/you/").content.decode()
    page = browser.get(path)
    assert browser.post(path, sent_by(page, title="See www.example.com")).status_code == 422
    sent = sent_by(page, title="New brochure", duration_minutes="45")
    first = browser.post(path, sent)
    assert first.status_code == 303
    offer = Offer.objects.get()
    assert first["Location"] == f"/you/offers/{offer.pk}/"
    assert offer.account_manager == host
    assert offer.times.count() == 3
    assert offer.events.get().contact == contact
    assert "New brochure" in browser.get(first["Location"]).content.decode()
    # Sent twice, or asked once more: one offer.
    for fields in (sent, sent_by(browser.get(path), title="Once more")):
        assert browser.post(path, fields)["Location"] == first["Location"]
    AccountManager.objects.update(has_page=False)
    assert browser.get(path).status_code == 404
    assert path not in browser.get("/you/").content.decode()
