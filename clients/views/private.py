"""The way in for contacts: a private link, a cookie for its one page, and that page in the contact's language.

The token stands in the link's own address only. That answers by leading on to an address without it, so that no
Referer, history or bookmark of the page gives it away.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_safe

from clients.errors import LinkEnded
from clients.languages import endonym
from clients.links import link_with, open_link
from clients.models import PrivateLink
from clients.reader import reader_of, text_language

Purpose = PrivateLink.Purpose

COOKIE = "dayband_link"
#: So long a page stays open; after that, the link is opened again.
VISIT_SECONDS = 12 * 60 * 60
#: So many tokens that open nothing may come from one address in that time.
WRONG_TOKENS = 10
WRONG_TOKEN_SECONDS = 60

PAGES = {
    Purpose.WISHES: "you:wishes",
    Purpose.UNSUBSCRIBE: "you:unsubscribe",
    Purpose.APPROVAL: "you:approval",
    Purpose.SURVEY: "you:survey",
    Purpose.MEETING: "you:meeting",
}

Response = TypeVar("Response", bound=HttpResponseBase)
#: Gets the link, with its contact and their client, after the request.
PrivateView = Callable[..., HttpResponseBase]


@login_not_required
@require_safe
def private_link(request: HttpRequest, token: str) -> HttpResponse:
    """Leads to the link's page, with a cookie that opens it there and nowhere else."""
    return lead_on(request, token)


def lead_on(request: HttpRequest, token: str) -> HttpResponse:
    """As `private_link`; what the token opens only shows on the page that follows."""
    try:
        link = link_of_token(request, token)
    except TooManyWrongTokens:
        return too_many(request)
    except LinkEnded:
        return link_ended(request)
    page = reverse(PAGES[Purpose(link.purpose)], args=[link.subject_id] if link.subject_id else [])
    response = redirect(page)
    response.set_signed_cookie(
        COOKIE,
        bytes(link.token_hash).hex(),
        max_age=VISIT_SECONDS,
        path=page,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return unkept(response, referrer="no-referrer")


def private_page(purpose: Purpose) -> Callable[[PrivateView], Callable[..., HttpResponseBase]]:
    """Makes a view one for whoever opened a private link of that purpose, in their language, zone and clock.

    Where the link is about one row, that row's number is the view's `pk`.
    """

    def decorate(view: PrivateView) -> Callable[..., HttpResponseBase]:
        @login_not_required
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            link = _visited(request, purpose, kwargs.get("pk"))
            if link is None:
                return link_ended(request)
            # Two links opened one after the other in one browser: what the first page sends is not the second's.
            if request.method == "POST" and request.POST.get("link") != str(link.pk):
                return unkept(render(request, "client/other_link.html", status=409))
            contact = link.contact
            texts = text_language(contact.language)
            request.reader = reader_of(contact)  # type: ignore[attr-defined]
            is_other = texts.split("-")[0] != contact.language.split("-")[0]
            request.language_missed = endonym(contact.language) if is_other else ""  # type: ignore[attr-defined]
            request.private_link = link  # type: ignore[attr-defined]
            with translation.override(texts):
                response = view(request, link, **kwargs)
            response.headers["Content-Language"] = texts
            return unkept(response)

        return wrapped

    return decorate


class TooManyWrongTokens(Exception):
    """From this address; whether this token is right is not said."""


def link_of_token(request: HttpRequest, token: str) -> PrivateLink:
    """The link that the token opens. Raises: TooManyWrongTokens, LinkEnded."""
    # The cache is shared by all processes, and each place in it is taken once, however many ask at a time.
    address = get_adapter().get_client_ip(request)
    places = [f"wrong-token:{address}:{number}" for number in range(WRONG_TOKENS)]
    if len(cache.get_many(places)) == WRONG_TOKENS:
        raise TooManyWrongTokens
    try:
        return open_link(token, now=timezone.now())
    except LinkEnded:
        if not any(cache.add(place, True, WRONG_TOKEN_SECONDS) for place in places):
            raise TooManyWrongTokens from None
        raise


def link_ended(request: HttpRequest) -> HttpResponse:
    """The same for every link that opens nothing, in the browser's language."""
    return unkept(render(request, "client/link_ended.html", status=404))


def too_many(request: HttpRequest) -> HttpResponse:
    response = render(request, "client/too_many.html", status=429)
    response.headers["Retry-After"] = str(WRONG_TOKEN_SECONDS)
    return unkept(response)


def _visited(request: HttpRequest, purpose: Purpose, subject_id: int | None) -> PrivateLink | None:
    value = request.get_signed_cookie(COOKIE, default="", max_age=VISIT_SECONDS)
    if not value:
        return None
    try:
        link = link_with(bytes.fromhex(value), now=timezone.now())
    except LinkEnded:
        return None
    return link if (link.purpose, link.subject_id) == (purpose, subject_id) else None


def unkept(response: Response, *, referrer: str = "same-origin") -> Response:
    """The answer, kept by nobody; a page's own forms need to say where they come from, which no-referrer forbids."""
    add_never_cache_headers(response)
    response.headers["Referrer-Policy"] = referrer
    response.headers["X-Robots-Tag"] = "noindex"
    return response
