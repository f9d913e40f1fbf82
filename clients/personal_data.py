"""What is held about a contact: told as one document, and erased but for rows that others' records refer to.

Each app lists its rows as `Holding`s; whoever is above them all puts the lists together. What is left of an erased
contact is a row that says nothing, to which past meetings and what they cost refer.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model, QuerySet
from phonenumber_field.phonenumber import PhoneNumber

from clients.models import AuditEntry, Contact, DayOff, PrivateLink
from clients.models.people import default_reachable_hours, default_working_hours
from clients.tokens import without_tokens
from holidays_app.models import CalendarChange, HolidayCalendar

#: Who it was is not known: nomen nescio.
NOBODY = "N. N."
#: In place of words that a row can't be without.
NO_WORDS = "—"


@dataclass(frozen=True)
class Holding:
    """Rows about a contact: the fields that are told of them, and what erasing makes of them.

    `left` are the values that it leaves in the fields it names; without any, the rows are deleted.
    """

    name: str
    rows: Callable[[Contact], QuerySet[Any]]
    told: tuple[str, ...] = ()
    left: Mapping[str, Any] = field(default_factory=dict)
    is_kept: bool = False

    @property
    def model(self) -> type[Model]:
        """Whose rows they are."""
        return self.rows(Contact(pk=0)).model

    def tell(self, contact: Contact) -> list[dict[str, Any]]:
        """Each row as its fields, by name."""
        return [_readable(row) for row in self.rows(contact).order_by("pk").values(*self.told)] if self.told else []

    def erase(self, contact: Contact) -> None:
        """Deletes the rows, or leaves in them what no one is known by."""
        # By their keys, because what is erased may be what finds them.
        rows: QuerySet[Model] = QuerySet(self.model).filter(
            pk__in=list(self.rows(contact).values_list("pk", flat=True))
        )
        if self.left:
            rows.update(**self.left)
        elif not self.is_kept:
            rows.delete()


def told(holdings: Iterable[Holding], contact: Contact) -> dict[str, list[dict[str, Any]]]:
    """All that is held, by what it is."""
    return {one.name: one.tell(contact) for one in holdings if one.told}


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    match value:
        case bytes() | memoryview():
            return _text(value)
        case PhoneNumber():
            return value.as_e164 if value.is_valid() else str(value.raw_input or "")
        case _:
            return value


def _text(value: bytes | memoryview) -> str:
    # A file that is passed on opens nobody's pages. Mails are quoted-printable, where long addresses go over two lines.
    return without_tokens(re.sub(rb"=\r?\n", b"", bytes(value)).decode(errors="replace"))


def _own_calendars(contact: Contact) -> QuerySet[HolidayCalendar]:
    return HolidayCalendar.objects.filter(is_personal=True, name=f"contact-{contact.pk}")


ABOUT_THE_CONTACT = (
    "full_name",
    "address_as",
    "native_name",
    "email",
    "phone",
    "job_title",
    "language",
    "formality",
    "time_zone",
    "clock",
    "week_start",
    "working_hours",
    "preferred_hours",
    "reachable_hours",
    "buffer_minutes",
    "reminder_minutes",
    "preferred_channel",
    "notes",
)


def blank_contact(now: dt.datetime) -> dict[str, Any]:
    """The fields of a contact of whom nothing is held."""
    texts = ("address_as", "native_name", "email", "phone", "job_title", "clock", "week_start", "notes")
    return {
        **dict.fromkeys(texts, ""),
        "full_name": NOBODY,
        "language": "en",
        "formality": Contact.Formality.NEUTRAL,
        "time_zone": "UTC",
        "working_hours": default_working_hours(),
        "preferred_hours": {},
        "reachable_hours": default_reachable_hours(),
        "buffer_minutes": 0,
        "reminder_minutes": [],
        "preferred_channel": Contact.Channel.EMAIL,
        "calendar": None,
        "erased_at": now,
    }


HOLDINGS = (
    Holding(
        "contact",
        lambda contact: Contact.everyone.filter(pk=contact.pk),
        told=("client__name", *ABOUT_THE_CONTACT, "calendar__country", "calendar__subdivision", "created_at"),
        # Blanked last, by `blank_contact`: what else is held is found by what stands here.
        is_kept=True,
    ),
    Holding(
        "days_off",
        lambda contact: DayOff.objects.filter(contact=contact),
        told=("first_date", "last_date", "reason"),
    ),
    Holding(
        "own_holidays",
        lambda contact: CalendarChange.objects.filter(calendar__in=_own_calendars(contact)),
        told=("kind", "first_date", "last_date", "name"),
    ),
    Holding(
        "private_links",
        lambda contact: PrivateLink.objects.filter(contact=contact),
        told=("purpose", "email", "created_at", "expires_at"),
    ),
    Holding(
        "record_of_changes",
        lambda contact: AuditEntry.objects.filter(subject_type="clients.contact", subject_id=contact.pk),
        told=("at", "action", "details"),
        # It names fields and never contents.
        is_kept=True,
    ),
)
#: Deleted once no contact refers to them any more.
AFTER_THE_CONTACT = (Holding("own_calendar", _own_calendars),)
