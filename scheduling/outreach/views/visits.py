"""How long a visit lasts and in which zone: what contacts choose beside their pages, and the way back in."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from clients.limits import take_place
from clients.links import Purpose
from clients.models import Contact, PrivateLink
from clients.reader import Reader, anonymous_reader, zone_label
from clients.requests import reader_for
from clients.services import update_contact
from clients.views.private import too_many, unkept, visit, visited_links
from clients.visits import ZONE_COOKIE, choose_zone, chosen_zone
from scheduling.outreach import services
from scheduling.outreach.forms.own_page import LostLinkForm, ZoneForm
from scheduling.outreach.own_page import own_page

#: So often one network may ask for a new link in that time.
ASKED_AT_MOST, ASKED_WITHIN_SECONDS = 10, 10 * 60

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The pages in another language, for this visit."""
    return unkept(set_language(request))


@login_not_required
@page_methods
def zone(request: HttpRequest) -> HttpResponseBase:
    """Another zone to see times in: for this visit, or from now on where it is the contact's own page that asks."""
    links = visited_links(request, (Purpose.HOME,), None)
    if links:
        return visit(request, links[0], _zone)
    request.reader = anonymous_reader().in_zone(chosen_zone(request) or "UTC")  # type: ignore[attr-defined]
    return unkept(_zone(request, None))


def _zone(request: HttpRequest, link: PrivateLink | None) -> HttpResponse:
    contact = link.contact if link else None
    reader, back = reader_for(request), _back(request, "you:home" if link else "you:zone")
    is_for_other = link is not None and request.POST.get("link", str(link.pk)) != str(link.pk)
    if request.method == "POST" and is_for_other:
        return render(request, "client/other_link.html", status=409)
    form = ZoneForm(
        request.POST if request.method == "POST" else None,
        country=contact.client.country if contact else "",
        initial={"time_zone": reader.time_zone},
    )
    if not form.is_bound or not form.is_valid():
        context = {"form": form, "link": link, "next": back, "is_narrow": link is None}
        return render(request, "client/zone.html", context, status=422 if form.is_bound else 200)
    time_zone = form.cleaned_data["time_zone"]
    response = redirect(back)
    response.status_code = 303
    if contact and form.cleaned_data["how_long"] == "always":
        contact.time_zone = time_zone
        update_contact(actor=contact, contact=contact, changed=["time_zone"], now=timezone.now())
        response.delete_cookie(ZONE_COOKIE, path=reverse("you:home"))
    else:
        choose_zone(response, time_zone, path=reverse("you:home"))
    _tell(request, contact, reader, reader.in_zone(time_zone))
    return response


def _tell(request: HttpRequest, contact: Contact | None, before: Reader, after: Reader) -> None:
    """Says that meetings stay when they are, and on which day of the other zone the next one is."""
    label = zone_label(after.time_zone, timezone.now(), after.language)
    messages.success(request, _("Times are shown in %(zone)s now.") % {"zone": label})
    coming = own_page(contact, now=timezone.now()).coming[:1] if contact else ()
    for one in coming:
        start_at = one.attendance.meeting.start_at
        if before.wall(start_at).replace(tzinfo=None) != after.wall(start_at).replace(tzinfo=None):
            words = {
                "title": one.attendance.meeting.title,
                "before": before.moment(start_at),
                "after": after.moment(start_at),
            }
            text = _("No meeting has moved: “%(title)s”, %(before)s before, is %(after)s there, the same instant.")
            messages.info(request, text % words)


def _back(request: HttpRequest, otherwise: str) -> str:
    """A page of ours that the visit came from."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(path, {request.get_host()}, require_https=request.is_secure())
    return path if is_ours and path.startswith(reverse("you:home")) else reverse(otherwise)


@login_not_required
@page_methods
def lost(request: HttpRequest) -> HttpResponse:
    """Sends a new link to an address; the answer is the same, and takes the same work, whether we know it or not."""
    form = LostLinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        counted = f"lost-link:{get_adapter().get_client_ip(request)}"
        if not take_place(counted, ASKED_AT_MOST, ASKED_WITHIN_SECONDS):
            return too_many(request, seconds=ASKED_WITHIN_SECONDS)
        if form.is_valid():
            services.ask_for_link(email=form.cleaned_data["email"], now=timezone.now())
            response = redirect("you:asked")
            response.status_code = 303
            return unkept(response)
    return unkept(render(request, "client/lost.html", {"form": form}, status=422 if form.is_bound else 200))


@login_not_required
@require_http_methods(["GET", "HEAD"])
def asked(request: HttpRequest) -> HttpResponse:
    """What follows on asking for a new link."""
    return unkept(render(request, "client/asked.html"))
