"""What holds for every route there is, and for those that are still to come."""

from contextlib import suppress

import pytest
from django.test import Client as Browser
from django.test import RequestFactory
from pytest_django import Settings

from tests.security.routes import Route, routes

# Who writes without a token of ours, and why that is safe.
WITHOUT_CSRF = {
    # RFC 8058: a mail program's POST has no cookie either, and the link itself is the permission.
    "one_click",
    # A mail provider's server, which has no cookie but shows a secret.
    "outreach:provider_report",
}

pytestmark = pytest.mark.django_db


def test_routes_are_found() -> None:
    names = {route.name for route in routes()}
    assert {"desk:today", "you:wishes", "private_link", "admin:clients_client_change", "account_login"} <= names


def test_every_route_keeps_its_csrf_token_but_those_that_machines_call() -> None:
    exempt = {route.name for route in routes() if getattr(route.view, "csrf_exempt", False)}
    assert exempt == WITHOUT_CSRF


def test_no_route_takes_a_post_without_its_token() -> None:
    browser = Browser(enforce_csrf_checks=True, raise_request_exception=False)
    statuses = {
        route: browser.post(route.path, {"List-Unsubscribe": "One-Click"}).status_code
        for route in routes()
        if route.name not in WITHOUT_CSRF
    }
    # Refused before anything is looked up, and whether it takes a POST or not.
    assert {route.path: status for route, status in statuses.items() if status != 403} == {}


def test_whatever_can_be_opened_can_be_asked_for_its_headers() -> None:
    def is_refused(route: Route, method: str) -> bool:
        # Asked without anybody who has signed in: a view that takes the method goes on to ask who it is.
        with suppress(Exception):
            return bool(route.view(RequestFactory().generic(method, route.path)).status_code == 405)
        return False

    assert [route for route in routes() if is_refused(route, "HEAD") and not is_refused(route, "GET")] == []


def test_every_answer_says_what_browsers_may_do_with_it(client: Browser) -> None:
    missed = []
    for route in routes():
        response = client.get(route.path)
        policy = response.headers.get("Content-Security-Policy", "")
        holds = (
            # /readyz says 503 where there is no broker.
            response.status_code != 500
            and "default-src 'none'" in policy
            and "frame-ancestors 'none'" in policy
            and "unsafe" not in policy
            and response.headers.get("X-Content-Type-Options") == "nosniff"
            and response.headers.get("X-Frame-Options") == "DENY"
            and response.headers.get("Referrer-Policy") in ("same-origin", "no-referrer")
        )
        if not holds:
            missed.append((route.path, response.status_code, dict(response.headers)))
    assert not missed


@pytest.mark.parametrize("path", ["/nowhere/", "/clients/x/", "/p/x/", "/you/wishes/"])
def test_over_tls_every_answer_asks_for_tls_for_good(path: str, client: Browser, settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    assert "max-age=31536000" in client.get(path, secure=True)["Strict-Transport-Security"]
