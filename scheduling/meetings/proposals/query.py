"""The address of a proposal: everything that the page shows follows from it."""

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse

from clients.models import Contact, Person
from scheduling.engine import Policy, Pool
from scheduling.meetings.selectors import attendee_key


@dataclass(frozen=True)
class ProposalQuery:
    """Who meets, for how long, between which dates and by which policy; or which meeting is moved.

    Those of the people who are optional are named by key; of the colleagues `any_of_ids` only `take` come.
    """

    contact_ids: tuple[int, ...]
    colleague_ids: tuple[int, ...]
    duration_minutes: int
    first_date: dt.date
    last_date: dt.date
    policy: Policy
    meeting_id: int | None = None
    optional_keys: tuple[str, ...] = ()
    any_of_ids: tuple[int, ...] = ()
    take: int = 1

    @property
    def pools(self) -> tuple[Pool, ...]:
        """The colleagues to choose from, as the engine sees them."""
        return (Pool(tuple(f"staff-{pk}" for pk in self.any_of_ids), self.take),) if self.any_of_ids else ()

    @property
    def is_for_all(self) -> bool:
        """Whether everybody must come."""
        return not self.optional_keys and not self.any_of_ids

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """The fields of the address, for links and for forms that add to it."""
        if self.meeting_id is None:
            parameters: list[tuple[str, object]] = [
                *(("contacts", pk) for pk in self.contact_ids),
                *(("colleagues", pk) for pk in self.colleague_ids),
                *(("optional", key) for key in self.optional_keys),
                *(("any_of", pk) for pk in self.any_of_ids),
                *([("take", self.take)] if self.any_of_ids else []),
                ("policy", self.policy.value),
            ]
        else:
            parameters = [("meeting", self.meeting_id)]
        parameters += [("duration", self.duration_minutes), ("first", self.first_date), ("last", self.last_date)]
        return [(name, str(value)) for name, value in parameters]

    @property
    def booking_parameters(self) -> list[tuple[str, str]]:
        """The same as fields of a form that books a time of it or moves the meeting to one."""
        return [
            ("duration_minutes" if name == "duration" else name, value)
            for name, value in self.parameters
            if name != "meeting"
        ]

    def without(self, person: Person) -> "ProposalQuery":
        """The same proposal for everybody else; a pool that has no choice left is none any more."""
        optional_keys = tuple(key for key in self.optional_keys if key != attendee_key(person))
        if isinstance(person, Contact):
            contact_ids = tuple(pk for pk in self.contact_ids if pk != person.pk)
            return replace(self, contact_ids=contact_ids, optional_keys=optional_keys)
        any_of_ids = tuple(pk for pk in self.any_of_ids if pk != person.pk)
        return replace(
            self,
            colleague_ids=tuple(pk for pk in self.colleague_ids if pk != person.pk),
            optional_keys=optional_keys,
            any_of_ids=any_of_ids if len(any_of_ids) > self.take else (),
        )

    @property
    def has_both_sides(self) -> bool:
        """Whether a contact and a colleague are left who must come, or of whom some must."""
        contacts = {f"contact-{pk}" for pk in self.contact_ids}
        colleagues = {f"staff-{pk}" for pk in self.colleague_ids}
        return not contacts <= {*self.optional_keys} and not colleagues <= {*self.optional_keys}

    def url(
        self,
        *,
        day: dt.date | None = None,
        at: dt.datetime | None = None,
        compare: dt.datetime | None = None,
        with_ways: bool = False,
    ) -> str:
        """The address of this proposal, showing a day or a time of it, beside another one, or with the ways out."""
        parameters = self.parameters
        if day is not None:
            parameters.append(("day", str(day)))
        if at is not None:
            parameters.append(("at", iso_utc(at)))
        if compare is not None:
            parameters.append(("compare", iso_utc(compare)))
        if with_ways:
            parameters.append(("ways", "1"))
        return f"{reverse('meetings:propose')}?{urlencode(parameters)}"


def iso_utc(at: dt.datetime) -> str:
    """“2026-12-08T12:00:00Z”."""
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
