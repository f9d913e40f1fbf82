"""Check-ins in the outbox: who gets which when, once, whatever changes before it is sent."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from clients.models import Contact, DayOff
from holidays_app.models import CalendarChange
from holidays_app.services import ensure_place_calendar
from scheduling.outreach.models import Enrolment, Message
from scheduling.outreach.services import plan
from scheduling.outreach.services.check_ins import (
    NewStep,
    Terms,
    enrol,
    pause_plan,
    resume_plan,
    rhythm_of,
    send_test,
    unenrol,
)
from scheduling.outreach.services.planning_check_ins import replan
from scheduling.outreach.services.tallying import EVERY
from tests.outreach.check_in_rows import DAY, HOUR, MONDAY_MORNING, NOW, make_plan, planned, write_steps
from tests.people import make_contact

pytestmark = pytest.mark.django_db

SUNDAY_EVENING = NewStep(6, dt.time(20), "dates")


def test_a_check_in_is_planned_two_days_ahead_at_the_contacts_own_wall_time() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]
    message = Message.objects.get()
    assert message.local_date == dt.date(2026, 10, 5)
    assert message.expires_at - message.due_at == 6 * HOUR
    assert message.next_try_at == message.due_at
    assert message.person == enrolment.contact
    assert message.address == enrolment.contact.email
    assert message.message_id.startswith("<")
    assert message.message_id.endswith("@dayband.example>")


def test_what_lies_farther_ahead_is_planned_when_it_is_near() -> None:
    enrolment = make_plan(MONDAY_MORNING, NewStep(2, dt.time(10), "approvals"))
    assert len(planned(enrolment)) == 1
    plan(now=NOW + 2 * DAY)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities", "pending, Wed 7 01:00, approvals"]


def test_planning_again_plans_nothing() -> None:
    make_plan(MONDAY_MORNING)
    assert replan(now=NOW) == 0
    assert replan(now=NOW + HOUR) == 0
    assert Message.objects.count() == 1


def test_what_another_planning_writes_meanwhile_is_there_once_and_keeps_out_no_other() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    other = make_contact(enrolment.plan.client, time_zone="Europe/Madrid")
    enrol(actor=enrolment.plan.account_manager, plan=enrolment.plan, contact=other, now=NOW)
    # Due where this planning does not look, as a row is that was written since it looked.
    Message.objects.filter(contact=other).update(due_at=NOW - 10 * DAY, state="sent", raw=b"mail", sent_at=NOW)
    Message.objects.filter(enrolment=enrolment).delete()
    assert replan(now=NOW) == 1
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]
    assert Message.objects.count() == 2


def test_all_plans_are_looked_at_every_few_minutes_by_one_of_many_beats() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    plan(now=NOW)
    Message.objects.all().delete()
    assert plan(now=NOW + EVERY / 2) == 0
    assert plan(now=NOW + 1.5 * EVERY) == 1
    assert len(planned(enrolment)) == 1


def test_contacts_of_one_plan_are_planned_on_their_own_clocks() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    other = make_contact(enrolment.plan.client, time_zone="Europe/Madrid")
    second = enrol(actor=enrolment.plan.account_manager, plan=enrolment.plan, contact=other, now=NOW + DAY)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]
    assert planned(second) == ["pending, Mon 5 07:00, priorities"]


def test_a_holiday_moves_it_and_two_steps_on_one_day_are_one_mail() -> None:
    calendar = ensure_place_calendar(country="JP")
    CalendarChange.objects.create(
        calendar=calendar, kind="closure", first_date=dt.date(2026, 10, 5), last_date=dt.date(2026, 10, 5), name="Move"
    )
    enrolment = make_plan(MONDAY_MORNING, NewStep(1, dt.time(8), "dates"), calendar=calendar, now=NOW + DAY)
    assert planned(enrolment) == ["pending, Mon 5 23:00, priorities dates"]


def test_own_days_off_move_the_check_ins_of_that_contact_alone() -> None:
    enrolment = make_plan(MONDAY_MORNING, now=NOW + DAY)
    other = make_contact(enrolment.plan.client, time_zone="Asia/Tokyo")
    manager = enrolment.plan.account_manager
    second = enrol(actor=manager, plan=enrolment.plan, contact=other, now=NOW + DAY)
    DayOff.objects.create(contact=other, first_date=dt.date(2026, 10, 5), last_date=dt.date(2026, 10, 5))
    plan(now=NOW + DAY + EVERY)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]
    assert planned(second) == ["pending, Tue 6 00:00, priorities"]


def test_who_has_no_address_is_shown_as_such() -> None:
    enrolment = make_plan(MONDAY_MORNING, email="")
    assert planned(enrolment) == ["undeliverable, Mon 5 00:00, priorities"]


@pytest.mark.parametrize(
    ("change", "after"),
    [({"email": "new@client.example"}, ("pending", "email")), ({"preferred_channel": "phone"}, ("pending", "phone"))],
)
def test_who_had_no_address_is_reached_once_there_is_a_way(change: dict[str, str], after: tuple[str, str]) -> None:
    make_plan(MONDAY_MORNING, email="")
    Contact.objects.update(**change)
    plan(now=NOW + DAY)
    assert Message.objects.values_list("state", "channel").get() == after


def test_a_plan_without_steps_or_with_nobody_in_it_says_nothing() -> None:
    enrolment = make_plan()
    assert enrolment.plan.rhythm == ""
    assert planned(enrolment) == []


def test_a_step_that_moves_takes_its_check_in_with_it() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    write_steps(enrolment.plan, NewStep(0, dt.time(16, 30), "priorities"), now=NOW + HOUR)
    assert planned(enrolment) == ["pending, Mon 5 07:30, priorities"]
    write_steps(enrolment.plan, NewStep(0, dt.time(16, 30), "dates"), now=NOW + HOUR)
    assert planned(enrolment) == ["pending, Mon 5 07:30, dates"]
    write_steps(enrolment.plan, now=NOW + HOUR)
    assert planned(enrolment) == []


def test_another_zone_of_the_contact_moves_it_within_minutes() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    Contact.objects.update(time_zone="America/Bogota")
    plan(now=NOW + DAY)
    assert planned(enrolment) == ["pending, Mon 5 14:00, priorities"]


def test_another_address_of_the_contact_is_the_one_that_is_written_to() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    Contact.objects.update(email="new@client.example")
    plan(now=NOW + DAY)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]
    assert Message.objects.get().address == "new@client.example"


def test_what_has_been_sent_that_day_is_not_said_again_at_another_hour() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    sent_at = NOW + 1.5 * DAY
    Message.objects.update(state="sent", raw=b"mail", sent_at=sent_at)
    write_steps(enrolment.plan, NewStep(0, dt.time(16, 30), "priorities"), now=sent_at + HOUR)
    assert planned(enrolment) == ["sent, Mon 5 00:00, priorities"]


def test_what_is_due_already_is_left_to_the_workers() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    write_steps(enrolment.plan, now=NOW + 1.5 * DAY + HOUR)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]


def test_a_paused_plan_keeps_what_it_planned_so_that_it_can_say_what_was_left_out() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    manager = enrolment.plan.account_manager
    pause_plan(actor=manager, plan=enrolment.plan, now=NOW)
    plan(now=NOW + HOUR)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]
    resume_plan(actor=manager, plan=enrolment.plan, now=NOW)
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]


def test_who_leaves_a_plan_gets_nothing_that_waits() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    unenrol(actor=enrolment.plan.account_manager, plan=enrolment.plan, contact=enrolment.contact, now=NOW)
    message = Message.objects.get()
    assert (message.state, message.enrolment) == ("suppressed", None)
    assert message.reason == "This contact gets no check-ins any more."


def test_never_takes_back_what_waits() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    enrol(
        actor=enrolment.plan.account_manager,
        plan=enrolment.plan,
        contact=enrolment.contact,
        frequency="none",
        now=NOW,
    )
    assert planned(enrolment) == []


def test_every_second_week_is_counted_from_the_first_however_long_ago() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    Message.objects.all().delete()
    Enrolment.objects.update(frequency="fortnightly", first_week_date=dt.date(2023, 1, 2))
    weeks = []
    for number in range(6):
        now = NOW + number * 7 * DAY
        replan(now=now)
        weeks.append(Message.objects.filter(due_at__gt=now).count())
    since_first = (dt.date(2026, 10, 5) - dt.date(2023, 1, 2)).days // 7
    assert weeks == [int((since_first + number) % 2 == 0) for number in range(6)]
    assert len(planned(enrolment)) == 3


def test_rhythms_are_the_same_where_dates_purposes_and_channels_are() -> None:
    one, two = NewStep(0, dt.time(9), "priorities"), NewStep(4, dt.time(14), "dates", channel="email")
    assert rhythm_of([one, two]) == rhythm_of([NewStep(4, dt.time(14), "dates", channel="email"), one])
    changed = [
        NewStep(1, dt.time(9), "priorities"),
        NewStep(0, dt.time(9, 30), "priorities"),
        NewStep(0, dt.time(9), "dates"),
        NewStep(0, dt.time(9), "priorities", on_day_off="skip"),
        NewStep(0, dt.time(9), "priorities", channel="email"),
    ]
    assert len({rhythm_of([step]) for step in [one, *changed]}) == 6


@pytest.mark.parametrize("zone", ["Africa/Cairo", "America/Santiago", "Pacific/Apia", "Asia/Tehran"])
def test_a_clock_that_ticks_through_a_change_of_clocks_plans_one_a_week(zone: str) -> None:
    start_at = dt.datetime(2026, 10, 17, tzinfo=dt.UTC)
    sundays = {"sun": [["00:00", "12:00"]]}
    enrolment = make_plan(NewStep(6, dt.time(0, 30), "dates"), now=start_at, time_zone=zone, working_hours=sundays)
    for number in range(28 * 24 // 30):
        replan(now=start_at + number * 30 * HOUR)
    local = [row.due_at.astimezone(ZoneInfo(zone)) for row in Message.objects.filter(enrolment=enrolment)]
    weeks = [wall.isocalendar()[:2] for wall in local]
    assert len(weeks) == len(set(weeks))
    assert set(weeks) >= {(2026, number) for number in range(42, 46)}


def test_the_number_of_queries_does_not_grow_with_contacts() -> None:
    enrolment = make_plan(MONDAY_MORNING)

    def queries() -> int:
        Message.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            replan(now=NOW)
        return len(captured)

    few = queries()
    for zone in ("Asia/Tokyo", "Europe/Madrid", "Africa/Cairo"):
        enrol(
            actor=enrolment.plan.account_manager,
            plan=enrolment.plan,
            contact=make_contact(enrolment.plan.client, time_zone=zone),
            now=NOW,
        )
    assert queries() == few
    assert Message.objects.count() == 4


def test_terms_that_ask_for_reading_turn_what_waits_into_drafts_and_back() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    write_steps(enrolment.plan, MONDAY_MORNING, now=NOW, terms=Terms(is_approved_first=True))
    assert planned(enrolment) == ["draft, Mon 5 00:00, priorities"]
    write_steps(enrolment.plan, MONDAY_MORNING, now=NOW, terms=Terms(is_approved_first=False))
    assert planned(enrolment) == ["pending, Mon 5 00:00, priorities"]


def test_a_test_of_a_check_in_does_not_take_its_place() -> None:
    enrolment = make_plan(MONDAY_MORNING)
    Message.objects.all().delete()
    date = dt.date(2026, 10, 5)
    manager = enrolment.plan.account_manager
    send_test(actor=manager, enrolment=enrolment, purposes=["priorities"], local_date=date, now=NOW)
    replan(now=NOW)
    assert [message.kind for message in Message.objects.order_by("due_at")] == ["test", "check_in"]
    assert Message.objects.get(kind="test").person == manager


def test_the_first_week_begins_on_a_monday() -> None:
    enrolment = make_plan()
    enrolment.first_week_date = dt.date(2026, 10, 6)
    with pytest.raises(ValidationError, match="enrolment_begins_on_a_monday"):
        enrolment.full_clean()
    with pytest.raises(IntegrityError, match="enrolment_begins_on_a_monday"):
        enrolment.save()
