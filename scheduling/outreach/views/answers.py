"""The page on which a contact says whether a meeting's time still suits them."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.links import Purpose
from clients.models import PrivateLink
from clients.requests import reader_for
from clients.views.private import private_page
from scheduling.meetings.errors import StaleMeeting
from scheduling.meetings.models import Attendance
from scheduling.meetings.models.meeting import Status
from scheduling.outreach import services
from scheduling.outreach.forms.answers import AnotherTimeForm
from scheduling.outreach.own_page import attendances_of, coming_meeting, day_around


@require_http_methods(["GET", "HEAD", "POST"])
@private_page(Purpose.HOME, Purpose.MEETING)
def answer(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """The meeting on the contact's own clock, with their ways to answer; GET shows and POST acts."""
    attendance = _attendance(link, pk)
    if request.method != "POST":
        return _page(request, link, attendance)
    act, start_at = request.POST.get("act"), _instant(request.POST.get("start_at", ""))
    if act not in ("suits", "another_time") or start_at is None:
        return _page(request, link, attendance, status=400)
    form = AnotherTimeForm(request.POST if act == "another_time" else None)
    if form.is_bound and not form.is_valid():
        return _page(request, link, attendance, form=form, status=422)
    words = form.cleaned_data["words"] if form.is_bound else ""
    try:
        services.answer_invitation(
            attendance=attendance, suits=act == "suits", words=words, start_at=start_at, now=timezone.now()
        )
    except StaleMeeting:
        # What they wrote stays on the page.
        return _page(request, link, _attendance(link, pk), form=form, came_late=True, status=409)
    messages.success(request, _("Thank you, this is noted."))
    return redirect("you:meeting", pk)


def _page(
    request: HttpRequest,
    link: PrivateLink,
    attendance: Attendance,
    *,
    form: AnotherTimeForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    now, meeting = timezone.now(), attendance.meeting
    context |= {
        "link": link,
        "meeting": meeting,
        "coming": coming_meeting(attendance, now=now),
        "attendance": attendance,
        "form": form or AnotherTimeForm(),
        "is_off": attendance.status == Status.CANCELLED,
        "is_open": attendance.status == Status.CONFIRMED and meeting.start_at > now,
        "own_day": day_around(attendance, link.contact, now=now, reader=reader_for(request)),
    }
    return render(request, "client/meeting.html", context, status=status)


def _attendance(link: PrivateLink, pk: int) -> Attendance:
    return get_object_or_404(attendances_of(link.contact), meeting=pk)


def _instant(text: str) -> dt.datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
