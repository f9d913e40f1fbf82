"""The Celery application: beat ticks in UTC, PostgreSQL knows what is due."""

import os

from celery import Celery
from celery.signals import import_modules, worker_ready

from config.checks import refuse_unsafe_production

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

FOLLOW_TZDATA = "scheduling.meetings.tasks.follow_tzdata"
READ_BOUNCES = {"task": "scheduling.outreach.tasks.read_bounces", "schedule": 60.0, "options": {"expires": 60}}

app = Celery("dayband")
app.conf.update(
    broker_url=settings.REDIS_URL,
    broker_connection_retry_on_startup=True,
    # The waits between tries grow by two seconds each. After a minute of them a worker ends, and whoever keeps it up
    # starts it anew, so that none sleeps on long after the broker is back.
    broker_connection_max_retries=7,
    # A lost connection is noticed within seconds, and publishing never holds up a request.
    broker_transport_options={"socket_timeout": 10, "socket_connect_timeout": 2, "socket_keepalive": True},
    task_publish_retry=False,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    timezone="UTC",
    enable_utc=True,
    beat_schedule={
        "tick": {
            "task": "scheduling.outreach.tasks.tick",
            "schedule": settings.TICK_SECONDS,
            # A tick that waited longer than its interval has been overtaken by the next one.
            "options": {"expires": settings.TICK_SECONDS},
        },
        "forget-replies": {"task": "scheduling.meetings.tasks.forget_replies", "schedule": 3600.0},
        "sweep-files": {"task": "scheduling.outreach.tasks.sweep_files", "schedule": 3600.0},
        "follow-tzdata": {"task": FOLLOW_TZDATA, "schedule": 3600.0},
        **({"read-bounces": READ_BOUNCES} if settings.BOUNCE_MAILDIR else {}),
    },
)
app.autodiscover_tasks()


@import_modules.connect(sender=app)
def refuse_unsafe_worker(**kwargs: object) -> None:
    # Sent by a worker and a beat before they begin; of all signals the one whose errors Celery raises again.
    refuse_unsafe_production()


@worker_ready.connect
def follow_tzdata(**kwargs: object) -> None:
    # New tzdata comes with a new release of Dayband, whose workers start with it.
    app.send_task(FOLLOW_TZDATA)
