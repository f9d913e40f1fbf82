"""The application as in production, and people whose time is fought over."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection

from config.embedded import LOOPBACK, free_port
from tests.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class WebServer:
    host: str
    port: int


def test_database_url() -> str:
    """The URL of the database that this test session uses, for another process."""
    values = connection.settings_dict
    return f"postgresql://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.fixture(scope="session")
def web_server(django_db_setup: None) -> Iterator[WebServer]:
    """gunicorn with two processes of ten threads on the test's database."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{LOOPBACK}:{port}"]
    command += ["--workers", "2", "--threads", "10", "--preload", "--log-level", "warning"]
    command += ["--timeout", str(PATIENCE_SECONDS)]
    # The visitors' kept connections outlive the pauses between their rounds.
    command += ["--keep-alive", "300"]
    env = {**os.environ, "DATABASE_URL": test_database_url(), "LOG_LEVEL": "ERROR"}
    with subprocess.Popen(command, cwd=ROOT, env=env) as process:
        try:
            wait_until(lambda: _answers(port), "gunicorn answers")
            yield WebServer(LOOPBACK, port)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/accounts/login/", timeout=PATIENCE_SECONDS) as response:
            return bool(response.status == 200)
    except OSError:
        return False
