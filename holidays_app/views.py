"""Calendars to look at: those that are kept, and the year of any country."""

import datetime as dt
from typing import Any, Protocol
from urllib.parse import urlencode

from babel import Locale
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from holidays_app import calendars
from holidays_app.calendars import Calendar, CalendarDays
from holidays_app.forms import CATEGORY_NAMES, PlaceForm, unknown_year_message
from holidays_app.models import place_name
from holidays_app.selectors import calendar_days, calendars_for, days_for_calendars
from holidays_app.year import months, weekdays


class Reader(Protocol):
    """Of the person who reads, what these pages need to know."""

    language: str

    @property
    def locale(self) -> Locale: ...
    @property
    def first_weekday(self) -> int: ...
    def day_of(self, at: dt.datetime) -> dt.date: ...
    def wall_time(self, wall: dt.time) -> str: ...


def reader_of(request: HttpRequest) -> Reader:
    """How the person reads who asks; a middleware of the floor above put it there."""
    reader: Reader = request.reader  # type: ignore[attr-defined]
    return reader


def today_of(request: HttpRequest) -> dt.date:
    """The date on the wall of the person who asks."""
    return reader_of(request).day_of(timezone.now())


@require_safe
def calendar_list(request: HttpRequest) -> HttpResponse:
    """Every calendar with the next day off in it, and the way to any other country's."""
    reader, today = reader_of(request), today_of(request)
    rows = list(calendars_for(request.user).annotate(change_count=Count("changes")))
    in_a_year = today + dt.timedelta(days=366)
    days = days_for_calendars(rows, today, in_a_year, reader.language, as_far_as_known=True)
    listed = [
        {
            "calendar": row,
            "title": row.title(reader.language),
            "place": row.place(reader.language) if row.name else "",
            "kinds": [CATEGORY_NAMES.get(kind, kind) for kind in row.categories],
            "next": next(iter(days[row.pk].holidays.items()), None),
            "language": days[row.pk].language,
        }
        for row in rows
    ]
    listed.sort(key=lambda row: (str(row["place"] or row["title"]).casefold(), str(row["title"]).casefold()))
    return render(
        request,
        "holidays_app/list.html",
        {"calendars": listed, "year": today.year, "form": PlaceForm(initial={"year": today.year})},
    )


@require_safe
def calendar_now(request: HttpRequest, pk: int) -> HttpResponse:
    """The calendar's page of the current year, or of the last one known."""
    calendar = get_object_or_404(calendars_for(request.user), pk=pk)
    known = calendars.supported_years(calendar.country)
    return redirect("holidays_app:year", pk, min(today_of(request).year, known[-1]))


@require_safe
def calendar_year(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """A year of a calendar that is kept, with its local changes."""
    calendar = get_object_or_404(calendars_for(request.user), pk=pk)
    language = reader_of(request).language
    page = {
        "title": calendar.title(language),
        "place": calendar.place(language) if calendar.name else "",
        "kept": calendar,
    }
    if year not in calendars.supported_years(calendar.country):
        return _unknown_year(request, calendar.calendar, year, page)
    days = calendar_days(calendar, dt.date(year, 1, 1), dt.date(year, 12, 31), language)
    return _year_page(request, calendar.calendar, year, days, page)


@require_safe
def country_picker(request: HttpRequest) -> HttpResponse:
    """To the year of the place that was chosen, or what is wrong with the choice."""
    form = PlaceForm(request.GET)
    if not form.is_valid():
        return render(request, "holidays_app/picker.html", {"form": form}, status=400)
    return redirect(_place_url(form.place, form.cleaned_data["year"]))


@require_safe
def country_year(request: HttpRequest, country: str, year: int, subdivision: str = "") -> HttpResponse:
    """A year of any country or subdivision, with the kinds of holiday asked for."""
    categories = list(dict.fromkeys(request.GET.getlist("categories"))) or [calendars.PUBLIC]
    form = PlaceForm({"country": country, "subdivision": subdivision, "categories": categories, "year": year})
    wrong = set(form.errors)
    if wrong - {"year"}:
        # What the address names does not exist; what the query asks of it may be wrong all the same.
        status = 400 if wrong == {"categories"} else 404
        return render(request, "holidays_app/picker.html", {"form": form}, status=status)
    language = reader_of(request).language
    page = {
        "title": place_name(form.place, language),
        "country": calendars.country_name(country, language),
        "form": form,
    }
    if wrong:
        return _unknown_year(request, form.place, year, page)
    return _year_page(request, form.place, year, calendars.year_days(form.place, year, language), page)


def _year_page(
    request: HttpRequest, place: Calendar, year: int, days: CalendarDays, page: dict[str, Any]
) -> HttpResponse:
    reader = reader_of(request)
    known = calendars.supported_years(place.country)
    named_in = days.language.split("-")[0]
    context = page | {
        "year": year,
        "today": today_of(request),
        "months": months(place, year, days, reader.first_weekday, reader.locale),
        "weekdays": weekdays(reader.first_weekday, reader.locale),
        "days": days,
        "half_day_end": reader.wall_time(calendars.HALF_DAY_END),
        "kinds": [CATEGORY_NAMES.get(kind, kind) for kind in place.categories],
        # Where the names are not in the reader's language, the page says in which they are.
        "names_language": "" if named_in == reader.locale.language else reader.locale.languages.get(named_in, named_in),
        "before": (year - 1, _year_url(page, place, year - 1)) if year - 1 in known else None,
        "after": (year + 1, _year_url(page, place, year + 1)) if year + 1 in known else None,
    }
    return render(request, "holidays_app/year.html", context)


def _unknown_year(request: HttpRequest, place: Calendar, year: int, page: dict[str, Any]) -> HttpResponse:
    known = calendars.supported_years(place.country)
    nearest = known[0] if year < known[0] else known[-1]
    context = page | {
        "year": year,
        "message": unknown_year_message(place.country),
        "nearest": nearest,
        "nearest_url": _year_url(page, place, nearest),
    }
    return render(request, "holidays_app/unknown_year.html", context, status=404)


def _year_url(page: dict[str, Any], place: Calendar, year: int) -> str:
    if "kept" in page:
        return reverse("holidays_app:year", args=[page["kept"].pk, year])
    return _place_url(place, year)


def _place_url(place: Calendar, year: int) -> str:
    if place.subdivision is None:
        url = reverse("holidays_app:country_year", args=[place.country, year])
    else:
        url = reverse("holidays_app:subdivision_year", args=[place.country, place.subdivision, year])
    if place.categories == (calendars.PUBLIC,):
        return url
    return f"{url}?{urlencode({'categories': place.categories}, doseq=True)}"
