"""Who asks, how they read, and how much of a page they ask for: what middlewares put on a request, with its types."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from clients.models import AccountManager
from clients.reader import Reader


def actor_of(request: HttpRequest) -> AccountManager:
    """The account manager who is signed in; only for views that nobody else reaches."""
    return cast(AccountManager, request.user)


def reader_for(request: HttpRequest) -> Reader:
    """How whoever reads the answer reads dates and times."""
    # `ReaderMiddleware` sets it, which Django's types can't know.
    return cast(Reader, request.reader)  # type: ignore[attr-defined]


def part_or_whole(
    request: HttpRequest, part: str, whole: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The page, or the part of it that htmx asks for; the templates know by `is_part` which it is."""
    # `HtmxMiddleware` sets it, which Django's types can't know.
    htmx = cast(HtmxDetails, request.htmx)  # type: ignore[attr-defined]
    # Going back, htmx asks for the page to put it in place of another one.
    is_part = bool(htmx) and not htmx.history_restore_request
    response = render(request, part if is_part else whole, {**context, "is_part": is_part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response
