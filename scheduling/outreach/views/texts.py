"""The texts of mails: which there are, and an editor for admins' own."""

from typing import Any

from django.conf import settings
from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import AccountManager, Contact
from clients.reader import text_language
from clients.requests import actor_of
from scheduling.outreach.errors import BrokenText
from scheduling.outreach.texts.overview import frame_cells, languages_of_mails, rows_of
from scheduling.outreach.texts.wordings import own_texts
from scheduling.outreach.views.text_places import GREETING, Place, place_at


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """All purposes and forms of address in one language, and which of them are admins' own."""
    actor = _admin(request)
    language = request.GET.get("language") or text_language(actor.language)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    own = own_texts()
    context = {
        "language": language,
        "languages": languages_of_mails(own),
        "formalities": Contact.Formality,
        "greeting": GREETING,
        "greeting_cells": frame_cells(language, own),
        "rows": rows_of(language, own),
    }
    return render(request, "outreach/texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, purpose: str, language: str, formality: str) -> HttpResponse:
    """The editor of one text; its button “Preview” shows what is typed without storing it."""
    actor, place = _admin(request), place_at(purpose, language, formality)
    form = place.form(request.POST if request.method == "POST" else None)
    is_valid = form.is_valid()
    if not form.is_bound or not is_valid or "preview" in request.POST:
        context = {
            "place": place,
            "language_name": dict(settings.LANGUAGES)[place.language],
            "form": form,
            "placeholders": [f"{{{name}}}" for name in place.placeholders],
            **_sample(actor, place, request.POST if form.is_bound else form.initial),
        }
        return render(request, "outreach/text.html", context, status=422 if form.is_bound and not is_valid else 200)
    place.save(form.cleaned_data, actor=actor, now=timezone.now())
    notices.success(request, _("Saved: mails say this from now on."))
    return redirect(place.address)


@require_POST
def preview_text(request: HttpRequest, purpose: str, language: str, formality: str) -> HttpResponse:
    """What is typed as a mail, or what is wrong with it, while it is typed."""
    actor, place = _admin(request), place_at(purpose, language, formality)
    return render(request, "outreach/_text_preview.html", _sample(actor, place, request.POST))


@require_POST
def reset_text(request: HttpRequest, purpose: str, language: str, formality: str) -> HttpResponse:
    """Takes an own text away; where there is none, nothing changes."""
    actor, place = _admin(request), place_at(purpose, language, formality)
    if place.reset(actor=actor, now=timezone.now()):
        notices.success(request, _("Mails say again what comes with Dayband."))
    return redirect(place.address)


def _admin(request: HttpRequest) -> AccountManager:
    """Raises: Http404, but for admins."""
    actor = actor_of(request)
    if not actor.is_staff:
        raise Http404
    return actor


def _sample(actor: AccountManager, place: Place, typed: Any) -> dict[str, Any]:
    """The template's `words`, or `problem` where they can't be written."""
    try:
        return {**place.sample(typed, sender=actor, now=timezone.now())}
    except BrokenText as error:
        return {"problem": str(error)}
