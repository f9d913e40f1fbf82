from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from clients.reader import anonymous_reader, reader_of, text_language


class ReaderMiddleware:
    """Speaks the signed-in person's language and puts how they read dates on the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            request.reader = anonymous_reader()  # type: ignore[attr-defined]
            return self.get_response(request)
        request.reader = reader_of(user)  # type: ignore[attr-defined]
        with translation.override(text_language(user.language)):
            response = self.get_response(request)
            response.headers["Content-Language"] = translation.get_language() or ""
            return response


def reader(request: HttpRequest) -> dict[str, Any]:
    """The template context's `reader`, and the instant at which the page is read."""
    return {"reader": getattr(request, "reader", None) or anonymous_reader(), "now": timezone.now()}
