"""Check-ins for those who prefer to be called or met: tasks on Today, done or not reached, each with one effect."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import AccountManager
from scheduling.outreach import reasons
from scheduling.outreach.models import Enrolment, LoggedTalk, Message
from scheduling.outreach.services import deliver, log_talk, pause_plan, plan
from scheduling.outreach.services.check_ins import NewStep, Terms, create_plan, unenrol
from scheduling.outreach.services.saying import expire_unsaid, note_not_reached
from tests.outreach.approvals.rows import ask
from tests.outreach.check_in_rows import DAY, HOUR, MONDAY_MORNING, make_plan, write_steps
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

#: Nine on a Monday in Tokyo.
DUE = dt.datetime(2026, 10, 5, 0, 0, tzinfo=dt.UTC)
AROUND = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def by_phone(**values: Any) -> Enrolment:
    """A plan of somebody in Tokyo who prefers to be called, with a call due since an hour."""
    now = timezone.now()
    hours = {"working_hours": AROUND, "reachable_hours": AROUND, "time_zone": "Asia/Tokyo"}
    person = {"full_name": "Aiko Tanaka", "language": "ja", "preferred_channel": "phone", "phone": "+81355501010"}
    steps = [NewStep(day, dt.time(9), "priorities") for day in range(7)]
    enrolment = make_plan(*steps, now=now, **{**hours, **person, **values})
    task = Message.objects.earliest("due_at")
    Message.objects.exclude(pk=task.pk).delete()
    Message.objects.update(due_at=now - HOUR, next_try_at=now - HOUR, expires_at=now + 5 * HOUR)
    deliver(clock=timezone.now)
    return enrolment


def browser_of(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


def today(browser: Browser) -> str:
    page = browser.get("/")
    assert page.status_code == 200
    return page.content.decode()


def test_a_call_that_is_due_is_no_mail_but_a_task_with_the_words_to_say(smtp_server: SmtpServer) -> None:
    enrolment = by_phone()
    message = Message.objects.get()
    assert (message.state, message.channel, smtp_server.deliveries) == ("to_say", "phone", [])
    page = today(browser_of(enrolment.plan.account_manager))
    for shown in ("Call <bdi>Aiko Tanaka</bdi>", "Priorities of the week", "tel:+81-3-5550-1010", "Tokyo", "yours:"):
        assert shown in page
    assert 'lang="ja"' in page
    assert "/p/" not in page
    # It is the plan's account manager who says it.
    assert "Yours to say" not in today(browser_of(make_account_manager(enrolment.contact.client.team)))


def test_today_asks_the_database_as_often_for_seven_calls_as_for_two() -> None:
    now = timezone.now()
    client = make_client()
    manager = make_account_manager(client.team)
    people = [make_contact(client, preferred_channel="phone", phone="+81355501010") for _ in range(7)]
    daily = [NewStep(day, dt.time(9), purpose) for day in range(7) for purpose in ("approvals", "dates")]
    write_steps(create_plan(actor=manager, client=client, contacts=people, now=now), *daily, now=now)
    for number, person in enumerate(people):
        ask(manager, person, title=f"Estimate {number}")
        make_meeting(manager, [person], title=f"Harvest {number}", start_at=now + DAY * (10 + number), booked_at=now)
    firsts = [Message.objects.filter(contact=person, kind="check_in").earliest("due_at").pk for person in people]
    Message.objects.exclude(pk__in=firsts).delete()
    Message.objects.update(due_at=now + 2 * DAY, next_try_at=now + 2 * DAY, expires_at=now + 3 * DAY)
    browser = browser_of(manager)
    counted = []
    for number in (2, 7):
        Message.objects.filter(pk__in=firsts[:number]).update(state="to_say", due_at=now, expires_at=now + HOUR)
        with CaptureQueriesContext(connection) as run:
            page = today(browser)
        # The next meeting is named once besides.
        assert [page.count(words) for words in ("Estimate ", "Harvest ")] == [number, number + 1]
        counted.append(len(run))
    assert counted[0] == counted[1]


def test_a_call_is_shown_the_day_before_and_not_as_a_draft() -> None:
    enrolment = make_plan(MONDAY_MORNING, preferred_channel="in_person", terms=Terms(is_approved_first=True))
    assert Message.objects.get().state == "pending"
    now = timezone.now()
    Message.objects.update(due_at=now + 20 * HOUR, next_try_at=now + 20 * HOUR, expires_at=now + 26 * HOUR)
    browser = browser_of(enrolment.plan.account_manager)
    assert f"See <bdi>{enrolment.contact.full_name}</bdi>" in today(browser)
    Message.objects.update(due_at=now + 25 * HOUR)
    assert "Yours to say" not in today(browser)


def test_a_call_noted_as_done_twice_is_one_talk() -> None:
    enrolment = by_phone()
    browser, url = browser_of(enrolment.plan.account_manager), f"/outbox/{Message.objects.get().pk}/said/"
    for _again in range(2):
        assert browser.post(url, {"act": "said"}).status_code == 302
    talk = LoggedTalk.objects.get()
    assert (talk.client, talk.account_manager) == (enrolment.contact.client, enrolment.plan.account_manager)
    assert Message.objects.get().state == "said"
    assert "Yours to say" not in today(browser)
    # What was said can't go by mail any more.
    assert browser.post(url, {"act": "not_reached"}).status_code == 409
    assert Message.objects.get().state == "said"


def test_after_a_call_the_next_check_in_keeps_silent() -> None:
    enrolment = by_phone()
    browser_of(enrolment.plan.account_manager).post(f"/outbox/{Message.objects.get().pk}/said/", {"act": "said"})
    now = timezone.now()
    first = Message.objects.get()
    row = {field.attname: getattr(first, field.attname) for field in Message._meta.concrete_fields}
    fresh = {"id": None, "occurrence_key": "next", "message_id": "<next@x>", "state": "pending"}
    Message.objects.create(**{**row, **fresh, "channel": "email", "next_try_at": now})
    deliver(clock=timezone.now)
    assert Message.objects.values_list("state", "reason").get(occurrence_key="next") == ("suppressed", reasons.SPOKE)


def test_who_was_not_reached_gets_one_mail_that_says_so_in_the_outbox(smtp_server: SmtpServer) -> None:
    enrolment = by_phone()
    browser, pk = browser_of(enrolment.plan.account_manager), Message.objects.get().pk
    for _again in range(2):
        assert browser.post(f"/outbox/{pk}/said/", {"act": "not_reached"}).status_code == 302
        deliver(clock=timezone.now)
    assert len(smtp_server.deliveries) == 1
    message = Message.objects.get()
    assert (message.state, message.channel, message.fallback_reason) == ("sent", "email", reasons.NOT_REACHED)
    assert not LoggedTalk.objects.exists()
    assert reasons.NOT_REACHED in browser.get(f"/outbox/{pk}/").content.decode()


def test_who_was_not_reached_before_its_time_gets_the_mail_and_no_call_again() -> None:
    enrolment = make_plan(MONDAY_MORNING, preferred_channel="phone")
    note_not_reached(actor=enrolment.plan.account_manager, message=Message.objects.get(), now=DUE - 12 * HOUR)
    plan(now=DUE - 11 * HOUR)
    assert Message.objects.values_list("channel", "fallback_reason").get() == ("email", reasons.NOT_REACHED)


def test_who_was_not_reached_and_has_no_mail_address_is_left_at_that() -> None:
    enrolment = by_phone(email="")
    browser, pk = browser_of(enrolment.plan.account_manager), Message.objects.get().pk
    assert browser.post(f"/outbox/{pk}/said/", {"act": "not_reached"}).status_code == 302
    message = Message.objects.get()
    assert (message.state, message.fallback_reason) == ("undeliverable", reasons.NOT_REACHED_AT_ALL)


def test_others_can_not_note_anything_and_neither_can_words_that_mean_nothing() -> None:
    enrolment = by_phone()
    url = f"/outbox/{Message.objects.get().pk}/said/"
    assert browser_of(make_account_manager()).post(url, {"act": "said"}).status_code == 404
    mine = browser_of(enrolment.plan.account_manager)
    assert mine.post(url, {"act": "sung"}).status_code == 400
    assert mine.get(url).status_code == 405
    assert Message.objects.get().state == "to_say"
    Message.objects.update(expires_at=timezone.now())
    assert mine.post(url, {"act": "said"}).status_code == 409
    assert not LoggedTalk.objects.exists()


def test_what_nobody_said_in_time_is_over() -> None:
    make_plan(MONDAY_MORNING, preferred_channel="phone")
    deliver(clock=lambda: DUE)
    plan(now=DUE + 5 * HOUR)
    assert Message.objects.get().state == "to_say"
    plan(now=DUE + 6 * HOUR)
    assert Message.objects.values_list("state", "reason").get() == ("expired", reasons.NOT_SAID)


def test_a_call_is_left_out_where_a_mail_would_be() -> None:
    enrolment = by_phone()
    manager = enrolment.plan.account_manager
    browser = browser_of(manager)
    assert "Yours to say" in today(browser)
    pause_plan(actor=manager, plan=enrolment.plan, now=timezone.now())
    assert "Yours to say" not in today(browser)
    type(enrolment.plan).objects.update(is_paused=False)
    talked_at = timezone.now() - DAY
    log_talk(actor=manager, client=enrolment.contact.client, at=talked_at, now=talked_at)
    assert "Yours to say" not in today(browser)


def test_a_call_to_somebody_who_left_the_plan_says_that_they_left() -> None:
    enrolment = by_phone()
    task = Message.objects.get(state="to_say")
    unenrol(actor=enrolment.plan.account_manager, plan=enrolment.plan, contact=enrolment.contact, now=timezone.now())
    expire_unsaid(now=timezone.now() + DAY)
    task.refresh_from_db()
    assert (task.state, task.reason) == ("suppressed", reasons.NOT_ENROLLED)
