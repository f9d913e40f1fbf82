"""Account managers' pages of offers: send, look, close, withdraw."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clients.requests import actor_of, reader_for
from scheduling.meetings import services
from scheduling.meetings.errors import (
    BookingError,
    InvalidBooking,
    OfferClosed,
    SlotBlocked,
    SlotTaken,
    StaleMeeting,
)
from scheduling.meetings.forms.booking import IdempotentForm
from scheduling.meetings.forms.offers import CloseForm, OfferForm, WithdrawForm
from scheduling.meetings.models import Offer
from scheduling.meetings.offers.overview import overview
from scheduling.meetings.selectors import offers_for, with_answers
from scheduling.meetings.views.meetings import MESSAGES as OF_BOOKING
from scheduling.meetings.views.meetings import redirect_after
from scheduling.meetings.views.once import answer_request_once
from scheduling.meetings.views.propose import render_proposal

PAGE_SIZE = 50

MESSAGES = OF_BOOKING | {
    SlotTaken: gettext_lazy("This time has been taken meanwhile. Nothing was done; choose another one."),
    SlotBlocked: gettext_lazy("Not everybody can come at this time any more. Nothing was done; choose another one."),
    StaleMeeting: gettext_lazy("Something changed meanwhile. Nothing was done; please look again."),
    OfferClosed: gettext_lazy("This offer is settled already. Nothing was done; below is how it is now."),
}


@require_safe
def offer_list(request: HttpRequest) -> HttpResponse:
    """The offers that the actor may see, the open ones first."""
    now = timezone.now()
    is_ended = Q(meeting__isnull=False) | Q(withdrawn_at__isnull=False)
    offers = with_answers(offers_for(actor_of(request))).annotate(is_ended=is_ended)
    offers = offers.order_by("is_ended", "-created_at", "-pk")
    page = Paginator(offers, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "meetings/offers.html", {"page": page, "now": now})


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who answered what, what is kept until when, and the ways to end it."""
    return _render(request, _offer(request, pk))


@require_POST
def send(request: HttpRequest) -> HttpResponse:
    """Offers the times that are ticked on the propose page."""
    actor = actor_of(request)
    form = OfferForm(request.POST, actor=actor)
    if not form.is_valid():
        return render_proposal(request, request.POST, booking_form=form, status=422)
    values = dict(form.cleaned_data)
    key = values.pop("idempotency_key")
    for name in ("hold_until", "answer_by"):
        values.pop(name)
    values |= form.instants(time_zone=reader_for(request).time_zone)

    def act() -> str:
        offer = services.send_offer(actor=actor, now=timezone.now(), **values)
        return reverse("meetings:offer", args=[offer.pk])

    try:
        location = answer_request_once(request, key, act)
    except InvalidBooking as error:
        field = error.field.removesuffix("_at") if error.field in ("hold_until_at", "answer_by_at") else error.field
        form.add_error(field if field in form.fields and field != "start_at" else None, error.message)
        return render_proposal(request, request.POST, booking_form=form, status=error.status)
    except BookingError as error:
        notice = str(MESSAGES[type(error)])
        return render_proposal(request, request.POST, booking_form=form, notice=notice, status=error.status)
    messages.success(request, _("Sent. Each contact gets the times in their own language and on their own clock."))
    return redirect_after(location)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """Books one of the offered times by hand."""
    offer, form = _offer(request, pk), CloseForm(request.POST)

    def act() -> str:
        start_at = form.cleaned_data["start_at"]
        meeting = services.close_offer(actor=actor_of(request), offer=offer, start_at=start_at, now=timezone.now())
        return reverse("meetings:detail", args=[meeting.pk])

    return _act(request, offer, form, act, _("Booked. Everybody gets a confirmation in their own language and time."))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the offer back; what it kept is free."""
    offer, form = _offer(request, pk), WithdrawForm(request.POST)

    def act() -> str:
        is_silent = form.cleaned_data["is_silent"]
        services.withdraw_offer(actor=actor_of(request), offer=offer, is_silent=is_silent, now=timezone.now())
        return reverse("meetings:offer", args=[pk])

    done = _("Withdrawn. Nothing can be chosen any more, and what was kept is free.")
    return _act(request, offer, form, act, done)


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Offers a time that a contact wished for to all who vote."""
    offer, form = _offer(request, pk), CloseForm(request.POST)

    def act() -> str:
        start_at = form.cleaned_data["start_at"]
        services.add_time(actor=actor_of(request), offer=offer, start_at=start_at, now=timezone.now())
        return reverse("meetings:offer", args=[pk])

    done = _("Added. In a few minutes the others are asked whether this time suits them too.")
    return _act(request, offer, form, act, done)


def _act(request: HttpRequest, offer: Offer, form: IdempotentForm, act: Callable[[], str], done: str) -> HttpResponse:
    if not form.is_valid():
        error = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _render(request, offer, error=error, status=422)
    try:
        location = answer_request_once(request, form.cleaned_data["idempotency_key"], act)
    except InvalidBooking as error:
        return _render(request, _offer(request, offer.pk), error=error.message, status=error.status)
    except BookingError as error:
        return _render(request, _offer(request, offer.pk), error=str(MESSAGES[type(error)]), status=error.status)
    messages.success(request, done)
    return redirect_after(location)


def _render(request: HttpRequest, offer: Offer, *, error: str = "", status: int = 200) -> HttpResponse:
    context = {
        "offer": offer,
        "overview": overview(offer, now=timezone.now(), reader=reader_for(request)),
        "error": error,
        "close_key": uuid.uuid4(),
        "withdraw_form": WithdrawForm(initial={"idempotency_key": uuid.uuid4()}),
    }
    return render(request, "meetings/offer.html", context, status=status)


def _offer(request: HttpRequest, pk: int) -> Offer:
    return get_object_or_404(offers_for(actor_of(request)), pk=pk)
