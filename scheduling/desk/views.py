"""The pages that combine everything: today, a client's profile, who is off when, one's own account."""

import datetime as dt

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.day import person_days
from clients.models import AccountManager, Client
from clients.requests import actor_of, reader_for
from clients.selectors import colleagues_for
from scheduling.desk import selectors

CLIENTS_PER_PAGE = 25


@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """The actor's meetings of the next days, who is at work now, who is off, and what was not delivered."""
    now = timezone.now()
    page = selectors.today(actor_of(request), now=now, reader=reader_for(request))
    return render(request, "desk/today.html", {"today": page, "now": now})


@require_safe
def client_profile(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one client of the actor's teams."""
    now = timezone.now()
    try:
        profile = selectors.client_profile(actor_of(request), pk, now=now, reader=reader_for(request))
    except Client.DoesNotExist:
        raise Http404 from None
    return render(request, "desk/client.html", {"profile": profile, "client": profile.client, "now": now})


@require_safe
def who_is_off(request: HttpRequest) -> HttpResponse:
    """The holidays and days off of the actor's clients and colleagues for the next 90 days."""
    reader = reader_for(request)
    first_date = reader.day_of(timezone.now())
    last_date = first_date + dt.timedelta(days=selectors.DAYS_AHEAD - 1)
    page = Paginator(selectors.people_by_client(actor_of(request)), CLIENTS_PER_PAGE).get_page(request.GET.get("page"))
    colleagues = colleagues_for(actor_of(request)).select_related("calendar") if page.number == 1 else ()
    groups = selectors.groups(page.object_list, colleagues)
    people = [somebody for group in groups for somebody in group.people]
    context = {
        "page": page,
        "groups": groups,
        "absences": selectors.absences_of(people, first_date, last_date, reader.language),
        "first_date": first_date,
        "last_date": last_date,
    }
    return render(request, "desk/off.html", context)


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """The actor's own day and how they sign in."""
    now = timezone.now()
    person = get_object_or_404(AccountManager.objects.select_related("calendar"), pk=request.user.pk)
    (day,) = person_days([person], now=now, language=reader_for(request).language, holidays=selectors.HOLIDAYS_KNOWN)
    context = {
        "person": person,
        "day": day,
        "days_off": person.days_off.filter(last_date__gte=day.local_at.date()),
        "means": selectors.sign_in_means(person),
        "now": now,
    }
    return render(request, "desk/account.html", context)
