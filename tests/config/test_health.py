"""What monitors hear of this process and of what is around it."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import InterfaceError, OperationalError, connection, connections
from django.test import Client as Browser
from django.test import RequestFactory
from django.utils import translation
from psycopg import errors as postgres

from config.celery import app
from config.embedded import LOOPBACK, free_port
from config.errors import is_unreachable, server_error
from scheduling.outreach import services
from tests.outreach.test_switch import NOW

ALL_IS_WELL = {"database": "ok", "migrations": "ok", "broker": "ok", "outreach": "ok"}


def answers(path: str) -> tuple[int, Any, Any]:
    """Status, content and headers for whoever is signed in nowhere."""
    response = Browser().get(path)
    return response.status_code, response.content.decode(), response.headers


def test_a_process_that_answers_is_alive_even_without_a_database() -> None:
    # Without the mark that gives a test the database, a query would fail this.
    status, content, headers = answers("/healthz")
    assert (status, content) == (200, "ok\n")
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_names_every_part_and_is_never_kept() -> None:
    status, content, headers = answers("/readyz")
    assert (status, json.loads(content)) == (200, ALL_IS_WELL)
    assert "no-store" in headers["Cache-Control"]


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE id = (SELECT max(id) FROM django_migrations)")
    status, content, _ = answers("/readyz")
    assert (status, json.loads(content)) == (503, ALL_IS_WELL | {"migrations": "1 not applied"})


@pytest.mark.django_db
def test_not_ready_without_a_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"redis://:a-secret@{LOOPBACK}:{free_port()}/0"
    monkeypatch.setitem(app.conf, "broker_url", nowhere)
    status, content, _ = answers("/readyz")
    assert (status, json.loads(content)) == (503, ALL_IS_WELL | {"broker": "does not answer"})
    assert "a-secret" not in content


@pytest.mark.django_db
def test_a_pause_is_told_but_takes_no_page_away() -> None:
    services.pause(actor=None, reason="", now=NOW)
    status, content, _ = answers("/readyz")
    assert (status, json.loads(content)) == (200, ALL_IS_WELL | {"outreach": "paused"})


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_monitors_only_read(path: str) -> None:
    assert Browser().post(path).status_code == 405


def failure(cause: Exception | None) -> OperationalError:
    error = OperationalError("words")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "unreachable"),
    [
        (failure(postgres.OperationalError("connection refused")), True),
        (failure(postgres.TooManyConnections("sorry")), True),
        (failure(postgres.AdminShutdown("terminating")), True),
        (failure(postgres.CannotConnectNow("starting up")), True),
        (InterfaceError("the connection is closed"), True),
        (failure(postgres.DeadlockDetected("deadlock")), False),
        (failure(postgres.LockNotAvailable("lock")), False),
        (failure(postgres.QueryCanceled("timeout")), False),
        (ValueError("words"), False),
        (None, False),
    ],
    ids=repr,
)
def test_only_a_lost_database_counts_as_one(error: Exception | None, unreachable: bool) -> None:
    assert is_unreachable(error) is unreachable


def answer_to(error: Exception, **headers: str) -> Any:
    request = RequestFactory().get("/", headers=headers)
    request.user = AnonymousUser()
    try:
        raise error
    except type(error):
        return server_error(request)


@pytest.mark.parametrize("language", ["en", "es"])
def test_people_are_told_in_their_language_when_to_come_back(language: str) -> None:
    with translation.override(language):
        response = answer_to(failure(None))
        words = translation.gettext("Too busy for a moment")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "no-store" in response.headers["Cache-Control"]
    html = response.content.decode()
    assert f'<html lang="{language}" dir="ltr">' in html
    assert words in html


def test_programs_are_told_in_json() -> None:
    response = answer_to(failure(None), accept="application/json")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "try again" in json.loads(response.content)["error"].lower()


def test_a_fault_of_ours_stays_one() -> None:
    assert answer_to(ValueError("words")).status_code == 500


def answer_without_a_database(path: str, **cookies: str) -> Any:
    """The answer of a thread whose database refuses connections."""

    def answer() -> Any:
        elsewhere = connection.copy()
        elsewhere.settings_dict["PORT"] = str(free_port())
        connections["default"] = elsewhere
        browser = Browser(raise_request_exception=False)
        for name, value in cookies.items():
            browser.cookies[name] = value
        return browser.get(path)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(answer).result()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/outbox/", "/accounts/login/"])
def test_no_page_breaks_without_a_database(path: str) -> None:
    # A session makes even what asks nothing of the database ask who is there.
    response = answer_without_a_database(path, **{settings.SESSION_COOKIE_NAME: "a-session"})
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_not_ready_without_a_database() -> None:
    response = answer_without_a_database("/readyz")
    assert response.status_code == 503
    assert response.json() == {
        "database": "does not answer", "migrations": "not known", "broker": "ok", "outreach": "not known",
    }  # fmt: skip
