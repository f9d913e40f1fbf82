"""Signing in, and the pages of allauth in Dayband's look."""

import base64
import hmac
import re
import struct
import threading
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import Settings

from clients.models import AccountManager
from tests.people import make_account_manager
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db

PASSWORD = "a lantern by the quay"
LOGGED_OUT = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key_done",
    "account_inactive",
]
SIGNED_IN = [
    "account_logout",
    "account_change_password",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
]
WITH_APP = [
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
]


@pytest.fixture(autouse=True)
def forget_tries() -> Iterator[None]:
    """Tries are counted in the cache, by address, which all tests share."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(full_name="Mara Test", email="mara@dayband.example", password=PASSWORD)


def sign_in(browser: Browser, **values: str) -> Any:
    return browser.post(reverse("account_login"), {"login": "mara@dayband.example", "password": PASSWORD, **values})


def forget(address: str, *, host: str = "localhost") -> Any:
    """The answer to somebody who forgot the password of an account with that address."""
    return Browser(headers={"host": host}).post(reverse("account_reset_password"), {"email": address})


def link_mailed_to(address: str) -> str:
    """The link in the only mail that anybody was sent."""
    wait_until(lambda: bool(mail.outbox), "a mail")
    (message,) = mail.outbox
    assert message.to == [address]
    link = re.search(r"https?://\S+/accounts/password/reset/key/\S+", str(message.body))
    assert link is not None
    mail.outbox.clear()
    return link[0]


def replace_password(browser: Browser, link: str, password: str) -> None:
    address = browser.get(link, follow=True).redirect_chain[-1][0]
    browser.post(address, {"password1": password, "password2": password})


@pytest.fixture
def signed_in(manager: AccountManager) -> Browser:
    """A browser in which Mara has just shown that it is her."""
    browser = Browser()
    sign_in(browser)
    browser.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return browser


def code(secret: str) -> str:
    """What an authenticator app shows now. Source: RFC 6238, with RFC 4226, section 5.3."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    offset = digest[-1] & 15
    number: int = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


@pytest.fixture
def with_app(manager: AccountManager, signed_in: Browser) -> Browser:
    """The same, with an authenticator app and recovery codes."""
    secret = re.search(r'value="([A-Z2-7]{32})"', signed_in.get(reverse("mfa_activate_totp")).content.decode())
    assert secret is not None
    response = signed_in.post(reverse("mfa_activate_totp"), {"code": code(secret[1])})
    assert response.status_code == HTTPStatus.FOUND
    return signed_in


def assert_in_look(response: Any) -> None:
    """The page is one of Dayband's and keeps to the policy."""
    assert response.status_code == HTTPStatus.OK
    html = response.content.decode()
    assert "styles/base.css" in html
    assert re.search(r'class="card[ "]', html)
    assert len(re.findall(r"<h1>", html)) == 1
    assert "data:" not in html
    assert not re.search(r"<[^>]+\s(style|on[a-z]+)=", html)
    for script in re.findall(r"<script[^>]*>", html):
        assert "src=" in script or 'type="application/json"' in script
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("name", LOGGED_OUT)
def test_page_before_signing_in_is_in_look(name: str, client: Browser) -> None:
    assert_in_look(client.get(reverse(name)))


@pytest.mark.parametrize("name", SIGNED_IN)
def test_page_of_ones_account_is_in_look(name: str, signed_in: Browser) -> None:
    assert_in_look(signed_in.get(reverse(name)))


@pytest.mark.parametrize("name", WITH_APP)
def test_page_about_second_factors_is_in_look(name: str, with_app: Browser) -> None:
    assert_in_look(with_app.get(reverse(name)))


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_page_of_one_key_is_in_look(name: str, manager: AccountManager, signed_in: Browser) -> None:
    key = Authenticator.objects.create(
        user=manager, type=Authenticator.Type.WEBAUTHN, data={"name": "Blue key", "credential": {}}
    )
    assert_in_look(signed_in.get(reverse(name, args=[key.pk])))
    assert "Blue key" in signed_in.get(reverse("mfa_list_webauthn")).content.decode()


def test_account_manager_signs_in_and_out(manager: AccountManager, client: Browser) -> None:
    response = sign_in(client)
    assert response.headers["Location"] == reverse("desk:today")
    assert client.get(reverse("desk:today")).status_code == HTTPStatus.OK
    assert client.post(reverse("account_logout")).headers["Location"] == reverse("account_login")
    assert client.get(reverse("desk:today")).status_code == HTTPStatus.FOUND


def test_reading_the_sign_out_page_signs_nobody_out(signed_in: Browser) -> None:
    signed_in.get(reverse("account_logout"))
    assert signed_in.get(reverse("desk:today")).status_code == HTTPStatus.OK


@pytest.mark.parametrize("values", [{"password": "something else"}, {"login": "nobody@dayband.example"}])
def test_wrong_password_and_unknown_address_are_answered_alike(
    values: dict[str, str], manager: AccountManager, client: Browser
) -> None:
    html = sign_in(client, **values).content.decode()
    assert "not correct" in html
    assert 'aria-invalid="true"' in html or "errorlist" in html
    assert client.get(reverse("desk:today")).status_code == HTTPStatus.FOUND


def test_nobody_signs_up(client: Browser) -> None:
    client.post(
        reverse("account_signup"),
        {"email": "new@dayband.example", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert not AccountManager.objects.exists()
    assert "Accounts are made by administrators" in client.get(reverse("account_signup")).content.decode()
    assert reverse("account_signup") not in client.get(reverse("account_login")).content.decode()


def test_pages_before_signing_in_speak_the_browsers_language(client: Browser) -> None:
    html = client.get(reverse("account_login"), headers={"accept-language": "es-CO,es;q=0.9"}).content.decode()
    assert '<html lang="es"' in html
    assert "Contraseña" in html
    html = client.get(reverse("account_login"), headers={"accept-language": "tlh"}).content.decode()
    assert '<html lang="en"' in html


def test_forgotten_password_is_replaced_by_a_link(manager: AccountManager, client: Browser) -> None:
    forget("MARA@dayband.example")
    link = link_mailed_to("mara@dayband.example")
    assert_in_look(client.get(link, follow=True))
    new = "another lantern by the quay"
    replace_password(client, link, new)
    assert sign_in(client).status_code == HTTPStatus.OK
    assert sign_in(client, password=new).status_code == HTTPStatus.FOUND
    used = Browser().get(link)
    assert "This link no longer works" in used.content.decode()


def test_mail_for_a_new_password_names_no_host_but_the_configured_one(
    manager: AccountManager, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_ORIGIN = ["other.example"], "https://dayband.example"
    forget(manager.email, host="other.example")
    wait_until(lambda: bool(mail.outbox), "a mail")
    told = f"{mail.outbox[0].subject} {mail.outbox[0].body}"
    assert "other.example" not in told
    assert link_mailed_to(manager.email).startswith("https://dayband.example/accounts/")


def test_unknown_address_gets_the_same_answer_and_no_mail_when_it_forgets(manager: AccountManager) -> None:
    answers = [forget(address).headers["Location"] for address in ("nobody@dayband.example", manager.email)]
    assert answers[0] == answers[1]
    assert link_mailed_to(manager.email)


class HeldBack(EmailBackend):
    """A mail server that takes nothing until the page has been answered."""

    answered = threading.Event()

    def send_messages(self, messages: Sequence[Any]) -> int:
        self.answered.wait(5)
        return super().send_messages(messages)


def test_answer_does_not_wait_for_the_mail_that_an_unknown_address_does_not_get(
    manager: AccountManager, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.HeldBack"
    forget(manager.email)
    assert not mail.outbox
    HeldBack.answered.set()
    assert link_mailed_to(manager.email)


def test_replaced_address_opens_nothing(manager: AccountManager, client: Browser) -> None:
    old, new = manager.email, "another lantern by the quay"
    forget(old)
    replace_password(client, link_mailed_to(old), new)
    forget(old)
    sent_before = link_mailed_to(old)
    manager.refresh_from_db()
    manager.email = "mara.new@dayband.example"
    manager.save()
    assert sign_in(client, password=new).status_code == HTTPStatus.OK
    assert "This link no longer works" in client.get(sent_before, follow=True).content.decode()
    # Whoever has the address next gets a link to their own account, and to no other.
    make_account_manager(email=old, password=PASSWORD)
    forget(old)
    replace_password(client, link_mailed_to(old), "a third lantern by the quay")
    manager.refresh_from_db()
    assert manager.check_password(new)


def test_addresses_are_stored_in_one_place(manager: AccountManager, with_app: Browser) -> None:
    forget(manager.email)
    replace_password(Browser(), link_mailed_to(manager.email), "another lantern by the quay")
    for name in (*SIGNED_IN, *WITH_APP, "account_email"):
        with_app.get(reverse(name))
    with_app.post(reverse("account_email"), {"action_add": "", "email": "second@dayband.example"})
    assert not EmailAddress.objects.exists()
    assert not admin.site.is_registered(EmailAddress)


def created_by_command() -> None:
    call_command("createsuperuser", interactive=False, email="MARA@Dayband.example", full_name="Mara Test", verbosity=0)


def created_by_code() -> None:
    make_account_manager(email="MARA@Dayband.example")


@pytest.mark.parametrize("create", [created_by_command, created_by_code])
def test_address_written_in_capitals_signs_in(create: Any, client: Browser) -> None:
    create()
    forget("mara@dayband.example")
    replace_password(client, link_mailed_to("mara@dayband.example"), PASSWORD)
    assert sign_in(client, login="Mara@DAYBAND.example").status_code == HTTPStatus.FOUND


def test_no_address_is_stored_in_capitals(manager: AccountManager) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AccountManager.objects.filter(pk=manager.pk).update(email="MARA@dayband.example")


def test_weak_password_is_refused_at_its_field(signed_in: Browser) -> None:
    response = signed_in.post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": "short", "password2": "short"}
    )
    assert "at least 12 characters" in response.content.decode()
    assert sign_in(Browser()).status_code == HTTPStatus.FOUND


def test_authenticator_code_is_asked_for_after_the_password(manager: AccountManager, with_app: Browser) -> None:
    browser = Browser()
    response = sign_in(browser)
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert_in_look(browser.get(reverse("mfa_authenticate")))
    assert browser.get(reverse("desk:today")).status_code == HTTPStatus.FOUND
    browser.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert browser.get(reverse("desk:today")).status_code == HTTPStatus.FOUND
    codes = Authenticator.objects.get(user=manager, type=Authenticator.Type.RECOVERY_CODES).wrap()
    browser.post(reverse("mfa_authenticate"), {"code": codes.get_unused_codes()[0]})
    assert browser.get(reverse("desk:today")).status_code == HTTPStatus.OK


def test_qr_code_is_drawn_in_the_page(signed_in: Browser) -> None:
    html = signed_in.get(reverse("mfa_activate_totp")).content.decode()
    assert re.search(r'<div class="qr"[^>]*><svg ', html.replace("\n", ""))


def test_account_page_counts_what_is_set_up(manager: AccountManager, with_app: Browser) -> None:
    html = with_app.get(reverse("desk:account")).content.decode()
    assert reverse("mfa_deactivate_totp") in html
    assert "10 unused codes" in html


def test_after_many_wrong_passwords_the_right_one_has_to_wait(manager: AccountManager, client: Browser) -> None:
    for _ in range(10):
        response = sign_in(client, password="wrong")
    assert "Too many" in response.content.decode()
    assert sign_in(client).status_code != HTTPStatus.FOUND


def test_a_flood_of_tries_is_answered_with_a_page() -> None:
    responses = [forget("nobody@dayband.example") for _ in range(21)]
    assert responses[-1].status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Too many tries" in responses[-1].content.decode()
