"""System checks of the outbox."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register
def check_lease(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error where a worker may still wait for the mail server when its lease ends."""
    if settings.EMAIL_TIMEOUT < settings.OUTBOX_LEASE_SECONDS:
        return []
    return [
        Error(
            f"A lease of {settings.OUTBOX_LEASE_SECONDS} s on a message ends before the mail server's time is up "
            f"({settings.EMAIL_TIMEOUT} s), so that two workers would send it.",
            hint="Set OUTBOX_LEASE_SECONDS to more than EMAIL_TIMEOUT.",
            id="outreach.E001",
        )
    ]
