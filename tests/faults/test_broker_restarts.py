"""Row W8: Redis restarts again and again, and the workers go on."""

import time

import pytest

from config.celery import app
from scheduling.outreach.models import Message
from tests.faults.conftest import FULL, SLOWER, Redis, Workers, counted, make_meetings
from tests.smtp import SmtpServer
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)

RESTARTS = 20 if FULL else 2
RESUME_SECONDS = 30
# How long Redis is away, in turn: blinks, and long enough for everybody to find that it does not answer.
OUTAGES_SECONDS = (0, 3, 0.5) if FULL else (0, 1.5)


def test_workers_resume_after_each_restart_of_the_broker(
    workers: Workers, own_redis: Redis, smtp_server: SmtpServer
) -> None:
    workers.start()
    workers.start_beat()
    resumed: list[float] = []
    with counted("W8") as figures:
        for restart in range(RESTARTS):
            own_redis.kill()
            away = time.monotonic() + OUTAGES_SECONDS[restart % len(OUTAGES_SECONDS)]
            wait_until(lambda: time.monotonic() >= away, "the outage is over")  # noqa: B023
            own_redis.start()
            # Planned by a tick that beat sends and a worker takes, which is all that there is to show.
            make_meetings(1)
            back = time.monotonic()
            due = 2 * (restart + 1)
            wait_until(lambda: len(smtp_server.deliveries) >= due, f"{due} mails")  # noqa: B023
            resumed.append(time.monotonic() - back)
        wait_until(lambda: not Message.objects.exclude(state=Message.State.SENT).exists(), "all are marked")
        figures.update(
            {
                "restarts": RESTARTS,
                "mails": len(smtp_server.deliveries),
                "slowest to resume": f"{max(resumed):.1f} s",
            }
        )
    assert workers.alive() == 1
    assert max(resumed) < SLOWER * RESUME_SECONDS
    assert len({message["Message-ID"] for message in smtp_server.messages}) == len(smtp_server.messages)


def test_no_worker_waits_longer_than_it_may_take_to_resume() -> None:
    # Kombu waits two seconds longer before each try.
    assert 0 < 2 * app.conf.broker_connection_max_retries < RESUME_SECONDS
