"""A contact's own page, and what they do there to their meetings."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.links import Purpose
from clients.models import PrivateLink
from clients.requests import reader_for
from clients.views.private import private_page
from scheduling.meetings import services
from scheduling.meetings.errors import BookingError, InvalidBooking, MeetingNotTheirs, SlotBlocked, SlotTaken
from scheduling.meetings.icalendar_files import Method, invitation
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.proposals.for_contacts import DAYS_SHOWN, other_times
from scheduling.meetings.services.by_contacts import Refusal
from scheduling.meetings.views.once import answer_request_once
from scheduling.outreach.forms.own_page import ChangeForm, MoveForm
from scheduling.outreach.own_page import ComingMeeting, attendances_of, coming_meeting, day_around, own_page

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@private_page(Purpose.HOME)
def home(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """Meetings to come and past ones, and what waits for an answer."""
    now, contact = timezone.now(), link.contact
    page = own_page(contact, now=now)
    context: dict[str, Any] = {"link": link, "page": page}
    if page.coming:
        context["own_day"] = day_around(page.coming[0].attendance, contact, now=now, reader=reader_for(request))
    return render(request, "client/home.html", context)


@page_methods
@private_page(Purpose.HOME, Purpose.MEETING)
def move(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """Other times for a meeting, as cards; `from` is the first day shown, `day` the only one."""
    coming = _coming(link, pk)
    if request.method != "POST":
        return _times(request, link, coming)
    form = MoveForm(request.POST, reader=reader_for(request))
    if not form.is_valid():
        return _times(request, link, coming, form=form, status=422)
    if form.asks_about is not None:
        return render(request, "client/night.html", {"link": link, "meeting": coming.attendance.meeting, "form": form})
    values = form.cleaned_data
    refused: dict[str, Any] = {}
    try:
        answer_request_once(
            request,
            values["idempotency_key"],
            lambda: _moved(link, coming.attendance.meeting, values),
            contact=link.contact,
        )
    except InvalidBooking as error:
        form.add_error("start_at", error.message)
        refused = {"status": error.status}
    except (SlotTaken, SlotBlocked) as error:
        refused = {"status": error.status, "is_lost": True}
    except MeetingNotTheirs as error:
        refused = {"status": error.status, "refusal": Refusal(error.refusal)}
    except BookingError as error:
        refused = {"status": error.status, "came_late": True}
    if refused:
        # What they wrote stays on the page.
        return _times(request, link, _coming(link, pk), form=form, **refused)
    moment = reader_for(request).moment(values["start_at"])
    messages.success(request, _("Moved to %(moment)s. Everybody is told of the new time.") % {"moment": moment})
    return _see(pk)


def _moved(link: PrivateLink, meeting: Meeting, values: dict[str, Any]) -> str:
    chosen = {name: values[name] for name in ("start_at", "reason", "sequence")}
    services.move_as_contact(contact=link.contact, meeting=meeting, now=timezone.now(), **chosen)
    return str(meeting.pk)


@page_methods
@private_page(Purpose.HOME, Purpose.MEETING)
def cancel(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """Asks for a word why, then cancels."""
    coming = _coming(link, pk)
    meeting = coming.attendance.meeting
    form = ChangeForm(request.POST if request.method == "POST" else None, initial=_initial(meeting))
    context: dict[str, Any] = {"link": link, "coming": coming, "meeting": meeting, "form": form}
    if not form.is_bound or not form.is_valid():
        return render(request, "client/cancel.html", context, status=422 if form.is_bound else 200)
    values = form.cleaned_data
    try:
        answer_request_once(
            request,
            values["idempotency_key"],
            lambda: _cancelled(link, meeting, values),
            contact=link.contact,
        )
    except BookingError as error:
        coming = _coming(link, pk)
        context |= {"coming": coming, "meeting": coming.attendance.meeting, "came_late": True}
        return render(request, "client/cancel.html", context, status=error.status)
    messages.success(request, _("Cancelled. Everybody is told, with your words."))
    return _see(pk)


def _cancelled(link: PrivateLink, meeting: Meeting, values: dict[str, Any]) -> str:
    chosen = {name: values[name] for name in ("reason", "sequence")}
    services.cancel_as_contact(contact=link.contact, meeting=meeting, now=timezone.now(), **chosen)
    return str(meeting.pk)


@require_safe
@private_page(Purpose.HOME, Purpose.MEETING)
def calendar_file(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """The meeting as an iCalendar file."""
    attendance = _coming(link, pk).attendance
    if attendance.status != Status.CONFIRMED or attendance.meeting.status != Status.CONFIRMED:
        raise Http404
    return HttpResponse(
        invitation(attendance.meeting, method=Method.PUBLISH, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="meeting.ics"'},
    )


def _times(
    request: HttpRequest,
    link: PrivateLink,
    coming: ComingMeeting,
    *,
    form: MoveForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    now, reader, meeting = timezone.now(), reader_for(request), coming.attendance.meeting
    day, first_date = _date(request.GET.get("day", "")), _date(request.GET.get("from", ""))
    earliest_at = now + dt.timedelta(hours=coming.allowance.notice_hours)
    if coming.allowance.can_move:
        context["times"] = other_times(
            meeting,
            link.contact,
            first_date=day or first_date or reader.day_of(earliest_at),
            days=1 if day else DAYS_SHOWN,
            earliest_at=earliest_at,
            now=now,
            reader=reader,
        )
    # A key and the state of the meeting are those of this page, whatever was sent from the one before.
    context |= {
        "link": link,
        "coming": coming,
        "meeting": meeting,
        "form": form or MoveForm(reader=reader),
        "chosen": request.POST.get("start_at") or request.GET.get("at", ""),
        "refusal": refusal or coming.allowance.refusal,
        "fresh": _initial(meeting),
        "day": day,
    }
    return render(request, "client/move.html", context, status=status)


def _coming(link: PrivateLink, pk: int) -> ComingMeeting:
    attendance = get_object_or_404(attendances_of(link.contact).exclude(meeting__status=Status.HELD), meeting=pk)
    return coming_meeting(attendance, now=timezone.now())


def _initial(meeting: Meeting) -> dict[str, object]:
    return {"sequence": meeting.sequence, "idempotency_key": uuid.uuid4()}


def _see(pk: int) -> HttpResponse:
    # 303: going back does not send the form again.
    response = redirect("you:meeting", pk)
    response.status_code = 303
    return response


def _date(text: str) -> dt.date | None:
    try:
        found = parse_date(text)
    except ValueError:
        return None
    # Far enough for every page, and near enough to be counted with.
    return found if found is not None and 2000 <= found.year < 2199 else None
