"""What is held about a contact: the export tells all of it, and erasing leaves none, in no table of the database."""

import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.test import Client as Browser
from django.utils import timezone
from pytest_django import Settings

from clients.links import Purpose, link_for
from clients.models import AccountManager, AuditEntry, Contact, DayOff, PrivateLink
from clients.personal_data import AFTER_THE_CONTACT, Holding
from holidays_app.calendars import Calendar
from holidays_app.models import HolidayCalendar
from scheduling.meetings.models import (
    Attendance,
    IdempotentReply,
    Invitee,
    Meeting,
    MeetingChange,
    Offer,
    OfferedTime,
    OfferEvent,
    Vote,
)
from scheduling.meetings.models.meeting import Status
from scheduling.outreach import services
from scheduling.outreach.models import (
    Approval,
    ApprovalEvent,
    BounceReport,
    CheckInPlan,
    Enquiry,
    Enrolment,
    EntryCode,
    LinkRequest,
    MailAddress,
    MailWishes,
    Message,
    Survey,
)
from scheduling.outreach.personal_data import ALL_HOLDINGS, NAMES, told_about
from tests.clients.sending import sent_by
from tests.outreach.approvals.rows import ask
from tests.outreach.private import path_of, visitor
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
EVERYTHING = (*ALL_HOLDINGS, *AFTER_THE_CONTACT)
OURS = ("clients", "holidays_app", "meetings", "outreach")
#: Kinds of column that can hold what somebody said or is called, or that say whose row it is.
PERSONAL_KINDS = (
    models.CharField,
    models.TextField,
    models.FileField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
    ArrayField,
)

#: Columns of ours that hold nothing about a contact, and why. A new one has to be put here, or into a `Holding`.
OF_NO_CONTACT = {
    # Account managers, teams and organisations, and what is said of them.
    "clients.accountmanager": "*",
    "clients.team": "*",
    "clients.client": "*",
    "outreach.loggedtalk": "*",
    "outreach.outreachswitch": "*",
    "outreach.checkinplan": "*",
    # Words for everybody, and numbers.
    "outreach.plantemplate": "*",
    "outreach.templatestep": "*",
    "outreach.planstep": "*",
    "outreach.messagetext": "*",
    "outreach.frametext": "*",
    "outreach.surveyrule": "*",
    "outreach.tally": "*",
    "outreach.teamchannel": "*",
    # What meetings are about, and how they are kept; agreed with the whole client.
    "meetings.series": "title agenda channel policy uid time_zone rule_time weekdays weekly_times",
    "meetings.meeting": "title agenda channel policy status uid time_zone tzdata_version location",
    "meetings.attendance": "role band status blockers time_zone",
    "meetings.meetingchange": "kind previous_offsets",
    "meetings.offer": "title agenda channel location policy closing time_zone",
    "meetings.offerevent": "kind",
    "meetings.offeredtime": "found_by",
    "holidays_app.holidaycalendar": "name country subdivision categories",
    "outreach.approval": "title details link file file_name state",
    "outreach.approvalevent": "kind",
    "outreach.bouncereport": "report_key kind",
    # Which row, by random or by numbers; and the seed that a link is made from, worth nothing without the secret key.
    "clients.privatelink": "purpose seed token_hash",
    "clients.auditentry": "action subject_type details",
    "outreach.message": "occurrence_key kind purposes state message_id channel fallback_reason",
    "outreach.survey": "question",
}


def personal_columns() -> Iterator[tuple[type[models.Model], str]]:
    """Every column of ours that may hold something about a contact, one or all of whom its model knows."""
    for model in apps.get_models():
        if model._meta.app_label not in OURS:
            continue
        spared = OF_NO_CONTACT.get(model._meta.label_lower, "")
        for field in model._meta.concrete_fields:
            is_theirs = isinstance(field, PERSONAL_KINDS) or field.related_model is Contact
            if is_theirs and spared != "*" and field.name not in spared.split():
                yield model, field.name


def handled() -> set[tuple[type[models.Model], str]]:
    """Columns that a holding tells, blanks or deletes with their rows."""
    found: set[tuple[type[models.Model], str]] = set()
    for holding in EVERYTHING:
        names = {name.partition("__")[0] for name in holding.told} | set(holding.left)
        if not holding.left and not holding.is_kept:
            names |= {field.name for field in holding.model._meta.concrete_fields}
        # Whose row it is stays: the row that it names is empty then.
        names |= {field.name for field in holding.model._meta.concrete_fields if field.related_model is Contact}
        found |= {(holding.model, name) for name in names}
    return found


def test_every_column_that_may_hold_something_about_a_contact_is_told_and_erased() -> None:
    forgotten = {f"{model._meta.label}.{name}" for model, name in set(personal_columns()) - handled()}
    assert not forgotten, "Put these into a Holding, or say in OF_NO_CONTACT why they hold nothing about a contact"


CANARY = "Kanarienvogel"


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test", is_staff=True)


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    """Somebody of whom everything is held that can be, with the canary in every word of theirs."""
    now = timezone.now()
    client = make_client(manager.teams.get(), name="Sample Sails")
    contact = make_contact(
        client,
        full_name=f"{CANARY} Name",
        address_as=f"{CANARY} Form",
        native_name=f"{CANARY} Schrift",
        email=f"{CANARY}@client.example".lower(),
        phone="+40215550100",
        job_title=f"{CANARY} Beruf",
        notes=f"{CANARY} Notiz",
    )
    DayOff.objects.create(contact=contact, first_date=now, last_date=now, reason=f"{CANARY} Urlaub")
    services.keep_holidays(contact=contact, place=Calendar("RO"), not_kept=[dt.date(2026, 12, 25)], now=now)
    contact.refresh_from_db()
    past = make_meeting(
        manager, [contact], start_at=now - DAY, booked_at=now - 2 * DAY, channel="phone", location=f"{CANARY} 0100"
    )
    Attendance.objects.filter(contact=contact).update(answer_words=f"{CANARY} lieber", time_zone="Europe/Bucharest")
    MeetingChange.objects.create(
        meeting=past, kind="moved", sequence=1, at=now - DAY, contact=contact, reason=f"{CANARY} Zug"
    )
    make_meeting(manager, [contact], start_at=now + DAY, booked_at=now)
    IdempotentReply.objects.create(
        key=uuid.uuid4(), contact=contact, request_digest=f"{CANARY}", location=f"/{CANARY}", created_at=now
    )
    link_for(contact, Purpose.HOME, now=now)
    MailWishes.objects.create(contact=contact, unwanted=["surveys"])
    plan = CheckInPlan.objects.create(client=client, account_manager=manager, created_at=now)
    enrolment = Enrolment.objects.create(plan=plan, contact=contact, first_week_date=dt.date(2026, 11, 23))
    survey = Survey.objects.create(
        contact=contact,
        question="nps",
        account_manager=manager,
        asked_at=now,
        asked_date=now.date(),
        expires_at=now + DAY,
        score=9,
        answered_at=now,
        comment=f"{CANARY} Lob",
    )
    services.ask_approval(actor=manager, approval=Approval(client=client, contact=contact, title="Estimate"), now=now)
    decided = services.ask_approval(
        actor=manager, approval=Approval(client=client, contact=contact, title="Brochure"), now=now
    )
    services.refuse_for_now(contact=contact, approval=decided, words=f"{CANARY} fehlt", now=now)
    sent: dict[str, Any] = {
        "state": "sent",
        "sent_at": now,
        "raw": f"Subject: {CANARY} Betreff\r\n\r\n/p/token-of-theirs/".encode(),
    }
    to_them = _message(f"a:{contact.pk}", now, kind="check_in", contact=contact, enrolment=enrolment, **sent)
    _message(f"b:{contact.pk}", now, kind="survey", contact=contact, survey=survey, own_text=f"{CANARY} Entwurf")
    attendance = Attendance.objects.get(meeting=past, account_manager=manager)
    _message(f"c:{contact.pk}", now, kind="confirmation", meeting=past, attendance=attendance, **sent)
    answer = ApprovalEvent.objects.get(kind="not_yet")
    _message(f"d:{contact.pk}", now, kind="answer", account_manager=manager, approval_event=answer, **sent)
    _message(f"e:{contact.pk}", now, kind="test", account_manager=manager, enrolment=enrolment, **sent)
    address = MailAddress.objects.create(email=contact.email, reason=f"{CANARY} unbekannt")
    BounceReport.objects.create(
        report_key="x", address=address, message=to_them, kind="hard", diagnostic=f"{CANARY} 5.1.1", reported_at=now
    )
    offer = Offer.objects.create(
        client=client,
        account_manager=manager,
        title="Spring",
        policy="shared",
        duration_minutes=45,
        words=f"{CANARY} Gruß",
        time_zone="Europe/Bucharest",
        created_at=now,
    )
    invitee = Invitee.objects.create(offer=offer, contact=contact)
    offered = OfferedTime.objects.create(offer=offer, start_at=now + 3 * DAY)
    Vote.objects.create(invitee=invitee, time=offered, answer="no")
    none = OfferEvent.objects.create(offer=offer, kind="none_suits", at=now, contact=contact, words=f"{CANARY} nie")
    _message(f"f:{contact.pk}", now, kind="offer_news", account_manager=manager, offer=offer, offer_event=none, **sent)
    LinkRequest.objects.create(email=contact.email, asked_at=now)
    EntryCode.objects.create(account_manager=manager, email=contact.email, seed=b"s" * 32, asked_at=now)
    Enquiry.objects.create(
        account_manager=manager,
        full_name=f"{CANARY} Name",
        email=contact.email.upper(),
        language="de",
        time_zone="Europe/Berlin",
        about=f"{CANARY} Frage",
        seed=b"s" * 32,
        token_hash=b"h" * 32,
        created_at=now,
    )
    return contact


def _message(key: str, now: dt.datetime, **columns: Any) -> Message:
    is_theirs = "contact" in columns
    return Message.objects.create(
        occurrence_key=key,
        address=f"{CANARY if is_theirs else 'mara'}@client.example".lower(),
        message_id=f"<{key}@dayband.example>",
        created_at=now,
        due_at=now,
        next_try_at=now,
        expires_at=now + DAY,
        **columns,
    )


def traces(word: str) -> dict[str, int]:
    """In how many rows of which table the word stands, in text, JSON or bytes, whatever its letter case."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            # A row as text writes bytes in hexadecimal digits.
            hexed = word.encode().hex()
            name = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*) FROM {name} AS one WHERE one::text ILIKE %s OR one::text LIKE %s",  # noqa: S608
                [f"%{word}%", f"%{hexed}%"],
            )
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found


def test_export_tells_every_word_and_no_link_that_opens(contact: Contact) -> None:
    response = visitor(contact, Purpose.HOME).get("/you/data/export/")
    assert response["Content-Type"] == "application/json"
    assert "attachment" in response["Content-Disposition"]
    told = response.content.decode()
    read = json.loads(told)
    words = (
        "Name Form Schrift Beruf Notiz Urlaub lieber Zug Lob fehlt Betreff Entwurf Gruß nie Frage unbekannt 5.1.1 0100"
    )
    assert [word for word in words.split() if f"{CANARY} {word}" not in told] == []
    assert read["contact"][0]["email"] == contact.email
    assert read["contact"][0]["phone"] == "+40215550100"
    assert read["own_holidays"][0]["first_date"] == "2026-12-25"
    assert read["surveys"][0]["score"] == 9
    assert "token-of-theirs" not in told


@pytest.mark.parametrize("length", range(24, 44))
def test_export_opens_no_page_wherever_the_lines_of_a_mail_end(
    length: int, contact: Contact, smtp_server: SmtpServer, settings: Settings
) -> None:
    """Mails are stored quoted-printable, in which long addresses go over two lines."""
    settings.SITE_ORIGIN = f"https://{'d' * (length - 8)}"
    Message.objects.all().delete()
    ask(make_account_manager(contact.client.team), contact)
    services.deliver(clock=timezone.now)
    assert smtp_server.messages
    exported = json.dumps(told_about(contact), default=str).replace("=\\r\\n", "")
    token = path_of(contact, Purpose.HOME).rstrip("/").rpartition("/")[2]
    assert not any(token[at : at + 16] in exported for at in range(len(token) - 15))


def test_erasure_takes_the_address_from_where_somebody_else_named_it(contact: Contact, manager: AccountManager) -> None:
    now = timezone.now()
    services.hand_on(contact=contact, approval=ask(manager, contact), email="vera@client.example", now=now)
    vera = make_contact(contact.client, full_name="Vera", email="vera@client.example")
    services.erase_contact(actor=vera, contact=vera, now=now)
    assert not ApprovalEvent.objects.filter(words__contains="vera@").exists()


def test_erasure_leaves_no_trace_in_any_table(contact: Contact, manager: AccountManager) -> None:
    before = traces(CANARY)
    assert {"clients_contact", "outreach_message", "meetings_attendance", "outreach_survey"} <= set(before)
    services.erase_contact(actor=manager, contact=contact, now=timezone.now())
    assert traces(CANARY) == {}
    assert traces("+40215550100") == {}
    assert not told_about(contact)["messages"]
    row = Contact.everyone.get(pk=contact.pk)
    blank = make_contact(contact.client, email="", language="en", time_zone="UTC", reminder_minutes=[])
    for name in ("working_hours", "reachable_hours", "time_zone", "language", "calendar_id", "email", "phone", "notes"):
        assert getattr(row, name) == getattr(blank, name), name
    assert not HolidayCalendar.objects.filter(is_personal=True).exists()
    assert not PrivateLink.objects.exists()
    entry = AuditEntry.objects.get(action="erase")
    assert (entry.actor_id, entry.subject_id) == (manager.pk, contact.pk)


def test_what_colleagues_carried_stays_and_meetings_to_come_are_cancelled(
    contact: Contact, manager: AccountManager
) -> None:
    past, coming = Meeting.objects.order_by("start_at")
    services.erase_contact(actor=contact, contact=contact, now=timezone.now())
    services.erase_contact(actor=contact, contact=contact, now=timezone.now())
    assert list(Attendance.objects.filter(meeting=past).values_list("status", flat=True)) == ["confirmed"] * 2
    coming.refresh_from_db()
    assert coming.status == Status.CANCELLED
    assert not Approval.objects.filter(state="pending").exists()
    assert Offer.objects.get().withdrawn_at is not None
    services.plan(now=timezone.now())
    cancelled = Message.objects.filter(meeting=coming, kind="cancellation")
    assert {message.state for message in cancelled} == {"pending", "undeliverable"}
    # Nobody meets them any more.
    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert not contact.client.contacts.exists()


def test_address_that_somebody_else_has_too_is_still_known_to_come_back(contact: Contact) -> None:
    make_contact(email=contact.email.upper())
    services.erase_contact(actor=contact, contact=contact, now=timezone.now())
    assert MailAddress.objects.exists()


def test_contact_erases_in_two_steps_and_no_link_opens_anything_after(contact: Contact) -> None:
    browser = visitor(contact, Purpose.HOME)
    url = "/you/data/erase/"
    refused = browser.post(url, sent_by(browser.get(url)))
    assert refused.status_code == 422
    assert Contact.objects.filter(pk=contact.pk).exists()
    done = browser.post(url, sent_by(browser.get(url), is_meant="on"))
    assert "We hold nothing about you any more" in done.content.decode()
    assert not Contact.objects.filter(pk=contact.pk).exists()
    assert AuditEntry.objects.get(action="erase").details == {"contact": contact.pk}
    assert browser.get("/you/").status_code == 404


def test_admin_does_the_same_from_the_contacts_page_and_nobody_else_may(
    contact: Contact, manager: AccountManager
) -> None:
    url = f"/clients/contacts/{contact.pk}/data/"
    colleague = make_account_manager(*manager.teams.all())
    browser = Browser()
    browser.force_login(colleague)
    assert [browser.get(url).status_code, browser.post(url, {"is_meant": "on"}).status_code] == [404, 404]
    assert browser.get(f"{url}export/").status_code == 404
    browser.force_login(manager)
    assert url in browser.get(f"/clients/contacts/{contact.pk}/edit/").content.decode()
    assert CANARY in browser.get(f"{url}export/").content.decode()
    assert browser.post(url, {}).status_code == 422
    assert browser.post(url, {"is_meant": "on"}).status_code == 302
    assert traces(CANARY) == {}
    # The pages that spoke of them still open.
    for path in (f"/clients/{contact.client_id}/", "/meetings/", "/outbox/", "/"):
        assert browser.get(path).status_code == 200, path
    for message in Message.objects.all():
        assert browser.get(f"/outbox/{message.pk}/").status_code == 200


def test_holding_without_rows_tells_nothing_and_erases_nothing() -> None:
    somebody = make_contact()
    assert all(isinstance(holding, Holding) for holding in EVERYTHING)
    told = told_about(somebody)
    assert [name for name, rows in told.items() if rows] == ["contact"]


def test_whatever_is_told_has_a_name_on_the_page(contact: Contact) -> None:
    assert set(told_about(contact)) == set(NAMES)
