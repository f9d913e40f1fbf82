"""Wakes the workers after a commit; when Redis is away the next tick finds the work in PostgreSQL all the same."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def nudge_workers() -> None:
    """Has a worker look for due work as soon as the current transaction is committed."""
    transaction.on_commit(_nudge)


def _nudge() -> None:
    try:
        current_app.send_task("scheduling.outreach.tasks.tick", ignore_result=True)
    except OperationalError:
        logger.warning("Redis does not answer; the next tick finds the work in PostgreSQL")
