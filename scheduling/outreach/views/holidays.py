"""The page on which contacts say which holidays they keep, and when they are away."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.forms import ContactDaysOff
from clients.links import Purpose
from clients.models import PrivateLink
from clients.requests import reader_for
from clients.services import update_contact
from clients.views.private import private_page
from holidays_app.forms import PlaceForm
from scheduling.outreach import services
from scheduling.outreach.own_holidays import own_holidays, place_of


@require_http_methods(["GET", "HEAD", "POST"])
@private_page(Purpose.HOME, Purpose.WISHES)
def holidays(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Holidays of a place with a box each, and days off; another place is looked at by GET, and chosen by POST."""
    contact, now, reader = link.contact, timezone.now(), reader_for(request)
    today = reader.in_zone(contact.time_zone).day_of(now)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    posted = request.POST if act == "days_off" else None
    days_off = ContactDaysOff(posted, instance=contact, prefix="days_off", today=today)
    if act == "days_off" and days_off.is_valid():
        update_contact(
            actor=contact,
            contact=contact,
            changed=(),
            days_off=days_off.save(commit=False),
            days_on=days_off.deleted_objects,
            now=now,
        )
        return _saved(request)
    if act == "none":
        services.keep_no_holidays(contact=contact, now=now)
        return _saved(request)
    form = PlaceForm(_asked(request, link, act, today))
    page = None
    if form.is_valid():
        page = own_holidays(contact, form.place, today=today, language=reader.language)
        if act == "holidays":
            kept = set(request.POST.getlist("kept"))
            not_kept = {date for date in page.dates if date.isoformat() not in kept}
            services.keep_holidays(contact=contact, place=form.place, not_kept=not_kept, now=now)
            return _saved(request)
    status = 200
    if form.errors or days_off.is_bound:
        status = 422
    elif request.method == "POST":
        status = 400
    context = {"link": link, "form": form, "page": page, "days_off": days_off}
    return render(request, "client/holidays.html", context, status=status)


def _asked(request: HttpRequest, link: PrivateLink, act: str, today: dt.date) -> dict[str, Any]:
    """The place that was asked for, else the one that the contact has."""
    data = request.POST if act == "holidays" else request.GET
    place = place_of(link.contact)
    if "country" not in data:
        kept = {"country": place.country, "subdivision": place.subdivision or "", "categories": list(place.categories)}
        return {**kept, "year": today.year}
    country = data["country"]
    # Another country has other subdivisions and kinds.
    is_same = country == data.get("of_country", country)
    return {
        "country": country,
        "subdivision": data.get("subdivision", "") if is_same else "",
        "categories": data.getlist("categories") if is_same else [],
        "year": today.year,
    }


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, _("Saved. This holds from now on."))
    response = redirect("you:holidays")
    response.status_code = 303
    return response
