"""Messages that failed, by cause, and what brings them back."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import AccountManager, AuditEntry, Contact
from scheduling.outreach import services
from scheduling.outreach.models import Message
from scheduling.outreach.operations.dead_letters import Cause, causes
from scheduling.outreach.services import retrying
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
FULL, DOWN = "452 Mailbox <full>", "451 Try again later"
State = Message.State


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(make_team(), reminder_minutes=[])


@pytest.fixture
def browser(maya: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(maya)
    return browser


def make_failures(manager: AccountManager, *reasons: str) -> list[Message]:
    """Confirmations to contacts of the manager that failed for these reasons."""
    now = timezone.now()
    client = make_client(manager.teams.get())
    failed = []
    for number, reason in enumerate(reasons):
        contact = make_contact(client, reminder_minutes=[])
        make_meeting(manager, [contact], start_at=now + (number + 2) * DAY, booked_at=now)
        services.plan(now=now)
        message = Message.objects.get(attendance__contact=contact)
        Message.objects.filter(pk=message.pk).update(state=State.DEAD, reason=reason, tries=8)
        failed.append(message)
    return failed


def retry_all(browser: Browser, reason: str) -> str:
    """The page that says how it went."""
    response = browser.post("/outbox/retry-all/", {"reason": reason}, follow=True)
    assert response.redirect_chain == [("/outbox/?state=dead", 302)]
    return re.sub(r"\s+", " ", response.content.decode())


def test_failures_are_grouped_by_cause_the_commonest_first(maya: AccountManager) -> None:
    make_failures(maya, DOWN, FULL, DOWN)
    make_failures(make_account_manager(make_team()), DOWN)
    assert causes(maya, now=timezone.now()) == [Cause(DOWN, 2), Cause(FULL, 1)]
    assert causes(make_account_manager(is_staff=True), now=timezone.now())[0] == Cause(DOWN, 3)


def test_all_of_one_cause_wait_again_and_no_other(maya: AccountManager, browser: Browser) -> None:
    first, other, second = make_failures(maya, DOWN, FULL, DOWN)
    (stranger,) = make_failures(make_account_manager(make_team()), DOWN)
    assert "452 Mailbox &lt;full&gt;" in browser.get("/outbox/?state=dead").content.decode()
    assert "2 messages are sent again within a minute." in retry_all(browser, DOWN)
    states = dict(Message.objects.values_list("pk", "state"))
    assert (states[first.pk], states[second.pk]) == (State.PENDING, State.PENDING)
    assert (states[other.pk], states[stranger.pk]) == (State.DEAD, State.DEAD)
    first.refresh_from_db()
    assert (first.tries, first.reason) == (0, "")
    assert first.next_try_at <= timezone.now()


def test_asking_twice_is_the_same_as_asking_once(maya: AccountManager, browser: Browser) -> None:
    failed = make_failures(maya, DOWN, DOWN)
    retry_all(browser, DOWN)
    rows = list(Message.objects.values())
    assert "No message that failed for this reason can still be sent." in retry_all(browser, DOWN)
    assert list(Message.objects.values()) == rows
    entry = AuditEntry.objects.get(action="messages retried")
    assert (entry.actor_id, entry.details) == (maya.pk, {"messages": [message.pk for message in failed]})


def test_what_it_is_too_late_for_stays(maya: AccountManager, browser: Browser) -> None:
    make_failures(maya, DOWN)
    Message.objects.update(expires_at=timezone.now())
    assert causes(maya, now=timezone.now()) == []
    retry_all(browser, DOWN)
    assert Message.objects.filter(state=State.DEAD).count() == 1


def test_the_mail_goes_to_the_address_of_today_where_there_is_one(maya: AccountManager, browser: Browser) -> None:
    gone, moved = make_failures(maya, DOWN, DOWN)
    Contact.objects.filter(attendances__messages=gone.pk).update(email="")
    Contact.objects.filter(attendances__messages=moved.pk).update(email="new@client.example")
    assert "1 message is sent again" in retry_all(browser, DOWN)
    assert set(Message.objects.filter(pk__in=[gone.pk, moved.pk]).values_list("state", "address")) == {
        (State.DEAD, gone.address),
        (State.PENDING, "new@client.example"),
    }


def test_one_click_sends_so_many_and_no_more(
    maya: AccountManager, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "MOST_AT_ONCE", 2)
    make_failures(maya, DOWN, DOWN, DOWN)
    assert "2 messages are sent again" in retry_all(browser, DOWN)
    assert "1 message is sent again" in retry_all(browser, DOWN)


@pytest.mark.parametrize("reason", ["", "a\x00b", "x" * 5000, "%", "451"])
def test_a_cause_that_nobody_had_changes_nothing(maya: AccountManager, browser: Browser, reason: str) -> None:
    make_failures(maya, DOWN)
    retry_all(browser, reason)
    assert Message.objects.filter(state=State.DEAD).count() == 1


def test_reading_retries_nothing(maya: AccountManager, browser: Browser) -> None:
    make_failures(maya, DOWN)
    assert browser.get("/outbox/retry-all/", {"reason": DOWN}).status_code == 405
    assert "Send all of these again" not in browser.get("/outbox/").content.decode()


def test_any_number_takes_as_many_queries() -> None:
    def queries(count: int) -> int:
        manager = make_account_manager(make_team(), reminder_minutes=[])
        make_failures(manager, *[DOWN] * count)
        with CaptureQueriesContext(connection) as captured:
            assert services.retry_all(actor=manager, reason=DOWN, now=timezone.now()) == count
        return len(captured)

    assert queries(1) == queries(6)
