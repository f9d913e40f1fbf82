"""What an offer's page shows to one contact: their own day, and the times on their clock."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from clients.models import Contact
from clients.reader import Reader
from clients.zones import city
from holidays_app.calendars import UnsupportedYear
from scheduling.engine import Assessment, Band, Slot
from scheduling.meetings.models import Invitee, Offer, OfferedTime
from scheduling.meetings.offers.comfort import comfort_of
from scheduling.meetings.offers.invited import Invited, is_bearable, is_held
from scheduling.meetings.proposals.own_day import OwnDay, own_day
from scheduling.meetings.proposals.people import short_names
from scheduling.meetings.reasons import comfort_words
from scheduling.meetings.selectors import Attendee, attendee_key
from scheduling.meetings.services.choosing import UNDO, can_undo, reach_of

MINUTE = dt.timedelta(minutes=1)
#: Next best times that stand in for lost ones come from so many days around the offered ones.
NEAR = dt.timedelta(days=10)


class State(StrEnum):
    OPEN = "open"
    BOOKED = "booked"
    WITHDRAWN = "withdrawn"
    OVER = "over"


@dataclass(frozen=True)
class HostTime:
    """A time on the wall of one of our people; the day is empty where it is the reader's."""

    name: str
    city: str
    time: str
    day: str


@dataclass(frozen=True)
class Card:
    """One time as the contact sees it, without any figure; `kept_until_at` where it is kept for them.

    Where somebody can't come any more, `is_possible` is false and nothing is said of comfort.
    """

    number: int
    start_at: dt.datetime
    end_at: dt.datetime
    comfort: str
    band: Band | None
    hosts: tuple[HostTime, ...]
    is_possible: bool
    time_pk: int | None = None
    kept_until_at: dt.datetime | None = None
    is_own: bool = False
    answer: str = ""


@dataclass(frozen=True)
class OfferPage:
    """Everything that the page shows; `instead` are the next best times where one that was offered is lost.

    `wishes` are the times that the contact wishes for in a vote.
    """

    offer: Offer
    row: Invitee
    state: State
    hosts: tuple[str, ...]
    cards: tuple[Card, ...]
    instead: tuple[Card, ...]
    own_day: OwnDay | None
    undo_until_at: dt.datetime | None
    wishes: tuple[dt.datetime, ...]

    @property
    def choices(self) -> tuple[Card, ...]:
        """What can be chosen, in order."""
        return tuple(card for card in (*self.cards, *self.instead) if card.is_possible)


def offer_page(invited: Invited, contact: Contact, *, now: dt.datetime, reader: Reader) -> OfferPage:
    """The page for one of the contacts that the offer was sent to. Raises: Invitee.DoesNotExist."""
    offer, row = invited.offer, invited.row_of(contact)
    times = list(offer.times.select_related("hold"))
    for time in times:
        time.offer = offer
    coming = [time for time in times if time.start_at > now]
    shown = _shown(coming, contact, now)
    state = _state(offer, shown)
    cards: tuple[Card, ...] = ()
    instead: tuple[Card, ...] = ()
    own_day = None
    if state is State.OPEN:
        table = Table.of(invited, contact, coming, now=now, reader=reader)
        votes = dict(row.votes.values_list("time", "answer"))
        cards = tuple(
            table.card(number, time.start_at, time=time, answer=votes.get(time.pk, ""))
            for number, time in enumerate(shown, start=1)
        )
        lost = sum(not card.is_possible for card in cards)
        if lost and not offer.is_vote:
            instead = table.next_best(lost, cards)
        own_day = table.own_day((*cards, *instead))
    names = short_names(invited.colleagues)
    return OfferPage(
        offer=offer,
        row=row,
        state=state,
        hosts=tuple(names if len(names) > 1 else (one.full_name for one in invited.colleagues)),
        cards=cards,
        instead=instead,
        own_day=own_day,
        undo_until_at=offer.booked_at + UNDO if offer.booked_at and can_undo(offer, now) else None,
        wishes=tuple(time.start_at for time in coming if offer.is_vote and time.found_by_id == contact.pk),
    )


def _state(offer: Offer, shown: Sequence[OfferedTime]) -> State:
    if offer.withdrawn_at is not None:
        return State.WITHDRAWN
    if offer.meeting_id is not None:
        return State.BOOKED
    return State.OPEN if shown else State.OVER


def _shown(times: Iterable[OfferedTime], contact: Contact, now: dt.datetime) -> list[OfferedTime]:
    """The times offered to all, and those that this contact keeps."""
    return [
        time for time in times if time.found_by_id is None or (time.found_by_id == contact.pk and is_held(time, now))
    ]


@dataclass(frozen=True)
class Table:
    """The people's days around some times, from which cards are read for one contact."""

    found: Sequence[Attendee]
    assessment: Assessment | None
    contact: Contact
    names: Mapping[str, str]
    duration: dt.timedelta
    now: dt.datetime
    reader: Reader

    @classmethod
    def of(
        cls, invited: Invited, contact: Contact, times: Sequence[OfferedTime], *, now: dt.datetime, reader: Reader
    ) -> "Table":
        """What the offered times and those around them need; see `between`."""
        first_at, last_at = reach_of(invited.offer, now)
        starts = [time.start_at for time in times]
        start_at = min(first_at, *starts)
        end_at = max(min(last_at, max(starts) + NEAR), *(time.end_at for time in times))
        return cls.between(invited, contact, start_at, end_at, now=now, reader=reader)

    @classmethod
    def between(
        cls,
        invited: Invited,
        contact: Contact,
        start_at: dt.datetime,
        end_at: dt.datetime,
        *,
        now: dt.datetime,
        reader: Reader,
        count: int = 5,
    ) -> "Table":
        """The people's days between two instants.

        Without somebody who must come, or holidays known so far, nothing is possible.
        """
        assessment, found = None, []
        if not invited.is_short:
            try:
                found = invited.attendees(start_at, end_at, now=now, language=reader.language)
                assessment = invited.assess(found, start_at, end_at, count=count)
            except UnsupportedYear:
                found = []
        names = short_names(invited.people)
        keys = [attendee_key(person) for person in invited.people]
        minutes = invited.offer.duration_minutes
        return cls(found, assessment, contact, dict(zip(keys, names, strict=True)), minutes * MINUTE, now, reader)

    def card(self, number: int, start_at: dt.datetime, *, time: OfferedTime | None = None, answer: str = "") -> Card:
        """The time, possible or not any more."""
        slot = self.assessment.slot_at(start_at) if self.assessment else None
        is_kept = time is not None and time.hold is not None and is_held(time, self.now)
        return self._card(
            number,
            start_at,
            slot if isinstance(slot, Slot) else None,
            time_pk=time.pk if time else None,
            kept_until_at=time.hold.held_until_at if time is not None and time.hold is not None and is_kept else None,
            is_own=time is not None and time.found_by_id is not None,
            answer=answer,
        )

    def next_best(self, count: int, cards: Sequence[Card]) -> tuple[Card, ...]:
        """The fairest other times that ask little of our people, none of which overlaps one that is left."""
        found: list[Card] = []
        slots = self.assessment.proposal.slots if self.assessment else ()
        for slot in slots:
            is_near = any(
                slot.start_at < card.end_at and card.start_at < slot.end_at for card in cards if card.is_possible
            )
            if len(found) < count and not is_near and self.suits(slot):
                found.append(self._card(len(cards) + len(found) + 1, slot.start_at, slot))
        return tuple(found)

    def suits(self, slot: Slot) -> bool:
        """Whether a contact may find this slot for themselves."""
        return is_bearable(slot, self.found) and slot.start_at > self.now

    def slots(self) -> list[Card]:
        """All times that a contact may find for themselves, in order."""
        slots = self.assessment.proposal.slots if self.assessment else ()
        chosen = sorted((slot for slot in slots if self.suits(slot)), key=lambda slot: slot.start_at)
        return [self._card(number, slot.start_at, slot) for number, slot in enumerate(chosen, start=1)]

    def _card(self, number: int, start_at: dt.datetime, slot: Slot | None, **values: object) -> Card:
        end_at = start_at + self.duration
        shares = {share.id: share for share in slot.participants} if slot else {}
        # An optional contact may be blocked at a time that is possible without them.
        mine = shares.get(attendee_key(self.contact))
        return Card(
            number=number,
            start_at=start_at,
            end_at=end_at,
            comfort=comfort_words(comfort_of(mine)) if mine else "",
            band=mine.band if mine else None,
            hosts=tuple(
                self._host(one, start_at) for one in self.found if not one.is_client and (one.key in shares or not slot)
            ),
            is_possible=slot is not None,
            **values,  # type: ignore[arg-type]
        )

    def _host(self, host: Attendee, at: dt.datetime) -> HostTime:
        theirs = self.reader.in_zone(host.person.time_zone)
        date = theirs.day_of(at)
        return HostTime(
            name=self.names[host.key],
            city=city(host.person.time_zone, self.reader.language),
            time=theirs.time(at),
            day="" if date == self.reader.day_of(at) else theirs.short_day(date),
        )

    def own_day(self, cards: Sequence[Card]) -> OwnDay | None:
        """The contact's hours on the day of the first time, busy or not, and where the times lie in a day."""
        key = attendee_key(self.contact)
        me = next((one.participant for one in self.found if one.key == key), None)
        shown = [card for card in cards if card.is_possible]
        if me is None or not shown:
            return None
        numbers = {card.start_at: str(card.number) for card in shown}
        return own_day(me, numbers, self.duration, self.reader)
