"""Whether anything goes out, and if not, by whose wish."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest

from scheduling.outreach.models import Message, OutreachSwitch

# More than a person wants to know exactly.
MOST = 10_000


@dataclass(frozen=True)
class Pause:
    """Why nothing goes out: since when, by whom and for what; or because this is a copy of another database."""

    paused_at: dt.datetime | None
    # Empty where it was a command, or nobody.
    paused_by: str
    reason: str
    is_copy: bool


def is_paused() -> bool:
    """Whether messages stay where they are."""
    return OutreachSwitch.stopping().exists()


def current_pause() -> Pause | None:
    """The pause that holds everything back, or nothing while messages go out."""
    switch = OutreachSwitch.stopping().select_related("paused_by").first()
    if switch is None:
        return None
    return Pause(
        paused_at=switch.paused_at,
        paused_by=switch.paused_by.full_name if switch.paused_by else "",
        reason=switch.reason,
        is_copy=switch.is_copy,  # type: ignore[attr-defined]
    )


def context(request: HttpRequest) -> dict[str, Callable[[], Pause | None]]:
    """The template context's `outreach_pause`, asked only by pages that show it."""
    return {"outreach_pause": cache(current_pause)}


@dataclass(frozen=True)
class Waiting:
    """What the queue holds; each count ends at `MOST`."""

    due: int
    stale: int


def waiting_counts(now: dt.datetime) -> Waiting:
    """How many messages are due, and how many of them would come too late by now."""
    due = Message.objects.filter(state__in=Message.QUEUED, next_try_at__lte=now).order_by("next_try_at", "pk")[:MOST]
    expiries = list(due.values_list("expires_at", flat=True))
    return Waiting(due=len(expiries), stale=sum(expires_at <= now for expires_at in expiries))
