"""The requests that people unknown left at account managers' public pages, and what becomes of them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.errors import NameTaken
from clients.forms import NewClientForm, contact_defaults
from clients.requests import actor_of
from scheduling.outreach import services
from scheduling.outreach.errors import EnquirySettled
from scheduling.outreach.forms.public_pages import DeclineForm
from scheduling.outreach.models import Enquiry
from scheduling.outreach.selectors import enquiries_for

PAGE_SIZE = 20


@require_safe
def enquiries(request: HttpRequest) -> HttpResponse:
    """Those that wait for an answer, then those that have one."""
    found = enquiries_for(actor_of(request))
    waiting = found.filter(state=Enquiry.State.WAITING)
    settled = Paginator(found.exclude(state=Enquiry.State.WAITING), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "outreach/enquiries.html", {"waiting": waiting, "page": settled})


@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes a client of whoever asked, with what they said filled in."""
    actor = actor_of(request)
    enquiry = get_object_or_404(enquiries_for(actor), pk=pk)
    if enquiry.state != Enquiry.State.WAITING:
        return _settled(request, enquiry)
    initial = {"name": enquiry.company or enquiry.full_name, "team": actor.teams.order_by("name").first()}
    form = NewClientForm(request.POST if request.method == "POST" else None, actor=actor, initial=initial)
    if form.is_bound and form.is_valid():
        client = form.save(commit=False)
        defaults = contact_defaults(client)
        day = {name: defaults[name] for name in ("working_hours", "calendar")}
        try:
            created = services.accept_enquiry(actor=actor, enquiry=enquiry, client=client, day=day, now=timezone.now())
        except NameTaken:
            form.add_error("name", _("A client of this name exists already."))
        except EnquirySettled:
            enquiry.refresh_from_db()
            return _settled(request, enquiry)
        else:
            messages.success(request, _("Added, with %(name)s as a contact.") % {"name": enquiry.full_name})
            return redirect("desk:client", created.pk)
    context = {"form": form, "enquiry": enquiry}
    return render(request, "outreach/enquiry_accept.html", context, status=422 if form.is_bound else 200)


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Settles a request with a polite mail, or in silence."""
    enquiry = get_object_or_404(enquiries_for(actor_of(request)), pk=pk)
    form = DeclineForm(request.POST)
    is_told = form.is_valid() and form.cleaned_data["is_told"]
    try:
        services.decline_enquiry(actor=actor_of(request), enquiry=enquiry, is_told=is_told, now=timezone.now())
    except EnquirySettled:
        enquiry.refresh_from_db()
        return _settled(request, enquiry)
    told = _("Declined. %(name)s gets a polite mail.") if is_told else _("Declined. Nothing is sent to %(name)s.")
    messages.success(request, told % {"name": enquiry.full_name})
    return redirect("enquiries:list")


def _settled(request: HttpRequest, enquiry: Enquiry) -> HttpResponse:
    messages.info(request, _("Nothing was changed: this request has been answered before."))
    return redirect("desk:client", enquiry.client_id) if enquiry.client_id else redirect("enquiries:list")
