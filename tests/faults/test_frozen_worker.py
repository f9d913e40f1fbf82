"""Row W13: a worker sleeps through its lease, and writes when it wakes."""

import datetime as dt
import os
import signal
import subprocess
import sys
from dataclasses import dataclass

import pytest
from django.utils import timezone

from scheduling.outreach.models import Message
from scheduling.outreach.services import claim, claiming, deliver, plan
from tests.faults.conftest import ROOT, counted, database_url, make_meetings
from tests.smtp import SmtpServer
from tests.waiting import PATIENCE_SECONDS, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

LEASE_SECONDS = 2
LEASES_ASLEEP = 2
State = Message.State


@dataclass(frozen=True)
class Awake:
    """What the frozen worker was told before and after its sleep."""

    before: list[str]
    after: list[str]


def sleep_through_the_lease(smtp_server: SmtpServer, *options: str) -> Awake:
    """A real worker is frozen while the mail server holds its first mail; another one claims; the first one wakes."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "EMAIL_URL": smtp_server.url,
        "OUTBOX_LEASE_SECONDS": str(LEASE_SECONDS),
        "PYTHONTZPATH": "",
    }
    smtp_server.hold()
    command = [sys.executable, "-m", "tests.faults.one_batch", *options]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        try:
            wait_until(lambda: smtp_server.held == 1 or worker.poll() is not None, "the first mail is on its way")
            worker.send_signal(signal.SIGSTOP)
            claimed_at = Message.objects.filter(state=State.CLAIMED).earliest("claimed_at").claimed_at
            assert claimed_at is not None
            asleep_until = claimed_at + dt.timedelta(seconds=LEASES_ASLEEP * LEASE_SECONDS)
            wait_until(lambda: timezone.now() >= asleep_until, "two leases are over")
            assert len(claim(now=timezone.now())) == 2
            smtp_server.let_go()
        finally:
            worker.send_signal(signal.SIGCONT)
        output, _ = worker.communicate(timeout=PATIENCE_SECONDS)
        said = output.splitlines()
    # What counts the tries and lets the first one go was before the sleep.
    return Awake(said[:2], said[2:])


def late_marks() -> int:
    return Message.objects.filter(state=State.SENT).count()


def test_the_late_write_of_a_frozen_worker_matches_no_row(smtp_server: SmtpServer) -> None:
    make_meetings(1)
    assert plan(now=timezone.now()) == 2
    with counted("W13") as figures:
        awake = sleep_through_the_lease(smtp_server)
        figures["late writes that matched"] = late_marks()
    assert awake.before == ["begin: True", "go_on: GoingOn(may_go=True, is_begun=True)"]
    # Its mail is sent, and it can't say so; the second one, which it has written, does not go.
    assert awake.after == ["go_on: GoingOn(may_go=False, is_begun=False)"]
    assert list(Message.objects.values_list("state", "fencing_token", "raw")) == [(State.CLAIMED, 2, None)] * 2

    later = timezone.now() + dt.timedelta(hours=1)
    claiming.release(list(Message.objects.all()), reason="", next_try_at=later)
    assert deliver(clock=lambda: later) == {"sent": 2}
    arrived = [message["Message-ID"] for message in smtp_server.messages]
    # Nobody can take back what the mail server already had; the other one came once.
    assert sorted(arrived.count(one) for one in set(arrived)) == [1, 2]


def test_without_the_token_the_late_write_would_match(smtp_server: SmtpServer) -> None:
    make_meetings(1)
    plan(now=timezone.now())
    with counted("W13 without the token") as figures:
        awake = sleep_through_the_lease(smtp_server, "--without-token")
        figures["late writes that matched"] = late_marks()
    # The mark that lets the second one go too, and the second one's own.
    assert awake.after == ["go_on: GoingOn(may_go=True, is_begun=False)", "mark_sent: True"]
    assert set(Message.objects.values_list("state", "fencing_token")) == {(State.SENT, 2)}
