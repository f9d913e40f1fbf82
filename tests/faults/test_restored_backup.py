"""A restored backup sends nothing until somebody says that it is to."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, connections
from django.utils import timezone

from scheduling.outreach import services
from scheduling.outreach.models import Message, OutreachSwitch
from scheduling.outreach.models.switch import DatabaseIdentity
from scheduling.outreach.operations.pauses import current_pause
from tests.faults.conftest import database_url, make_meetings
from tests.faults.postgresql import dump, restore
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
COPY = "copy"


@pytest.fixture
def copy() -> Iterator[str]:
    """The URL of an empty database beside the test's own."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {COPY}")
        yield f"{database_url().rpartition('/')[0]}/{COPY}"
        cursor.execute(f"DROP DATABASE {COPY} WITH (FORCE)")


def in_the_copy(act: Callable[[], T]) -> T:
    """What the action returns in a thread whose database is the copy."""

    def run() -> T:
        there = connection.copy()
        there.settings_dict["NAME"] = COPY
        connections["default"] = there
        try:
            return act()
        finally:
            there.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def is_copy() -> bool:
    pause = current_pause()
    return pause is not None and pause.is_copy


def test_a_restored_backup_is_silent_until_it_is_resumed(copy: str, smtp_server: SmtpServer) -> None:
    # As in every database that was not emptied by a test before.
    OutreachSwitch.objects.all().delete()
    OutreachSwitch.objects.create(database_identity=DatabaseIdentity())
    make_meetings(1)
    now = timezone.now()
    services.plan(now=now)
    backup = dump(database_url())

    restore(backup, copy)
    assert in_the_copy(is_copy)
    assert in_the_copy(lambda: services.deliver(clock=lambda: now)) == {}
    assert in_the_copy(Message.objects.count) == 2
    assert smtp_server.deliveries == []
    # The original goes on.
    assert not is_copy()
    assert services.deliver(clock=lambda: now) == {"sent": 2}

    assert in_the_copy(lambda: services.resume(actor=None, now=now))
    assert not in_the_copy(is_copy)
    # From here on both would send: that is what whoever resumes is warned of.
    assert in_the_copy(lambda: services.deliver(clock=lambda: now)) == {"sent": 2}

    # Into the same database again, over what is there.
    restore(backup, copy, "--clean")
    assert in_the_copy(is_copy)
    assert in_the_copy(lambda: services.deliver(clock=lambda: now)) == {}
    print("Restored backups: 2, 0 mails before somebody resumed them")
