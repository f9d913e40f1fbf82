"""The texts of mails: which there are, and an editor for admins' own."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages as notices
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import AccountManager, Contact
from clients.reader import mail_language
from clients.requests import actor_of
from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach import services
from scheduling.outreach.errors import BrokenText
from scheduling.outreach.forms.texts import MessageTextForm
from scheduling.outreach.models import MessageText
from scheduling.outreach.texts.overview import languages_of_mails, rows_of, sample_words
from scheduling.outreach.texts.purposes import PLACEHOLDERS, TextPurpose
from scheduling.outreach.texts.rendering import Words
from scheduling.outreach.texts.shipped import Wording
from scheduling.outreach.texts.wordings import own_wordings, wording


@dataclass(frozen=True)
class Place:
    """Which text an address names."""

    purpose: TextPurpose
    language: str
    formality: Contact.Formality

    @property
    def key(self) -> dict[str, str]:
        return {"purpose": self.purpose.value, "language": self.language, "formality": self.formality.value}

    @property
    def address(self) -> str:
        return reverse("outreach:text", kwargs=self.key)


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    """All purposes and forms of address in one language, and which of them are admins' own."""
    actor = _admin(request)
    language = request.GET.get("language") or mail_language(actor.language)
    if language not in dict(settings.MAIL_LANGUAGES):
        raise Http404
    own = own_wordings()
    context = {
        "language": language,
        "languages": languages_of_mails(own),
        "formalities": Contact.Formality,
        "rows": rows_of(language, own),
    }
    return render(request, "outreach/texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest, purpose: str, language: str, formality: str) -> HttpResponse:
    """The editor of one text; its button “Preview” shows what is typed without storing it."""
    actor, place = _admin(request), _place(purpose, language, formality)
    row = MessageText.objects.filter(**place.key).first()
    if request.method != "POST":
        said = wording(purpose, language, formality, own_wordings(language))
        form = MessageTextForm(instance=row or MessageText(**place.key, subject=said.subject, body=said.body))
        return _render(request, place, form, said)
    form = MessageTextForm(request.POST, instance=MessageText(**place.key))
    is_valid = form.is_valid()
    if not is_valid or "preview" in request.POST:
        return _render(request, place, form, _typed(request), status=200 if is_valid else 422)
    services.save_text(actor=actor, **place.key, **form.cleaned_data, now=timezone.now())
    notices.success(request, _("Saved: mails say this from now on."))
    return redirect(place.address)


@require_POST
def preview_text(request: HttpRequest, purpose: str, language: str, formality: str) -> HttpResponse:
    """What is typed as a mail, or what is wrong with it, while it is typed."""
    _admin(request)
    place = _place(purpose, language, formality)
    return render(request, "outreach/_text_preview.html", _sample(request, place, _typed(request)))


@require_POST
def reset_text(request: HttpRequest, purpose: str, language: str, formality: str) -> HttpResponse:
    """Takes an own text away; where there is none, nothing changes."""
    actor, place = _admin(request), _place(purpose, language, formality)
    if services.reset_text(actor=actor, **place.key, now=timezone.now()):
        notices.success(request, _("Mails say again what comes with Dayband."))
    return redirect(place.address)


def _admin(request: HttpRequest) -> AccountManager:
    """Raises: Http404, but for admins."""
    actor = actor_of(request)
    if not actor.is_staff:
        raise Http404
    return actor


def _place(purpose: str, language: str, formality: str) -> Place:
    """Raises: Http404 where there is no such text."""
    if language not in dict(settings.MAIL_LANGUAGES):
        raise Http404
    try:
        return Place(TextPurpose(purpose), language, Contact.Formality(formality))
    except ValueError as error:
        raise Http404 from error


def _typed(request: HttpRequest) -> Wording:
    return Wording(one_line(request.POST.get("subject", "")), lines(request.POST.get("body", "")))


def _render(
    request: HttpRequest, place: Place, form: MessageTextForm, said: Wording, *, status: int = 200
) -> HttpResponse:
    own = own_wordings(place.language)
    context = {
        "place": place,
        "language_name": dict(settings.MAIL_LANGUAGES)[place.language],
        "form": form,
        "is_own": (place.purpose, place.language, place.formality) in own,
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS[place.purpose]],
        **_sample(request, place, said),
    }
    return render(request, "outreach/text.html", context, status=status)


def _sample(request: HttpRequest, place: Place, said: Wording) -> dict[str, Words | str]:
    """The template's `words`, or `problem` where they can't be written."""
    sender = actor_of(request)
    try:
        return {"words": sample_words(said, **place.key, sender=sender, now=timezone.now())}
    except BrokenText as error:
        return {"problem": str(error)}
