"""The page on which a contact chooses among offered times, or votes on them."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients.links import Purpose
from clients.models import PrivateLink
from clients.requests import reader_for
from clients.views.private import private_page
from scheduling.meetings import services
from scheduling.meetings.errors import (
    BookingError,
    InvalidBooking,
    KeyInFlight,
    KeyReused,
    OfferClosed,
    SlotBlocked,
    SlotTaken,
    StaleMeeting,
    TooLateToUndo,
    TooManyKept,
    TryAgain,
)
from scheduling.meetings.forms.booking import IdempotentForm
from scheduling.meetings.models import Invitee, Offer, Vote
from scheduling.meetings.offers.invited import Invited
from scheduling.meetings.offers.page import OfferPage, offer_page
from scheduling.meetings.offers.week import week_page
from scheduling.meetings.views.once import answer_request_once
from scheduling.outreach.forms.offers import ChoiceForm, VoteForm, WishForm, WordsForm

page_methods = require_http_methods(["GET", "HEAD", "POST"])

MESSAGES: dict[type[BookingError], Promise] = {
    SlotTaken: gettext_lazy("Sorry: this time has just been taken. Nothing was booked; here is what is free."),
    SlotBlocked: gettext_lazy("Sorry: not everybody can come at this time any more. Nothing was booked."),
    StaleMeeting: gettext_lazy("Something changed while you chose. Nothing was booked; please look again."),
    OfferClosed: gettext_lazy("Nothing was changed: this is settled already. Below is how it is now."),
    TooLateToUndo: gettext_lazy("The ten minutes for taking it back are over, so the meeting stands."),
    TooManyKept: gettext_lazy("You keep two times already. Let one of them go first, or book one."),
    KeyInFlight: gettext_lazy("Your answer is still being written down. Please wait a moment and look again."),
    KeyReused: gettext_lazy("This form was sent before with another choice. Nothing was changed; please choose again."),
    TryAgain: gettext_lazy("Too many people are booking right now. Nothing was changed; please try again."),
}


@page_methods
@private_page(Purpose.OFFER, Purpose.HOME)
def offer(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """The offered times on the contact's own clock; GET shows and POST acts."""
    found = _offered(link, pk)
    if request.method != "POST":
        return _page(request, link, found)
    act = request.POST.get("act", "")
    if act not in ACTS:
        return _page(request, link, found, status=400)
    return ACTS[act](request, link, found)


@page_methods
@private_page(Purpose.OFFER, Purpose.HOME)
def times(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """A week of other times, from the one that `week` lies in; a POST books, keeps or wishes for what is ticked."""
    found = _offered(link, pk)
    if found.offer.is_settled:
        return _see(pk)
    if request.method == "POST":
        if found.offer.is_vote:
            return _wish(request, link, found)
        return _keep(request, link, found) if request.POST.get("act") == "keep" else _choose(request, link, found)
    return _week(request, link, found)


def _choose(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    form = ChoiceForm(request.POST)

    def act(now: dt.datetime) -> None:
        services.choose(contact=link.contact, offer=found.offer, start_at=form.cleaned_data["start_at"], now=now)

    return _act(request, link, found, form, act)


def _undo(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    def act(now: dt.datetime) -> None:
        services.undo_choice(contact=link.contact, offer=found.offer, now=now)

    done = _("Taken back: the meeting is cancelled, and everybody is told. Choose another time whenever you like.")
    return _act(request, link, found, IdempotentForm(request.POST), act, done=done)


def _refuse(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    form = WordsForm(request.POST)

    def act(now: dt.datetime) -> None:
        services.refuse_all(contact=link.contact, offer=found.offer, words=form.cleaned_data["words"], now=now)

    done = _("Thank you. %(name)s is told at once.") % {"name": found.offer.account_manager.full_name}
    return _act(request, link, found, form, act, done=done)


def _vote(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    form = VoteForm(request.POST)
    answers = {
        time.pk: str(request.POST[f"time-{time.pk}"])
        for time in found.offer.times.all()
        if f"time-{time.pk}" in request.POST
    }

    def act(now: dt.datetime) -> None:
        services.vote(
            contact=link.contact, offer=found.offer, answers=answers, words=form.cleaned_data["words"], now=now
        )

    done = _("Thank you, this is noted. You can change it until the time is fixed.")
    return _act(request, link, found, form, act, done=done, answers=answers)


def _keep(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    form = ChoiceForm(request.POST)

    def act(now: dt.datetime) -> None:
        services.keep_time(contact=link.contact, offer=found.offer, start_at=form.cleaned_data["start_at"], now=now)

    done = _("Kept for you for two hours. It is not booked yet: choose it below.")
    return _act(request, link, found, form, act, done=done)


def _wish(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    form = WishForm(request.POST)

    def act(now: dt.datetime) -> None:
        services.wish_for_times(contact=link.contact, offer=found.offer, starts=form.cleaned_data["start_at"], now=now)

    manager = found.offer.account_manager.full_name
    done = _("Thank you. %(name)s is told at once, and may offer it to everybody.") % {"name": manager}
    return _act(request, link, found, form, act, done=done)


def _let_go(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    form = ChoiceForm(request.POST)

    def act(now: dt.datetime) -> None:
        services.let_time_go(contact=link.contact, offer=found.offer, start_at=form.cleaned_data["start_at"], now=now)

    return _act(request, link, found, form, act, done=_("This time is free for others again."))


ACTS: dict[str, Callable[[HttpRequest, PrivateLink, Invited], HttpResponse]] = {
    "choose": _choose,
    "undo": _undo,
    "refuse": _refuse,
    "vote": _vote,
    "keep": _keep,
    "let_go": _let_go,
}


def _act(
    request: HttpRequest,
    link: PrivateLink,
    found: Invited,
    form: IdempotentForm,
    act: Callable[[dt.datetime], None],
    *,
    done: str = "",
    **context: Any,
) -> HttpResponse:
    """Acts once under the form's key and leads to the page, or shows it with what is wrong."""
    if not form.is_valid():
        return _page(request, link, found, form=form, status=422, **context)
    pk = found.offer.pk

    def once() -> str:
        act(timezone.now())
        return reverse("you:offer", args=[pk])

    try:
        answer_request_once(request, form.cleaned_data["idempotency_key"], once, contact=link.contact)
    except InvalidBooking as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return _page(request, link, _offered(link, pk), form=form, status=error.status, **context)
    except BookingError as error:
        notice = str(MESSAGES[type(error)])
        return _page(request, link, _offered(link, pk), form=form, notice=notice, status=error.status, **context)
    if done:
        messages.success(request, done)
    return _see(pk)


def _see(pk: int) -> HttpResponse:
    # 303: the browser fetches the page by GET, and going back does not send the form again.
    return HttpResponse(status=303, headers={"Location": reverse("you:offer", args=[pk])})


def _page(
    request: HttpRequest,
    link: PrivateLink,
    found: Invited,
    *,
    form: IdempotentForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    page = offer_page(found, link.contact, now=timezone.now(), reader=reader_for(request))
    context |= {
        "link": link,
        "page": page,
        "offer": found.offer,
        "form": form,
        "words_form": form if isinstance(form, WordsForm | VoteForm) else _blank(page),
        "chosen": _chosen(request, page),
        "vote_answers": Vote.Answer.choices,
        "idempotency_key": uuid.uuid4(),
    }
    return render(request, "client/offer.html", context, status=status)


def _blank(page: OfferPage) -> IdempotentForm:
    return VoteForm() if page.offer.is_vote else WordsForm()


def _chosen(request: HttpRequest, page: OfferPage) -> dt.datetime | None:
    """What was ticked, or the first that can be chosen."""
    ticked = request.POST.get("start_at", "")
    starts = {card.start_at.isoformat(): card.start_at for card in page.choices}
    return starts.get(ticked) or next(iter(starts.values()), None)


def _week(request: HttpRequest, link: PrivateLink, found: Invited) -> HttpResponse:
    try:
        wanted_date = parse_date(request.GET.get("week", ""))
    except ValueError:
        wanted_date = None
    now, reader = timezone.now(), reader_for(request)
    context = {
        "link": link,
        "offer": found.offer,
        "week": week_page(found, link.contact, wanted_date=wanted_date, now=now, reader=reader),
        "words_form": WordsForm(),
        "idempotency_key": uuid.uuid4(),
    }
    return render(request, "client/offer_times.html", context)


def _offered(link: PrivateLink, pk: int) -> Invited:
    """The offer with its people. Raises: Http404 where this contact is not asked."""
    offers = Offer.objects.select_related("account_manager", "meeting", "client")
    invited = Invited.to(get_object_or_404(offers, pk=pk))
    try:
        invited.row_of(link.contact)
    except Invitee.DoesNotExist:
        raise Http404 from None
    return invited
