"""Lighthouse's scores of the two pages on which times are chosen. `make lighthouse` runs it, `make test` does not."""

import datetime as dt
import json
import os
import subprocess
from pathlib import Path

import pytest
from django.conf import settings as project
from django.test import Client as Visitor
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from clients.links import Purpose
from tests.browser.chromium import find_chromium
from tests.browser.conftest import ARGUMENTS
from tests.meetings.offered import Cast, make_cast, send
from tests.outreach.private import path_of

pytestmark = pytest.mark.django_db(transaction=True)

LEAST = 98  # of 100, in each category


@pytest.fixture
def cast() -> Cast:
    return make_cast(address_as="Claire", full_name="Claire Tremblay")


def scores(address: str, report: Path, *options: str) -> dict[str, int]:
    """Lighthouse's four scores of a page, on a device in Toronto."""
    subprocess.run(
        [
            *("npx", "--yes", "lighthouse@12", address, "--quiet", "--output=json", f"--output-path={report}"),
            f"--chrome-flags=--headless=new {' '.join(ARGUMENTS[:3])}",
            # Nobody shall find a private page by searching.
            "--skip-audits=is-crawlable",
            *options,
        ],
        check=True,
        timeout=300,
        env={**os.environ, "CHROME_PATH": str(find_chromium()), "TZ": "America/Toronto"},
    )
    found = json.loads(report.read_text())
    print(f"\n{address}: on a machine of benchmark index {found['environment']['benchmarkIndex']:.0f}")
    for audit in found["audits"].values():
        if audit.get("score") is not None and audit["score"] < 0.9 and audit.get("scoreDisplayMode") == "numeric":
            print(f"  {audit['title']}: {audit.get('displayValue', audit['score'])}")
    return {name: round(100 * category["score"]) for name, category in found["categories"].items()}


def test_offer_of_times_on_a_phone(live_server: LiveServer, cast: Cast, tmp_path: Path) -> None:
    now = timezone.now()
    tuesday = now.replace(hour=15, minute=0, second=0, microsecond=0) + (8 - now.weekday()) * dt.timedelta(days=1)
    offer = send(cast, now=now, times=[tuesday, tuesday + dt.timedelta(days=1), tuesday + dt.timedelta(days=2)])
    found = scores(f"{live_server.url}{path_of(cast.contact, Purpose.OFFER, offer.pk)}", tmp_path / "report.json")
    print(f"  {found}")
    assert min(found.values()) >= LEAST


def test_proposed_times_on_a_desk(live_server: LiveServer, cast: Cast, tmp_path: Path) -> None:
    visitor = Visitor()
    visitor.force_login(cast.manager)
    cookie = f"{project.SESSION_COOKIE_NAME}={visitor.cookies[project.SESSION_COOKIE_NAME].value}"
    address = f"{live_server.url}/meetings/propose/?contacts={cast.contact.pk}&colleagues={cast.manager.pk}&duration=45"
    options = ("--preset=desktop", f"--extra-headers={json.dumps({'Cookie': cookie})}")
    found = scores(address, tmp_path / "report.json", *options)
    print(f"  {found}")
    assert min(found.values()) >= LEAST
