"""The way in for contacts: a private link, a cookie for its one page, and that page in the contact's language.

The token stands in the link's own address only. That answers by leading on to an address without it, so that no
Referer, history or bookmark of the page gives it away. The link to a contact's own page opens all pages of that
contact; each other link opens the one that it was made for. Where a browser has opened several, the latest counts.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from clients.errors import LinkEnded
from clients.languages import endonym
from clients.limits import is_full, take_place
from clients.links import link_with, open_link
from clients.models import PrivateLink
from clients.reader import text_language
from clients.requests import reader_for
from clients.visits import (
    VISIT_SECONDS,
    chosen_language,
    chosen_zone,
    clock_error,
    travelled_to,
    visiting_reader,
)

Purpose = PrivateLink.Purpose

COOKIE = "dayband_link"
#: Of the link that opens all pages of a contact, so that neither hides the other.
HOME_COOKIE = "dayband_home"
#: So many tokens that open nothing may come from one address in that time.
WRONG_TOKENS = 10
WRONG_TOKEN_SECONDS = 60

PAGES = {
    Purpose.HOME: "you:home",
    Purpose.WISHES: "you:wishes",
    Purpose.UNSUBSCRIBE: "you:unsubscribe",
    Purpose.APPROVAL: "you:approval",
    Purpose.SURVEY: "you:survey",
    Purpose.MEETING: "you:meeting",
    Purpose.OFFER: "you:offer",
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
        HOME_COOKIE if link.purpose == Purpose.HOME else COOKIE,
        f"{bytes(link.token_hash).hex()} {timezone.now().timestamp():.0f}",
        max_age=VISIT_SECONDS,
        path=page,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return unkept(response, referrer="no-referrer")


def private_page(*purposes: Purpose) -> Callable[[PrivateView], Callable[..., HttpResponseBase]]:
    """Makes a view one for whoever opened a private link of one of these purposes, in their language, zone and clock.

    Where a link is about one row, that row's number is the view's `pk`; a link to the contact's own page is about none,
    so that the view itself asks whether the row is this contact's.
    """

    def decorate(view: PrivateView) -> Callable[..., HttpResponseBase]:
        @login_not_required
        @wraps(view)
        def wrapped(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            links = visited_links(request, purposes, kwargs.get("pk"))
            if not links:
                return link_ended(request)
            link = links[0]
            # Two links opened one after the other in one browser: what the first page sends is not the second's.
            if request.method == "POST":
                sent = [one for one in links if request.POST.get("link") == str(one.pk)]
                if not sent:
                    return unkept(render(request, "client/other_link.html", status=409))
                link = sent[0]
            return visit(request, link, view, **kwargs)

        return wrapped

    return decorate


def visit(request: HttpRequest, link: PrivateLink, view: PrivateView, **kwargs: Any) -> HttpResponseBase:
    """What the view answers to this contact, in the language that they read or have chosen for the visit."""
    contact = link.contact
    chosen = chosen_language(request)
    texts = chosen or text_language(contact.language)
    request.reader = visiting_reader(request, contact)  # type: ignore[attr-defined]
    is_other = texts.split("-")[0] != contact.language.split("-")[0]
    request.language_missed = endonym(contact.language) if is_other and not chosen else ""  # type: ignore[attr-defined]
    request.private_link = link  # type: ignore[attr-defined]
    with translation.override(texts):
        try:
            is_guess = request.method == "GET" and "device_zone" in request.GET
            response = _compared(request, link) if is_guess else view(request, link, **kwargs)
        except Http404:
            response = render(request, "client/not_here.html", {"link": link}, status=404)
    response.headers["Content-Language"] = texts
    return unkept(response)


def _compared(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """What there is to say of the device's zone and clock, as a part of the page; mostly nothing."""
    now, shown = timezone.now(), reader_for(request).time_zone
    try:
        device_at = parse_datetime(request.GET.get("device_at", ""))
    except ValueError:
        device_at = None
    ahead = clock_error(device_at if device_at is not None and device_at.tzinfo is not None else None, now)
    context = {
        "link": link,
        # Who has chosen a zone for this visit has said which one they want.
        "device_zone": "" if chosen_zone(request) else travelled_to(request.GET["device_zone"], shown, now),
        "minutes_off": round(abs(ahead).total_seconds() / 60) if ahead else 0,
        "is_ahead": ahead is not None and ahead > dt.timedelta(),
        "page": request.path,
    }
    is_silent = not context["device_zone"] and not ahead
    return HttpResponse(status=204) if is_silent else render(request, "client/_device.html", context)


class TooManyWrongTokens(Exception):
    """From this address; whether this token is right is not said."""


def link_of_token(request: HttpRequest, token: str) -> PrivateLink:
    """The link that the token opens. Raises: TooManyWrongTokens, LinkEnded."""
    with wrong_tokens_counted(request):
        return open_link(token, now=timezone.now())


@contextmanager
def wrong_tokens_counted(request: HttpRequest) -> Iterator[None]:
    """Counts a token that opens nothing. Raises: TooManyWrongTokens, LinkEnded."""
    counted = f"wrong-token:{get_adapter().get_client_ip(request)}"
    if is_full(counted, WRONG_TOKENS):
        raise TooManyWrongTokens
    try:
        yield
    except LinkEnded:
        if not take_place(counted, WRONG_TOKENS, WRONG_TOKEN_SECONDS):
            raise TooManyWrongTokens from None
        raise


def link_ended(request: HttpRequest) -> HttpResponse:
    """The same for every link that opens nothing, in the browser's language."""
    return unkept(render(request, "client/link_ended.html", status=404))


def too_many(request: HttpRequest, *, seconds: int = WRONG_TOKEN_SECONDS) -> HttpResponse:
    """What a network reads that has asked too often."""
    response = render(request, "client/too_many.html", {"minutes": seconds // 60}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return unkept(response)


def visited_links(request: HttpRequest, purposes: Collection[Purpose], subject_id: int | None) -> list[PrivateLink]:
    """The links opened in this browser that lead to a page of these purposes, the latest first."""
    found: list[tuple[int, PrivateLink]] = []
    for cookie in (HOME_COOKIE, COOKIE):
        value = request.get_signed_cookie(cookie, default="", max_age=VISIT_SECONDS)
        hashed, _space, opened = (value or "").partition(" ")
        if not hashed:
            continue
        try:
            link = link_with(bytes.fromhex(hashed), now=timezone.now())
        except LinkEnded:
            continue
        is_about_it = link.subject_id == subject_id or link.purpose == Purpose.HOME
        if link.purpose in purposes and is_about_it:
            found.append((int(opened or 0), link))
    return [link for _opened, link in sorted(found, key=lambda one: one[0], reverse=True)]


def unkept(response: Response, *, referrer: str = "same-origin") -> Response:
    """The answer, kept by nobody; a page's own forms need to say where they come from, which no-referrer forbids."""
    add_never_cache_headers(response)
    response.headers["Referrer-Policy"] = referrer
    response.headers["X-Robots-Tag"] = "noindex"
    return response
