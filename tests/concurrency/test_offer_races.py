"""Offers fought over: one hold confirmed by many, one link that hoards, holds that are over (rows B5, B7, B8)."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from clients.models import Contact
from scheduling.meetings import services
from scheduling.meetings.errors import BookingError, OfferClosed, StaleMeeting, TooManyKept
from scheduling.meetings.models import Meeting, MeetingChange, Offer
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.services.holds import confirm
from tests.concurrency.test_booking_races import FULL, at_once
from tests.meetings.offered import DAY, HOUR, Cast, make_cast, send
from tests.people import make_contact

pytestmark = pytest.mark.django_db(transaction=True)

ALWAYS = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
# The sizes of the table by `make faults`.
AT_ONCE, HOARDED = (50, 100) if FULL else (20, 20)


def make_offer(*, hold: bool = True, times: int = 1, contacts: int = 1) -> tuple[Cast, Offer, list[dt.datetime]]:
    """An offer to somebody who can always come, its times an hour apart."""
    now = timezone.now()
    cast = make_cast(contacts, working_hours=ALWAYS, reachable_hours=ALWAYS, time_zone="UTC")
    type(cast.manager).objects.update(working_hours=ALWAYS, reachable_hours=ALWAYS, time_zone="UTC")
    cast.manager.refresh_from_db()
    first = (now + DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    starts = [first + number * HOUR for number in range(times)]
    return cast, send(cast, times=starts, now=now, hold_until_at=now + HOUR if hold else None), starts


def race(act: Callable[[], object], times: int = AT_ONCE) -> list[object]:
    return at_once([act] * times)


def test_of_many_confirmations_of_one_hold_one_has_an_effect() -> None:
    cast, offer, _starts = make_offer()
    held = offer.times.get().hold
    assert held is not None

    def act() -> object:
        return confirm(actor=cast.contact, meeting=Meeting.objects.get(pk=held.pk), now=timezone.now())

    results = race(act)
    assert sum(isinstance(one, Meeting) for one in results) == 1
    assert sum(isinstance(one, StaleMeeting) for one in results) == AT_ONCE - 1
    assert MeetingChange.objects.filter(kind=MeetingChange.Kind.BOOKED).count() == 1


@pytest.mark.parametrize("hold", [True, False])
def test_of_many_taps_on_several_times_one_books(hold: bool) -> None:
    cast, offer, starts = make_offer(hold=hold, times=3)

    def tap(start_at: dt.datetime) -> Callable[[], object]:
        return lambda: services.choose(contact=cast.contact, offer=offer, start_at=start_at, now=timezone.now())

    results = at_once([tap(starts[number % 3]) for number in range(AT_ONCE)])
    meetings = {one for one in results if isinstance(one, Meeting)}
    assert len(meetings) == 1
    assert [one for one in results if not isinstance(one, Meeting | OfferClosed)] == []
    assert Meeting.objects.get().status == Status.CONFIRMED
    assert offer.events.filter(kind="chosen").count() == 1


def test_one_link_never_keeps_more_than_two_times() -> None:
    cast, offer, starts = make_offer(hold=False)

    def keep(number: int) -> Callable[[], object]:
        start_at = starts[0] + number * HOUR
        return lambda: services.keep_time(contact=cast.contact, offer=offer, start_at=start_at, now=timezone.now())

    results = at_once([keep(1 + number % 10) for number in range(HOARDED)])
    assert Meeting.objects.filter(status=Status.HELD).count() == 2
    assert sum(isinstance(one, TooManyKept) for one in results) == HOARDED * 8 // 10
    assert not [one for one in results if isinstance(one, BookingError) and not isinstance(one, TooManyKept)]


def test_the_last_answer_to_a_vote_is_told_once_from_however_many_tabs_it_comes() -> None:
    cast, offer, _starts = make_offer(hold=False, contacts=2)
    time = offer.times.get()

    def vote(contact: Contact, answer: str) -> Callable[[], object]:
        return lambda: services.vote(contact=contact, offer=offer, answers={time.pk: answer}, now=timezone.now())

    vote(cast.contacts[1], "yes")()
    at_once([vote(cast.contact, answer) for answer in ("yes", "if_need_be") * 4])
    assert offer.events.filter(kind="all_answered").count() == 1


def test_whoever_asks_twice_at_once_gets_one_offer() -> None:
    cast, offer, _starts = make_offer(hold=False)
    services.withdraw_offer(actor=cast.manager, offer=offer, now=timezone.now())

    def ask() -> Offer:
        return services.ask_for_times(
            contact=cast.contact,
            account_manager=cast.manager,
            title="Plans",
            duration_minutes=30,
            now=timezone.now(),
        )

    assert len(set(race(ask, times=8))) == 1
    assert Offer.objects.count() == 2


def test_a_hold_that_is_over_makes_room_for_one_of_many() -> None:
    cast, offer, starts = make_offer()
    Meeting.objects.update(held_until_at=timezone.now())
    others = [make_contact(cast.contact.client, working_hours=ALWAYS, reachable_hours=ALWAYS) for _ in range(4)]

    def book(number: int) -> Callable[[], object]:
        return lambda: services.book(
            actor=cast.manager,
            contacts=[others[number % 4]],
            colleagues=[cast.manager],
            title="Race",
            start_at=starts[0],
            duration_minutes=45,
            now=timezone.now(),
        )

    results = at_once([book(number) for number in range(20)])
    assert sum(isinstance(one, Meeting) for one in results) == 1
    assert Meeting.objects.get().title == "Race"
    assert offer.times.get().hold is None
