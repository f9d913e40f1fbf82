"""The preview of a plan says what planning and claiming then do."""

import datetime as dt
import random
from collections.abc import Callable

import pytest

from clients.models import DayOff
from clients.reader import reader_of
from scheduling.outreach import reasons
from scheduling.outreach.check_ins.outlook import Entry, outlook
from scheduling.outreach.models import CheckInPlan, Enrolment, Message
from scheduling.outreach.services import claim, deliver
from scheduling.outreach.services.check_ins import NewStep, Terms, change_plan, pause_plan
from scheduling.outreach.services.drafts import release_draft
from scheduling.outreach.services.planning_check_ins import replan
from tests.outreach.check_in_rows import DAY, HOUR, MONDAY_MORNING, NOW, make_plan, write_steps
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

#: Monday, nine in the morning in Tokyo.
DUE = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
READ_FIRST = Terms(is_approved_first=True)
WORKING_DAYS = ("mon", "tue", "wed", "thu", "fri")


def entries(enrolment: Enrolment, now: dt.datetime, *, zone: str = "UTC") -> list[Entry]:
    """What the preview shows to somebody in that zone."""
    plan = CheckInPlan.objects.get(pk=enrolment.plan_id)
    reader = reader_of(plan.account_manager).in_zone(zone)
    return [entry for week in outlook(plan, now=now, reader=reader) for entry in week.entries]


def deliver_at(at: dt.datetime) -> None:
    deliver(clock=lambda: at)


def let_go() -> tuple[Enrolment, Message]:
    enrolment = make_plan(MONDAY_MORNING, terms=READ_FIRST)
    message = Message.objects.get()
    release_draft(actor=enrolment.plan.account_manager, message=message, now=NOW)
    return enrolment, message


def want_none(enrolment: Enrolment) -> None:
    change_plan(
        actor=enrolment.plan.account_manager,
        plan=enrolment.plan,
        steps=[MONDAY_MORNING],
        terms=READ_FIRST,
        account_manager=enrolment.plan.account_manager,
        frequencies={enrolment.contact_id: "none"},
        now=NOW,
    )


def be_away(enrolment: Enrolment) -> None:
    DayOff.objects.create(contact=enrolment.contact, first_date=DUE.date(), last_date=DUE.date())
    replan(now=NOW)


def lose_its_step_and_pause(enrolment: Enrolment) -> None:
    write_steps(enrolment.plan, NewStep(3, dt.time(9), "dates"), now=NOW)
    pause_plan(actor=enrolment.plan.account_manager, plan=enrolment.plan, now=NOW)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [(want_none, reasons.NEVER), (be_away, reasons.AWAY), (lose_its_step_and_pause, reasons.PLAN_PAUSED)],
)
def test_what_was_let_go_and_is_left_out_after_all_is_shown_so(
    happens: Callable[[Enrolment], None], reason: str
) -> None:
    enrolment, message = let_go()
    happens(enrolment)
    entry = next(one for one in entries(enrolment, NOW) if one.local_date == DUE.date())
    assert claim(now=DUE) == []
    message.refresh_from_db()
    assert entry.left_out == message.reason == reason


def test_what_comes_when_its_contact_cannot_be_reached_any_more_is_shown_as_left_out(smtp_server: SmtpServer) -> None:
    by_day = {day: [["08:00", "18:00"]] for day in WORKING_DAYS}
    enrolment = make_plan(NewStep(0, dt.time(20), "priorities"), reachable_hours=by_day)
    shown = entries(enrolment, NOW)[0]
    for at in (shown.due_at, shown.due_at + DAY):
        deliver_at(at)
    assert smtp_server.messages == []
    assert Message.objects.get(due_at=shown.due_at).reason == shown.left_out == reasons.TOO_LATE


def test_what_waits_for_the_morning_of_its_day_is_shown_to_go(smtp_server: SmtpServer) -> None:
    by_day = {day: [["08:00", "18:00"]] for day in WORKING_DAYS}
    enrolment = make_plan(NewStep(0, dt.time(7), "priorities"), reachable_hours=by_day)
    shown = entries(enrolment, NOW)[0]
    for at in (shown.due_at, shown.due_at + HOUR):
        deliver_at(at)
    assert len(smtp_server.messages) == 1
    assert shown.left_out == ""


def test_on_a_monday_what_is_due_on_its_contacts_sunday_is_shown() -> None:
    hours = {day: [["09:00", "17:00"]] for day in ("sun", "mon", "tue")}
    enrolment = make_plan(NewStep(6, dt.time(15), "priorities"), time_zone="America/New_York", working_hours=hours)
    # Two in the morning in Tokyo, and one in the afternoon of the day before in New York.
    now = dt.datetime(2026, 10, 4, 17, tzinfo=dt.UTC)
    replan(now=now)
    waiting = Message.objects.filter(due_at__gt=now).earliest("due_at")
    assert waiting.due_at == now + 2 * HOUR
    assert waiting in [entry.message for entry in entries(enrolment, now, zone="Asia/Tokyo")]


ZONES = (
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Pacific/Apia",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/New_York",
    "Africa/Cairo",
    "America/Santiago",
    "Africa/Casablanca",
)
WEEKS = (("sun", "mon", "tue", "wed", "thu"), WORKING_DAYS, ("mon", "wed"), ("sat",))


@pytest.mark.parametrize("seed", range(18))
def test_any_plan_is_shown_as_it_is_planned_day_by_day(seed: int) -> None:
    rng = random.Random(seed)
    now = dt.datetime(2026, rng.choice([2, 3, 9, 10, 12]), rng.randint(1, 28), rng.randint(0, 23), tzinfo=dt.UTC)
    steps = {
        (step.weekday, step.at_wall, step.purpose): step
        for step in (
            NewStep(
                rng.randint(0, 6),
                # Clocks change at some of these hours.
                dt.time(rng.choice([0, 1, 2, 3, 9, 23]), rng.choice([0, 15, 30])),
                purpose,
                on_day_off=rng.choice(["next", "previous", "skip"]),
                channel=rng.choice(["preferred", "email"]),
            )
            for purpose in rng.sample(["priorities", "approvals", "dates"], rng.randint(1, 3))
            for _ in range(rng.choice([1, 1, 2]))
        )
    }
    enrolment = make_plan(
        *steps.values(),
        now=now,
        time_zone=ZONES[seed % len(ZONES)],
        working_hours={day: [["09:00", "17:00"]] for day in rng.choice(WEEKS)},
        preferred_channel=rng.choice(["email", "phone", "chat", "video"]),
    )
    Enrolment.objects.update(frequency=rng.choice(["weekly", "fortnightly", "monthly"]))
    for _ in range(4):
        first = now.date() + rng.randint(0, 80) * DAY
        DayOff.objects.create(contact=enrolment.contact, first_date=first, last_date=first + rng.randint(0, 9) * DAY)
    Message.objects.all().delete()
    replan(now=now)
    shown = {
        (entry.local_date, entry.due_at, frozenset(entry.purposes), entry.channel)
        for entry in entries(enrolment, now)
        if entry.due_at > now
    }
    for day in range(85):
        at = now + day * DAY
        replan(now=at, since_at=max(now, at - DAY))
    last_date = max((local_date for local_date, *_rest in shown), default=now.date())
    planned = {
        (one.local_date, one.due_at, frozenset(one.purposes), one.channel)
        for one in Message.objects.filter(local_date__lte=last_date)
    }
    assert shown == planned
