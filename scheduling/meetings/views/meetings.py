"""Pages of meetings: the list, one meeting, and what changes it."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.forms import KEY_REUSED
from clients.requests import actor_of
from scheduling.engine import Reason
from scheduling.meetings import services
from scheduling.meetings.errors import (
    BookingError,
    InvalidBooking,
    KeyInFlight,
    KeyReused,
    SlotBlocked,
    SlotTaken,
    StaleMeeting,
    TryAgain,
)
from scheduling.meetings.forms.booking import BookingForm, EditForm, KeepForm, MoveForm, ReasonForm
from scheduling.meetings.icalendar_files import Method
from scheduling.meetings.icalendar_files import invitation as invitation_file
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import meetings_for
from scheduling.meetings.views.once import answer_request_once
from scheduling.meetings.views.propose import render_proposal

PAGE_SIZE = 50

MESSAGES: dict[type[BookingError], Promise] = {
    SlotTaken: gettext_lazy("This time has just been taken. Here are the next best ones."),
    SlotBlocked: gettext_lazy("Not everybody can come at this time. Here are the next best ones."),
    StaleMeeting: gettext_lazy(
        "This meeting has changed since you opened the page. Nothing was done; please look again."
    ),
    KeyInFlight: gettext_lazy("This request is still at work. Please wait a moment and look at your meetings."),
    KeyReused: KEY_REUSED,
    TryAgain: gettext_lazy("Too many people are booking right now. Nothing was done; please try again."),
}


def redirect_after(location: str) -> HttpResponse:
    """Leads on after a POST."""
    # 303: the browser fetches the next page by GET, and going back does not send the form again.
    return HttpResponse(status=303, headers={"Location": location})


def _once(request: HttpRequest, key: uuid.UUID, act: Callable[[], Meeting]) -> str:
    return answer_request_once(request, key, lambda: reverse("meetings:detail", args=[act().pk]))


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """The actor's meetings to come; those past or cancelled with `?when=past`."""
    now = timezone.now()
    past = request.GET.get("when") == "past"
    meetings = meetings_for(actor_of(request)).prefetch_related("attendances__contact", "attendances__account_manager")
    if past:
        meetings = meetings.filter(Q(end_at__lte=now) | Q(status=Status.CANCELLED)).order_by("-start_at", "-pk")
    else:
        meetings = meetings.filter(end_at__gt=now, status=Status.CONFIRMED)
    page = Paginator(meetings, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "meetings/list.html", {"page": page, "past": past})


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting with everybody's local time and its history."""
    return _render_meeting(request, _meeting(request, pk))


@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Books the time chosen on the propose page; a lost time shows that page with the next best ones."""
    form = BookingForm(request.POST, actor=actor_of(request))
    if not form.is_valid():
        return render_proposal(request, request.POST, booking_form=form, status=422)
    values = form.cleaned_data
    key = values.pop("idempotency_key")
    left_out: list[str] = []

    def act() -> Meeting:
        meeting = services.book(actor=actor_of(request), now=timezone.now(), **values)
        if values["optional"]:
            invited = {row.person for row in meeting.attendances.select_related("contact", "account_manager")}
            left_out.extend(person.full_name for person in values["optional"] if person not in invited)
        return meeting

    try:
        location = _once(request, key, act)
    except InvalidBooking as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return render_proposal(request, request.POST, booking_form=form, status=error.status)
    except BookingError as error:
        return render_proposal(
            request, request.POST, booking_form=form, notice=str(MESSAGES[type(error)]), status=error.status
        )
    messages.success(request, _("Booked. Everybody gets a confirmation in their own language and time."))
    for name in left_out:
        messages.info(request, _("%(name)s is optional, can’t come then and is not invited.") % {"name": name})
    return redirect_after(location)


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Moves a meeting to the time chosen on the propose page."""
    meeting = _meeting(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        return render_proposal(request, request.POST, meeting=meeting, booking_form=form, status=422)
    values = form.cleaned_data
    key = values.pop("idempotency_key")
    try:
        location = _once(
            request,
            key,
            lambda: services.move(actor=actor_of(request), meeting=meeting, now=timezone.now(), **values),
        )
    except StaleMeeting as error:
        return _render_meeting(request, _meeting(request, pk), error=error)
    except InvalidBooking as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
        return render_proposal(request, request.POST, meeting=meeting, booking_form=form, status=error.status)
    except BookingError as error:
        return render_proposal(
            request,
            request.POST,
            meeting=meeting,
            booking_form=form,
            notice=str(MESSAGES[type(error)]),
            status=error.status,
        )
    messages.success(request, _("Moved. Everybody is told of the new time."))
    return redirect_after(location)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a reason, then cancels."""
    meeting = _meeting(request, pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, initial=_initial(meeting))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        key = values.pop("idempotency_key")
        try:
            location = _once(
                request,
                key,
                lambda: services.cancel(actor=actor_of(request), meeting=meeting, now=timezone.now(), **values),
            )
        except BookingError as error:
            return _render_meeting(request, _meeting(request, pk), error=error)
        messages.success(request, _("Cancelled. Everybody is told, with your reason."))
        return redirect_after(location)
    return render(
        request, "meetings/cancel.html", {"meeting": meeting, "form": form}, status=422 if form.is_bound else 200
    )


@require_POST
def keep(request: HttpRequest, pk: int) -> HttpResponse:
    """Leaves a meeting where new rules for clocks have put it, though not everybody is at work then."""
    meeting = _meeting(request, pk)
    form = KeepForm(request.POST)
    if not form.is_valid():
        return _render_meeting(request, meeting, error=StaleMeeting())
    values = form.cleaned_data
    key = values.pop("idempotency_key")
    try:
        location = _once(
            request, key, lambda: services.keep(actor=actor_of(request), meeting=meeting, now=timezone.now(), **values)
        )
    except BookingError as error:
        return _render_meeting(request, _meeting(request, pk), error=error)
    messages.success(request, _("The meeting stays as it is."))
    return redirect_after(location)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes what a meeting is about and where it takes place."""
    meeting = _meeting(request, pk)
    initial = _initial(meeting) | {
        field: getattr(meeting, field) for field in ("title", "agenda", "channel", "location")
    }
    form = EditForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        key = values.pop("idempotency_key")
        try:
            location = _once(
                request,
                key,
                lambda: services.edit(actor=actor_of(request), meeting=meeting, now=timezone.now(), **values),
            )
        except BookingError as error:
            return _render_meeting(request, _meeting(request, pk), error=error)
        messages.success(request, _("Saved. Everybody gets the new details."))
        return redirect_after(location)
    return render(
        request, "meetings/edit.html", {"meeting": meeting, "form": form}, status=422 if form.is_bound else 200
    )


@require_safe
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """The meeting as an iCalendar file."""
    meeting = _meeting(request, pk)
    if meeting.status != Status.CONFIRMED:
        raise Http404
    return HttpResponse(
        invitation_file(meeting, method=Method.PUBLISH, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="meeting.ics"'},
    )


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    return get_object_or_404(meetings_for(actor_of(request)), pk=pk)


def _can_stay(row: Attendance) -> bool:
    """Whether the attendee is off or can't be reached at the meeting's time, which people may agree to."""
    return any(reason != Reason.BUSY for reason in row.blockers)


def _initial(meeting: Meeting) -> dict[str, object]:
    return {"sequence": meeting.sequence, "idempotency_key": uuid.uuid4()}


def _render_meeting(request: HttpRequest, meeting: Meeting, error: BookingError | None = None) -> HttpResponse:
    rows = list(meeting.attendances.select_related("contact__client", "account_manager"))
    attending = [row for row in rows if not meeting.leaves_out(row)]
    context = {
        "meeting": meeting,
        "attendances": sorted(attending, key=lambda row: row.role),
        "left_out": [row.person for row in rows if meeting.leaves_out(row)],
        "blocked": [row for row in attending if row.blockers],
        "keep_form": KeepForm(initial=_initial(meeting)) if any(map(_can_stay, attending)) else None,
        "changes": meeting.changes.select_related("actor", "contact"),
        "error": str(MESSAGES[type(error)]) if error else "",
        "is_changeable": meeting.status == Status.CONFIRMED and meeting.end_at > timezone.now(),
    }
    return render(request, "meetings/detail.html", context, status=error.status if error else 200)
