"""Mails about offers: the times, reminders on the contact's own mornings, and news for the account manager."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client as Browser

from clients.models import AccountManager, Contact, PrivateLink
from scheduling.meetings import services
from scheduling.meetings.models import Offer, Vote
from scheduling.outreach.models import Message
from scheduling.outreach.previews import preview_of
from scheduling.outreach.services.claiming import claim
from scheduling.outreach.services.planning import plan
from scheduling.outreach.services.planning_offers import plan_offers, remind_of_offers
from tests.meetings.offered import DAY, HOUR, NOW, TIMES, make_cast, send
from tests.people import make_account_manager

pytestmark = pytest.mark.django_db

Kind, State = Message.Kind, Message.State


def text_of(message: Message, now: dt.datetime = NOW) -> str:
    """Subject and text part of the mail, its links as a preview shows them."""
    preview = preview_of(message, now=now)
    assert preview is not None
    return f"{preview.subject}\n{preview.text}"


def test_each_contact_gets_the_times_once() -> None:
    cast = make_cast(contacts=2)
    send(cast, words="I look forward to it.", hold_until_at=NOW + DAY)
    assert plan_offers(now=NOW) == 2
    assert plan_offers(now=NOW) == 0
    message = Message.objects.get(contact=cast.contact)
    assert (message.kind, message.due_at, message.sender) == (Kind.OFFER, NOW, cast.manager)
    text = text_of(message).replace("\u202f", " ")
    assert "When does “Quarterly review” suit you?" in text
    assert "- Tuesday, March 3, 9:00 a.m.–9:45 a.m. (Toronto time): in your working hours" in text.replace(
        "\u202f", " "
    )
    assert "Choose with one tap: " in text
    assert "I look forward to it." in text
    assert "These times are kept for you until" in text
    assert not PrivateLink.objects.exists()


def test_the_mail_is_in_the_contacts_language_from_the_first_word_to_the_last() -> None:
    cast = make_cast(language="ar", time_zone="Asia/Dubai", formality=Contact.Formality.FORMAL)
    send(cast, times=[at - 6 * HOUR for at in TIMES])
    plan_offers(now=NOW)
    text = text_of(Message.objects.get())
    assert "متى يناسبكم" in text
    assert "ضمن ساعات عملكم" in text
    assert "tap" not in text


@pytest.mark.parametrize("end", ["chosen", "withdrawn"])
def test_what_is_settled_is_offered_to_nobody_any_more(end: str) -> None:
    cast = make_cast()
    offer = send(cast)
    plan_offers(now=NOW)
    if end == "chosen":
        services.choose(contact=cast.contact, offer=offer, start_at=TIMES[0], now=NOW)
    else:
        services.withdraw_offer(actor=cast.manager, offer=offer, now=NOW)
    claim(now=NOW)
    assert Message.objects.get(kind=Kind.OFFER).state == State.SUPERSEDED


def test_whoever_has_not_answered_is_reminded_on_two_mornings_of_their_own() -> None:
    cast = make_cast(contacts=2)
    # Asked on Monday; the first time is on Thursday of the week after.
    offer = send(cast, times=[NOW.replace(hour=15) + 10 * DAY])
    services.vote(
        contact=cast.contacts[1], offer=offer, answers={offer.times.get().pk: Vote.Answer.YES}, now=NOW + HOUR
    )
    due = []
    for hours in range(0, 10 * 24, 3):
        remind_of_offers(now=NOW + hours * HOUR)
    for message in Message.objects.filter(kind=Kind.OFFER_REMINDER).order_by("due_at"):
        assert message.contact == cast.contact
        due.append(message.due_at.astimezone(cast.contact.zone).strftime("%a %H:%M"))
    assert due == ["Wed 09:00", "Wed 09:00"]
    assert "A reminder" in text_of(Message.objects.filter(kind=Kind.OFFER_REMINDER).first(), NOW + 2 * DAY)  # type: ignore[arg-type]


def test_a_reminder_is_not_sent_to_who_has_answered_meanwhile() -> None:
    cast = make_cast(contacts=2)
    offer = send(cast, times=[NOW.replace(hour=15) + 10 * DAY])
    wednesday = (NOW + 2 * DAY).replace(hour=14)
    remind_of_offers(now=wednesday - HOUR / 4)
    assert Message.objects.count() == 2
    services.vote(contact=cast.contact, offer=offer, answers={offer.times.get().pk: Vote.Answer.YES}, now=wednesday)
    claim(now=wednesday)
    states = dict(Message.objects.values_list("contact", "state"))
    assert states == {cast.contacts[0].pk: State.SUPERSEDED, cast.contacts[1].pk: State.CLAIMED}


@pytest.mark.parametrize(
    ("closing", "answers", "said"),
    [
        (Offer.Closing.BY_HAND, "yes", "All have answered: Quarterly review"),
        (Offer.Closing.ALL_ANSWERED, "no", "No time to book: Quarterly review"),
    ],
)
def test_the_account_manager_hears_what_came_of_a_vote(closing: str, answers: str, said: str) -> None:
    cast = make_cast(contacts=2)
    offer = send(cast, closing=closing)
    votes: dict[str, Any] = {"answers": {time.pk: answers for time in offer.times.all()}, "offer": offer, "now": NOW}
    for contact in cast.contacts:
        services.vote(contact=contact, **votes)
    plan(now=NOW)
    news = [text_of(message) for message in Message.objects.filter(kind=Kind.OFFER_NEWS)]
    assert sum(said in text for text in news) == 1
    assert all(message.sender is None for message in Message.objects.filter(kind=Kind.OFFER_NEWS))


def test_words_of_a_contact_reach_the_account_manager_at_once() -> None:
    cast = make_cast()
    offer = send(cast)
    services.refuse_all(contact=cast.contact, offer=offer, words="Mornings only", now=NOW)
    assert plan_offers(now=NOW) == 2
    assert plan_offers(now=NOW) == 0
    message = Message.objects.get(kind=Kind.OFFER_NEWS)
    assert message.account_manager == cast.manager
    assert "Mornings only" in text_of(message)


def test_words_reach_a_colleague_once_the_account_manager_has_left() -> None:
    cast = make_cast()
    offer = send(cast)
    colleague = make_account_manager(cast.manager.teams.get(), full_name="Still Here")
    services.refuse_all(contact=cast.contact, offer=offer, words="Mornings only", now=NOW)
    AccountManager.objects.filter(pk=cast.manager.pk).update(is_active=False)
    plan_offers(now=NOW)
    message = Message.objects.get(kind=Kind.OFFER_NEWS)
    assert (message.account_manager, message.address) == (colleague, colleague.email)


def test_the_hour_of_a_vote_books_when_the_workers_tick() -> None:
    cast = make_cast(contacts=2)
    offer = send(cast, closing=Offer.Closing.DEADLINE, answer_by_at=NOW + HOUR)
    services.vote(contact=cast.contact, offer=offer, answers={time.pk: "yes" for time in offer.times.all()}, now=NOW)
    plan(now=NOW + HOUR)
    plan(now=NOW + HOUR)
    offer.refresh_from_db()
    assert offer.meeting is not None
    assert Message.objects.filter(kind=Kind.CONFIRMATION, meeting=offer.meeting).count() == 3


def test_the_outbox_shows_mails_about_offers_without_their_links() -> None:
    cast = make_cast()
    offer = send(cast)
    services.refuse_all(contact=cast.contact, offer=offer, words="Mornings only", now=NOW)
    plan_offers(now=NOW)
    browser = Browser()
    browser.force_login(cast.manager)
    assert "Quarterly review" in browser.get("/outbox/").content.decode()
    for message in Message.objects.all():
        page = browser.get(f"/outbox/{message.pk}/")
        assert page.status_code == 200
        assert "Quarterly review" in page.content.decode()
    assert not PrivateLink.objects.exists()
