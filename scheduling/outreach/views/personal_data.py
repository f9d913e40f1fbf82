"""What is held about a contact, to see, to take along and to have erased: for the contact, and for admins."""

import json

from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.links import Purpose
from clients.models import Contact, PrivateLink
from clients.requests import actor_of
from clients.selectors import contacts_for
from clients.views.private import HOME_COOKIE, private_page
from scheduling.outreach import services
from scheduling.outreach.forms.own_page import EraseForm
from scheduling.outreach.personal_data import counted, told_about

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@private_page(Purpose.HOME)
def data(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """What there is, by what it is, with the ways to take it along and to have it erased."""
    return render(request, "client/data.html", {"link": link, "held": counted(link.contact), "contact": link.contact})


@require_safe
@private_page(Purpose.HOME)
def export(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """All of it, as one JSON file."""
    return _file(link.contact)


@page_methods
@private_page(Purpose.HOME)
def erase(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Asks once more, then erases; after that no link opens anything."""
    form = EraseForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return render(request, "client/erase.html", {"link": link, "form": form}, status=422 if form.is_bound else 200)
    services.erase_contact(actor=link.contact, contact=link.contact, now=timezone.now())
    response = render(request, "client/erased.html")
    response.delete_cookie(HOME_COOKIE, path="/you/")
    return response


@require_safe
def export_of_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """For admins: all that is held about a contact, as one JSON file."""
    return _file(_contact(request, pk))


@page_methods
def erase_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """For admins: what is held about a contact, and its erasure where they wish so."""
    contact = _contact(request, pk)
    form = EraseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        services.erase_contact(actor=actor_of(request), contact=contact, now=timezone.now())
        messages.success(request, _("Nothing is held about this person any more."))
        return redirect("desk:client", contact.client_id)
    context = {"contact": contact, "form": form, "held": counted(contact)}
    return render(request, "outreach/personal_data.html", context, status=422 if form.is_bound else 200)


def _contact(request: HttpRequest, pk: int) -> Contact:
    if not actor_of(request).is_staff:
        raise Http404
    return get_object_or_404(contacts_for(actor_of(request)).select_related("client"), pk=pk)


def _file(contact: Contact) -> HttpResponse:
    held = {"exported_at": timezone.now(), **told_about(contact)}
    return HttpResponse(
        json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2),
        content_type="application/json",
        headers={"Content-Disposition": 'attachment; filename="personal-data.json"', "Cache-Control": "no-store"},
    )
