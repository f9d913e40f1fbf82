"""What booking, moving, editing and cancelling do to the database."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.db.models.expressions import RawSQL

from clients.models import AccountManager, AuditEntry, Contact
from holidays_app.calendars import known_until
from holidays_app.services import ensure_place_calendar
from scheduling.meetings import services
from scheduling.meetings.errors import InvalidBooking, SlotBlocked, SlotTaken, StaleMeeting
from scheduling.meetings.models import Attendance, IdempotentReply, Meeting, MeetingChange
from scheduling.meetings.selectors import attendees, burdens_of
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
TUESDAY_NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
QUARTER = dt.timedelta(minutes=15)


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), buffer_minutes=10)


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    return make_contact(make_client(manager.teams.get()), time_zone="Asia/Kathmandu", full_name="Contact East")


def book(manager: AccountManager, contact: Contact, **values: object) -> Meeting:
    wanted = {
        "actor": manager,
        "contacts": [contact],
        "colleagues": [manager],
        "title": "Review",
        "start_at": TUESDAY_NOON,
        "duration_minutes": 45,
        "now": NOW,
    }
    return services.book(**{**wanted, **values})  # type: ignore[arg-type]


def test_a_booking_keeps_the_wall_time_of_the_first_contact(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    assert (meeting.start_date, meeting.start_wall) == (dt.date(2026, 3, 3), dt.time(17, 45))
    assert (meeting.time_zone, meeting.utc_offset_minutes) == ("Asia/Kathmandu", 345)
    assert (meeting.start_at, meeting.end_at) == (TUESDAY_NOON, TUESDAY_NOON + 3 * QUARTER)


def test_a_booking_stores_what_the_engine_says_it_costs(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    costs = {row.person.full_name: (row.cost, row.band) for row in meeting.attendances.all()}
    # 17:45–18:30 ends 60, 75 and 90 minutes after 17:00: (3·10 + (60² + 75² + 90²) / 360) / 4.
    expected = round((30 + Decimal(60**2 + 75**2 + 90**2) / 360) / 4, 6)
    assert costs == {"Contact East": (expected, "hard"), manager.full_name: (Decimal(0), "ideal")}


def test_the_attendance_blocks_the_meeting_and_the_buffer_after_it(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    during = meeting.attendances.get(account_manager=manager).during
    assert (during.lower, during.upper) == (TUESDAY_NOON, TUESDAY_NOON + dt.timedelta(minutes=55))


@pytest.mark.parametrize(("offset_minutes", "taken"), [(-60, False), (-45, True), (0, True), (45, True), (60, False)])
def test_what_the_engine_offers_can_be_booked_and_nothing_else(
    manager: AccountManager, contact: Contact, offset_minutes: int, taken: bool
) -> None:
    book(manager, contact)
    start_at = TUESDAY_NOON + dt.timedelta(minutes=offset_minutes)
    other = make_contact(contact.client)
    if not taken:
        book(manager, other, start_at=start_at)
        return
    with pytest.raises(SlotTaken):
        book(manager, other, start_at=start_at)
    assert Meeting.objects.count() == 1


def test_a_contact_is_not_booked_twice_either(manager: AccountManager, contact: Contact) -> None:
    book(manager, contact)
    colleague = make_account_manager(manager.teams.get())
    with pytest.raises(SlotTaken):
        book(colleague, contact)


def test_a_booking_writes_history_and_audit_with_it(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    change = meeting.changes.get()
    assert (change.kind, change.sequence, change.actor) == (MeetingChange.Kind.BOOKED, 0, manager)
    entry = AuditEntry.objects.get(subject_type="meetings.meeting", subject_id=meeting.pk)
    assert (entry.actor_id, entry.at) == (manager.pk, NOW)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("contacts", {"contacts": []}),
        ("colleagues", {"colleagues": []}),
        ("duration_minutes", {"duration_minutes": 0}),
        ("duration_minutes", {"duration_minutes": 7}),
        ("duration_minutes", {"duration_minutes": 495}),
        ("start_at", {"start_at": NOW}),
        ("start_at", {"start_at": TUESDAY_NOON + dt.timedelta(minutes=1)}),
        ("start_at", {"start_at": NOW + dt.timedelta(days=3650)}),
    ],
)
def test_a_booking_that_makes_no_sense_names_its_field_and_writes_nothing(
    manager: AccountManager, contact: Contact, field: str, values: dict[str, object]
) -> None:
    with pytest.raises(InvalidBooking) as refused:
        book(manager, contact, **values)
    assert refused.value.field == field
    assert not Meeting.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_time_at_which_somebody_sleeps_is_refused_with_who_and_why(manager: AccountManager, contact: Contact) -> None:
    with pytest.raises(SlotBlocked) as refused:
        book(manager, contact, start_at=dt.datetime(2026, 3, 3, 20, tzinfo=dt.UTC))
    assert refused.value.blockers == ((f"contact-{contact.pk}", "unreachable"),)


def test_moving_keeps_the_uid_raises_the_sequence_and_asks_again(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    meeting.attendances.update(partstat=Attendance.PartStat.ACCEPTED)
    moved = services.move(
        actor=manager,
        meeting=meeting,
        start_at=TUESDAY_NOON - 4 * QUARTER,
        duration_minutes=30,
        reason="Earlier flight",
        sequence=0,
        now=NOW,
    )
    assert (moved.uid, moved.sequence, moved.start_wall) == (meeting.uid, 1, dt.time(16, 45))
    assert set(moved.attendances.values_list("partstat", flat=True)) == {"NEEDS-ACTION"}
    change = moved.changes.get(sequence=1)
    assert (change.kind, change.reason, change.previous_start_at) == ("moved", "Earlier flight", TUESDAY_NOON)
    assert {row.during.upper for row in moved.attendances.filter(contact=contact)} == {TUESDAY_NOON - 2 * QUARTER}


def test_a_meeting_may_move_into_its_own_old_time(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    moved = services.move(
        actor=manager,
        meeting=meeting,
        start_at=TUESDAY_NOON + QUARTER,
        duration_minutes=45,
        reason="",
        sequence=0,
        now=NOW,
    )
    assert moved.start_at == TUESDAY_NOON + QUARTER


def test_a_change_to_a_meeting_that_changed_meanwhile_is_refused(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    services.cancel(actor=manager, meeting=meeting, reason="", sequence=0, now=NOW)
    with pytest.raises(StaleMeeting):
        services.cancel(actor=manager, meeting=meeting, reason="", sequence=0, now=NOW)
    with pytest.raises(StaleMeeting):
        services.move(
            actor=manager,
            meeting=meeting,
            start_at=TUESDAY_NOON + QUARTER,
            duration_minutes=45,
            reason="",
            sequence=1,
            now=NOW,
        )


def test_a_cancelled_meeting_frees_its_time(manager: AccountManager, contact: Contact) -> None:
    meeting = book(manager, contact)
    services.cancel(actor=manager, meeting=meeting, reason="Trade fair", sequence=0, now=NOW)
    assert book(manager, contact).pk != meeting.pk


def test_burden_halves_every_eight_weeks_and_forgets_cancelled_and_future_meetings(
    manager: AccountManager, contact: Contact
) -> None:
    meeting = book(manager, contact)
    cost = float(meeting.attendances.get(contact=contact).cost)
    key = f"contact-{contact.pk}"
    assert burdens_of([contact], meeting.end_at - QUARTER)[key] == 0
    later = meeting.start_at + dt.timedelta(weeks=8)
    assert burdens_of([contact, manager], later)[key] == pytest.approx(cost / 2)
    assert burdens_of([contact], later + dt.timedelta(weeks=16))[key] == pytest.approx(cost / 8)
    services.cancel(actor=manager, meeting=meeting, reason="", sequence=0, now=NOW)
    assert burdens_of([contact], later)[key] == 0


def test_the_number_of_queries_does_not_grow_with_people(
    manager: AccountManager, contact: Contact, django_assert_num_queries: object
) -> None:
    def people(number: int) -> list[Contact]:
        return [make_contact(contact.client) for _ in range(number)]

    for contacts in (people(2), people(12)):
        with django_assert_num_queries(3):  # type: ignore[operator]  # days off, busy times, burdens
            attendees(
                contacts=contacts, colleagues=[manager], start_at=NOW, end_at=NOW + dt.timedelta(days=14), now=NOW
            )


@pytest.mark.parametrize(
    "during",
    [
        "empty",
        "[2026-03-03 12:00+00,)",
        "(,2026-03-03 12:00+00)",
        "[2026-03-03 12:00+00,2026-03-03 13:00+00]",
        "[2026-03-03 12:00+00,infinity)",
        "[-infinity,2026-03-03 12:00+00)",
    ],
)
def test_the_database_refuses_a_time_without_both_ends(manager: AccountManager, contact: Contact, during: str) -> None:
    """Row B6."""
    meeting = book(manager, contact)
    rows = Attendance.objects.filter(meeting=meeting)
    refused = pytest.raises(IntegrityError, match="attendance_during_is_finite")
    with refused, transaction.atomic():
        rows.update(during=RawSQL("%s::tstzrange", [during]))


def test_replies_are_forgotten_after_a_week(manager: AccountManager) -> None:
    for age in (dt.timedelta(days=6), dt.timedelta(days=8)):
        services.answer_once(
            actor=manager, key=uuid.uuid4(), request_digest="", act=lambda: "/meetings/1/", now=NOW - age
        )
    assert services.forget_replies(now=NOW) == 1
    assert services.forget_replies(now=NOW) == 0
    assert IdempotentReply.objects.get().created_at == NOW - dt.timedelta(days=6)


def test_a_year_whose_holidays_nobody_knows_is_refused_and_the_last_known_day_is_not(
    manager: AccountManager,
) -> None:
    """Sri Lanka announces its holidays a year at a time; the library knows them until 2026."""
    contact = make_contact(make_client(manager.teams.get()), time_zone="Asia/Colombo")
    contact.calendar = ensure_place_calendar(country="LK")
    contact.save()
    until = known_until("LK")
    last_at = dt.datetime.combine(until, dt.time(9), dt.UTC)
    last_at -= dt.timedelta(days=max(0, last_at.weekday() - 4))
    assert book(manager, contact, start_at=last_at).start_at == last_at
    with pytest.raises(InvalidBooking, match="known until") as refused:
        book(manager, contact, start_at=last_at + dt.timedelta(days=7))
    assert refused.value.field == "start_at"
