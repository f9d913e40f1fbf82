"""What a reader is told when something is wrong, and what they can do next."""

import re
from http import HTTPStatus
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.test import Client as Browser
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation
from django.views import defaults

from config.errors import OF_CLIENTS, server_error
from tests.people import make_account_manager


def assert_calm(response: Any, status: HTTPStatus) -> str:
    """The page says in plain words what happened and leads on; its text."""
    assert response.status_code == status
    html: str = response.content.decode()
    assert "styles/base.css" in html
    assert len(re.findall(r"<h1>", html)) == 1
    assert re.search(r'<a class="btn btn--primary" href="/[^"]*"', html)
    assert not re.search(r"<[^>]+\sstyle=|<style|<script(?![^>]*src=)", html)
    return html


# Without the mark that gives a test the database, these two show that the pages do without one.


def test_answer_to_a_fault_needs_no_database() -> None:
    response = server_error(RequestFactory().get("/"))
    assert "Something broke on our side" in assert_calm(response, HTTPStatus.INTERNAL_SERVER_ERROR)


def test_answer_to_a_senseless_request_needs_no_database() -> None:
    response = defaults.bad_request(RequestFactory().get("/"), SuspiciousOperation("secret detail"))
    assert "secret detail" not in assert_calm(response, HTTPStatus.BAD_REQUEST)


def test_clients_are_told_of_a_fault_without_being_led_to_the_account_managers_pages() -> None:
    theirs = {reverse("private_link", args=["a" * 43]), reverse("you:home"), reverse("public:page", args=["maya"])}
    assert {f"/{path.split('/')[1]}/" for path in theirs} == set(OF_CLIENTS)
    for path in theirs:
        html = server_error(RequestFactory().get(path)).content.decode()
        assert "answer our latest mail" in html
        assert 'href="/"' not in html


@pytest.mark.parametrize("language", ["en", "es"])
def test_answer_to_a_fault_names_its_language(language: str) -> None:
    with translation.override(language):
        html = server_error(RequestFactory().get("/")).content.decode()
    assert f'<html lang="{language}" dir="ltr">' in html


@pytest.mark.django_db
def test_forged_host_is_a_senseless_request(client: Browser) -> None:
    assert_calm(client.get("/", headers={"host": "evil.example"}), HTTPStatus.BAD_REQUEST)


@pytest.mark.django_db
def test_unknown_address_is_not_found(client: Browser) -> None:
    assert "Your clients" not in assert_calm(client.get("/nowhere/"), HTTPStatus.NOT_FOUND)
    client.force_login(make_account_manager())
    html = assert_calm(client.get("/nowhere/"), HTTPStatus.NOT_FOUND)
    assert reverse("clients:list") in html


@pytest.mark.django_db
def test_forbidden_page_says_whom_to_ask() -> None:
    request = RequestFactory().get("/")
    request.user = make_account_manager()
    assert "administrator" in assert_calm(defaults.permission_denied(request, PermissionDenied()), HTTPStatus.FORBIDDEN)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "way_on"),
    [("/accounts/login/", "/"), ("/with/mara/client/", "/with/mara/"), ("/you/wishes/", "/you/lost/")],
)
def test_form_without_its_token_says_to_send_it_again_and_leads_on(path: str, way_on: str) -> None:
    response = Browser(enforce_csrf_checks=True).post(path, {"email": "a@b.example"})
    html = assert_calm(response, HTTPStatus.FORBIDDEN)
    assert "send it again" in html
    assert f'<a class="btn btn--primary" href="{way_on}">' in html
