"""In a vote, contacts wish for other times, which the account manager may offer to all."""

import datetime as dt
from typing import Any

import pytest

from clients.models import Contact
from clients.reader import Reader
from scheduling.meetings import services
from scheduling.meetings.errors import InvalidBooking, OfferClosed, SlotBlocked, SlotTaken
from scheduling.meetings.models import Offer, Vote
from scheduling.meetings.offers.overview import overview
from scheduling.meetings.selectors import open_offers
from tests.meetings.offered import DAY, HOUR, NOW, TIMES, Cast, make_cast, send

pytestmark = pytest.mark.django_db

#: Thursday and Friday at four in London, eleven in Toronto.
WISHES = [NOW.replace(hour=16) + days * DAY for days in (3, 4)]


def wish(contact: Contact, offer: Offer, starts: list[dt.datetime], now: dt.datetime = NOW) -> None:
    services.wish_for_times(contact=contact, offer=offer, starts=starts, now=now)


def vote(contact: Contact, offer: Offer, answer: str = "yes") -> Any:
    times = offer.times.filter(found_by=None)
    return services.vote(contact=contact, offer=offer, answers={time.pk: answer for time in times}, now=NOW)


def answers_of(contact: Contact) -> list[str]:
    return list(
        Vote.objects.filter(invitee__contact=contact).order_by("time__start_at").values_list("answer", flat=True)
    )


def kinds(offer: Offer) -> list[str]:
    return list(offer.events.values_list("kind", flat=True))


def waiting(offer: Offer) -> list[Contact]:
    return [row.contact for row in offer.invitees.filter(contact__isnull=False, answered_at=None) if row.contact]


@pytest.fixture
def cast() -> Cast:
    return make_cast(contacts=2)


def test_a_wish_refuses_what_is_offered_and_is_offered_to_nobody_yet(cast: Cast) -> None:
    offer = send(cast)
    for _time in range(2):
        wish(cast.contact, offer, WISHES)
    assert [(time.start_at, time.found_by) for time in offer.times.exclude(found_by=None)] == [
        (start_at, cast.contact) for start_at in WISHES
    ]
    assert answers_of(cast.contact) == ["no", "no", "no"]
    assert kinds(offer) == ["sent", "wished", "wished"]
    assert waiting(offer) == cast.contacts[1:]
    (shown,) = open_offers(cast.manager, now=NOW)
    assert (shown.answered, shown.wished) == (1, 2)
    # The others vote on what is offered, and nothing else can be booked.
    vote(cast.contacts[1], offer)
    with pytest.raises(OfferClosed):
        services.close_offer(actor=cast.manager, offer=offer, start_at=WISHES[0], now=NOW)


def test_a_wish_leaves_a_vote_as_it_is_and_replaces_wishes_of_before(cast: Cast) -> None:
    offer = send(cast)
    vote(cast.contact, offer, "if_need_be")
    wish(cast.contact, offer, WISHES)
    wish(cast.contact, offer, WISHES[1:])
    assert answers_of(cast.contact) == ["if_need_be"] * 3
    assert [time.start_at for time in offer.times.exclude(found_by=None)] == WISHES[1:]


def test_a_wish_of_two_contacts_is_each_ones_own(cast: Cast) -> None:
    first, second = cast.contacts
    offer = send(cast)
    for contact in (first, second, second):
        wish(contact, offer, WISHES[:1])
    assert kinds(offer) == ["sent", "wished", "wished", "all_answered"]
    (shown,) = open_offers(cast.manager, now=NOW)
    assert shown.wished == 1
    (listed,) = overview(offer, now=NOW, reader=Reader("en", "Europe/London")).wishes
    assert (listed.start_at, listed.contacts) == (WISHES[0], (first, second))
    wish(first, offer, WISHES[1:])
    assert [(time.start_at, time.found_by) for time in offer.times.exclude(found_by=None)] == [
        (WISHES[0], second),
        (WISHES[1], first),
    ]


def test_all_who_wished_for_a_time_that_is_added_say_yes_to_it(cast: Cast) -> None:
    offer = send(cast)
    for contact in cast.contacts:
        wish(contact, offer, WISHES[:1])
    services.add_time(actor=cast.manager, offer=offer, start_at=WISHES[0], now=NOW)
    assert offer.times.get(start_at=WISHES[0]).found_by is None
    assert [answers_of(contact)[-1] for contact in cast.contacts] == ["yes", "yes"]
    assert waiting(offer) == []


@pytest.mark.parametrize(
    ("starts", "error"),
    [
        ([], InvalidBooking),
        ([*WISHES, WISHES[0] + HOUR], InvalidBooking),
        ([TIMES[0]], InvalidBooking),  # offered already
        ([NOW + 100 * DAY], InvalidBooking),  # too far
        ([NOW + HOUR], InvalidBooking),  # too soon
        ([NOW.replace(hour=19) + DAY], SlotBlocked),  # two hours after work in London
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(cast: Cast, starts: list[dt.datetime], error: type[Exception]) -> None:
    offer = send(cast)
    with pytest.raises(error):
        wish(cast.contact, offer, starts)
    assert not offer.times.exclude(found_by=None).exists()


def test_whoever_is_asked_alone_books_instead_of_wishing() -> None:
    cast = make_cast()
    offer = send(cast)
    with pytest.raises(OfferClosed):
        wish(cast.contact, offer, WISHES)


def test_a_wish_that_is_added_asks_all_but_who_wished_for_it_again(cast: Cast) -> None:
    offer = send(cast)
    vote(cast.contacts[1], offer)
    wish(cast.contact, offer, WISHES[:1])
    for _time in range(2):
        services.add_time(actor=cast.manager, offer=offer, start_at=WISHES[0], now=NOW)
    assert kinds(offer).count("added") == 1
    assert waiting(offer) == cast.contacts[1:]
    assert answers_of(cast.contact)[-1] == "yes"
    # One of four times has no answer.
    answers = {time.pk: "yes" for time in offer.times.exclude(start_at=WISHES[0])}
    with pytest.raises(InvalidBooking):
        services.vote(contact=cast.contacts[1], offer=offer, answers=answers, now=NOW)
    vote(cast.contacts[1], offer)
    meeting = services.close_offer(actor=cast.manager, offer=offer, start_at=WISHES[0], now=NOW)
    assert meeting.start_at == WISHES[0]


def test_a_rule_that_found_no_time_looks_again_once_one_is_added(cast: Cast) -> None:
    offer = send(cast, closing=Offer.Closing.ALL_ANSWERED)
    wish(cast.contact, offer, WISHES[:1])
    assert vote(cast.contacts[1], offer) is None
    assert kinds(offer)[-1] == "undecided"
    services.add_time(actor=cast.manager, offer=offer, start_at=WISHES[0], now=NOW)
    meeting = vote(cast.contacts[1], offer)
    assert meeting.start_at == WISHES[0]


def test_a_last_answer_without_any_time_counts_as_an_answer(cast: Cast) -> None:
    for is_wish in (True, False):
        offer = send(cast)
        vote(cast.contacts[1], offer)
        if is_wish:
            wish(cast.contact, offer, WISHES[:1])
        else:
            services.refuse_all(contact=cast.contact, offer=offer, words="Mornings only", now=NOW)
        assert kinds(offer)[-1] == "all_answered"


def test_what_is_taken_or_settled_is_not_added(cast: Cast) -> None:
    offer = send(cast)
    wish(cast.contact, offer, WISHES)
    services.book(
        actor=cast.manager,
        contacts=cast.contacts,
        colleagues=[cast.manager],
        title="Other",
        start_at=WISHES[0],
        duration_minutes=45,
        now=NOW,
    )
    with pytest.raises(SlotTaken):
        services.add_time(actor=cast.manager, offer=offer, start_at=WISHES[0], now=NOW)
    with pytest.raises(OfferClosed):
        services.add_time(actor=cast.manager, offer=offer, start_at=WISHES[0] + HOUR, now=NOW)
    services.withdraw_offer(actor=cast.manager, offer=offer, now=NOW)
    with pytest.raises(OfferClosed):
        services.add_time(actor=cast.manager, offer=offer, start_at=WISHES[1], now=NOW)
    assert offer.times.exclude(found_by=None).count() == 2
