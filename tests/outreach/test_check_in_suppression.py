"""Check-ins that are due and left out all the same, each with its reason."""

import datetime as dt
from collections.abc import Callable

import pytest

from clients.models import DayOff
from scheduling.engine import WEEKDAYS
from scheduling.meetings.models.meeting import Status
from scheduling.outreach import reasons
from scheduling.outreach.check_ins.letter import check_in_words
from scheduling.outreach.linking import without_link
from scheduling.outreach.models import Enrolment, MailAddress, MailWishes, Message
from scheduling.outreach.services import claim, deliver, plan
from scheduling.outreach.services.check_ins import (
    NewStep,
    create_plan,
    enrol,
    log_talk,
    pause_plan,
    resume_plan,
    unenrol,
)
from scheduling.outreach.services.planning_check_ins import replan
from tests.outreach.check_in_rows import DAY, HOUR, MONDAY_MORNING, NOW, make_plan, planned, write_steps
from tests.outreach.rows import make_meeting
from tests.people import make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

#: Monday, nine in the morning in Tokyo.
DUE = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
APPROVALS = NewStep(0, dt.time(9), "approvals")


def outcome() -> tuple[str, str]:
    message = Message.objects.get(kind="check_in")
    return message.state, message.reason


def test_a_due_check_in_is_claimed() -> None:
    make_plan(MONDAY_MORNING)
    assert claim(now=DUE - HOUR) == []
    assert len(claim(now=DUE)) == 1


def pause(enrolment: Enrolment) -> None:
    pause_plan(actor=enrolment.plan.account_manager, plan=enrolment.plan, now=DUE)


def leave(enrolment: Enrolment) -> None:
    unenrol(actor=enrolment.plan.account_manager, plan=enrolment.plan, contact=enrolment.contact, now=DUE)


def be_deleted_from_the_plan(enrolment: Enrolment) -> None:
    enrolment.delete()


def want_never(enrolment: Enrolment) -> None:
    Enrolment.objects.update(frequency="none")


def unsubscribe(enrolment: Enrolment) -> None:
    MailWishes.objects.create(contact=enrolment.contact, unwanted=["check_ins"])


def pause_mail(enrolment: Enrolment) -> None:
    MailWishes.objects.create(contact=enrolment.contact, paused_until_date=dt.date(2026, 10, 5))


def be_away(enrolment: Enrolment) -> None:
    DayOff.objects.create(
        contact=enrolment.contact, first_date=dt.date(2026, 10, 1), last_date=dt.date(2026, 10, 5), reason="Leave"
    )


def bounce(enrolment: Enrolment) -> None:
    MailAddress.objects.create(email=enrolment.contact.email.lower(), suppressed_at=NOW)


def talk(enrolment: Enrolment) -> None:
    manager = enrolment.plan.account_manager
    log_talk(actor=manager, client=enrolment.plan.client, at=DUE - 47 * HOUR, now=DUE)


def meet(enrolment: Enrolment) -> None:
    colleague = make_contact(enrolment.plan.client)
    make_meeting(enrolment.plan.account_manager, [colleague], start_at=DUE - DAY, booked_at=NOW - 30 * DAY)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (pause, reasons.PLAN_PAUSED),
        (leave, reasons.NOT_ENROLLED),
        (be_deleted_from_the_plan, reasons.NOT_ENROLLED),
        (want_never, reasons.NEVER),
        (unsubscribe, reasons.UNSUBSCRIBED),
        (pause_mail, reasons.CONTACT_PAUSED),
        (be_away, reasons.AWAY),
        (bounce, reasons.CAME_BACK),
        (talk, reasons.SPOKE),
        (meet, reasons.SPOKE),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_happens_before_it_is_claimed_leaves_it_out_and_is_told(
    happens: Callable[[Enrolment], None], reason: str
) -> None:
    happens(make_plan(MONDAY_MORNING))
    assert claim(now=DUE) == []
    assert outcome() == ("suppressed", reason)


def talk_long_ago(enrolment: Enrolment) -> None:
    manager = enrolment.plan.account_manager
    log_talk(actor=manager, client=enrolment.plan.client, at=DUE - 49 * HOUR, now=DUE)


def talk_with_another_client(enrolment: Enrolment) -> None:
    other = make_contact()
    enrolment.plan.account_manager.teams.add(other.client.team)
    log_talk(actor=enrolment.plan.account_manager, client=other.client, at=DUE - HOUR, now=DUE)


def meet_later(enrolment: Enrolment) -> None:
    make_meeting(enrolment.plan.account_manager, [enrolment.contact], start_at=DUE + HOUR, booked_at=DUE)


def cancel_a_meeting(enrolment: Enrolment) -> None:
    manager = enrolment.plan.account_manager
    make_meeting(manager, [enrolment.contact], start_at=DUE - DAY, booked_at=NOW, status=Status.CANCELLED)


def never_be_silent(enrolment: Enrolment) -> None:
    talk(enrolment)
    enrolment.plan.__class__.objects.update(quiet_days=0)


def want_no_surveys(enrolment: Enrolment) -> None:
    MailWishes.objects.create(contact=enrolment.contact, unwanted=["surveys"], paused_until_date=dt.date(2026, 10, 4))


def be_away_the_day_before(enrolment: Enrolment) -> None:
    date = dt.date(2026, 10, 4)
    DayOff.objects.create(contact=enrolment.contact, first_date=date, last_date=date)


def pause_and_resume(enrolment: Enrolment) -> None:
    pause(enrolment)
    resume_plan(actor=enrolment.plan.account_manager, plan=enrolment.plan, now=DUE)


@pytest.mark.parametrize(
    "happens",
    [
        talk_long_ago,
        talk_with_another_client,
        meet_later,
        cancel_a_meeting,
        never_be_silent,
        want_no_surveys,
        be_away_the_day_before,
        pause_and_resume,
    ],
)
def test_what_is_no_reason_leaves_nothing_out(happens: Callable[[Enrolment], None]) -> None:
    happens(make_plan(MONDAY_MORNING))
    assert len(claim(now=DUE)) == 1


def test_a_hello_about_approvals_stays_away_where_nothing_is_pending() -> None:
    make_plan(APPROVALS)
    assert claim(now=DUE) == []
    assert outcome() == ("suppressed", reasons.NOTHING_PENDING)


@pytest.mark.parametrize(
    "steps",
    [
        [NewStep(0, dt.time(9), "approvals", even_if_nothing_pending=True)],
        [APPROVALS, NewStep(0, dt.time(10), "dates")],
    ],
)
def test_a_hello_that_has_something_else_to_say_goes(steps: list[NewStep]) -> None:
    make_plan(*steps)
    assert len(claim(now=DUE)) == 1


def test_w12_a_plan_that_is_paused_just_before_the_claim_sends_nothing(smtp_server: SmtpServer) -> None:
    enrolment = make_plan(MONDAY_MORNING)
    pause(enrolment)
    assert not deliver(clock=lambda: DUE)
    assert smtp_server.messages == []
    assert outcome() == ("suppressed", reasons.PLAN_PAUSED)


def test_w11_of_two_check_ins_that_an_outage_over_midnight_held_up_the_later_one_goes(smtp_server: SmtpServer) -> None:
    around = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    steps = NewStep(0, dt.time(22), "priorities"), NewStep(1, dt.time(1), "priorities")
    enrolment = make_plan(*steps, now=NOW + DAY, working_hours=around, reachable_hours=around)
    assert planned(enrolment) == ["pending, Mon 5 13:00, priorities", "pending, Mon 5 16:00, priorities"]
    while deliver(clock=lambda: DUE + 17 * HOUR):
        pass
    assert [row.partition(",")[0] for row in planned(enrolment)] == ["suppressed", "sent"]
    assert Message.objects.get(state="suppressed").reason == reasons.FOLLOWED
    assert len(smtp_server.messages) == 1


def test_w11_after_a_day_without_workers_at_most_one_late_check_in_reaches_a_client(smtp_server: SmtpServer) -> None:
    everyday = [NewStep(day, dt.time(hour), "priorities") for day in range(7) for hour in (8, 12, 16)]
    zones = ("Pacific/Auckland", "Asia/Tokyo", "Asia/Kolkata", "Africa/Lagos", "America/Recife", "Pacific/Honolulu")
    workdays = {day: [["08:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    enrolments = [make_plan(*everyday, time_zone=zone, working_hours=workdays) for zone in zones]
    outage_ends_at = NOW + DAY
    plan(now=outage_ends_at)
    late = 0
    for enrolment in enrolments:
        due = Message.objects.filter(enrolment=enrolment, due_at__lte=outage_ends_at)
        assert due.count() >= 1
    while deliver(clock=lambda: outage_ends_at):
        pass
    for enrolment in enrolments:
        sent = Message.objects.filter(enrolment=enrolment, state="sent")
        assert all(outage_ends_at - message.due_at < 6 * HOUR for message in sent)
        assert len(sent) <= 1
        late += len(sent)
    expired = Message.objects.filter(state="expired", reason=reasons.TOO_LATE).count()
    print(f"W11: {len(zones)} clients after 24 hours: {late} late check-ins, {expired} expired, none over 6 hours late")
    assert late == len(smtp_server.messages)
    assert late
    assert expired
    assert not Message.objects.filter(state__in=Message.QUEUED, due_at__lte=outage_ends_at).exists()


def test_planning_after_a_long_outage_does_not_catch_up_on_what_is_too_late() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    Message.objects.all().delete()
    replan(now=DUE + 5 * HOUR, since_at=NOW)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]
    Message.objects.all().delete()
    replan(now=DUE + 7 * HOUR, since_at=NOW)
    assert planned(enrolment) == []


def test_a_plan_begun_at_noon_says_nothing_of_that_morning() -> None:
    plan(now=DUE)
    enrolment = make_plan(MONDAY_MORNING, now=DUE + 3 * HOUR)
    plan(now=DUE + 4 * HOUR)
    assert planned(enrolment) == []


def test_who_leaves_a_plan_and_comes_back_gets_no_second_one_that_morning(smtp_server: SmtpServer) -> None:
    enrolment = make_plan(MONDAY_MORNING)
    manager = enrolment.plan.account_manager
    plan(now=DUE)
    deliver(clock=lambda: DUE)
    unenrol(actor=manager, plan=enrolment.plan, contact=enrolment.contact, now=DUE + HOUR)
    enrol(actor=manager, plan=enrolment.plan, contact=enrolment.contact, now=DUE + HOUR)
    plan(now=DUE + 2 * HOUR)
    deliver(clock=lambda: DUE + 2 * HOUR)
    assert len(smtp_server.messages) == 1


def test_what_was_left_out_is_not_planned_again() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    pause(enrolment)
    claim(now=DUE)
    resume_plan(actor=enrolment.plan.account_manager, plan=enrolment.plan, now=DUE)
    replan(now=DUE + HOUR, since_at=NOW)
    write_steps(enrolment.plan, MONDAY_MORNING, now=DUE + HOUR)
    assert planned(enrolment) == ["suppressed, Mon 5 00:00, priorities"]


def test_a_client_has_one_plan() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    manager = enrolment.plan.account_manager
    again = create_plan(actor=manager, client=enrolment.plan.client, contacts=[], now=NOW)
    assert again == enrolment.plan


def test_who_is_reached_from_the_evening_on_gets_it_in_the_evening(smtp_server: SmtpServer) -> None:
    evenings = {day: [["17:00", "21:00"]] for day in WEEKDAYS}
    enrolment = make_plan(MONDAY_MORNING, reachable_hours=evenings)
    assert deliver(clock=lambda: DUE) == {"put off": 1}
    assert deliver(clock=lambda: DUE + 8 * HOUR) == {"sent": 1}
    assert [row.partition(",")[0] for row in planned(enrolment)] == ["sent"]


def test_what_waits_for_hours_of_another_day_is_not_said_then(smtp_server: SmtpServer) -> None:
    make_plan(MONDAY_MORNING, reachable_hours={"tue": [["09:00", "17:00"]]})
    assert deliver(clock=lambda: DUE) == {"put off": 1}
    assert deliver(clock=lambda: DUE + DAY) == {}
    assert smtp_server.messages == []


def test_a_meeting_that_is_held_without_its_reader_is_not_among_what_is_agreed() -> None:
    enrolment = make_plan(NewStep(4, dt.time(14), "dates"))
    meeting = make_meeting(enrolment.plan.account_manager, [enrolment.contact], start_at=NOW + 9 * DAY, booked_at=NOW)
    friday = dt.datetime(2026, 10, 9, 5, tzinfo=dt.UTC)

    def text() -> str:
        return check_in_words(["dates"], enrolment.contact, meeting.organizer, now=friday, link=without_link).text

    assert meeting.title in text()
    meeting.attendances.filter(contact=enrolment.contact).update(is_optional=True, status="cancelled")
    assert meeting.title not in text()
