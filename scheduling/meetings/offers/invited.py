"""Who is invited to an offered meeting, as rows and as the engine sees them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from clients.models import AccountManager, Contact, Person
from scheduling.engine import Assessment, Band, MeetingRequest, NearMiss, Policy, Pool, Role, Slot, assess
from scheduling.meetings.models import Attendance, Invitee, Offer, OfferedTime
from scheduling.meetings.selectors import Attendee, attendee_key, attendees, without

#: What a contact may ask of our people with a time of their own choice: a little outside working hours, no more.
BEARABLE = frozenset({Band.IDEAL, Band.GOOD, Band.STRETCH})
STEP_MINUTES = 30


@dataclass(frozen=True)
class Invited:
    """The people of an offer, in the order in which they were invited: contacts first."""

    offer: Offer
    rows: Sequence[Invitee]

    @classmethod
    def to(cls, offer: Offer) -> "Invited":
        """Everybody, in one query."""
        rows = offer.invitees.select_related("contact__client", "contact__calendar", "account_manager__calendar")
        return cls(offer, list(rows))

    @cached_property
    def contacts(self) -> list[Contact]:
        return [row.contact for row in self.rows if row.contact is not None]

    @cached_property
    def colleagues(self) -> list[AccountManager]:
        """Whoever sent it first, as they organize the meeting where they come.

        Without those who were deactivated, where they need not come.
        """
        found = [
            one
            for row in self.rows
            if (one := row.account_manager) and (one.is_active or not (row.is_optional or row.is_any_of))
        ]
        return sorted(found, key=lambda one: one.pk != self.offer.account_manager_id)

    @cached_property
    def optional(self) -> list[Person]:
        return [row.person for row in self.rows if row.is_optional]

    @cached_property
    def pool(self) -> list[AccountManager]:
        """The colleagues of whom only `offer.take` come, the active ones."""
        keys = {row.account_manager_id for row in self.rows if row.is_any_of}
        return [one for one in self.colleagues if one.pk in keys]

    @cached_property
    def is_short(self) -> bool:
        """Whether a colleague who must come was deactivated, or too many of the pool: no time is possible then."""
        wanted = self.offer.take if any(row.is_any_of for row in self.rows) else 0
        return len(self.pool) < wanted or not all(one.is_active for one in self.colleagues)

    @cached_property
    def people(self) -> list[Person]:
        return [*self.contacts, *self.colleagues]

    @property
    def asked(self) -> list[Invitee]:
        """The contacts, who say which times suit them."""
        return [row for row in self.rows if row.contact is not None]

    def row_of(self, contact: Contact) -> Invitee:
        """What is written down of that contact. Raises: Invitee.DoesNotExist."""
        for row in self.rows:
            if row.contact_id == contact.pk:
                return row
        raise Invitee.DoesNotExist

    def attendees(
        self, start_at: dt.datetime, end_at: dt.datetime, *, now: dt.datetime, language: str | None = None
    ) -> list[Attendee]:
        """Everybody as the engine sees them; what this offer itself keeps is free. Raises: UnsupportedYear."""
        found = attendees(
            contacts=self.contacts,
            colleagues=self.colleagues,
            start_at=start_at,
            end_at=end_at,
            now=now,
            language=language,
            optional=self.optional,
        )
        held = Attendance.objects.filter(meeting__held_for__offer=self.offer, meeting__held_until_at__gt=now)
        return without(found, held.select_related("contact", "account_manager"))

    def assess(
        self, found: Sequence[Attendee], start_at: dt.datetime, end_at: dt.datetime, *, count: int = 5
    ) -> Assessment:
        """What their days say of that horizon."""
        # Where no more of a pool are left than must come, all of them must.
        has_choice = len(self.pool) > self.offer.take
        pools = (Pool(tuple(attendee_key(one) for one in self.pool), self.offer.take),) if has_choice else ()
        request = MeetingRequest(
            duration_minutes=self.offer.duration_minutes,
            start_at=start_at,
            end_at=end_at,
            step_minutes=STEP_MINUTES,
            policy=Policy(self.offer.policy),
            count=count,
            pools=pools,
        )
        return assess(request, [one.participant for one in found])

    def slot_at(self, start_at: dt.datetime, *, now: dt.datetime) -> Slot | NearMiss:
        """What one time means for those who come then. Raises: UnsupportedYear, InvalidInput."""
        end_at = start_at + dt.timedelta(minutes=self.offer.duration_minutes)
        return self.assess(self.attendees(start_at, end_at, now=now), start_at, end_at).slot_at(start_at)

    def coming(self, slot: Slot) -> list[AccountManager]:
        """The colleagues who come to a slot, with the optional ones whom a booking asks once more."""
        keys = {share.id for share in slot.participants}
        return [one for one in self.colleagues if attendee_key(one) in keys or one in self.optional]


def is_bearable(slot: Slot, found: Sequence[Attendee], costs: Mapping[str, float] | None = None) -> bool:
    """Whether a time that a contact found is at most a little outside the hours of our people who must come.

    It may be further outside where that costs them no more than what they bear already, by key in `costs`.
    """
    staff = {one.key for one in found if one.participant.role is Role.STAFF}
    borne = costs or {}
    return all(
        share.optional or share.band in BEARABLE or share.cost <= borne.get(share.id, -1)
        for share in slot.participants
        if share.id in staff
    )


def times_of(offer: Offer) -> list[OfferedTime]:
    """The times offered to everybody, in order, with what keeps them."""
    rows = offer.times.filter(found_by=None).select_related("hold")
    times = list(rows)
    for time in times:
        time.offer = offer
    return times


def is_held(time: OfferedTime, now: dt.datetime) -> bool:
    """Whether the time is still kept."""
    return time.hold is not None and time.hold.held_until_at is not None and time.hold.held_until_at > now
