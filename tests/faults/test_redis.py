"""Row W7: Redis loses everything that was queued."""

import os
import signal
import time

import pytest
from celery import Celery
from django.utils import timezone

from scheduling.outreach.models import Message
from scheduling.outreach.services import plan
from tests.faults.conftest import FULL, SLOWER, Redis, Workers, counted, make_meetings
from tests.smtp import SmtpServer
from tests.waiting import wait_until

RESUME_SECONDS = 60
MESSAGES, WORKERS = (100, 2) if FULL else (30, 1)

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_redis_forgot_is_found_again_in_postgresql(
    workers: Workers, own_redis: Redis, smtp_server: SmtpServer
) -> None:
    workers.start(WORKERS)
    workers.start_beat()
    # The workers stand still while their jobs pile up.
    workers.signal(signal.SIGSTOP)
    make_meetings(MESSAGES // 2)
    assert plan(now=timezone.now()) == MESSAGES
    with Celery(broker=own_redis.url, set_as_current=False) as app:
        for _ in range(100):
            app.send_task("scheduling.outreach.tasks.deliver")
    wait_until(lambda: own_redis.queued >= 100, "100 jobs are queued")

    with counted("W7") as figures:
        figures["jobs lost"] = own_redis.queued
        own_redis.kill()
        workers.signal(signal.SIGCONT)
        # Long enough for everybody to notice.
        pause = time.monotonic() + 3
        wait_until(lambda: time.monotonic() > pause, "the outage is over")
        assert smtp_server.deliveries == []
        own_redis.start()
        assert own_redis.queued < 100
        back = time.monotonic()
        wait_until(lambda: len(smtp_server.deliveries) >= MESSAGES, "all mails")
        resumed_seconds = time.monotonic() - back
        figures["mails"] = len(smtp_server.deliveries)
        figures["seconds after it was back"] = round(resumed_seconds, 1)
    wait_until(lambda: not Message.objects.exclude(state=Message.State.SENT).exists(), "all are marked")
    assert resumed_seconds < SLOWER * RESUME_SECONDS
    assert len({message["Message-ID"] for message in smtp_server.messages}) == len(smtp_server.messages) == MESSAGES
    assert os.environ["REDIS_URL"] != own_redis.url
