"""What becomes of messages at a real mail server that accepts, refuses, defers, hangs up or is not there."""

import datetime as dt
import itertools
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from clients.models import Contact
from config.embedded import LOOPBACK, free_port
from scheduling.meetings.models import Meeting
from scheduling.outreach import tasks
from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, pause, plan
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact
from tests.smtp import SmtpServer
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db

#: Whether the server hears both ends of a mail before it answers, or one by one.
AT_ONCE_OR_NOT = pytest.mark.parametrize("smtp_server", [True, False], indirect=True, ids=["at once", "one by one"])

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
START = NOW + 5 * DAY
State = Message.State


class Clock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def contacts() -> list[Contact]:
    client = make_client()
    return [make_contact(client, email=f"{name}@client.example") for name in ("ana", "ben", "cem", "dan", "eve")]


@pytest.fixture
def meeting(contacts: list[Contact]) -> Meeting:
    """A meeting of five contacts whose six confirmations are planned."""
    made = make_meeting(make_account_manager(), contacts, start_at=START, booked_at=NOW)
    assert plan(now=NOW) == 6
    return made


def message_to(name: str) -> Message:
    return Message.objects.get(address=f"{name}@client.example")


def recipients(server: SmtpServer) -> list[str]:
    return [delivery.recipients[0] for delivery in server.deliveries]


def test_each_message_is_sent_once_and_kept_as_it_was_sent(
    meeting: Meeting, clock: Clock, smtp_server: SmtpServer
) -> None:
    assert deliver(clock=clock) == {"sent": 6}
    assert deliver(clock=clock) == {}
    assert len(set(recipients(smtp_server))) == len(smtp_server.deliveries) == 6
    for delivery in smtp_server.deliveries:
        message = Message.objects.get(address=delivery.recipients[0])
        assert (message.state, message.tries, message.sent_at) == (State.SENT, 1, NOW)
        assert bytes(message.raw or b"") == delivery.raw
        assert delivery.message["Message-ID"] == message.message_id


@AT_ONCE_OR_NOT
def test_an_address_that_does_not_exist_is_dead_at_once_and_nobody_else_is(
    meeting: Meeting, clock: Clock, smtp_server: SmtpServer
) -> None:
    smtp_server.refuse("ben@client.example")
    assert deliver(clock=clock) == {"sent": 5, "failed": 1}
    dead = message_to("ben")
    assert (dead.state, dead.reason, dead.tries) == (State.DEAD, "550 5.1.1 No such mailbox", 1)


def test_an_address_that_is_none_is_dead_at_once(meeting: Meeting, clock: Clock, smtp_server: SmtpServer) -> None:
    Message.objects.filter(address="ben@client.example").update(address="ben@")
    assert deliver(clock=clock) == {"sent": 5, "failed": 1}
    dead = Message.objects.get(state=State.DEAD)
    assert (dead.reason, dead.tries) == ("“ben@” is not a mail address", 1)


@AT_ONCE_OR_NOT
def test_a_deferred_message_is_sent_later_under_the_same_message_id(
    meeting: Meeting, clock: Clock, smtp_server: SmtpServer
) -> None:
    smtp_server.defer("ben@client.example")
    assert deliver(clock=clock) == {"sent": 5, "failed": 1}
    waiting = message_to("ben")
    assert (waiting.state, waiting.reason) == (State.PENDING, "451 4.3.0 Try again later")
    smtp_server.accept("ben@client.example")
    clock.now = waiting.next_try_at
    assert deliver(clock=clock) == {"sent": 1}
    assert smtp_server.messages[-1]["Message-ID"] == waiting.message_id
    assert message_to("ben").reason == ""


def test_a_refusal_by_policy_is_tried_again(meeting: Meeting, clock: Clock, smtp_server: SmtpServer) -> None:
    smtp_server.answer_data("550 5.7.1 Relaying denied")
    assert deliver(clock=clock) == {"failed": 6}
    assert set(Message.objects.values_list("state", "tries")) == {(State.PENDING, 1)}


def test_a_refused_text_is_dead(meeting: Meeting, clock: Clock, smtp_server: SmtpServer) -> None:
    smtp_server.answer_data("554 5.6.0 Malformed")
    assert deliver(clock=clock) == {"failed": 6}
    assert set(Message.objects.values_list("state", flat=True)) == {State.DEAD}


def test_a_mail_server_that_is_not_there_costs_no_message_a_try(
    meeting: Meeting, clock: Clock, settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, free_port()
    for _ in range(20):
        clock.now += 3 * MINUTE
        assert deliver(clock=clock) == {"released": 6}
    rows = Message.objects.values_list("state", "tries", "reason")
    assert set(rows) == {(State.PENDING, 0, "[Errno 111] Connection refused")}
    wait = [one - clock.now for one in Message.objects.values_list("next_try_at", flat=True)]
    assert all(dt.timedelta(seconds=30) <= one <= dt.timedelta(seconds=150) for one in wait)


@AT_ONCE_OR_NOT
def test_a_server_that_closes_for_everybody_costs_no_message_a_try(
    meeting: Meeting, clock: Clock, smtp_server: SmtpServer
) -> None:
    smtp_server.answer_data("421 4.3.2 Shutting down")
    assert deliver(clock=clock) == {"released": 6}
    assert set(Message.objects.values_list("state", "tries", "reason")) == {
        (State.PENDING, 0, "421 4.3.2 Shutting down")
    }


@pytest.fixture(params=[b"250 PIPELINING\r\n", b"250 ok\r\n"], ids=["at once", "one by one"])
def server_that_hangs_up(request: pytest.FixtureRequest, settings: Settings) -> Iterator[list[int]]:
    """A server that speaks SMTP up to the third recipient it hears of, and then closes the connection."""
    listener = socket.create_server((LOOPBACK, 0))
    heard: list[int] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as stream:
                stream.write(b"220 ready\r\n")
                stream.flush()
                for line in stream:
                    command = line[:4].upper()
                    if command == b"RCPT":
                        heard.append(1)
                        if len(heard) == 3:
                            break
                    if command == b"DATA":
                        stream.write(b"354 go on\r\n")
                        stream.flush()
                        while stream.readline() != b".\r\n":
                            pass
                    stream.write(
                        {b"EHLO": b"250-here\r\n" + request.param, b"QUIT": b"221 bye\r\n"}.get(command, b"250 ok\r\n")
                    )
                    stream.flush()

    thread = threading.Thread(target=serve)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
    yield heard
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


@pytest.mark.usefixtures("server_that_hangs_up")
def test_a_lost_connection_costs_one_message_a_try_and_the_others_wait_for_the_next_batch(
    meeting: Meeting, clock: Clock
) -> None:
    assert deliver(clock=clock) == {"sent": 2, "failed": 1, "released": 3}
    assert sorted(Message.objects.values_list("state", "tries")) == [
        (State.PENDING, 0),
        (State.PENDING, 0),
        (State.PENDING, 0),
        (State.PENDING, 1),
        (State.SENT, 1),
        (State.SENT, 1),
    ]
    assert deliver(clock=clock) == {"sent": 3}


def test_a_reason_that_no_column_takes_holds_up_no_other(
    meeting: Meeting, clock: Clock, smtp_server: SmtpServer
) -> None:
    smtp_server.answer_data("451 4.3.0 \x00" + 400 * "long ")
    assert deliver(clock=clock) == {"failed": 6}
    assert {len(reason) for reason in Message.objects.values_list("reason", flat=True)} == {500}


def test_a_message_that_cannot_be_written_holds_up_no_other(
    meeting: Meeting, clock: Clock, smtp_server: SmtpServer, contacts: list[Contact]
) -> None:
    Contact.objects.filter(pk=contacts[1].pk).update(time_zone="Europe/Atlantis")
    other = make_meeting(
        meeting.organizer, [make_contact(email="far@client.example")], start_at=START + DAY, booked_at=NOW
    )
    plan(now=NOW)
    results = deliver(clock=clock)
    # Nobody can say when the meeting is for that person, so nobody of that meeting is written to.
    assert results == {"sent": 2, "failed": 6}
    assert set(other.messages.values_list("state", flat=True)) == {State.SENT}
    failed = message_to("ana")
    assert (failed.state, failed.tries) == (State.PENDING, 1)
    assert failed.reason == "ZoneInfoNotFoundError: 'No time zone found with key Europe/Atlantis'"


class ClockOfAWorker:
    """A clock that stands, and by which something happens when a worker writes the nth mail of a batch."""

    def __init__(self, nth: int, happens: Callable[[], object]) -> None:
        # It is read for the claim and for the links; then twice for each mail: before it is written and before it goes.
        self._reading = 1 + 2 * nth
        self._happens = happens
        self._readings = itertools.count(1)

    def __call__(self) -> dt.datetime:
        if next(self._readings) == self._reading:
            self._happens()
        return NOW


@AT_ONCE_OR_NOT
@pytest.mark.parametrize(("nth", "repeated"), [(1, 0), (2, 1)])
def test_a_worker_that_lost_its_leases_repeats_at_most_the_mail_on_its_way(
    meeting: Meeting, clock: Clock, smtp_server: SmtpServer, settings: Settings, nth: int, repeated: int
) -> None:
    settings.OUTBOX_LEASE_SECONDS = 0
    # When it looks up from writing, another worker has claimed and sent everything.
    slow = ClockOfAWorker(nth, lambda: deliver(clock=clock))
    assert deliver(clock=slow) == +Counter(sent=repeated, lost=6 - repeated)
    ids = [message["Message-ID"] for message in smtp_server.messages]
    assert (len(ids), len(set(ids))) == (6 + repeated, 6)


@AT_ONCE_OR_NOT
def test_a_pause_while_one_mail_is_on_its_way_stops_the_next_that_is_written_already(
    meeting: Meeting, smtp_server: SmtpServer
) -> None:
    def paused() -> None:
        wait_until(lambda: smtp_server.held == 1, "the first mail is on its way while the second is written")
        pause(actor=make_account_manager(is_staff=True), reason="The server moves", now=NOW)
        smtp_server.let_go()

    smtp_server.hold()
    assert deliver(clock=ClockOfAWorker(2, paused)) == {"sent": 1, "lost": 5}
    assert len(smtp_server.deliveries) == 1
    # Nor has it cost one of them a try.
    assert sorted(Message.objects.values_list("tries", flat=True)) == [0, 0, 0, 0, 0, 1]


def test_a_job_that_runs_twice_sends_once(smtp_server: SmtpServer) -> None:
    now = timezone.now()
    make_meeting(make_account_manager(), [make_contact()], start_at=now + 3 * DAY, booked_at=now)
    plan(now=now)
    tasks.deliver()
    tasks.deliver()
    assert len(smtp_server.deliveries) == 2


@pytest.mark.django_db(transaction=True)
def test_the_tick_command_plans_and_delivers_here_and_now(
    smtp_server: SmtpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    now = timezone.now()
    make_meeting(make_account_manager(), [make_contact()], start_at=now + 3 * DAY, booked_at=now)
    call_command("tick")
    assert capsys.readouterr().out == "planned 2, sent 2, failed 0\n"
    call_command("tick")
    assert capsys.readouterr().out == "planned 0, sent 0, failed 0\n"
    assert len(smtp_server.deliveries) == 2


@pytest.mark.django_db(transaction=True)
def test_the_tick_command_says_that_the_mail_server_is_away(
    capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = LOOPBACK, free_port()
    now = timezone.now()
    make_meeting(make_account_manager(), [make_contact()], start_at=now + 3 * DAY, booked_at=now)
    call_command("tick")
    captured = capsys.readouterr()
    assert captured.out == "planned 2, sent 0, failed 0\n"
    assert captured.err == "The mail server can't be reached; 2 messages wait for it.\n"
