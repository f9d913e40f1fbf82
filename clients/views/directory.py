"""The client list, and the forms for clients, contacts and one's own day."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients import services
from clients.day import Holiday, PersonDay, person_days
from clients.errors import KeyReused, NameTaken
from clients.forms import (
    KEY_REUSED,
    ClientFilterForm,
    ClientForm,
    ContactDaysOff,
    ContactForm,
    NewClientForm,
    NewContactForm,
    OwnDaysOff,
    ProfileForm,
)
from clients.links import revoke_links
from clients.models import AccountManager, Client, Contact, DayOff
from clients.reader import Reader
from clients.requests import actor_of, part_or_whole, reader_for
from clients.selectors import clients_for, contacts_for, countries_for, search_clients, teams_for, with_contacts

PAGE_SIZE = 20
HOLIDAYS_SHOWN = 2

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class ClientRow:
    """A client in the list with the days of its first contacts."""

    client: Client
    days: Sequence[PersonDay]

    @property
    def holidays(self) -> list[Holiday]:
        """The next holidays of the contacts shown, each once, the earliest first."""
        coming = {day.next_holiday for day in self.days if day.next_holiday is not None}
        return sorted(coming, key=lambda holiday: (holiday.date, holiday.name))[:HOLIDAYS_SHOWN]

    @property
    def contacts_not_shown(self) -> int:
        return int(self.client.contact_count) - len(self.days)  # type: ignore[attr-defined]


@require_safe
def client_list(request: HttpRequest) -> HttpResponse:
    """The actor's clients with the time at their contacts; htmx asks for the results alone."""
    now = timezone.now()
    actor, reader = actor_of(request), reader_for(request)
    countries = countries_for(actor)
    form = ClientFilterForm(request.GET, actor=actor, countries=countries)
    is_valid = form.is_valid()
    chosen = form.cleaned_data
    clients = search_clients(
        actor,
        text=chosen.get("q", ""),
        team=chosen.get("team"),
        country=chosen.get("country", ""),
        segment=chosen.get("segment", ""),
    )
    page = Paginator(with_contacts(clients), PAGE_SIZE).get_page(request.GET.get("page"))
    today = reader.day_of(now)
    day_start, day_end = (
        dt.datetime.combine(date, dt.time(), reader.zone).astimezone(dt.UTC)
        for date in (today, today + dt.timedelta(days=1))
    )
    context = {
        "form": form,
        "page": page,
        "rows": _rows(list(page.object_list), now, reader),
        "has_clients": bool(countries),
        "has_teams": bool(countries) or teams_for(actor).exists(),
        "is_filtered": any(chosen.values()) or not is_valid,
        "day_start": day_start,
        "day_end": day_end,
        "now": now,
    }
    return part_or_whole(
        request, "clients/_results.html", "clients/list.html", context, status=200 if is_valid else 400
    )


@page_methods
def client_create(request: HttpRequest) -> HttpResponse:
    form = NewClientForm(_posted(request), actor=actor_of(request))
    if form.is_bound and form.is_valid():
        try:
            client = services.create_client(actor=actor_of(request), client=form.save(commit=False), now=timezone.now())
        except KeyReused:
            form.add_error(None, KEY_REUSED)
        except NameTaken:
            form.add_error("name", _("A client of this name exists already."))
        else:
            messages.success(request, _("Added. Now add the people you talk to there."))
            return redirect("desk:client", client.pk)
    return _form_page(request, "clients/client_form.html", {"form": form})


@page_methods
def client_edit(request: HttpRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(clients_for(actor_of(request)), pk=pk)
    stored_name = client.name  # Validation puts what was typed into the row, good or bad.
    form = ClientForm(_posted(request), instance=client, actor=actor_of(request))
    if form.is_bound and form.is_valid():
        try:
            services.update_client(
                actor=actor_of(request),
                client=form.save(commit=False),
                changed=form.changed_fields,
                now=timezone.now(),
            )
        except NameTaken:
            form.add_error("name", _("A client of this name exists already."))
        except Client.DoesNotExist:
            raise Http404 from None
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:client", client.pk)
    return _form_page(request, "clients/client_form.html", {"form": form, "client": client, "name": stored_name})


@page_methods
def contact_create(request: HttpRequest, pk: int) -> HttpResponse:
    client = get_object_or_404(clients_for(actor_of(request)), pk=pk)
    form = NewContactForm(_posted(request), client=client, reader=reader_for(request))
    days_off = ContactDaysOff(_posted(request), prefix="days_off", today=_today(request))
    if form.is_bound and _all_valid(form, days_off):
        try:
            contact = services.create_contact(
                actor=actor_of(request),
                contact=form.save(commit=False),
                days_off=_filled(days_off),
                now=timezone.now(),
            )
        except KeyReused:
            form.add_error(None, KEY_REUSED)
        else:
            messages.success(request, _("Added."))
            return redirect("desk:client", contact.client_id)
    return _form_page(request, "clients/contact_form.html", {"form": form, "days_off": days_off, "client": client})


@page_methods
def contact_edit(request: HttpRequest, pk: int) -> HttpResponse:
    contact = get_object_or_404(contacts_for(actor_of(request)).select_related("client"), pk=pk)
    stored_name = contact.full_name
    form = ContactForm(_posted(request), instance=contact, reader=reader_for(request), country=contact.client.country)
    days_off = ContactDaysOff(_posted(request), instance=contact, prefix="days_off", today=_today(request))
    if form.is_bound and _all_valid(form, days_off):
        try:
            services.update_contact(
                actor=actor_of(request),
                contact=form.save(commit=False),
                changed=form.changed_fields,
                days_off=_filled(days_off),
                days_on=days_off.deleted_objects,
                now=timezone.now(),
            )
        except Contact.DoesNotExist:
            raise Http404 from None
        messages.success(request, _("Saved."))
        return redirect("desk:client", contact.client_id)
    return _form_page(
        request,
        "clients/contact_form.html",
        {"form": form, "days_off": days_off, "client": contact.client, "contact": contact, "name": stored_name},
    )


@require_POST
def end_links(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends all private links of a contact, for instance after a mail got into wrong hands."""
    contact = get_object_or_404(contacts_for(actor_of(request)), pk=pk)
    if revoke_links(actor=actor_of(request), contact=contact, now=timezone.now()):
        messages.success(request, _("The links have ended. The next mails carry new ones."))
    else:
        messages.info(request, _("There was no link to end."))
    return redirect("clients:contact_edit", contact.pk)


@page_methods
def profile_edit(request: HttpRequest) -> HttpResponse:
    """The actor's own day."""
    actor = get_object_or_404(AccountManager, pk=request.user.pk)
    form = ProfileForm(_posted(request), instance=actor, reader=reader_for(request))
    days_off = OwnDaysOff(_posted(request), instance=actor, prefix="days_off", today=_today(request))
    if form.is_bound and _all_valid(form, days_off):
        form.save(commit=False)
        try:
            services.update_profile(
                actor=actor,
                changed=form.changed_fields,
                days_off=_filled(days_off),
                days_on=days_off.deleted_objects,
                now=timezone.now(),
            )
        except NameTaken:
            form.add_error("page_name", _("Another public page has this name already."))
        else:
            messages.success(request, _("Saved."))
            return redirect("desk:account")
    return _form_page(request, "clients/profile_form.html", {"form": form, "days_off": days_off})


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _today(request: HttpRequest) -> dt.date:
    return reader_for(request).day_of(timezone.now())


def _form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    return render(request, template, context, status=422 if context["form"].is_bound else 200)


def _all_valid(form: Any, formset: Any) -> bool:
    # Both are asked, so that every error shows at once.
    return all([form.is_valid(), formset.is_valid()])


def _filled(formset: BaseInlineFormSet[DayOff, Any, Any]) -> list[DayOff]:
    """The days off that were added or changed; `deleted_objects` of the formset is filled too."""
    return formset.save(commit=False)


def _rows(clients: Sequence[Client], now: dt.datetime, reader: Reader) -> list[ClientRow]:
    contacts = [contact for client in clients for contact in client.shown_contacts]  # type: ignore[attr-defined]
    days = {day.person.pk: day for day in person_days(contacts, now=now, language=reader.language)}
    return [
        ClientRow(client, [days[contact.pk] for contact in client.shown_contacts])  # type: ignore[attr-defined]
        for client in clients
    ]
