import gc
import os
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir
from pytest_django import Settings

from tests.smtp import SmtpServer, running_smtp_server

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

set_hypothesis_home_dir(ROOT / "var" / "cache" / "hypothesis")
# On a shared machine a deadline measures the neighbours.
settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# A line such as “B3: 93 booked, 0 deadlocks”: the figures of a row of the reliability table.
FIGURES = re.compile(r"[BTW]\d+\b.*:")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Shows the figures that passed tests printed; pytest itself shows those of failed ones."""
    printed = [
        line
        for report in terminalreporter.getreports("passed")
        for line in report.capstdout.splitlines()
        if FIGURES.match(line)
    ]
    if printed:
        terminalreporter.section("figures")
        for line in sorted(printed):
            terminalreporter.write_line(line)


def pytest_collection(session: pytest.Session) -> None:
    """Lets each worker begin with other modules, so that in a fresh checkout each is compiled by one of them alone."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(HERE.rglob("test_*.py"))]
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    first = len(modules) * number // int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if first:
        for module in modules[first:] + modules[:first]:
            import_module(module)


# Begun last, these would keep one worker busy while the other has nothing left to do.
LONG = ("tests/browser/test_every_page.py", "tests/config/test_supervisor.py", "tests/faults/", "tests/concurrency/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the long tests first, and otherwise keeps the order, which is random."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Tells the garbage collector what stays: going through all modules and tests again and again takes a while."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether the database outlives the tests: it goes with its server, whoever is still connected."""
    return True


@pytest.fixture
def smtp_server(request: pytest.FixtureRequest, settings: Settings) -> Iterator[SmtpServer]:
    """A real SMTP server to which Django sends during the test; given `False`, it answers before it hears more."""
    with running_smtp_server(pipelining=getattr(request, "param", True)) as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = server.host
        settings.EMAIL_PORT = server.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server
