"""Calendars as an organisation keeps them: those of a place, and what is kept otherwise."""

from datetime import date, timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from holidays_app import calendars
from holidays_app.calendars import Calendar, UnknownCalendar

plain_text = RegexValidator(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029<>]",
    _("Remove line breaks, other control characters, and the characters < and >."),
    code="plain_text",
    inverse_match=True,
)


def default_categories() -> list[str]:
    """Public holidays only."""
    return [calendars.PUBLIC]


class HolidayCalendar(models.Model):
    """The holidays of a country or a subdivision of it, with the local changes in `changes`.

    The calendar without a name is its place's own, which new contacts there are given. A personal one belongs to
    somebody who keeps other days than their place; nobody else is offered it.
    """

    name = models.CharField(
        _("name"),
        max_length=120,
        blank=True,
        validators=[plain_text],
        help_text=_("Leave empty for the calendar of the place itself, which new contacts there are given."),
    )
    country = models.CharField(_("country"), max_length=2)
    subdivision = models.CharField(_("subdivision"), max_length=40, blank=True)
    categories = ArrayField(
        models.CharField(max_length=40), default=default_categories, verbose_name=_("kinds of holiday")
    )

    is_personal = models.BooleanField(_("personal"), default=False, editable=False)

    class Meta:
        ordering = ["country", "subdivision", "name"]
        verbose_name = _("holiday calendar")
        verbose_name_plural = _("holiday calendars")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "subdivision", "name"],
                name="holiday_calendar_once_per_place_and_name",
                violation_error_message=_("There is a calendar of this name for this place already."),
            )
        ]

    def __str__(self) -> str:
        return self.title(get_language() or "en")

    def title(self, language: str) -> str:
        """What this calendar is called: by its name, else by its place in `language`."""
        if self.is_personal:
            return _("%(place)s, as one person keeps it") % {"place": self.place(language)}
        return self.name or self.place(language)

    def place(self, language: str) -> str:
        """The country, and the subdivision if there is one: “Spain · Cataluña”."""
        return place_name(self.calendar, language)

    @property
    def calendar(self) -> Calendar:
        """The calendar without its local changes."""
        return Calendar(self.country, self.subdivision or None, tuple(self.categories))

    def clean(self) -> None:
        """Raises: ValidationError where the country lacks the subdivision or a category."""
        validate_place(self.calendar)


def place_name(calendar: Calendar, language: str) -> str:
    """The country, and the subdivision if there is one, in `language` as far as they have names in it."""
    country = calendars.country_name(calendar.country, language)
    if calendar.subdivision is None:
        return country
    return f"{country} · {calendars.subdivision_name(calendar.country, calendar.subdivision)}"


def validate_place(place: Calendar) -> None:
    """Raises: ValidationError at the field that names nothing known, saying what would be right."""
    # Aliases such as UK are understood elsewhere, but a country is chosen and stored in one way.
    if place.country not in calendars.countries():
        raise ValidationError(
            {"country": _("“%s” is not a country. Use its ISO 3166 code of two letters, such as RO.") % place.country}
        )
    try:
        calendars.validate(place)
    except UnknownCalendar as error:
        raise ValidationError({error.field: _what_is_known(error.field, place)}) from error


def _what_is_known(field: str, place: Calendar) -> str:
    country = calendars.country_name(place.country, get_language() or "en")
    if field == "subdivision":
        codes = calendars.subdivisions(place.country)
        if not codes:
            return _("%s has no subdivisions with holidays of their own. Leave this empty.") % country
        return _("%(country)s has no subdivision “%(value)s”. It has: %(known)s.") % {
            "country": country,
            "value": place.subdivision,
            "known": ", ".join(codes[:20]) + (", …" if len(codes) > 20 else ""),
        }
    known = calendars.categories(place.country)
    return _("%(country)s has no holidays of the kind “%(value)s”. It has: %(known)s.") % {
        "country": country,
        "value": ", ".join(kind for kind in place.categories if kind not in known),
        "known": ", ".join(known),
    }


class CalendarChange(models.Model):
    """Dates, both ends included, on which a calendar differs from the holidays of its place.

    It replaces what the place says of these dates; of two changes to one date the one written last holds.
    """

    class Kind(models.TextChoices):
        CLOSURE = "closure", _("Day off")
        HALF_DAY = "half_day", _("Half day")
        WORKDAY = "workday", _("Extra working day")
        REMOVED = "removed", _("Holiday not kept")

    MAX_DAYS = 366

    calendar = models.ForeignKey(HolidayCalendar, models.CASCADE, related_name="changes", verbose_name=_("calendar"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.CLOSURE)
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"), blank=True, help_text=_("Leave empty for a single day."))
    name = models.CharField(_("name"), max_length=120, blank=True, validators=[plain_text])

    class Meta:
        ordering = ["first_date", "pk"]
        verbose_name = _("local change")
        verbose_name_plural = _("local changes")
        constraints = [
            models.CheckConstraint(
                name="calendar_change_in_order",
                condition=models.Q(last_date__gte=models.F("first_date")),
                violation_error_message=_("The last day comes before the first day."),
            ),
            models.CheckConstraint(
                name="calendar_change_named_where_shown",
                condition=models.Q(kind__in=["workday", "removed"]) | ~models.Q(name=""),
                violation_error_message=_("A day off and a half day need a name."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}" if self.name else self.get_kind_display()

    @property
    def dates(self) -> list[date]:
        """Every date of the change, in order."""
        return [self.first_date + timedelta(step) for step in range((self.last_date - self.first_date).days + 1)]

    def clean(self) -> None:
        """Raises: ValidationError where the dates are reversed or years long, or a name is missing."""
        if self.first_date is None:
            return
        if self.last_date is None:
            self.last_date = self.first_date
        if self.last_date < self.first_date:
            raise ValidationError({"last_date": _("The last day comes before the first day.")})
        if (self.last_date - self.first_date).days >= self.MAX_DAYS:
            raise ValidationError({"last_date": _("A change lasts a year at most.")})
        if not self.name and self.kind in {self.Kind.CLOSURE, self.Kind.HALF_DAY}:
            raise ValidationError({"name": _("Give this day a name, such as “Company holiday”.")})
