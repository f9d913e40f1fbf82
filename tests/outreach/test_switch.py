"""One switch for everything outgoing, and copies of the database that do not send."""

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from clients.models import AccountManager, AuditEntry
from scheduling.meetings.models import Meeting
from scheduling.outreach import services
from scheduling.outreach.models import DatabaseIdentity, Message, OutreachSwitch
from scheduling.outreach.operations.pauses import current_pause
from scheduling.outreach.services.claiming import begin
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
START = NOW + 5 * DAY
State = Message.State


@pytest.fixture(autouse=True)
def _switch() -> None:
    """The row that the migration makes, which tests that empty all tables take away."""
    OutreachSwitch.objects.bulk_create([OutreachSwitch(database_identity=DatabaseIdentity())], ignore_conflicts=True)


@pytest.fixture
def admin() -> AccountManager:
    return make_account_manager(full_name="Inés Valdemar", is_staff=True)


@pytest.fixture
def meeting() -> Meeting:
    """A meeting of one contact who wants a reminder an hour before; its two confirmations are due."""
    manager = make_account_manager(reminder_minutes=[])
    made = make_meeting(manager, [make_contact(reminder_minutes=[60])], start_at=START, booked_at=NOW)
    services.plan(now=NOW)
    return made


def signed_in(user: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def states() -> set[tuple[str, str]]:
    return set(Message.objects.values_list("kind", "state"))


def test_nothing_is_claimed_while_paused_and_planning_goes_on(admin: AccountManager, meeting: Meeting) -> None:
    services.pause(actor=admin, reason="The server moves", now=NOW)
    assert services.claim(now=NOW) == []
    services.plan(now=START - HOUR)
    assert services.claim(now=START - HOUR) == []
    assert states() == {("confirmation", State.PENDING), ("reminder", State.PENDING)}
    assert set(Message.objects.values_list("tries", "fencing_token")) == {(0, 0)}


def test_what_is_worth_it_goes_out_afterwards_and_what_is_stale_expires(
    admin: AccountManager, meeting: Meeting
) -> None:
    services.pause(actor=admin, reason="The server moves", now=NOW)
    services.plan(now=START - HOUR)
    services.resume(actor=admin, now=START)
    assert {message.kind for message in services.claim(now=START)} == {"confirmation"}
    assert states() == {("confirmation", State.CLAIMED), ("reminder", State.EXPIRED)}


def test_a_pause_in_the_middle_of_a_batch_stops_it_there(admin: AccountManager, meeting: Meeting) -> None:
    first, second = services.claim(now=NOW)
    assert begin(first)
    services.pause(actor=admin, reason="The server moves", now=NOW)
    assert not begin(second)
    services.resume(actor=admin, now=NOW)
    assert [message.pk for message in services.claim(now=NOW + HOUR)] == [first.pk, second.pk]
    assert Message.objects.get(pk=second.pk).tries == 0


def test_only_admins_switch(meeting: Meeting) -> None:
    with pytest.raises(PermissionDenied):
        services.pause(actor=meeting.organizer, reason="No", now=NOW)
    services.pause(actor=None, reason="", now=NOW)
    with pytest.raises(PermissionDenied):
        services.resume(actor=meeting.organizer, now=NOW)
    assert current_pause() is not None


def test_each_change_is_in_the_audit_once(admin: AccountManager) -> None:
    assert services.pause(actor=admin, reason="The server moves", now=NOW)
    assert not services.pause(actor=None, reason="Me too", now=NOW + HOUR)
    assert services.resume(actor=None, now=NOW + DAY)
    assert not services.resume(actor=admin, now=NOW + DAY)
    entries = AuditEntry.objects.filter(action__startswith="outreach").order_by("at")
    assert list(entries.values_list("action", "actor_id", "at")) == [
        ("outreach paused", admin.pk, NOW),
        ("outreach resumed", None, NOW + DAY),
    ]
    assert "server" not in str(entries.values())


def test_the_first_pause_keeps_its_name(admin: AccountManager) -> None:
    services.pause(actor=admin, reason="The server moves", now=NOW)
    services.pause(actor=make_account_manager(is_staff=True), reason="Me too", now=NOW + HOUR)
    pause = current_pause()
    assert pause is not None
    assert (pause.paused_at, pause.paused_by, pause.reason, pause.is_copy) == (
        NOW, "Inés Valdemar", "The server moves", False,
    )  # fmt: skip


def test_a_database_in_which_nobody_ever_paused_sends(meeting: Meeting, admin: AccountManager) -> None:
    OutreachSwitch.objects.all().delete()
    assert len(services.claim(now=NOW, size=1)) == 1
    services.pause(actor=admin, reason="The server moves", now=NOW)
    assert services.claim(now=NOW) == []


def test_a_copy_stays_paused_until_somebody_says_that_it_sends(meeting: Meeting, admin: AccountManager) -> None:
    OutreachSwitch.objects.update(database_identity="another database")
    assert services.claim(now=NOW) == []
    pause = current_pause()
    assert pause is not None
    assert pause.is_copy
    # Pausing it by hand does not make it the original.
    services.pause(actor=admin, reason="Wait", now=NOW)
    assert OutreachSwitch.objects.get().database_identity == "another database"
    services.resume(actor=admin, now=NOW)
    assert len(services.claim(now=NOW)) == 2
    assert AuditEntry.objects.get(action="outreach resumed").details == {"is_copy": True}


def test_a_switch_made_anew_is_of_another_database() -> None:
    # What `pg_restore --clean` does within one and the same database.
    assert current_pause() is None
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("CREATE TABLE saved AS TABLE outreach_outreachswitch")
        cursor.execute("DROP TABLE outreach_outreachswitch")
        cursor.execute("ALTER TABLE saved RENAME TO outreach_outreachswitch")
    pause = current_pause()
    assert pause is not None
    assert pause.is_copy


# The page and the banner


def test_every_page_says_who_paused_since_when_and_why(admin: AccountManager) -> None:
    reader = signed_in(make_account_manager(time_zone="Asia/Tokyo", language="en-GB"))
    assert "No mail goes out" not in reader.get("/").content.decode()
    services.pause(actor=admin, reason="The <server> moves", now=NOW)
    for path in ("/", "/outbox/", "/clients/", "/nowhere/"):
        text = re.sub(r"\s+", " ", reader.get(path).content.decode())
        assert "No mail goes out: everything is paused." in text
        assert "Inés Valdemar" in text
        assert "17:00" in text
        assert "The &lt;server&gt; moves" in text
    assert "No mail goes out" not in Browser().get("/accounts/login/").content.decode()


def test_a_copy_says_so_on_every_page() -> None:
    OutreachSwitch.objects.update(database_identity="another database")
    assert "this database is a copy" in signed_in(make_account_manager()).get("/").content.decode()


def test_an_admin_pauses_and_resumes_on_a_page(admin: AccountManager) -> None:
    browser = signed_in(admin)
    assert "Pause everything" in browser.get("/outbox/switch/").content.decode()
    assert browser.post("/outbox/switch/pause/", {"reason": "The server moves"}).status_code == 302
    paused = browser.get("/outbox/switch/").content.decode()
    assert "Resume" in paused
    assert "no mail goes out until" in paused
    assert browser.post("/outbox/switch/resume/").status_code == 302
    assert "Mail goes out again" in browser.get("/outbox/switch/").content.decode()
    assert current_pause() is None


@pytest.mark.parametrize("reason", ["", " ", "x" * 301, "a\x00b"])
def test_a_pause_wants_a_reason_of_its_own(admin: AccountManager, reason: str) -> None:
    response = signed_in(admin).post("/outbox/switch/pause/", {"reason": reason})
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["reason"]
    assert current_pause() is None


def test_whoever_is_no_admin_reads_the_page_but_changes_nothing() -> None:
    browser = signed_in(make_account_manager())
    page = browser.get("/outbox/switch/").content.decode()
    assert "An administrator can change this." in page
    assert "<form" not in page
    assert browser.post("/outbox/switch/pause/", {"reason": ""}).status_code == 403
    services.pause(actor=None, reason="", now=NOW)
    assert browser.post("/outbox/switch/resume/").status_code == 403
    assert current_pause() is not None


@pytest.mark.parametrize("page", ["pause", "resume"])
def test_reading_switches_nothing(admin: AccountManager, page: str) -> None:
    assert signed_in(admin).get(f"/outbox/switch/{page}/").status_code == 405


def test_the_page_says_what_waits(admin: AccountManager) -> None:
    now = timezone.now()
    contact = make_contact(reminder_minutes=[])
    make_meeting(make_account_manager(reminder_minutes=[]), [contact], start_at=now + DAY, booked_at=now)
    services.plan(now=now)
    Message.objects.filter(attendance__contact__isnull=False).update(expires_at=now)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", signed_in(admin).get("/outbox/switch/").content.decode()))
    assert "2 messages are due at this moment. 1 of them would come too late by now." in text
