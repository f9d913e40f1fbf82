"""What contacts hear of an offer after its times: that one was added, and that none can be chosen any more."""

import datetime as dt

import pytest

from clients.models import Contact
from scheduling.meetings import services
from scheduling.meetings.models import Attendance, Offer
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import WAITING, waits_until
from scheduling.outreach.selectors import correspondences
from scheduling.outreach.services.claiming import claim
from scheduling.outreach.services.delivery import write
from scheduling.outreach.services.planning import plan
from scheduling.outreach.services.planning_offers import plan_offers
from tests.meetings.offered import DAY, HOUR, NOW, TIMES, Cast, make_cast, send
from tests.outreach.mails.reading import parsed

pytestmark = pytest.mark.django_db

Kind, State = Message.Kind, Message.State
#: Friday at three in London, ten in Toronto, where one can be reached.
WISH = NOW.replace(hour=15) + 4 * DAY
#: Nine in Toronto.
MORNING = NOW.replace(hour=14)


def told(cast: Cast, **values: object) -> Offer:
    """An offer whose times have reached its contacts."""
    offer = send(cast, **values)
    plan(now=NOW)
    mark_sent(NOW)
    return offer


def mark_sent(at: dt.datetime) -> None:
    Message.objects.filter(state=State.PENDING).update(state=State.SENT, sent_at=at, raw=b"mail")


def readers(kind: str) -> list[Contact | None]:
    return [message.contact for message in Message.objects.filter(kind=kind).order_by("contact")]


def text_of(message: Message) -> str:
    mail = parsed(write(message, correspondences([message])[message.pk], now=NOW).raw)
    body = mail.get_body(("plain",))
    assert body is not None
    return f"{mail['Subject']}\n{body.get_content()}"


def plan_later(now: dt.datetime) -> None:
    for _time in range(2):
        plan(now=now)


def test_who_got_the_times_is_told_on_the_same_thread_that_they_are_withdrawn() -> None:
    cast = make_cast(contacts=2, language="es")
    offer = told(cast)
    services.withdraw_offer(actor=cast.manager, offer=offer, now=MORNING)
    plan_later(MORNING)
    assert readers(Kind.OFFER_ENDED) == cast.contacts
    for message in Message.objects.filter(kind=Kind.OFFER_ENDED):
        first = Message.objects.get(kind=Kind.OFFER, contact=message.contact)
        mail = parsed(write(message, correspondences([message])[message.pk], now=MORNING).raw)
        assert mail["In-Reply-To"] == first.message_id
        assert mail["Content-Language"] == "es"
        assert "ya no se pueden elegir" in text_of(message)


def test_nobody_is_told_of_what_they_never_got_or_what_was_withdrawn_silently() -> None:
    untold, silent = make_cast(), make_cast()
    services.withdraw_offer(actor=untold.manager, offer=send(untold), now=NOW)
    offer = told(silent)
    services.withdraw_offer(actor=silent.manager, offer=offer, is_silent=True, now=MORNING)
    plan_later(MORNING)
    assert readers(Kind.OFFER_ENDED) == []


def test_the_end_of_an_offer_waits_for_the_morning() -> None:
    cast = make_cast()
    offer = told(cast)
    # Five in the morning in Toronto.
    at = NOW + HOUR
    services.withdraw_offer(actor=cast.manager, offer=offer, now=at)
    plan(now=at)
    (message,) = claim(now=at)
    assert message.kind in WAITING
    assert waits_until(Message.objects.get(pk=message.pk), at) is not None
    assert waits_until(Message.objects.get(pk=message.pk), MORNING) is None


def test_times_that_have_passed_are_told_unless_newer_ones_were_offered() -> None:
    waiting, served = make_cast(), make_cast()
    told(waiting)
    told(served)
    send(served, times=[WISH + 7 * DAY], now=NOW + HOUR)
    plan_later(TIMES[-1] - HOUR)
    assert readers(Kind.OFFER_ENDED) == []
    plan_later(TIMES[-1])
    assert readers(Kind.OFFER_ENDED) == [waiting.contact]


def test_of_a_vote_that_ends_each_contact_gets_one_mail_the_invitation_or_why_there_is_none() -> None:
    cast = make_cast(contacts=3)
    *coming, away = cast.contacts
    offer = told(cast, optional=[away])
    other = make_cast().manager
    services.book(
        actor=other,
        contacts=[away],
        colleagues=[other],
        title="Other",
        start_at=TIMES[0],
        duration_minutes=45,
        now=NOW,
    )
    services.close_offer(actor=cast.manager, offer=offer, start_at=TIMES[0], now=MORNING)
    # Even before anybody is invited, those who will be are told nothing else.
    plan_offers(now=MORNING)
    assert readers(Kind.OFFER_ENDED) == [away]
    plan_later(MORNING)
    offer.refresh_from_db()
    confirmed = Message.objects.filter(kind=Kind.CONFIRMATION, meeting=offer.meeting, attendance__contact__isnull=False)
    assert [one.attendance.contact for one in confirmed.order_by("attendance__contact") if one.attendance] == coming
    # Whom a later move leaves out is told that, and not of the offer.
    Attendance.objects.filter(contact=coming[0]).update(status="cancelled")
    plan_later(MORNING + HOUR)
    assert readers(Kind.OFFER_ENDED) == [away]
    assert "takes place without you" in text_of(Message.objects.get(kind=Kind.OFFER_ENDED))


def test_a_time_that_is_added_is_told_once_to_those_who_are_asked_again() -> None:
    cast = make_cast(contacts=3)
    wishing, voted, silent = cast.contacts
    offer = told(cast)
    services.vote(contact=voted, offer=offer, answers={time.pk: "yes" for time in offer.times.all()}, now=NOW)
    services.wish_for_times(contact=wishing, offer=offer, starts=[WISH, WISH + HOUR], now=NOW)
    at = MORNING
    for start_at in (WISH, WISH + HOUR):
        services.add_time(actor=cast.manager, offer=offer, start_at=start_at, now=at)
        plan_later(at)
        at += dt.timedelta(minutes=6)
    plan_later(at)
    messages = Message.objects.filter(kind=Kind.OFFER_ADDED).order_by("contact")
    assert [message.contact for message in messages] == [voted, silent]
    # Both times stand in the one mail.
    assert text_of(messages[0]).count("Friday, March 6") == 2
    services.vote(contact=voted, offer=offer, answers={time.pk: "yes" for time in offer.times.all()}, now=at)
    claim(now=at + HOUR)
    assert dict(messages.values_list("contact", "state"))[voted.pk] == State.SUPERSEDED


@pytest.mark.parametrize("closing", [Offer.Closing.BY_HAND, Offer.Closing.ALL_ANSWERED])
def test_the_account_manager_gets_one_mail_for_one_act(closing: str) -> None:
    cast = make_cast(contacts=2)
    offer = send(cast, closing=closing)
    first, second = cast.contacts
    services.vote(contact=first, offer=offer, answers={time.pk: "yes" for time in offer.times.all()}, now=NOW)
    services.wish_for_times(contact=second, offer=offer, starts=[WISH, WISH + HOUR], now=NOW + HOUR)
    plan_later(NOW + HOUR)
    (message,) = Message.objects.filter(kind=Kind.OFFER_NEWS)
    text = text_of(message)
    assert f"{second.full_name} suggests other times: Fri, Mar 6" in text.replace("Fri 6 Mar", "Fri, Mar 6")
    assert ("Everybody has answered" if closing == Offer.Closing.BY_HAND else "no time is left") in text
