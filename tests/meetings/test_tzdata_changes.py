"""Row T1: a new tzdata release keeps the wall times of coming meetings, flags what collides, and tells people once."""

import datetime as dt
import uuid
from collections.abc import Callable
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from clients.models import AccountManager, AuditEntry, Contact
from scheduling.meetings.errors import StaleMeeting
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.services import Followed, book, cancel, follow_tzdata, keep, move
from scheduling.meetings.tasks import follow_tzdata as follow_tzdata_task
from scheduling.meetings.walltime import WallTime, tzdata_version
from scheduling.outreach.models import Message
from scheduling.outreach.services import plan as plan_messages
from tests.clocks import zones_of
from tests.clocks.rows import Plan, make_meetings_then
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
ROUND_THE_CLOCK = {day: [["00:00", "00:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
# Before anything that 2022g does not know.
NOW = dt.datetime(2023, 1, 10, 8, tzinfo=dt.UTC)


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(reachable_hours=ROUND_THE_CLOCK)


def contact_in(time_zone: str) -> Contact:
    return make_contact(time_zone=time_zone, reachable_hours=ROUND_THE_CLOCK)


def one_meeting(manager: AccountManager, contact: Contact, wall: str, time_zone: str = "") -> Meeting:
    plan = Plan(manager, [contact], dt.datetime.fromisoformat(wall), time_zone=time_zone)
    (meeting,) = make_meetings_then("2022g", [plan], booked_at=NOW)
    return meeting


def clock_changes(meeting: Meeting) -> list[MeetingChange]:
    return list(meeting.changes.filter(kind=MeetingChange.Kind.CLOCKS))


@pytest.mark.parametrize(
    ("release", "time_zone", "wall", "then", "now"),
    [
        ("2023b", "Asia/Beirut", "2023-04-03T10:00", "2023-04-03T08:00Z", "2023-04-03T07:00Z"),
        ("2022g", "Africa/Cairo", "2023-06-05T10:00", "2023-06-05T08:00Z", "2023-06-05T07:00Z"),
        ("2022g", "Asia/Almaty", "2024-03-04T10:00", "2024-03-04T04:00Z", "2024-03-04T05:00Z"),
        ("2022g", "America/Vancouver", "2026-12-07T10:00", "2026-12-07T18:00Z", "2026-12-07T17:00Z"),
    ],
)
def test_the_wall_time_stays_and_the_instant_follows(
    maya: AccountManager, release: str, time_zone: str, wall: str, then: str, now: str
) -> None:
    start_wall = dt.datetime.fromisoformat(wall)
    plan = Plan(maya, [contact_in(time_zone)], start_wall, buffer_minutes=10)
    (meeting,) = make_meetings_then(release, [plan], booked_at=NOW)
    assert meeting.start_at == dt.datetime.fromisoformat(then)
    assert follow_tzdata(now=NOW) == Followed(meetings=1, changed=1)
    meeting.refresh_from_db()
    start_at = dt.datetime.fromisoformat(now)
    assert (meeting.start_at, meeting.end_at) == (start_at, start_at + HOUR)
    assert (meeting.start_date, meeting.start_wall, meeting.time_zone) == (
        start_wall.date(),
        start_wall.time(),
        time_zone,
    )
    assert meeting.start_at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None) == start_wall
    assert dt.timedelta(minutes=meeting.utc_offset_minutes) == ZoneInfo(time_zone).utcoffset(start_wall)
    assert meeting.tzdata_version == tzdata_version()
    assert {(row.during.lower, row.during.upper) for row in meeting.attendances.all()} == {
        (start_at, start_at + HOUR + dt.timedelta(minutes=10))
    }


def test_the_release_of_the_fixtures_is_older_than_the_one_installed() -> None:
    assert max("2022g", "2023b") < tzdata_version()
    assert len(zones_of("2022g")) == 27


def test_everybody_is_told_once(maya: AccountManager) -> None:
    meeting = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00")
    plan_messages(now=NOW)
    for _ in range(2):
        follow_tzdata(now=NOW + HOUR)
        plan_messages(now=NOW + HOUR)
    (change,) = clock_changes(meeting)
    assert (change.sequence, change.previous_start_at, change.actor) == (1, meeting.start_at, None)
    told = Message.objects.filter(change=change)
    assert sorted(told.values_list("address", flat=True)) == sorted(
        row.person.email for row in meeting.attendances.all()
    )
    meeting.refresh_from_db()
    assert meeting.sequence == 1


def test_nobody_is_told_where_nothing_changes_for_anybody(maya: AccountManager) -> None:
    meeting = one_meeting(maya, contact_in("Europe/Bucharest"), "2023-06-05T10:00")
    cairo_in_winter = one_meeting(maya, contact_in("Africa/Cairo"), "2023-02-06T10:00")
    assert follow_tzdata(now=NOW) == Followed(meetings=2, changed=0)
    for one in (meeting, cairo_in_winter):
        before = one.start_at
        one.refresh_from_db()
        assert (one.start_at, one.sequence, one.tzdata_version) == (before, 0, tzdata_version())
        assert clock_changes(one) == []


def test_an_attendee_elsewhere_whose_own_clock_changes_is_told_too(maya: AccountManager) -> None:
    """The meeting is kept in London and stays where it is; in Vancouver it is an hour later on the clock."""
    guest = contact_in("America/Vancouver")
    meeting = one_meeting(maya, guest, "2026-12-07T17:00", time_zone="Europe/London")
    follow_tzdata(now=NOW)
    (change,) = clock_changes(meeting)
    rows = {row.person: row for row in meeting.attendances.all()}
    assert change.previous_start_at is None
    assert change.previous_offsets == {str(rows[guest].pk): -480, str(rows[maya].pk): 0}
    assert (rows[guest].utc_offset_minutes, rows[maya].utc_offset_minutes) == (-420, 0)
    # Asked anew is who has another time now.
    assert rows[guest].partstat == Attendance.PartStat.NEEDS_ACTION
    assert rows[maya].partstat == Attendance.PartStat.ACCEPTED
    before = meeting.start_at
    meeting.refresh_from_db()
    assert meeting.start_at == before


def test_who_moved_to_another_zone_is_not_told_of_the_clocks_there(maya: AccountManager) -> None:
    guest = contact_in("Europe/Paris")
    meeting = one_meeting(maya, guest, "2026-12-07T17:00", time_zone="Europe/London")
    guest.time_zone = "America/Vancouver"
    guest.save()
    assert follow_tzdata(now=NOW).changed == 0
    assert clock_changes(meeting) == []


def test_a_wall_time_in_a_new_gap_takes_the_offset_before_it(maya: AccountManager) -> None:
    """At midnight of 28 April 2023 Cairo's clocks went to one o'clock, which 2022g did not know."""
    meeting = one_meeting(maya, contact_in("Africa/Cairo"), "2023-04-28T00:30")
    follow_tzdata(now=NOW)
    meeting.refresh_from_db()
    assert meeting.start_at == dt.datetime(2023, 4, 27, 22, 30, tzinfo=dt.UTC)
    assert (meeting.start_wall, meeting.utc_offset_minutes) == (dt.time(0, 30), 180)
    # The same instant, and half past one on the clock.
    assert len(clock_changes(meeting)) == 1


def test_a_second_pass_that_becomes_a_gap_takes_the_offset_before_it_too() -> None:
    first, second = (WallTime(dt.date(2026, 3, 8), dt.time(2, 30), fold, "America/New_York").instant for fold in (0, 1))
    assert first == second == dt.datetime(2026, 3, 8, 7, 30, tzinfo=dt.UTC)


def test_a_collision_is_flagged_and_everything_else_proceeds(maya: AccountManager) -> None:
    cairo = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00")  # 08:00 UTC, and then 07:00
    paris = one_meeting(maya, contact_in("Europe/Paris"), "2023-06-05T09:00")  # 07:00 UTC
    other = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-06T10:00")
    assert follow_tzdata(now=NOW) == Followed(meetings=3, changed=2)
    cairo.refresh_from_db()
    other.refresh_from_db()
    assert cairo.start_at == paris.start_at == other.start_at - DAY
    flagged = Attendance.objects.exclude(blockers=[])
    assert [(row.meeting, row.person, row.blockers) for row in flagged] == [(cairo, maya, ["busy"])]


def test_nobody_books_over_a_flagged_meeting_and_moving_it_ends_the_flag(maya: AccountManager) -> None:
    guest = contact_in("Africa/Cairo")
    cairo = one_meeting(maya, guest, "2023-06-05T10:00")
    one_meeting(maya, contact_in("Europe/Paris"), "2023-06-05T09:00")
    follow_tzdata(now=NOW)
    cairo.refresh_from_db()
    moved = move(
        actor=maya,
        meeting=cairo,
        start_at=cairo.start_at + 2 * HOUR,
        duration_minutes=60,
        reason="",
        sequence=cairo.sequence,
        now=NOW,
    )
    assert not moved.attendances.exclude(blockers=[]).exists()
    assert {row.utc_offset_minutes for row in moved.attendances.all()} == {180, 60}


def test_the_flag_ends_when_the_other_meeting_makes_room(maya: AccountManager) -> None:
    cairo = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00")
    paris = one_meeting(maya, contact_in("Europe/Paris"), "2023-06-05T09:00")
    follow_tzdata(now=NOW)
    assert cairo.attendances.exclude(blockers=[]).count() == 1
    cancel(actor=maya, meeting=paris, reason="", sequence=0, now=NOW)
    follow_tzdata(now=NOW)
    assert not Attendance.objects.exclude(blockers=[]).exists()


def test_a_time_outside_somebodys_hours_is_flagged_and_costs_the_others_what_it_costs() -> None:
    """From 09:00 to 08:00 in London, for a manager who can't be reached before nine."""
    hours = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    manager = make_account_manager(working_hours=hours, reachable_hours=hours)
    late = make_account_manager()
    contact = make_contact(time_zone="Africa/Cairo")
    strict = one_meeting(manager, contact, "2023-06-05T10:00")
    relaxed = one_meeting(late, contact, "2023-06-06T10:00")
    follow_tzdata(now=NOW)
    assert [(row.person, row.blockers) for row in strict.attendances.exclude(blockers=[])] == [
        (manager, ["unreachable"])
    ]
    costs = {row.person: row.cost for row in relaxed.attendances.all()}
    assert costs[contact] == 0
    # 08:00 on a clock whose day begins at nine.
    assert costs[late] > 0


def flagged(meeting: Meeting, *reasons: str) -> Meeting:
    """The meeting, as if new rules had put it where its first attendee can't come for these reasons."""
    row = meeting.attendances.all()[0]
    row.blockers = list(reasons)
    row.save()
    return meeting


def test_who_looks_after_a_meeting_can_leave_it_where_it_is_flagged(maya: AccountManager) -> None:
    meeting = flagged(one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00"), "day_off", "unreachable")
    for _time in range(2):
        keep(actor=maya, meeting=meeting, sequence=meeting.sequence, now=NOW)
    assert not Attendance.objects.exclude(blockers=[]).exists()
    (entry,) = AuditEntry.objects.filter(action="meeting kept as it is", actor_id=maya.pk, subject_id=meeting.pk)
    row = meeting.attendances.all()[0]
    assert entry.details == {"attendances": {str(row.pk): ["day_off", "unreachable"]}}
    # Nobody is told: for them nothing changed.
    assert not meeting.changes.exclude(kind="booked").exists()


def test_a_double_booking_stays_flagged_whoever_agrees_to_the_rest(maya: AccountManager) -> None:
    meeting = flagged(one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00"), "busy", "unreachable")
    keep(actor=maya, meeting=meeting, sequence=meeting.sequence, now=NOW)
    assert meeting.attendances.all()[0].blockers == ["busy"]


def test_what_changed_meanwhile_is_not_left_as_it_is(maya: AccountManager) -> None:
    meeting = flagged(one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00"), "unreachable")
    with pytest.raises(StaleMeeting):
        keep(actor=maya, meeting=meeting, sequence=meeting.sequence + 1, now=NOW)
    assert meeting.attendances.exclude(blockers=[]).exists()


def test_the_page_of_a_flagged_meeting_has_a_button_to_leave_it_there() -> None:
    team = make_team()
    manager = make_account_manager(team, reachable_hours=ROUND_THE_CLOCK)
    contact = make_contact(make_client(team), reachable_hours=ROUND_THE_CLOCK)
    today_at = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    start_at = today_at + (14 - today_at.weekday()) * DAY  # a Monday
    meeting = book(
        actor=manager,
        contacts=[contact],
        colleagues=[manager],
        title="Review",
        start_at=start_at,
        duration_minutes=60,
        now=timezone.now(),
    )
    page, address = reverse("meetings:detail", args=[meeting.pk]), reverse("meetings:keep", args=[meeting.pk])
    browser, stranger = Client(), Client()
    browser.force_login(manager)
    stranger.force_login(make_account_manager())
    assert address not in browser.get(page).content.decode()
    flagged(meeting, "busy")
    assert address not in browser.get(page).content.decode()
    flagged(meeting, "unreachable")
    found = browser.get(page)
    assert address in found.content.decode()
    form = found.context["keep_form"]
    data = {name: form[name].value() for name in ("idempotency_key", "sequence")}
    assert stranger.post(address, data).status_code == 404
    assert browser.post(address, data | {"sequence": 5, "idempotency_key": uuid.uuid4()}).status_code == 409
    assert browser.post(address, {"sequence": "x"}).status_code == 409
    assert meeting.attendances.exclude(blockers=[]).exists()
    for _time in range(2):
        response = browser.post(address, data)
        assert (response.status_code, response["Location"]) == (303, page)
    assert not meeting.attendances.exclude(blockers=[]).exists()


def test_meetings_back_to_back_move_together_without_a_flag(
    maya: AccountManager, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever goes first meets the old time of its neighbour; batches of two cut between neighbours."""
    monkeypatch.setattr("scheduling.meetings.services.clocks.BATCH", 2)
    for hour in range(8, 17):
        one_meeting(maya, contact_in("Africa/Cairo"), f"2023-06-05T{hour:02}:00")
        one_meeting(maya, contact_in("Asia/Almaty"), f"2024-06-05T{hour:02}:00")
    assert follow_tzdata(now=NOW) == Followed(meetings=18, changed=18)
    assert not Attendance.objects.exclude(blockers=[]).exists()


def test_interrupted_it_goes_on_where_it_was(maya: AccountManager, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduling.meetings.services.clocks.BATCH", 2)
    meetings = [one_meeting(maya, contact_in("Africa/Cairo"), f"2023-06-0{day}T10:00") for day in range(1, 6)]

    class Stopped(Exception):
        pass

    inserted = 0

    def stop(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        nonlocal inserted
        if sql.startswith('INSERT INTO "meetings_meetingchange"'):
            inserted += 1
            if inserted == 2:
                raise Stopped
        return execute(sql, *args)

    with pytest.raises(Stopped), connection.execute_wrapper(stop):
        follow_tzdata(now=NOW)
    assert Meeting.objects.filter(tzdata_version=tzdata_version()).count() == 2
    assert follow_tzdata(now=NOW) == Followed(meetings=3, changed=3)
    assert [len(clock_changes(meeting)) for meeting in meetings] == [1] * 5


def test_a_worker_that_runs_an_older_release_takes_nothing_back(maya: AccountManager) -> None:
    meeting = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00")
    Meeting.objects.update(tzdata_version="2099a")
    assert follow_tzdata(now=NOW) == Followed(0, 0)
    assert clock_changes(meeting) == []


def test_a_zone_that_the_new_release_lacks_stops_nobody_else(
    maya: AccountManager, caplog: pytest.LogCaptureFixture
) -> None:
    lost = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00")
    Meeting.objects.filter(pk=lost.pk).update(time_zone="US/Pacific-New")
    one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T14:00")
    assert follow_tzdata(now=NOW) == Followed(meetings=2, changed=1)
    assert "lacks ['US/Pacific-New']" in caplog.text
    assert Meeting.objects.get(pk=lost.pk).start_at == lost.start_at


def test_what_is_over_or_cancelled_stays_as_it_was(maya: AccountManager) -> None:
    over = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00")
    off = one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-15T10:00")
    cancel(actor=maya, meeting=off, reason="", sequence=0, now=NOW)
    assert follow_tzdata(now=dt.datetime(2023, 6, 10, tzinfo=dt.UTC)) == Followed(0, 0)
    assert over.tzdata_version == Meeting.objects.get(pk=over.pk).tzdata_version == "2022g"


def test_a_meeting_that_begins_by_the_old_clocks_is_still_to_come_by_the_new_ones(maya: AccountManager) -> None:
    meeting = one_meeting(maya, contact_in("Asia/Almaty"), "2024-03-04T10:00")
    now = meeting.start_at + HOUR / 2
    follow_tzdata(now=now)
    assert len(clock_changes(meeting)) == 1
    meeting.refresh_from_db()
    assert meeting.start_at == now + HOUR / 2


def test_reminders_follow(maya: AccountManager) -> None:
    guest = make_contact(time_zone="Asia/Almaty", reminder_minutes=[60], reachable_hours=ROUND_THE_CLOCK)
    meeting = one_meeting(maya, guest, "2024-03-04T10:00")
    before = meeting.start_at
    follow_tzdata(now=NOW)
    plan_messages(now=before - HOUR)
    assert not Message.objects.filter(kind="reminder", attendance__contact=guest).exists()
    plan_messages(now=before)
    assert Message.objects.get(kind="reminder", attendance__contact=guest).due_at == before


def test_a_booking_knows_the_wall_time_that_everybody_was_told() -> None:
    start_at = dt.datetime(2026, 12, 8, 17, tzinfo=dt.UTC)
    manager = make_account_manager()
    contact = make_contact(make_client(), time_zone="America/Toronto")
    meeting = book(
        actor=manager,
        contacts=[contact],
        colleagues=[manager],
        title="Review",
        start_at=start_at,
        duration_minutes=45,
        now=start_at - 7 * DAY,
    )
    rows = {row.person: (row.time_zone, row.utc_offset_minutes) for row in meeting.attendances.all()}
    assert rows == {contact: ("America/Toronto", -300), manager: ("Europe/London", 0)}


def test_where_all_is_current_one_look_is_enough(maya: AccountManager) -> None:
    one_meeting(maya, contact_in("Africa/Cairo"), "2023-06-05T10:00")
    follow_tzdata(now=NOW)
    with CaptureQueriesContext(connection) as captured:
        follow_tzdata(now=NOW)
    reads = [query["sql"] for query in captured if query["sql"].startswith("SELECT")]
    assert len(reads) <= 3, reads


def test_the_number_of_queries_does_not_grow_with_the_meetings(maya: AccountManager) -> None:
    def queries(first_day: int, days: int) -> int:
        for day in range(first_day, first_day + days):
            one_meeting(maya, contact_in("Africa/Cairo"), f"2023-06-{day:02}T10:00")
        with CaptureQueriesContext(connection) as captured:
            follow_tzdata(now=NOW)
        return len(captured)

    assert queries(1, 1) == queries(2, 20)


def test_the_command_and_the_task_do_it(maya: AccountManager) -> None:
    coming = (timezone.now() + 30 * DAY).date()
    meeting = one_meeting(maya, contact_in("America/Vancouver"), f"{coming}T10:00")
    out = StringIO()
    call_command("follow_tzdata", stdout=out)
    assert out.getvalue().startswith(f"tzdata {tzdata_version()}: 1 meetings followed")
    Meeting.objects.filter(pk=meeting.pk).update(tzdata_version="2022g")
    follow_tzdata_task()
    meeting.refresh_from_db()
    assert meeting.tzdata_version == tzdata_version()


def page(manager: AccountManager, name: str, *args: int) -> str:
    browser = Client()
    browser.force_login(manager)
    response = browser.get(reverse(name, args=args))
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).split())


def test_account_managers_see_a_collision_and_where_to_solve_it(maya: AccountManager) -> None:
    coming = (timezone.now() + 30 * DAY).date()
    # By 2022g Vancouver's winter is eight hours behind UTC, or its summer seven; by 2026f it is always seven.
    zone = zones_of("2022g")["America/Vancouver"]
    offset = dt.datetime.combine(coming, dt.time(10), zone).utcoffset()
    if offset == -7 * HOUR:
        coming += 182 * DAY
    vancouver = one_meeting(maya, contact_in("America/Vancouver"), f"{coming}T10:00")
    one_meeting(maya, contact_in("UTC"), f"{coming}T17:00")
    assert "New rules for clocks" not in page(maya, "desk:today")
    follow_tzdata(now=NOW)
    assert "New rules for clocks have put these meetings where somebody can’t come. Move them:" in page(
        maya, "desk:today"
    )
    shown = page(maya, "meetings:detail", vancouver.pk)
    assert f"{maya.full_name} has another meeting then. See better times" in shown
    assert "New rules for clocks" in shown
    assert "Clocks follow new rules; the meeting is kept at its wall time in Vancouver." in shown
    vancouver.refresh_from_db()
    cancel(actor=maya, meeting=vancouver, reason="", sequence=vancouver.sequence, now=NOW)
    assert "New rules for clocks" not in page(maya, "desk:today")
