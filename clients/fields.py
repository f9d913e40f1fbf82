"""Form fields for a person's language, place and calendar: readable choices, standard names stored."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceIterator
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from clients.languages import COMMON_LANGUAGES, canonical_language
from clients.zones import canonical_zone, canonical_zones, city, zones_of_country
from holidays_app.calendars import country_name
from holidays_app.forms import by_name, country_choices
from holidays_app.models import HolidayCalendar

Choices = list[tuple[str, Any]]


class LinesInput(forms.Textarea):
    """A box for several lines, each end of which is one character, as it is where somebody types.

    Browsers count so for `maxlength`, and send two. Source: HTML, “The textarea element”, API value.
    """

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


class TimeZoneSelect(forms.Select):
    """Shows what is chosen even where it is not on offer."""

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        groups = super().optgroups(name, value, attrs)
        for zone in value:
            if canonical_zone(zone) == zone and zone not in canonical_zones():
                option = self.create_option(name, zone, zone_title(zone), True, len(groups), attrs=attrs)
                groups.append((None, [option], len(groups)))
        return groups


class TimeZoneField(forms.ChoiceField):
    """A zone chosen by city, those of one country first; an old name that is sent anyway is put right.

    Taken, though not on offer: a zone without a city such as Etc/GMT+11, in which some devices are.
    """

    widget = TimeZoneSelect
    default_error_messages = {
        "invalid_choice": _("“%(value)s” is not a time zone. Use an IANA name such as Europe/Bucharest.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zone_choices, **kwargs)

    def put_first(self, country: str) -> None:
        """Offers the zones of that country before all others."""
        self.choices = lambda: zone_choices(country)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        return canonical_zone(typed) or typed

    def valid_value(self, value: str) -> bool:
        return canonical_zone(value) == value

    def prepare_value(self, value: Any) -> Any:
        return canonical_zone(value) or value if isinstance(value, str) else value


def zone_title(zone: str) -> str:
    """“Bucharest — Europe/Bucharest”, or “UTC−11”."""
    name = city(zone, get_language() or "en")
    return name if name.startswith("UTC") else f"{name} — {zone}"


def zone_choices(country: str = "") -> Choices:
    """All zones by their titles, sorted; those of `country` first, in a group of their own."""
    language = get_language() or "en"

    def named(zones: Iterable[str]) -> Choices:
        return sorted(((zone, zone_title(zone)) for zone in zones), key=by_name)

    blank: Choices = [("", "---------")]
    near = zones_of_country(country)
    if not near:
        return blank + named(canonical_zones())
    others = [zone for zone in canonical_zones() if zone not in near]
    return [*blank, (country_name(country, language), named(near)), (gettext("Elsewhere"), named(others))]


class LanguageWidget(forms.TextInput):
    """A text input that suggests languages by what their speakers call them."""

    template_name = "clients/widgets/language.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"] |= {"list": f"id_{name}_list", "autocomplete": "off", "spellcheck": "false"}
        context["languages"] = COMMON_LANGUAGES.items()
        return context


class LanguageField(forms.CharField):
    """A BCP 47 tag, written the recommended way whatever way it was typed; a language's own name will do too."""

    widget = LanguageWidget
    default_error_messages = {
        "invalid": _("“%(value)s” is not a known language. Use a BCP 47 tag such as en-GB, es-CO or ja.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=35, **kwargs)

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value) or ""
        if not typed:
            return ""
        by_endonym = {name.casefold(): tag for tag, name in COMMON_LANGUAGES.items()}
        tag = by_endonym.get(typed.casefold()) or canonical_language(typed)
        if tag is None:
            shown = typed if len(typed) <= 35 else f"{typed[:35]}…"
            raise ValidationError(self.error_messages["invalid"], code="invalid", params={"value": shown})
        return tag


class CountryField(forms.ChoiceField):
    """An ISO 3166-1 country chosen by its name in the active language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=lambda: [("", "---------"), *country_choices()], **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class CalendarsByTitle(ModelChoiceIterator[HolidayCalendar]):
    """Calendars in the order of their titles in the active language."""

    def __iter__(self) -> Iterator[tuple[Any, str]]:
        choices = [(str(value), str(label)) for value, label in super().__iter__()]
        yield from sorted(choices, key=lambda choice: (choice[0] != "", by_name(choice)))


class CalendarField(forms.ModelChoiceField[HolidayCalendar]):
    """A holiday calendar chosen by its title."""

    iterator = CalendarsByTitle

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("empty_label", _("None: no holidays are kept"))
        super().__init__(HolidayCalendar.objects.filter(is_personal=False), **kwargs)

    def label_from_instance(self, obj: HolidayCalendar) -> str:
        return obj.title(get_language() or "en")


REMINDERS = (15, 60, 240, 1440, 2880, 10080)


class RemindersField(forms.TypedMultipleChoiceField):
    """How long before a meeting to remind somebody: usual lead times, and those already stored."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=reminder_choices, coerce=int, required=False, **kwargs)

    def offer(self, stored: Iterable[int]) -> None:
        """Offers these lead times besides the usual ones."""
        self.choices = lambda: reminder_choices(stored)

    def clean(self, value: Any) -> list[int]:
        return sorted(super().clean(value), reverse=True)


def reminder_choices(stored: Iterable[int] = ()) -> Choices:
    """Minutes with their words, the longest first."""
    return [(str(minutes), lead_time(minutes)) for minutes in sorted({*REMINDERS, *stored}, reverse=True)]


def lead_time(minutes: int) -> str:
    """“2 days before”, in the largest unit that counts it whole."""
    if minutes % 1440 == 0:
        return ngettext("%(count)d day before", "%(count)d days before", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(count)d hour before", "%(count)d hours before", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute before", "%(count)d minutes before", minutes) % {"count": minutes}
