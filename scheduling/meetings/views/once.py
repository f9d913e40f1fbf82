"""A request that writes, answered once."""

import hashlib
import uuid
from collections.abc import Callable

from django.http import HttpRequest
from django.utils import timezone

from clients.models import Contact
from clients.requests import actor_of
from scheduling.meetings import services


def answer_request_once(
    request: HttpRequest, key: uuid.UUID, act: Callable[[], str], *, contact: Contact | None = None
) -> str:
    """Where the request leads, now or when it came first under this key from whoever is signed in, or that contact."""
    # Without the token, which every page load masks anew.
    values = sorted((name, *given) for name, given in request.POST.lists() if name != "csrfmiddlewaretoken")
    digest = hashlib.sha256(repr((request.path, values)).encode()).hexdigest()
    actor = contact or actor_of(request)
    return services.answer_once(actor=actor, key=key, request_digest=digest, act=act, now=timezone.now())
