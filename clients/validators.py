"""Checks of single values, each with a message that says what would be right."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.languages import canonical_language
from clients.zones import known_zones
from holidays_app import calendars
from scheduling.engine import InvalidInput, weekly_hours


def validate_time_zone(value: str) -> None:
    """Raises: ValidationError where IANA knows no zone of that name."""
    if value not in known_zones():
        raise ValidationError(
            _("“%(value)s” is not a time zone. Use an IANA name such as Europe/Bucharest."),
            code="time_zone",
            params={"value": value},
        )


def validate_language(value: str) -> None:
    """Raises: ValidationError where CLDR has no data for that BCP 47 tag."""
    if canonical_language(value) is None:
        raise ValidationError(
            _("“%(value)s” is not a known language. Use a BCP 47 tag such as en-GB, es-CO or ja."),
            code="language",
            params={"value": value},
        )


def validate_country(value: str) -> None:
    """Raises: ValidationError where no holidays are known for that ISO 3166-1 code."""
    if value not in calendars.countries():
        raise ValidationError(
            _("“%(value)s” is not a country. Use its ISO 3166 code of two letters, such as RO."),
            code="country",
            params={"value": value},
        )


def validate_weekly_hours(value: Any) -> None:
    """Raises: ValidationError where the hours of a weekday make no sense."""
    try:
        weekly_hours(value)
    except InvalidInput as error:
        raise ValidationError(str(error), code="weekly_hours") from error


def validate_plain_text(value: str) -> None:
    """Raises: ValidationError where a one-line text holds control characters or markup brackets."""
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in value):
        raise ValidationError(_("Remove the line breaks or other control characters."), code="control_characters")
    if "<" in value or ">" in value:
        raise ValidationError(_("Remove the characters < and >."), code="markup")
