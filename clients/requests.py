"""Whoever asks, and how they read: what the middleware puts on a request, with its types."""

from typing import cast

from django.http import HttpRequest

from clients.models import AccountManager
from clients.reader import Reader


def actor_of(request: HttpRequest) -> AccountManager:
    """The account manager who is signed in; only for views that nobody else reaches."""
    return cast(AccountManager, request.user)


def reader_for(request: HttpRequest) -> Reader:
    """How whoever reads the answer reads dates and times."""
    # `ReaderMiddleware` sets it, which Django's types can't know.
    return cast(Reader, request.reader)  # type: ignore[attr-defined]
