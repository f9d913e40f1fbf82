"""Pages of one booked series, and what changes all of it that follows."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.requests import actor_of, part_or_whole, reader_for
from scheduling.engine import NearMiss
from scheduling.meetings import services
from scheduling.meetings.errors import BookingError, InvalidBooking, OccurrencesLost, StaleMeeting
from scheduling.meetings.forms.series import EditSeriesForm, FollowingForm, MoveRestForm, RestForm
from scheduling.meetings.icalendar_files import Method, series_invitation
from scheduling.meetings.models import Series
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.models.series import monday_of
from scheduling.meetings.selectors import series_for
from scheduling.meetings.series.broken import with_people
from scheduling.meetings.series.overview import SeriesOverview, series_overview
from scheduling.meetings.services.following import people_of
from scheduling.meetings.views.meetings import MESSAGES
from scheduling.meetings.views.once import answer_request_once
from scheduling.meetings.views.series import PAGE, PART, errors_of_hidden_fields, page_of, query_of


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One series: what became of every week, and the occurrences to come that don't suit everybody any more."""
    return _render(request, _series(request, pk))


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks from which week on and why, then cancels all that follows."""
    series = _series(request, pk)
    overview = _overview(request, series)
    weeks = overview.to_come
    if request.method == "POST":
        # Also those that the same request cancelled before: it is answered alike.
        weeks = tuple(week for week in overview.weeks if week.meeting is not None)
    if not weeks:
        return _render(request, series, overview=overview, error=StaleMeeting())
    form = FollowingForm(
        request.POST if request.method == "POST" else None,
        weeks=[(week.row.occasion.week_date, f"{week.row.day}, {week.row.time}") for week in weeks],
        initial={
            "from_week": _date(request.GET.get("from")) or weeks[0].row.occasion.week_date,
            "revision": overview.revision,
            "idempotency_key": uuid.uuid4(),
        },
    )
    if form.is_bound and form.is_valid():
        values = form.cleaned_data

        def act() -> str:
            services.cancel_following(
                actor=actor_of(request),
                series=series,
                from_date=values["from_week"],
                reason=values["reason"],
                revision=values["revision"],
                now=timezone.now(),
            )
            return reverse("meetings:series", args=[series.pk])

        try:
            location = answer_request_once(request, values["idempotency_key"], act)
        except BookingError as error:
            return _render(request, _series(request, pk), error=error)
        messages.success(request, _("Cancelled. Everybody gets one mail about all these meetings."))
        return HttpResponse(status=303, headers={"Location": location})
    context = {"series": series, "form": form}
    return render(request, "meetings/series_cancel.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Changes what a series is about and where it takes place, for all that is still to come."""
    series = _series(request, pk)
    overview = _overview(request, series)
    if not overview.to_come:
        return _render(request, series, overview=overview, error=StaleMeeting())
    initial = {name: getattr(series, name) for name in EditSeriesForm.Meta.fields}
    form = EditSeriesForm(
        request.POST if request.method == "POST" else None,
        initial=initial | {"revision": overview.revision, "idempotency_key": uuid.uuid4()},
    )
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        key = values.pop("idempotency_key")

        def act() -> str:
            services.edit_series(actor=actor_of(request), series=series, now=timezone.now(), **values)
            return reverse("meetings:series", args=[series.pk])

        try:
            location = answer_request_once(request, key, act)
        except BookingError as error:
            return _render(request, _series(request, pk), error=error)
        messages.success(request, _("Saved. Everybody gets one mail with the new details."))
        return HttpResponse(status=303, headers={"Location": location})
    context = {"series": series, "form": form}
    return render(request, "meetings/series_edit.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """A fresh plan for all that follows from a week on, and what moves the series to it."""
    series = _series(request, pk)
    overview = _overview(request, series)
    if not overview.to_come:
        return _render(request, series, overview=overview, error=StaleMeeting())
    people = people_of(series)
    data = request.POST if request.method == "POST" else request.GET
    form = RestForm(
        data, series=series, people=people, actor=actor_of(request), reader=reader_for(request), now=timezone.now()
    )
    return _moved(request, overview, form) if request.method == "POST" else _render_move(request, overview, form)


def _moved(request: HttpRequest, overview: SeriesOverview, form: RestForm) -> HttpResponse:
    series = overview.series
    moving_form = MoveRestForm(request.POST)
    if not (form.is_valid() and moving_form.is_valid()):
        return _render_move(request, overview, form, moving_form=moving_form, status=422)
    values = moving_form.cleaned_data

    def act() -> str:
        services.move_following(
            actor=actor_of(request),
            series=series,
            request=query_of(form, series.pk).request,
            times=values["weekly"],
            starts=values["starts"],
            reason=values["reason"],
            revision=values["revision"],
            now=timezone.now(),
        )
        return reverse("meetings:series", args=[series.pk])

    try:
        location = answer_request_once(request, values["idempotency_key"], act)
    except StaleMeeting as error:
        return _render(request, series, error=error)
    except InvalidBooking as error:
        moving_form.add_error(error.field if error.field in moving_form.fields else None, error.message)
        return _render_move(request, overview, form, moving_form=moving_form, status=error.status)
    except OccurrencesLost as error:
        return _render_move(request, overview, form, moving_form=moving_form, lost=error.lost, status=error.status)
    except BookingError as error:
        notice = str(MESSAGES[type(error)])
        return _render_move(request, overview, form, moving_form=moving_form, notice=notice, status=error.status)
    messages.success(request, _("Moved. Everybody gets one mail with all new dates."))
    return HttpResponse(status=303, headers={"Location": location})


@require_safe
def calendar_file(request: HttpRequest, pk: int) -> HttpResponse:
    """All of the series as an iCalendar file."""
    series = _series(request, pk)
    meetings = [
        meeting
        for meeting in with_people(series.meetings.select_related("series", "organizer"))
        if series.rule is not None or meeting.status == Status.CONFIRMED
    ]
    if not any(meeting.status == Status.CONFIRMED for meeting in meetings):
        raise Http404
    return HttpResponse(
        series_invitation(series, meetings, method=Method.PUBLISH, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="series.ics"'},
    )


def _render_move(
    request: HttpRequest,
    overview: SeriesOverview,
    form: RestForm,
    *,
    moving_form: MoveRestForm | None = None,
    lost: Sequence[NearMiss] = (),
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    page = None
    if form.is_valid():
        first_date = monday_of(form.cleaned_data["start"])
        moving = [week.meeting for week in overview.to_come if week.row.occasion.week_date >= first_date]
        own_rows = [row for meeting in moving if meeting is not None for row in meeting.attendances.all()]
        page = page_of(form, series_id=overview.series.pk, free=own_rows)
    if page is None and status == 200:
        status = 422
    context = {
        "series": overview.series,
        "form": form,
        "page": page,
        "notice": notice,
        "lost": [miss.start_at for miss in lost],
        "idempotency_key": uuid.uuid4(),
        "revision": overview.revision,
        "booking_form": moving_form or MoveRestForm(),
        "booking_errors": errors_of_hidden_fields(moving_form),
    }
    return part_or_whole(request, PART, PAGE, context, status)


def _series(request: HttpRequest, pk: int) -> Series:
    return get_object_or_404(series_for(actor_of(request)), pk=pk)


def _overview(request: HttpRequest, series: Series) -> SeriesOverview:
    return series_overview(series, actor=actor_of(request), now=timezone.now(), reader=reader_for(request))


def _render(
    request: HttpRequest, series: Series, *, overview: SeriesOverview | None = None, error: BookingError | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "overview": overview or _overview(request, series),
        "series": series,
        "error": str(MESSAGES[type(error)]) if error else "",
    }
    return render(request, "meetings/series_detail.html", context, status=error.status if error else 200)


def _date(text: str | None) -> dt.date | None:
    """The Monday of a date in an address. Raises: Http404 where it is none."""
    if not text:
        return None
    try:
        date = parse_date(text)
    except ValueError:
        date = None
    if date is None:
        raise Http404
    return monday_of(date)
