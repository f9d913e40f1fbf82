"""Checks of single values, each with a message that says what would be right."""

import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.languages import canonical_language
from clients.zones import known_zones
from holidays_app import calendars
from scheduling.engine import InvalidInput, weekly_hours

_PAGE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,28})[a-z0-9]")
#: Names that would pass for ours, or for everybody's.
RESERVED_PAGE_NAMES = frozenset(
    {
        "abuse", "account", "accounts", "admin", "administrator", "api", "billing", "client", "clients", "contact",
        "contacts", "dayband", "everybody", "help", "info", "login", "mail", "me", "noreply", "no-reply", "office",
        "postmaster", "private", "root", "sales", "security", "service", "support", "system", "team", "test", "www",
        "you",
    }
)  # fmt: skip
_ADDRESS = re.compile(r"://|\bwww\.|\b[\w-]{2,}\.[a-z]{2,}/", re.IGNORECASE)


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


def validate_page_name(value: str) -> None:
    """Raises: ValidationError where an address can't end in that name, or it would pass for somebody else's."""
    if not _PAGE_NAME.fullmatch(value):
        raise ValidationError(
            _("Use 3 to 30 small letters a to z, digits and hyphens, with a letter or digit at both ends."),
            code="page_name",
        )
    if value in RESERVED_PAGE_NAMES:
        raise ValidationError(_("This name is kept free. Choose another one."), code="reserved")


def validate_no_address(value: str) -> None:
    """Raises: ValidationError where a name holds an address of the web, which mails would make a link of."""
    if _ADDRESS.search(value):
        raise ValidationError(_("A name holds no address of the web. Write it without."), code="address")


def validate_plain_text(value: str) -> None:
    """Raises: ValidationError where a one-line text holds control characters or markup brackets."""
    if any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in value):
        raise ValidationError(_("Remove the line breaks or other control characters."), code="control_characters")
    if "<" in value or ">" in value:
        raise ValidationError(_("Remove the characters < and >."), code="markup")
