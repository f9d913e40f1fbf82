"""Optional people of a booked meeting: never in its way, left out where they can't come, and told so."""

import datetime as dt
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils.html import strip_tags

from clients.models import AccountManager, Contact, Person
from scheduling.meetings import services
from scheduling.meetings.errors import InvalidBooking, SlotTaken
from scheduling.meetings.icalendar_files import Method, invitation
from scheduling.meetings.models import Attendance, Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.outreach.content import letter
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences, with_content
from scheduling.outreach.services.planning import plan
from tests.outreach.icalendar_reader import Component, read
from tests.people import make_account_manager, make_client, make_contact, make_team

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(make_team(), full_name="Maya Example", time_zone="UTC")


@pytest.fixture
def claire(maya: AccountManager) -> Contact:
    return make_contact(make_client(maya.teams.get()), full_name="Claire Example", time_zone="UTC")


@pytest.fixture
def ana(claire: Contact) -> Contact:
    return make_contact(claire.client, full_name="Ana Example", time_zone="Europe/Bucharest")


@pytest.fixture
def ana_is_busy(claire: Contact, ana: Contact) -> None:
    """At two o'clock, with somebody else."""
    host = make_account_manager(claire.client.team, time_zone="UTC")
    book(host, [ana], start_at=NOON + 2 * HOUR, title="Elsewhere")


def book(host: AccountManager, contacts: list[Contact], *optional: Person, **values: object) -> Meeting:
    wanted = {
        "actor": host,
        "contacts": contacts,
        "colleagues": [host],
        "optional": optional,
        "title": "Review",
        "start_at": NOON,
        "duration_minutes": 45,
        "now": NOW,
    }
    return services.book(**{**wanted, **values})  # type: ignore[arg-type]


def move(meeting: Meeting, start_at: dt.datetime, now: dt.datetime = NOW) -> Meeting:
    meeting.refresh_from_db()
    return services.move(
        actor=meeting.organizer,
        meeting=meeting,
        start_at=start_at,
        duration_minutes=45,
        reason="",
        sequence=meeting.sequence,
        now=now,
    )


def people_of(meeting: Meeting) -> dict[str, tuple[bool, str]]:
    """Everybody by name: whether they are optional, and the state of their attendance."""
    return {row.person.full_name: (row.is_optional, row.status) for row in meeting.attendances.all()}


def told(meeting: Meeting, now: dt.datetime) -> dict[str, str]:
    """What kind of message each one is newly written, by name."""
    before = set(Message.objects.values_list("pk", flat=True))
    plan(now=now)
    rows = Message.objects.filter(meeting=meeting).exclude(pk__in=before).exclude(kind=Message.Kind.REMINDER)
    return {row.attendance.person.full_name: row.kind for row in rows if row.attendance is not None}


def calendar_of(meeting: Meeting, method: Method) -> Component:
    people = "attendances__contact", "attendances__account_manager"
    fresh = Meeting.objects.prefetch_related(*people).get(pk=meeting.pk)
    return read(invitation(fresh, method=method, now=NOW)).inside("VEVENT")


@pytest.mark.usefixtures("ana_is_busy")
def test_whoever_is_optional_and_busy_is_not_invited(maya: AccountManager, claire: Contact, ana: Contact) -> None:
    meeting = book(maya, [ana, claire], ana, start_at=NOON + 2 * HOUR)
    assert people_of(meeting) == {"Claire Example": (False, "confirmed"), "Maya Example": (False, "confirmed")}
    # The wall time that stays is that of somebody who must come.
    assert (meeting.client, meeting.time_zone) == (claire.client, claire.time_zone)


@pytest.mark.usefixtures("ana_is_busy")
def test_whoever_must_come_and_is_busy_is_still_a_refusal(maya: AccountManager, claire: Contact, ana: Contact) -> None:
    with pytest.raises(SlotTaken):
        book(maya, [claire, ana], start_at=NOON + 2 * HOUR)


def test_an_optional_actor_leaves_the_organizing_to_a_host_who_comes(maya: AccountManager, claire: Contact) -> None:
    host = make_account_manager(maya.teams.get(), time_zone="UTC")
    meeting = book(maya, [claire], maya, colleagues=[maya, host])
    assert meeting.organizer == host


def test_not_all_of_one_side_can_be_optional(maya: AccountManager, claire: Contact) -> None:
    for person in (maya, claire):
        with pytest.raises(InvalidBooking) as refused:
            book(maya, [claire], person)
        assert refused.value.field == "optional"
    assert not Meeting.objects.exists()


def test_what_somebody_attends_as_optional_blocks_their_time_like_any_other(
    maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    book(maya, [claire, ana], ana)
    host = make_account_manager(maya.teams.get(), time_zone="UTC")
    with pytest.raises(SlotTaken):
        book(host, [ana], start_at=NOON + 15 * MINUTE)


@pytest.mark.usefixtures("ana_is_busy")
def test_a_move_leaves_out_whom_it_does_not_suit_until_another_one_does(
    maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    meeting = book(maya, [claire, ana], ana)
    moved = move(meeting, NOON + 2 * HOUR)
    assert people_of(moved)["Ana Example"] == (True, "cancelled")
    assert [row.person for row in moved.attending] == [claire, maya]
    back = move(moved, NOON)
    assert people_of(back)["Ana Example"] == (True, "confirmed")
    row = back.attendances.get(contact=ana)
    assert (row.during.lower, row.cost, row.partstat) == (NOON, Decimal(0), "NEEDS-ACTION")


def test_a_move_keeps_who_is_optional_and_asks_nothing_of_their_comfort(
    maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    meeting = book(maya, [claire, ana], ana)
    late = move(meeting, NOON + 6 * HOUR)
    costs = {row.person.full_name: row.cost for row in late.attendances.all()}
    assert costs["Ana Example"] == 0 < costs["Claire Example"]
    assert people_of(late)["Ana Example"] == (True, "confirmed")


@pytest.mark.usefixtures("ana_is_busy")
def test_whoever_is_left_out_is_told_once_and_invited_again_later(
    maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    meeting = book(maya, [claire, ana], ana)
    assert set(told(meeting, NOW).values()) == {"confirmation"}
    move(meeting, NOON + 2 * HOUR)
    assert told(meeting, NOW) == {"Ana Example": "cancellation", "Claire Example": "update", "Maya Example": "update"}
    move(meeting, NOON + 2 * HOUR + 15 * MINUTE)
    assert told(meeting, NOW) == {"Claire Example": "update", "Maya Example": "update"}
    move(meeting, NOON)
    assert told(meeting, NOW) == dict.fromkeys(("Ana Example", "Claire Example", "Maya Example"), "update")
    move(meeting, NOON + 2 * HOUR)
    assert told(meeting, NOW)["Ana Example"] == "cancellation"
    services.cancel(actor=maya, meeting=meeting, reason="", sequence=4, now=NOW)
    assert told(meeting, NOW) == dict.fromkeys(("Claire Example", "Maya Example"), "cancellation")


@pytest.mark.usefixtures("ana_is_busy")
def test_the_mail_to_whoever_is_left_out_takes_back_their_invitation_alone(
    maya: AccountManager, claire: Contact, ana: Contact
) -> None:
    meeting = book(maya, [claire, ana], ana)
    plan(now=NOW)
    move(meeting, NOON + 2 * HOUR)
    plan(now=NOW)
    message = with_content(Message.objects.filter(kind="cancellation")).get()
    written = letter(message, correspondences([message])[message.pk], now=NOW)
    assert "it takes place without you" in written.text
    assert written.subject.startswith("Without you: Review")
    event = calendar_of(meeting, Method.CANCEL)
    assert "STATUS" not in event.names
    assert [one.value for one in event.all("ATTENDEE")] == [f"mailto:{ana.email}"]


def test_calendars_and_mails_say_who_is_optional(maya: AccountManager, claire: Contact, ana: Contact) -> None:
    meeting = book(maya, [claire, ana], ana)
    roles = {one.value: one.params["ROLE"] for one in calendar_of(meeting, Method.REQUEST).all("ATTENDEE")}
    assert roles == {
        f"mailto:{maya.email}": "CHAIR",
        f"mailto:{claire.email}": "REQ-PARTICIPANT",
        f"mailto:{ana.email}": "OPT-PARTICIPANT",
    }
    plan(now=NOW)
    message = with_content(Message.objects.filter(attendance__contact=claire)).earliest("pk")
    written = letter(message, correspondences([message])[message.pk], now=NOW)
    assert "- Ana Example (optional): " in written.text
    assert "- Claire Example: " in written.text


@pytest.mark.usefixtures("ana_is_busy")
def test_nobody_else_meets_whoever_was_left_out(maya: AccountManager, claire: Contact, ana: Contact) -> None:
    """Not in calendars, nor on the meeting's page among those who attend."""
    meeting = book(maya, [claire, ana], ana)
    moved = move(meeting, NOON + 2 * HOUR)
    attendees = calendar_of(moved, Method.REQUEST).all("ATTENDEE")
    assert f"mailto:{ana.email}" not in {one.value for one in attendees}
    browser = Browser()
    browser.force_login(maya)
    page = browser.get(reverse("meetings:detail", args=[moved.pk]))
    assert ana not in [row.person for row in page.context["attendances"]]
    words = " ".join(strip_tags(page.content.decode()).split())
    assert "Ana Example was optional and can’t come at this time." in words


@pytest.mark.usefixtures("ana_is_busy")
def test_a_cancelled_meeting_names_everybody_it_ever_had(maya: AccountManager, claire: Contact, ana: Contact) -> None:
    meeting = move(book(maya, [claire, ana], ana), NOON + 2 * HOUR)
    services.cancel(actor=maya, meeting=meeting, reason="", sequence=meeting.sequence, now=NOW)
    meeting.refresh_from_db()
    assert len(meeting.attending) == 3
    assert set(Attendance.objects.filter(meeting=meeting).values_list("status", flat=True)) == {Status.CANCELLED}
