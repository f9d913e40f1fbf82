"""Who may send a message: one worker at a time, and only what is still true."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.outreach.models import Message
from scheduling.outreach.services import claim, claiming, plan
from scheduling.outreach.services.claiming import (
    MAX_TRIES,
    Claimed,
    GoingOn,
    begin,
    go_on,
    mark_failed,
    mark_sent,
    release,
)
from tests.outreach.rows import change_meeting, make_meeting
from tests.people import make_account_manager, make_contact
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
START = NOW + 5 * DAY
LEASE = dt.timedelta(seconds=300)
Kind, State = Message.Kind, Message.State


@pytest.fixture
def meeting() -> Meeting:
    """A meeting of one contact with an organizer who wants no mail reminders, just booked."""
    manager = make_account_manager(reminder_minutes=[])
    return make_meeting(manager, [make_contact(reminder_minutes=[60])], start_at=START, booked_at=NOW)


def states(kind: Message.Kind) -> set[tuple[str, str]]:
    return set(Message.objects.filter(kind=kind).values_list("state", "reason"))


def test_a_claimed_message_is_nobody_elses_until_the_lease_ends(meeting: Meeting) -> None:
    plan(now=NOW)
    first = claim(now=NOW)
    assert len(first) == 2
    assert claim(now=NOW + LEASE - MINUTE) == []
    again = claim(now=NOW + LEASE)
    assert [message.pk for message in again] == [message.pk for message in first]
    assert [message.fencing_token for message in again] == [2, 2]


def test_a_batch_is_no_larger_than_asked_for_and_takes_the_longest_waiting(meeting: Meeting) -> None:
    plan(now=NOW)
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + HOUR)
    make_meeting(meeting.organizer, [make_contact()], start_at=START + DAY, booked_at=NOW + 2 * HOUR)
    plan(now=NOW + 3 * HOUR)
    assert claim(now=NOW + 3 * HOUR, size=2) == []  # both were overtaken
    assert [message.kind for message in claim(now=NOW + 3 * HOUR, size=3)] == ["update", "update", "confirmation"]


def test_a_message_is_not_claimed_before_it_is_due(meeting: Meeting) -> None:
    plan(now=NOW)
    assert claim(now=NOW - MINUTE) == []


@pytest.mark.parametrize("kind", [MeetingChange.Kind.MOVED, MeetingChange.Kind.CANCELLED])
def test_a_confirmation_is_not_sent_once_the_meeting_has_changed(meeting: Meeting, kind: MeetingChange.Kind) -> None:
    plan(now=NOW)
    change_meeting(meeting, kind, at=NOW + MINUTE)
    claim(now=NOW + MINUTE)
    assert states(Kind.CONFIRMATION) == {(State.SUPERSEDED, "The meeting changed before this was sent.")}


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (MeetingChange.Kind.EDITED, State.CLAIMED),
        (MeetingChange.Kind.MOVED, State.SUPERSEDED),
        (MeetingChange.Kind.CANCELLED, State.SUPERSEDED),
    ],
)
def test_a_reminder_is_sent_only_while_the_meeting_keeps_its_time(
    meeting: Meeting, kind: MeetingChange.Kind, state: Message.State
) -> None:
    plan(now=START - HOUR)
    change_meeting(meeting, kind, at=START - HOUR, start_at=START + DAY if kind == "moved" else None)
    claim(now=START - HOUR)
    assert {one for one, _ in states(Kind.REMINDER)} == {state}


def test_a_cancellation_goes_only_to_those_who_were_told(meeting: Meeting) -> None:
    plan(now=NOW)
    told, _untold = claim(now=NOW)
    mark_sent(told, raw=b"confirmation", now=NOW)
    Message.objects.exclude(pk=told.pk).update(state=State.PENDING, next_try_at=NOW)
    change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=NOW + MINUTE)
    plan(now=NOW + MINUTE)
    (cancellation,) = claim(now=NOW + MINUTE)
    assert cancellation.kind == Kind.CANCELLATION
    rows = Message.objects.filter(pk__in=[told.pk, cancellation.pk])
    assert rows.values("attendance").distinct().count() == 1
    assert (State.SUPERSEDED, "The meeting was cancelled before this person was told of it.") in states(
        Kind.CANCELLATION
    )


def test_a_cancellation_of_a_meeting_from_before_the_outbox_is_sent() -> None:
    manager = make_account_manager()
    meeting = make_meeting(manager, [make_contact()], start_at=START, booked_at=NOW - 30 * DAY)
    change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=NOW)
    plan(now=NOW)
    assert len(claim(now=NOW)) == 2


def test_a_message_that_came_too_late_expires(meeting: Meeting) -> None:
    plan(now=START - HOUR)
    confirmations = Message.objects.filter(kind=Kind.CONFIRMATION, state=State.CLAIMED).order_by("pk")
    assert [message.pk for message in claim(now=START)] == list(confirmations.values_list("pk", flat=True))
    assert states(Kind.REMINDER) == {(State.EXPIRED, "It could not be sent in time.")}
    assert claim(now=START + DAY) == []
    assert states(Kind.CONFIRMATION) == {(State.EXPIRED, "It could not be sent in time.")}


def test_only_the_last_claimer_marks_a_message(meeting: Meeting) -> None:
    plan(now=NOW)
    stalled, _ = claim(now=NOW, size=2)
    current, _ = claim(now=NOW + LEASE, size=2)
    assert current.pk == stalled.pk
    assert not begin(stalled)
    assert not mark_sent(stalled, raw=b"late", now=NOW + LEASE)
    assert not mark_failed(stalled, reason="late", permanent=True, now=NOW + LEASE)
    release([stalled], reason="late", next_try_at=NOW)
    row = Message.objects.get(pk=current.pk)
    assert (row.state, row.reason, row.tries) == (State.CLAIMED, "", 0)
    assert begin(current)
    assert mark_sent(current, raw=b"in time", now=NOW + LEASE)
    assert not mark_failed(current, reason="after all", permanent=True, now=NOW + LEASE)


@pytest.fixture
def three(meeting: Meeting) -> list[Claimed]:
    """Three claimed messages, of which the first was sent and the second begun."""
    make_meeting(meeting.organizer, [make_contact()], start_at=START + DAY, booked_at=NOW)
    plan(now=NOW)
    claimed = claim(now=NOW, size=3)
    assert begin(claimed[0])
    assert begin(claimed[1])
    return claimed


def told_of(messages: list[Claimed]) -> list[tuple[str, int]]:
    rows = Message.objects.in_bulk([message.pk for message in messages])
    return [(rows[message.pk].state, rows[message.pk].tries) for message in messages]


def test_one_statement_marks_a_mail_lets_the_next_go_and_begins_the_one_after(three: list[Claimed]) -> None:
    sent, going, following = three
    assert go_on(going, sent=sent, raw=b"mail", following=following, now=NOW) == GoingOn(may_go=True, is_begun=True)
    assert told_of(three) == [(State.SENT, 1), (State.CLAIMED, 1), (State.CLAIMED, 1)]
    assert Message.objects.get(pk=sent.pk).sent_at == NOW
    assert [message.tries for message in three] == [1, 1, 1]


def test_the_first_of_a_batch_follows_none_and_none_follows_the_last(three: list[Claimed]) -> None:
    _, going, following = three
    assert go_on(going, sent=None, raw=b"", following=following, now=NOW) == GoingOn(may_go=True, is_begun=True)
    assert go_on(following, sent=going, raw=b"mail", following=None, now=NOW) == GoingOn(may_go=True, is_begun=False)
    assert told_of(three) == [(State.CLAIMED, 1), (State.SENT, 1), (State.CLAIMED, 1)]


def test_whoever_lost_the_lease_of_one_mail_does_not_begin_another(three: list[Claimed]) -> None:
    sent, going, following = three
    Message.objects.filter(pk=sent.pk).update(fencing_token=sent.fencing_token + 1)
    assert go_on(going, sent=sent, raw=b"late", following=following, now=NOW) == GoingOn(may_go=True, is_begun=False)
    assert told_of(three) == [(State.CLAIMED, 1), (State.CLAIMED, 1), (State.CLAIMED, 0)]
    assert begin(following)


def test_whoever_lost_the_lease_of_the_next_mail_marks_the_one_that_was_sent(three: list[Claimed]) -> None:
    sent, going, following = three
    Message.objects.filter(pk=going.pk).update(fencing_token=going.fencing_token + 1)
    assert go_on(going, sent=sent, raw=b"mail", following=following, now=NOW) == GoingOn(may_go=False, is_begun=True)
    assert told_of(three) == [(State.SENT, 1), (State.CLAIMED, 1), (State.CLAIMED, 1)]


def test_whoever_lost_the_lease_of_the_mail_after_does_not_begin_it(three: list[Claimed]) -> None:
    sent, going, following = three
    Message.objects.filter(pk=following.pk).update(fencing_token=following.fencing_token + 1)
    assert go_on(going, sent=sent, raw=b"mail", following=following, now=NOW) == GoingOn(may_go=True, is_begun=False)
    assert told_of(three) == [(State.SENT, 1), (State.CLAIMED, 1), (State.CLAIMED, 0)]


@pytest.mark.django_db(transaction=True)
def test_the_database_is_at_work_while_the_next_mail_is_made(three: list[Claimed]) -> None:
    sent, going, following = three
    others = connection.copy()

    def is_marked() -> bool:
        with others.cursor() as cursor:
            cursor.execute("SELECT id FROM outreach_message WHERE id = %s FOR UPDATE SKIP LOCKED", [sent.pk])
            return cursor.fetchone() is None

    def make() -> None:
        wait_until(is_marked, "the mail that was sent is marked")

    try:
        found = go_on(going, sent=sent, raw=b"mail", following=following, now=NOW, meanwhile=make)
    finally:
        others.close()
    assert found == GoingOn(may_go=True, is_begun=True)
    assert told_of(three) == [(State.SENT, 1), (State.CLAIMED, 1), (State.CLAIMED, 1)]


def test_statements_of_workers_are_planned_once_on_a_connection(meeting: Meeting) -> None:
    def kept() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements ORDER BY 1")
            return [statement for (statement,) in cursor.fetchall()]

    plan(now=NOW)
    first, second, *_ = claim(now=NOW)
    go_on(first, sent=None, raw=b"", following=None, now=NOW)
    before = kept()
    for words in ("FOR UPDATE OF", "SET state = 'claimed'", "SELECT EXISTS (SELECT FROM begun)"):
        assert any(words in statement for statement in before)
    go_on(second, sent=None, raw=b"", following=None, now=NOW)
    claim(now=NOW + HOUR)
    assert kept() == before


def test_a_mark_goes_to_its_row_though_statistics_know_of_none_that_is_claimed(meeting: Meeting) -> None:
    """PostgreSQL would else look through all that workers hold, for each mail."""
    plan(now=NOW)
    message = claim(now=NOW)[0]
    with connection.cursor() as cursor:
        # For so few rows any other way is as fast.
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in (claiming._BEGIN, claiming._MARK_SENT, claiming._GO_ON):  # noqa: SLF001
            values: dict[str, Any] = dict.fromkeys(("pk", "sent_pk", "going_pk"), message.pk)
            values |= dict.fromkeys(("token", "sent_token", "going_token"), 1)
            cursor.execute(f"EXPLAIN {sql}", values | {"raw": b"", "now": NOW})
            ways = "\n".join(way for (way,) in cursor.fetchall())
            assert "message_by_state" not in ways
            assert f"Index Cond: (id = {message.pk})" in ways


def test_the_waits_grow_and_the_eighth_failure_is_the_last(meeting: Meeting) -> None:
    plan(now=NOW)
    Message.objects.exclude(pk=Message.objects.latest("pk").pk).delete()
    now, longest = NOW, []
    for tries in range(1, MAX_TRIES + 1):
        (claimed,) = claim(now=now)
        assert begin(claimed)
        assert mark_failed(claimed, reason="451 later", permanent=False, now=now)
        message = Message.objects.get()
        assert (message.tries, message.reason) == (tries, "451 later")
        longest.append(message.next_try_at - now)
        assert dt.timedelta() <= message.next_try_at - now <= 2**tries * MINUTE or tries == MAX_TRIES
        now = message.next_try_at
    assert message.state == State.DEAD
    assert claim(now=now + DAY) == []


def test_what_failed_together_does_not_come_back_together(meeting: Meeting) -> None:
    others = [make_contact(meeting.client) for _ in range(30)]
    make_meeting(meeting.organizer, others, start_at=START + DAY, booked_at=NOW)
    plan(now=NOW)
    for message in claim(now=NOW):
        begin(message)
        mark_failed(message, reason="451 later", permanent=False, now=NOW)
    waits = {message.next_try_at - NOW for message in Message.objects.all()}
    assert len(waits) == Message.objects.count() == 33
    assert max(waits) - min(waits) > 30 * dt.timedelta(seconds=1)


def test_a_message_that_kills_its_worker_each_time_is_dead_in_the_end(meeting: Meeting) -> None:
    plan(now=NOW)
    now = NOW
    for _ in range(MAX_TRIES):
        poison, _innocent = claim(now=now)
        begin(poison)
        now += LEASE
    assert [message.pk for message in claim(now=now)] == [_innocent.pk]
    dead = Message.objects.get(pk=poison.pk)
    assert (dead.state, dead.tries) == (State.DEAD, MAX_TRIES)


def test_released_messages_are_as_if_they_had_not_been_tried(meeting: Meeting) -> None:
    plan(now=NOW)
    claimed = claim(now=NOW)
    begin(Message.objects.get(pk=claimed[0].pk))
    release(claimed, reason="connection refused", next_try_at=NOW + MINUTE)
    assert set(Message.objects.values_list("state", "tries", "reason", "next_try_at")) == {
        (State.PENDING, 0, "connection refused", NOW + MINUTE)
    }


def test_the_queue_is_read_through_its_index(meeting: Meeting) -> None:
    plan(now=NOW)
    due = Message.objects.filter(state__in=Message.QUEUED, next_try_at__lte=NOW).order_by("next_try_at", "pk")
    with connection.cursor() as cursor:
        # For so few rows any other way is as fast: only the index has them in their order.
        for other_way in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            cursor.execute(f"SET LOCAL {other_way} = off")
    assert "message_queue" in due.explain()
