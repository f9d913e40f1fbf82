"""Times that a contact asks for, of an account manager who has a public page."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from clients.links import Purpose
from clients.models import PrivateLink
from clients.views.private import private_page
from scheduling.meetings import services
from scheduling.meetings.errors import BookingError, InvalidBooking
from scheduling.meetings.views.once import answer_request_once
from scheduling.outreach.forms.own_page import AskTimesForm
from scheduling.outreach.public_pages import hosts_of
from scheduling.outreach.views.offers import MESSAGES


@require_http_methods(["GET", "HEAD", "POST"])
@private_page(Purpose.HOME)
def ask_times(request: HttpRequest, link: PrivateLink, name: str) -> HttpResponse:
    """Asks what it is about; what follows is an offer of the fairest times, to choose from with one tap."""
    host = get_object_or_404(hosts_of(link.contact), page_name=name)
    form = AskTimesForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    notice = ""
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        key = values.pop("idempotency_key")

        def act() -> str:
            offer = services.ask_for_times(contact=link.contact, account_manager=host, now=timezone.now(), **values)
            return reverse("you:offer", args=[offer.pk])

        try:
            response = redirect(answer_request_once(request, key, act, contact=link.contact))
        except InvalidBooking as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            status = error.status
        except BookingError as error:
            notice, status = str(MESSAGES[type(error)]), error.status
        else:
            response.status_code = 303
            return response
    context = {"link": link, "host": host, "form": form, "notice": notice, "idempotency_key": uuid.uuid4()}
    return render(request, "client/ask_times.html", context, status=status)
