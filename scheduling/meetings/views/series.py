"""Pages of weekly series: the list, the plan, and what books it."""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.models import Contact
from clients.requests import actor_of, part_or_whole, reader_for
from holidays_app.calendars import UnsupportedYear, country_name
from scheduling.engine import NearMiss
from scheduling.meetings import services
from scheduling.meetings.errors import BookingError, InvalidBooking, OccurrencesLost
from scheduling.meetings.forms.booking import IdempotentForm
from scheduling.meetings.forms.people import choices_for
from scheduling.meetings.forms.series import SeriesBookingForm, SeriesForm, asked_series
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.proposals.people import portraits
from scheduling.meetings.series.listing import listed_series, series_by_next_meeting
from scheduling.meetings.series.page import SeriesPage, series_page
from scheduling.meetings.series.planning import series_attendees
from scheduling.meetings.series.query import SeriesQuery
from scheduling.meetings.views.meetings import MESSAGES, PAGE_SIZE
from scheduling.meetings.views.once import answer_request_once

PART, PAGE = "meetings/_series_plan.html", "meetings/series_plan.html"
FIELDS = ("contacts", "colleagues", "client", "duration", "start", "weeks", "days", "times", "policy")


@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    """All of the actor's series, the next to meet first."""
    found = series_by_next_meeting(actor_of(request), timezone.now())
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = listed_series(page.object_list, reader_for(request))
    return render(request, "meetings/series_list.html", {"page": page, "rows": rows})


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    """The fairest plan of a weekly series for the people, weeks and days in the address."""
    return _render_plan(request, request.GET)


@require_POST
def book(request: HttpRequest) -> HttpResponse:
    """Books all occurrences as they were shown; where one is lost, shows which, and a new plan."""
    form = _form(request, request.POST)
    booking_form = SeriesBookingForm(request.POST)
    if not (form.is_valid() and booking_form.is_valid()):
        return _render_plan(request, request.POST, booking_form=booking_form, status=422)
    values = booking_form.cleaned_data
    words = {name: values[name] for name in ("title", "agenda", "channel", "location")}

    def act() -> str:
        series = services.book_series(
            actor=actor_of(request),
            contacts=form.cleaned_data["contacts"],
            colleagues=form.cleaned_data["colleagues"],
            request=query_of(form).request,
            times=values["weekly"],
            starts=values["starts"],
            now=timezone.now(),
            **words,
        )
        return reverse("meetings:series", args=[series.pk])

    try:
        location = answer_request_once(request, values["idempotency_key"], act)
    except InvalidBooking as error:
        booking_form.add_error(error.field if error.field in booking_form.fields else None, error.message)
        return _render_plan(request, request.POST, booking_form=booking_form, status=error.status)
    except OccurrencesLost as error:
        return _render_plan(request, request.POST, booking_form=booking_form, lost=error.lost, status=error.status)
    except BookingError as error:
        notice = str(MESSAGES.get(type(error), _("Nothing was booked. Please look at the new plan.")))
        return _render_plan(request, request.POST, booking_form=booking_form, notice=notice, status=error.status)
    messages.success(request, _("Booked. Everybody gets one mail with all dates in their own language and time."))
    # 303: the browser fetches the next page by GET, and going back does not send the form again.
    return HttpResponse(status=303, headers={"Location": location})


def _render_plan(
    request: HttpRequest,
    data: QueryDict,
    *,
    booking_form: IdempotentForm | None = None,
    lost: Sequence[NearMiss] = (),
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    form = _form(request, data)
    page = page_of(form) if form.is_valid() else None
    context: dict[str, Any] = {
        "form": form,
        "choices": form.choices,
        "page": page,
        "notice": notice,
        "lost": [miss.start_at for miss in lost],
        "idempotency_key": uuid.uuid4(),
        "booking_form": booking_form,
        "booking_errors": errors_of_hidden_fields(booking_form),
    }
    if page is not None and booking_form is None:
        context["booking_form"] = _blank(page)
    elif page is None and form.is_bound and status == 200:
        status = 404 if form.is_about_unknown_people else 422
    return part_or_whole(request, PART, PAGE, context, status)


def _form(request: HttpRequest, data: QueryDict) -> SeriesForm:
    actor, reader, now = actor_of(request), reader_for(request), timezone.now()
    choices = choices_for(actor, data)
    is_asked = any(data.get(name) for name in FIELDS)
    filled = asked_series(data, choices, actor, reader.day_of(now)) if is_asked else None
    return SeriesForm(filled, actor=actor, choices=choices, reader=reader, now=now)


def query_of(form: SeriesForm, series_id: int | None = None) -> SeriesQuery:
    """The query that a valid form asks."""
    values = form.cleaned_data
    return SeriesQuery(
        contact_ids=tuple(person.pk for person in values["contacts"]),
        colleague_ids=tuple(person.pk for person in values["colleagues"]),
        duration_minutes=values["duration"],
        start_date=values["start"],
        weeks=values["weeks"],
        weekdays=form.weekdays,
        max_times=values["times"],
        policy=values["policy"],
        series_id=series_id,
    )


def page_of(form: SeriesForm, *, series_id: int | None = None, free: Iterable[Attendance] = ()) -> SeriesPage | None:
    """The page of a valid form; None, with an error in the form, where holidays that far ahead are unknown."""
    reader = form.reader
    query = query_of(form, series_id)
    try:
        found = series_attendees(
            query.request,
            contacts=form.cleaned_data["contacts"],
            colleagues=form.cleaned_data["colleagues"],
            now=form.now,
            language=reader.language,
            free=free,
        )
    except UnsupportedYear as error:
        words = {"country": country_name(error.country, reader.language), "year": error.known[-1]}
        form.add_error("weeks", _("The holidays of %(country)s are known until %(year)s only.") % words)
        return None
    return series_page(query, portraits(found, form.actor, reader), now=form.now, reader=reader)


def _blank(page: SeriesPage) -> SeriesBookingForm:
    wishes = [portrait.person.preferred_channel for portrait in page.people if isinstance(portrait.person, Contact)]
    wished = next((channel for channel in wishes if channel in Meeting.Channel.values), Meeting.Channel.VIDEO)
    return SeriesBookingForm(initial={"channel": wished})


def errors_of_hidden_fields(booking_form: IdempotentForm | None) -> list[str]:
    """What is wrong with the fields of a form that nobody sees."""
    if booking_form is None:
        return []
    shown = {"title", "agenda", "channel", "location", "reason"}
    return [str(error) for name, errors in booking_form.errors.items() if name not in shown for error in errors]
