"""What the workers run: short, without arguments, and harmless when run twice.

No task has an ETA or a countdown: Redis would deliver it several times. What is due stands in PostgreSQL.
"""

import datetime as dt
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from scheduling.outreach import services
from scheduling.outreach.selectors import due_count

# So many batches are enqueued by one tick; the next tick, ten seconds later, enqueues more: 6,000 messages a second.
MAX_BATCHES = 600


@shared_task
def tick() -> None:
    """Plans what is due, and has it delivered in batches."""
    now = timezone.now()
    try:
        services.plan(now=now)
        services.tally_tick(now=now)
    finally:
        _enqueue(now)


def _enqueue(now: dt.datetime) -> None:
    due = due_count(now, at_most=MAX_BATCHES * services.BATCH)
    for _ in range(-(-due // services.BATCH)):
        # The next tick counts again, so a batch that nobody took by then is not needed any more.
        deliver.apply_async(expires=settings.TICK_SECONDS)


@shared_task
def read_bounces() -> None:
    """Reads what came back, where the settings name a folder for it."""
    services.read_bounces(Path(settings.BOUNCE_MAILDIR), now=timezone.now())


@shared_task
def sweep_files() -> None:
    """Deletes files that no approval has any more."""
    services.sweep_files(now=timezone.now())


@shared_task
def deliver() -> None:
    """Sends one batch."""
    services.deliver(clock=timezone.now)
