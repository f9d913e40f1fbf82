"""Choosing a place and a year, with names in the reader's language."""

import unicodedata
from functools import lru_cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from holidays_app import calendars
from holidays_app.calendars import Calendar
from holidays_app.models import validate_place

CATEGORY_NAMES = {
    "public": _("Public holidays"),
    "bank": _("Bank holidays"),
    "government": _("Government offices closed"),
    "half_day": _("Half days"),
    "optional": _("Optional holidays"),
    "optional_women": _("Optional holidays for women"),
    "school": _("School holidays"),
    "unofficial": _("Unofficial holidays"),
    "workday": _("Observances on working days"),
    "de_facto": _("Customary days off"),
    "armed_forces": _("Armed forces"),
    "catholic": _("Catholic holidays"),
    "christian": _("Christian holidays"),
    "hebrew": _("Jewish holidays"),
    "hindu": _("Hindu holidays"),
    "islamic": _("Islamic holidays"),
    "orthodox": _("Orthodox holidays"),
    "protestant": _("Protestant holidays"),
    "sabian": _("Sabian holidays"),
    "yazidi": _("Yazidi holidays"),
    "albanian": _("Albanian community"),
    "armenian": _("Armenian community"),
    "bosnian": _("Bosnian community"),
    "roma": _("Roma community"),
    "serbian": _("Serbian community"),
    "turkish": _("Turkish community"),
    "vlach": _("Vlach community"),
}


COMBINING_MARKS = dict.fromkeys(range(0x300, 0x370))


def by_name(choice: tuple[str, Any]) -> str:
    """A key that sorts choices as a reader looks for them: Åland under A, Österreich under O."""
    return _without_marks(str(choice[1]))


# A page sorts hundreds of countries and zones, and the next one the same ones again.
@lru_cache(maxsize=8192)
def _without_marks(name: str) -> str:
    return unicodedata.normalize("NFKD", name).casefold().translate(COMBINING_MARKS)


def country_choices() -> list[tuple[str, str]]:
    """Every country with its name in the active language, sorted by name."""
    language = get_language() or "en"
    return sorted(((code, calendars.country_name(code, language)) for code in calendars.countries()), key=by_name)


def subdivision_choices(country: str) -> list[tuple[str, str]]:
    """The subdivisions of a country as “Cataluña (CT)”, sorted by name."""
    named = ((code, calendars.subdivision_name(country, code)) for code in calendars.subdivisions(country))
    return sorted(((code, name if name == code else f"{name} ({code})") for code, name in named), key=by_name)


def category_choices(country: str) -> list[tuple[str, Any]]:
    """The kinds of holiday a country has, the default one first."""
    return [(code, CATEGORY_NAMES.get(code, code)) for code in calendars.categories(country)]


class KindsField(forms.MultipleChoiceField):
    """Checkboxes; whether a country has a kind is for the calendar to say, in one message for all."""

    widget = forms.CheckboxSelectMultiple

    def valid_value(self, value: str) -> bool:
        """Any."""
        return True


class PlaceForm(forms.Form):
    """A country, maybe a subdivision and kinds of holiday, and a year; `place` is their calendar."""

    country = forms.CharField(label=_("Country"))
    subdivision = forms.CharField(label=_("Subdivision"), required=False)
    categories = KindsField(label=_("Kinds of holiday"), required=False)
    year = forms.IntegerField(label=_("Year"), min_value=1, max_value=9999)

    place: Calendar

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        country = self["country"].value() or ""
        self.fields["country"].widget = forms.Select(choices=[("", "—"), *country_choices()])
        if country in calendars.countries():
            whole = ("", gettext("The whole country"))
            self.fields["subdivision"].widget = forms.Select(choices=[whole, *subdivision_choices(country)])
            self.fields["categories"].widget.choices = category_choices(country)
        for name in ("country", "subdivision", "year"):
            self.fields[name].widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        """Raises: ValidationError at the field that the place, or the years known of it, refuse."""
        given = self.cleaned_data
        if "country" in given:
            categories = tuple(given.get("categories") or [calendars.PUBLIC])
            self.place = Calendar(given["country"], given.get("subdivision") or None, categories)
            validate_place(self.place)
            if "year" in given and given["year"] not in calendars.supported_years(self.place.country):
                raise ValidationError({"year": unknown_year_message(self.place.country)})
        return given


def unknown_year_message(country: str) -> str:
    """For which years the holidays of a country are known."""
    known = calendars.supported_years(country)
    return gettext("The holidays of %(country)s are known from %(first)d to %(last)d.") % {
        "country": calendars.country_name(country, get_language() or "en"),
        "first": known[0],
        "last": known[-1],
    }
