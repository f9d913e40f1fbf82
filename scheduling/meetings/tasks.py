"""What the workers do for meetings; harmless when run twice."""

from celery import shared_task
from django.utils import timezone

from scheduling.meetings import services


@shared_task
def forget_replies() -> None:
    """Deletes the replies to requests so old that nobody repeats them."""
    services.forget_replies(now=timezone.now())


@shared_task
def follow_tzdata() -> None:
    """Derives the instants of coming meetings anew where they come from older tzdata."""
    services.follow_tzdata(now=timezone.now())
