"""Offers: what is sent, kept, chosen, taken back and voted."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from clients.models import AccountManager, AuditEntry, Contact
from clients.reader import Reader
from scheduling.meetings import services
from scheduling.meetings.errors import (
    InvalidBooking,
    OfferClosed,
    SlotBlocked,
    SlotTaken,
    StaleMeeting,
    TooLateToUndo,
    TooManyKept,
)
from scheduling.meetings.models import Attendance, Meeting, Offer, OfferEvent, Vote
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.offers.invited import Invited
from scheduling.meetings.offers.page import offer_page
from scheduling.meetings.offers.standings import standings
from scheduling.meetings.selectors import busy_seconds, meetings_for, offers_for
from scheduling.meetings.services.choosing import can_undo
from scheduling.meetings.services.holds import confirm
from scheduling.meetings.services.offers import friday_noon
from tests.meetings.offered import DAY, HOUR, NOW, TIMES, Cast, make_cast, send
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db

MINUTE = dt.timedelta(minutes=1)
YES, IF_NEED_BE, NO = Vote.Answer.values


def choose(cast: Cast, offer: Offer, start_at: dt.datetime = TIMES[1], **values: Any) -> Meeting:
    return services.choose(**{"contact": cast.contact, "offer": offer, "start_at": start_at, "now": NOW, **values})


def vote(contact: Contact, offer: Offer, *answers: str, **values: Any) -> Meeting | None:
    times = [time.pk for time in offer.times.order_by("start_at")]
    return services.vote(
        **{
            "contact": contact,
            "offer": offer,
            "answers": dict(zip(times, answers, strict=False)),
            "now": NOW,
            **values,
        }
    )


def kinds(offer: Offer) -> list[str]:
    return list(offer.events.values_list("kind", flat=True))


def book_elsewhere(cast: Cast, start_at: dt.datetime, now: dt.datetime = NOW) -> Meeting:
    """The manager's meeting with somebody else."""
    other = make_contact(cast.contact.client, time_zone="Europe/London")
    return services.book(
        actor=cast.manager,
        contacts=[other],
        colleagues=[cast.manager],
        title="Other",
        start_at=start_at,
        duration_minutes=45,
        now=now,
    )


# Sending


def test_an_offer_keeps_nobodys_time_unless_it_is_asked_to() -> None:
    cast = make_cast()
    offer = send(cast)
    assert [time.start_at for time in offer.times.all()] == list(TIMES)
    assert not Meeting.objects.exists()
    assert kinds(offer) == ["sent"]
    assert AuditEntry.objects.filter(action="offer sent", actor_id=cast.manager.pk).exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"times": []}, "times"),
        ({"times": [TIMES[0] + number * HOUR for number in range(6)]}, "times"),
        ({"times": [NOW - HOUR]}, "start_at"),
        ({"times": [NOW + HOUR / 9]}, "start_at"),
        ({"times": [TIMES[0], TIMES[0] + 200 * DAY]}, "times"),
        ({"times": [TIMES[0], TIMES[0] + HOUR / 2], "hold_until_at": NOW + DAY}, "times"),
        ({"hold_until_at": NOW}, "hold_until_at"),
        ({"hold_until_at": NOW + 15 * DAY}, "hold_until_at"),
        ({"contacts": []}, "contacts"),
        ({"colleagues": []}, "colleagues"),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_by_name(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidBooking) as refused:
        send(make_cast(), **values)
    assert refused.value.field == field
    assert not Offer.objects.exists()
    assert not Meeting.objects.exists()


def test_a_colleague_who_is_optional_and_one_of_several_is_refused_by_name() -> None:
    cast = make_cast()
    pool = [cast.manager, *(make_account_manager(cast.manager.teams.get()) for _ in range(2))]
    with pytest.raises(InvalidBooking):
        send(cast, colleagues=pool, any_of=pool, optional=pool[2:])


def test_nothing_is_offered_to_whoever_has_no_mail_address() -> None:
    with pytest.raises(InvalidBooking, match="mail address"):
        send(make_cast(email=""))


def test_what_is_not_possible_is_not_offered() -> None:
    cast = make_cast()
    book_elsewhere(cast, TIMES[1])
    with pytest.raises(SlotTaken):
        send(cast)
    with pytest.raises(SlotBlocked):
        send(cast, times=[NOW + 5 * DAY])
    assert not Offer.objects.exists()


# Keeping


def test_a_kept_time_is_nobody_elses_and_is_no_meeting_yet() -> None:
    cast = make_cast()
    offer = send(cast, hold_until_at=NOW + DAY)
    assert Meeting.objects.filter(status=Status.HELD).count() == 3
    assert not meetings_for(cast.manager).exists()
    with pytest.raises(SlotTaken):
        book_elsewhere(cast, TIMES[0])
    assert choose(cast, offer).status == Status.CONFIRMED
    assert Meeting.objects.count() == 1
    assert set(Attendance.objects.values_list("status", flat=True)) == {Status.CONFIRMED}


def test_a_hold_that_is_over_blocks_nobody_and_goes_with_the_next_booking() -> None:
    cast = make_cast()
    send(cast, hold_until_at=NOW + HOUR)
    after = NOW + HOUR
    assert len(busy_seconds([cast.manager], NOW, NOW + 4 * DAY, now=after - MINUTE)[f"staff-{cast.manager.pk}"]) == 3
    assert len(busy_seconds([cast.manager], NOW, NOW + 4 * DAY, now=after)[f"staff-{cast.manager.pk}"]) == 0
    assert Meeting.objects.filter(status=Status.HELD).count() == 3
    book_elsewhere(cast, TIMES[0], now=after)
    assert Meeting.objects.filter(status=Status.HELD).count() == 0


def test_a_time_whose_hold_is_over_can_still_be_chosen_while_it_is_free() -> None:
    cast = make_cast()
    offer = send(cast, hold_until_at=NOW + HOUR)
    meeting = choose(cast, offer, now=NOW + 2 * HOUR)
    assert (meeting.status, meeting.start_at) == (Status.CONFIRMED, TIMES[1])
    assert Meeting.objects.count() == 1


def test_a_hold_is_confirmed_once() -> None:
    cast = make_cast()
    offer = send(cast, hold_until_at=NOW + DAY)
    held = offer.times.first().hold  # type: ignore[union-attr]
    assert held is not None
    confirm(actor=cast.contact, meeting=held, now=NOW)
    with pytest.raises(StaleMeeting):
        confirm(actor=cast.contact, meeting=held, now=NOW)
    assert list(held.changes.values_list("kind", "contact")) == [("booked", cast.contact.pk)]


def test_a_hold_has_an_end_in_the_database() -> None:
    cast = make_cast()
    send(cast, hold_until_at=NOW + DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.update(held_until_at=None)


def test_a_contact_keeps_two_times_at_once_and_no_more() -> None:
    cast = make_cast()
    offer = send(cast)
    others = [TIMES[0] + number * HOUR for number in (1, 2, 3)]
    first = services.keep_time(contact=cast.contact, offer=offer, start_at=others[0], now=NOW)
    assert services.keep_time(contact=cast.contact, offer=offer, start_at=others[0], now=NOW) == first
    services.keep_time(contact=cast.contact, offer=offer, start_at=others[1], now=NOW)
    with pytest.raises(TooManyKept):
        services.keep_time(contact=cast.contact, offer=offer, start_at=others[2], now=NOW)
    services.let_time_go(contact=cast.contact, offer=offer, start_at=others[0], now=NOW)
    services.let_time_go(contact=cast.contact, offer=offer, start_at=others[0], now=NOW)
    services.keep_time(contact=cast.contact, offer=offer, start_at=others[2], now=NOW)
    assert Meeting.objects.filter(status=Status.HELD).count() == 2
    # What was kept for two hours is over, and makes room.
    later = NOW + 3 * HOUR
    services.keep_time(contact=cast.contact, offer=offer, start_at=TIMES[0] - HOUR, now=later)
    meeting = choose(cast, offer, TIMES[0] - HOUR, now=later)
    assert meeting.start_at == TIMES[0] - HOUR
    assert not Meeting.objects.filter(status=Status.HELD).exists()


# Choosing


def test_one_contact_books_by_choosing() -> None:
    cast = make_cast()
    offer = send(cast)
    meeting = choose(cast, offer)
    offer.refresh_from_db()
    assert (offer.meeting, offer.booked_at) == (meeting, NOW)
    assert (meeting.organizer, meeting.title) == (cast.manager, "Quarterly review")
    change = meeting.changes.get()
    assert (change.kind, change.actor, change.contact) == ("booked", None, cast.contact)
    assert AuditEntry.objects.get(action="meeting booked").details == {"contact": cast.contact.pk}
    assert choose(cast, offer) == meeting
    with pytest.raises(OfferClosed):
        choose(cast, offer, TIMES[0])
    assert Meeting.objects.count() == 1


def test_a_choice_can_be_taken_back_for_ten_minutes() -> None:
    cast = make_cast()
    offer = send(cast)
    meeting = choose(cast, offer)
    offer.refresh_from_db()
    assert can_undo(offer, NOW + 9 * MINUTE)
    services.undo_choice(contact=cast.contact, offer=offer, now=NOW + 9 * MINUTE)
    services.undo_choice(contact=cast.contact, offer=offer, now=NOW + 9 * MINUTE)
    meeting.refresh_from_db()
    assert meeting.status == Status.CANCELLED
    assert [change.kind for change in meeting.changes.all()] == ["booked", "cancelled"]
    other = choose(cast, offer, TIMES[0], now=NOW + 9 * MINUTE)
    with pytest.raises(TooLateToUndo):
        services.undo_choice(contact=cast.contact, offer=offer, now=NOW + 20 * MINUTE)
    other.refresh_from_db()
    assert other.status == Status.CONFIRMED


def test_a_lost_time_is_told_and_leaves_the_rest_as_it_was() -> None:
    cast = make_cast()
    offer = send(cast)
    book_elsewhere(cast, TIMES[1])
    with pytest.raises(SlotTaken):
        choose(cast, offer)
    offer.refresh_from_db()
    assert offer.meeting is None
    assert choose(cast, offer, TIMES[2]).start_at == TIMES[2]


def test_a_contact_finds_another_time_that_asks_little_of_our_people() -> None:
    cast = make_cast()
    offer = send(cast)
    # 19:00 in London is two hours after work; 17:30 is within the hour that may be asked.
    with pytest.raises(SlotBlocked):
        choose(cast, offer, NOW.replace(hour=19) + DAY)
    with pytest.raises(InvalidBooking):
        choose(cast, offer, NOW + 100 * DAY)
    assert choose(cast, offer, NOW.replace(hour=17) + DAY).start_at == NOW.replace(hour=17) + DAY


def test_a_withdrawn_offer_is_closed_and_keeps_nothing() -> None:
    cast = make_cast()
    offer = send(cast, hold_until_at=NOW + DAY)
    services.withdraw_offer(actor=cast.manager, offer=offer, now=NOW)
    services.withdraw_offer(actor=cast.manager, offer=offer, now=NOW)
    assert not Meeting.objects.exists()
    for act in (
        lambda: choose(cast, offer),
        lambda: services.keep_time(contact=cast.contact, offer=offer, start_at=TIMES[0] + HOUR, now=NOW),
        lambda: services.refuse_all(contact=cast.contact, offer=offer, words="x", now=NOW),
        lambda: services.undo_choice(contact=cast.contact, offer=offer, now=NOW),
        lambda: services.close_offer(actor=cast.manager, offer=offer, start_at=TIMES[0], now=NOW),
    ):
        with pytest.raises(OfferClosed):
            act()
    assert kinds(offer) == ["sent", "withdrawn"]


def test_none_suits_is_told_once_in_the_contacts_words() -> None:
    cast = make_cast()
    offer = send(cast)
    for words in ("Mornings only", "Mornings only"):
        services.refuse_all(contact=cast.contact, offer=offer, words=words, now=NOW)
    with pytest.raises(InvalidBooking):
        services.refuse_all(contact=cast.contact, offer=offer, words=" ", now=NOW)
    assert list(offer.events.filter(kind="none_suits").values_list("words", flat=True)) == ["Mornings only"]


@pytest.mark.parametrize("hold_until_at", [None, NOW + DAY])
def test_no_choice_books_a_colleague_who_was_deactivated(hold_until_at: dt.datetime | None) -> None:
    cast = make_cast()
    offer = send(cast, hold_until_at=hold_until_at)
    AccountManager.objects.update(is_active=False)
    with pytest.raises(OfferClosed):
        choose(cast, offer)
    page = offer_page(Invited.to(offer), cast.contact, now=NOW, reader=Reader("en", "America/Toronto"))
    assert page.choices == ()


def test_of_several_colleagues_those_who_were_deactivated_are_left_out() -> None:
    cast = make_cast()
    pool = [cast.manager, *(make_account_manager(cast.manager.teams.get()) for _ in range(2))]
    offer = send(cast, colleagues=pool, any_of=pool, take=1, hold_until_at=NOW + DAY)
    AccountManager.objects.exclude(pk=pool[2].pk).update(is_active=False)
    meeting = choose(cast, offer)
    assert [row.account_manager for row in meeting.attendances.filter(contact=None)] == [pool[2]]
    services.undo_choice(contact=cast.contact, offer=offer, now=NOW)
    AccountManager.objects.update(is_active=False)
    with pytest.raises(OfferClosed):
        choose(cast, offer)


def test_any_of_several_colleagues_is_found_when_a_time_is_chosen() -> None:
    cast = make_cast()
    other = make_account_manager(cast.manager.teams.get(), time_zone="Europe/London")
    pool = [cast.manager, other]
    offer = send(cast, colleagues=pool, any_of=pool, take=1)
    book_elsewhere(cast, TIMES[1])
    meeting = choose(cast, offer)
    assert [row.account_manager for row in meeting.attendances.filter(contact=None)] == [other]
    assert meeting.organizer == other


# Voting


def test_a_vote_stands_by_noes_then_by_fairness_with_if_need_be_as_a_cost() -> None:
    cast = make_cast(contacts=2)
    first, second = cast.contacts
    offer = send(cast)
    assert offer.is_vote
    # Nine in the morning in Toronto each day: the three times are equal but for the votes.
    vote(first, offer, IF_NEED_BE, YES, YES)
    vote(second, offer, YES, NO, YES)
    order = [(one.time.start_at, one.rank) for one in standings(Invited.to(offer), now=NOW)]
    assert order == [(TIMES[2], 1), (TIMES[0], 2), (TIMES[1], 3)]
    # “If need be” outweighs a little discomfort of others, as a cost does.
    vote(first, offer, YES, YES, YES)
    vote(second, offer, YES, YES, YES)
    assert [one.time.start_at for one in standings(Invited.to(offer), now=NOW)] == list(TIMES)


def test_a_contact_changes_a_vote_and_answers_every_time() -> None:
    cast = make_cast(contacts=2)
    offer = send(cast)
    with pytest.raises(InvalidBooking, match="each of the times"):
        vote(cast.contact, offer, YES, NO)
    vote(cast.contact, offer, YES, NO, NO)
    vote(cast.contact, offer, NO, YES, NO)
    assert list(Vote.objects.order_by("time__start_at").values_list("answer", flat=True)) == [NO, YES, NO]
    with pytest.raises(OfferClosed):
        choose(cast, offer)


def test_when_all_have_answered_the_rule_books_once() -> None:
    cast = make_cast(contacts=2)
    offer = send(cast, closing=Offer.Closing.ALL_ANSWERED, hold_until_at=NOW + DAY)
    assert vote(cast.contacts[0], offer, NO, YES, YES) is None
    meeting = vote(cast.contacts[1], offer, YES, IF_NEED_BE, YES)
    assert meeting is not None
    assert meeting.start_at == TIMES[2]
    assert Meeting.objects.count() == 1
    with pytest.raises(OfferClosed):
        vote(cast.contacts[0], offer, YES, YES, YES)
    assert kinds(offer) == ["sent", "answered", "answered", "closed"]


def test_a_deadline_closes_a_vote_once_and_books_nothing_that_somebody_needed_refuses() -> None:
    cast = make_cast(contacts=2)
    by = {"closing": Offer.Closing.DEADLINE, "answer_by_at": NOW + HOUR}
    with pytest.raises(InvalidBooking):
        send(cast, closing=Offer.Closing.DEADLINE)
    offer, refused = send(cast, **by), send(cast, times=[TIMES[0] + 2 * HOUR], **by)
    vote(cast.contact, offer, NO, YES, YES)
    vote(cast.contact, refused, NO)
    assert services.close_due_offers(now=NOW) == 0
    assert services.close_due_offers(now=NOW + HOUR) == 2
    assert services.close_due_offers(now=NOW + HOUR) == 0
    offer.refresh_from_db()
    assert offer.meeting is not None
    assert offer.meeting.start_at == TIMES[1]
    assert kinds(refused) == ["sent", "none_suits", "undecided"]
    # By hand it can still be closed.
    meeting = services.close_offer(actor=cast.manager, offer=refused, start_at=TIMES[0] + 2 * HOUR, now=NOW + HOUR)
    assert meeting.changes.get().actor == cast.manager


def test_a_deadline_books_no_colleague_who_was_deactivated() -> None:
    cast = make_cast(contacts=2)
    offer = send(cast, closing=Offer.Closing.DEADLINE, answer_by_at=NOW + HOUR)
    vote(cast.contact, offer, YES, YES, YES)
    AccountManager.objects.update(is_active=False)
    assert services.close_due_offers(now=NOW + 2 * HOUR) == 1
    assert kinds(offer)[-1] == "undecided"
    assert not Meeting.objects.exists()


def test_the_account_manager_hears_once_that_all_have_answered() -> None:
    cast = make_cast(contacts=2)
    offer = send(cast)
    for contact in (*cast.contacts, cast.contact):
        vote(contact, offer, YES, YES, IF_NEED_BE, words=f"{contact.pk}")
    assert kinds(offer).count(OfferEvent.Kind.ALL_ANSWERED) == 1


def test_a_foreign_account_manager_sees_no_offer() -> None:
    cast = make_cast()
    offer = send(cast)
    assert list(offers_for(cast.manager)) == [offer]
    assert not offers_for(make_account_manager()).exists()


@pytest.mark.parametrize(
    ("now", "noon"),
    [("2026-03-02T09:00", "2026-03-06T17:00"), ("2026-03-05T18:00", "2026-03-13T16:00")],
)
def test_friday_noon_is_theirs(now: str, noon: str) -> None:
    at = friday_noon(ZoneInfo("America/Toronto"), dt.datetime.fromisoformat(f"{now}Z"))
    assert at == dt.datetime.fromisoformat(f"{noon}Z")
