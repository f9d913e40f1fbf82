"""Calendars in the administration: first the country, then what that country has to choose from."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Field, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from holidays_app import calendars
from holidays_app.forms import (
    CATEGORY_NAMES,
    KindsField,
    category_choices,
    country_choices,
    subdivision_choices,
)
from holidays_app.models import CalendarChange, HolidayCalendar


class HolidayCalendarForm(forms.ModelForm[HolidayCalendar]):
    """A calendar of a country that stays: its subdivisions to choose from, its kinds of holiday to tick."""

    chosen_country = ""

    country = forms.ChoiceField(label=_("Country"), choices=country_choices, disabled=True)
    subdivision = forms.ChoiceField(label=_("Subdivision"), required=False)
    categories = KindsField(label=_("Kinds of holiday"), initial=[calendars.PUBLIC])

    class Meta:
        model = HolidayCalendar
        fields = ("country", "subdivision", "name", "categories")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self.instance.country or self.chosen_country
        self.initial["country"] = country
        whole = ("", _("The whole country"))
        self.fields["subdivision"].choices = [whole, *subdivision_choices(country)]  # type: ignore[attr-defined]
        self.fields["categories"].choices = category_choices(country)  # type: ignore[attr-defined]


class CountryFilter(admin.SimpleListFilter):
    """The countries in use, by name."""

    title = _("country")
    parameter_name = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Only countries that some calendar is of."""
        used = set(HolidayCalendar.objects.values_list("country", flat=True))
        return [(code, name) for code, name in country_choices() if code in used]

    def queryset(self, request: HttpRequest, queryset: QuerySet[HolidayCalendar]) -> QuerySet[HolidayCalendar]:
        """The calendars of the chosen country."""
        return queryset.filter(country=self.value()) if self.value() else queryset


class CalendarChangeInline(admin.TabularInline[CalendarChange, HolidayCalendar]):
    model = CalendarChange
    extra = 1
    fields = ("kind", "first_date", "last_date", "name")

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """A field that says its own name: in a table, the heading of the column is no label."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and field.label:
            field.widget.attrs["aria-label"] = field.label
        return field


class HolidayCalendarAdmin(admin.ModelAdmin[HolidayCalendar]):
    """Registered by the floor above, which writes down who changed what."""

    form = HolidayCalendarForm
    inlines = (CalendarChangeInline,)
    list_display = ("title", "country_name", "subdivision_name", "kinds", "change_count", "year_link")
    list_filter = (CountryFilter, ("changes__kind", admin.ChoicesFieldListFilter))
    search_fields = ("name", "country", "subdivision", "changes__name")
    search_help_text = _("Name, country, subdivision or local change")
    # Said here because the count of changes groups the rows, and a group has no order of its own.
    ordering = ("country", "subdivision", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HolidayCalendar]:
        """The calendars of places with the number of their changes: personal ones are for their owners to change."""
        of_places = super().get_queryset(request).filter(is_personal=False)
        return of_places.annotate(change_count=Count("changes", distinct=True))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[HolidayCalendar], search_term: str
    ) -> tuple[QuerySet[HolidayCalendar], bool]:
        """Also the calendars of countries whose name in the reader's language has the words searched for."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        words = search_term.casefold()
        named = [code for code, name in country_choices() if words and words in name.casefold()]
        return found | queryset.filter(Q(country__in=named)), may_repeat

    def get_form(
        self, request: HttpRequest, obj: HolidayCalendar | None = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm[HolidayCalendar]]:
        """The form of one country: that of the calendar, or the one chosen first."""
        base = super().get_form(request, obj, change, **kwargs)
        return type(base.__name__, (base,), {"chosen_country": request.GET.get("country", "")})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The country first, since everything else to choose from depends on it."""
        if request.GET.get("country") in calendars.countries() or not self.has_add_permission(request):
            return super().add_view(request, form_url, extra_context)
        context = self.admin_site.each_context(request) | {
            "opts": self.opts,
            "title": _("Add a calendar: which country?"),
            "countries": country_choices(),
            "unknown": request.GET.get("country"),
            # What a popup needs to find its way back to the form that opened it.
            "carried": [pair for pair in request.GET.items() if pair[0] != "country"],
            "is_popup": "_popup" in request.GET,
        }
        status = 400 if context["unknown"] else 200
        return TemplateResponse(request, "holidays_app/admin_country.html", context, status=status)

    @admin.display(description=_("calendar"), ordering="name")
    def title(self, calendar: HolidayCalendar) -> str:
        """The name, or the place."""
        return str(calendar)

    @admin.display(description=_("country"), ordering="country")
    def country_name(self, calendar: HolidayCalendar) -> str:
        """The country's name in the reader's language."""
        return calendars.country_name(calendar.country, get_language() or "en")

    @admin.display(description=_("subdivision"), ordering="subdivision")
    def subdivision_name(self, calendar: HolidayCalendar) -> str:
        """The subdivision's name, or a dash for the whole country."""
        if not calendar.subdivision:
            return "—"
        return calendars.subdivision_name(calendar.country, calendar.subdivision)

    @admin.display(description=_("kinds of holiday"))
    def kinds(self, calendar: HolidayCalendar) -> str:
        """The kinds kept, by name."""
        return " · ".join(str(CATEGORY_NAMES.get(kind, kind)) for kind in calendar.categories)

    @admin.display(description=_("local changes"), ordering="change_count")
    def change_count(self, calendar: HolidayCalendar) -> int:
        """How many local changes there are."""
        count: int = calendar.change_count  # type: ignore[attr-defined]
        return count

    @admin.display(description=_("year"))
    def year_link(self, calendar: HolidayCalendar) -> str:
        """To the year as account managers see it."""
        return format_html('<a href="{}">{}</a>', reverse("holidays_app:calendar", args=[calendar.pk]), _("Show"))
