"""Check-ins that are read before they go, and who may do what with plans and drafts."""

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clients.models import AccountManager, AuditEntry, Client, Contact, DayOff
from clients.reader import reader_of
from scheduling.outreach import reasons
from scheduling.outreach.check_ins.outlook import outlook
from scheduling.outreach.errors import HeldBack, NotADraft
from scheduling.outreach.models import CheckInPlan, MailAddress, MailWishes, Message, PlanTemplate
from scheduling.outreach.selectors import drafts_for
from scheduling.outreach.services import claim, deliver, plan
from scheduling.outreach.services.check_ins import NewStep, Terms, create_plan, enrol, log_talk, pause_plan
from scheduling.outreach.services.drafts import discard_draft, release_draft, rewrite_draft, send_draft_now
from scheduling.outreach.services.retrying import retry
from tests.outreach.check_in_rows import DAY, HOUR, MONDAY_MORNING, NOW, make_plan, planned, write_steps
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

DUE = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def draft() -> Message:
    make_plan(MONDAY_MORNING, terms=Terms(is_approved_first=True), full_name="Kenji Mori")
    return Message.objects.get()


@pytest.fixture
def maya(draft: Message) -> AccountManager:
    assert draft.sender is not None
    return draft.sender


def test_a_draft_waits_for_the_account_manager(draft: Message, maya: AccountManager) -> None:
    assert draft.state == "draft"
    assert list(drafts_for(maya, now=NOW)) == [draft]
    assert claim(now=DUE) == []


def test_a_released_draft_goes_at_its_time(draft: Message, maya: AccountManager) -> None:
    release_draft(actor=maya, message=draft, now=NOW)
    plan(now=NOW + DAY)
    assert claim(now=DUE - HOUR) == []
    assert [message.pk for message in claim(now=DUE)] == [draft.pk]


def left_out_of(plan: CheckInPlan, now: dt.datetime) -> str:
    """Why the preview of the plan says that its only check-in of this week stays away."""
    (entry,) = outlook(plan, now=now, reader=reader_of(plan.account_manager), weeks=1)[0].entries
    return entry.left_out


def test_the_preview_says_that_a_rewritten_hello_goes_though_nothing_is_pending() -> None:
    enrolment = make_plan(NewStep(0, dt.time(9), "approvals"), terms=Terms(is_approved_first=True))
    draft, monday = Message.objects.get(), DUE - MINUTE
    assert left_out_of(enrolment.plan, monday) == reasons.NOTHING_PENDING
    rewrite_draft(
        actor=enrolment.plan.account_manager, message=draft, subject="Hello", text="How was the fair?", now=NOW
    )
    assert left_out_of(enrolment.plan, monday) == ""
    release_draft(actor=enrolment.plan.account_manager, message=draft, now=NOW)
    assert len(claim(now=DUE)) == 1


def test_the_preview_says_that_what_was_sent_anyway_goes(draft: Message, maya: AccountManager) -> None:
    monday = DUE - MINUTE
    plan_ = CheckInPlan.objects.get()
    log_talk(actor=maya, client=plan_.client, at=monday - HOUR, now=monday)
    pause_plan(actor=maya, plan=plan_, now=monday)
    plan_.refresh_from_db()
    assert left_out_of(plan_, monday) == reasons.PLAN_PAUSED
    send_draft_now(actor=maya, message=draft, now=monday, goes_anyway=True)
    assert left_out_of(plan_, monday) == ""
    assert len(claim(now=monday)) == 1


def test_what_was_let_go_or_rewritten_stays_though_the_plan_changes(draft: Message, maya: AccountManager) -> None:
    rewrite_draft(actor=maya, message=draft, subject="Hello", text="How was the fair?", now=NOW)
    write_steps(CheckInPlan.objects.get(), now=NOW)
    assert Message.objects.get() == draft
    release_draft(actor=maya, message=draft, now=NOW)
    rewrite = Message.objects.get()
    assert (rewrite.state, rewrite.own_text) == ("pending", "How was the fair?")


@pytest.mark.parametrize("is_rewritten", [True, False])
def test_what_was_let_go_follows_its_contacts_address_and_clock(
    draft: Message, maya: AccountManager, is_rewritten: bool
) -> None:
    if is_rewritten:
        rewrite_draft(actor=maya, message=draft, subject="Hello", text="How was the fair?", now=NOW)
    release_draft(actor=maya, message=draft, now=NOW)
    Contact.objects.update(email="new@client.example", time_zone="America/Bogota")
    plan(now=NOW + DAY)
    moved = Message.objects.get()
    assert (moved.pk, moved.state, moved.address) == (draft.pk, "pending", "new@client.example")
    assert moved.due_at == moved.next_try_at == moved.expires_at - 6 * HOUR == DUE + 14 * HOUR
    Contact.objects.update(email="")
    plan(now=NOW + DAY + HOUR)
    assert Message.objects.get().address == "new@client.example"


def test_what_was_rewritten_goes_though_nothing_is_pending(maya: AccountManager) -> None:
    write_steps(CheckInPlan.objects.get(), NewStep(0, dt.time(9), "approvals"), now=NOW)
    rewrite_draft(actor=maya, message=Message.objects.get(), subject="", text="How was the fair?", now=NOW)
    release_draft(actor=maya, message=Message.objects.get(), now=NOW)
    assert len(claim(now=DUE)) == 1


def test_a_rewritten_draft_says_what_was_written_and_nothing_else(
    draft: Message, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    text = "How was the fair?\n\nCall me about {contact}."
    rewrite_draft(actor=maya, message=draft, subject="The fair", text=text, now=NOW)
    send_draft_now(actor=maya, message=draft, now=NOW)
    assert deliver(clock=lambda: NOW)["sent"] == 1
    (mail,) = smtp_server.messages
    assert mail["Subject"] == "The fair"
    body = mail.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert "How was the fair?" in said
    assert "{contact}" in said
    assert "priorities" not in said.lower().replace("wishes", "")


def test_a_discarded_draft_is_not_sent_and_says_why(draft: Message, maya: AccountManager) -> None:
    discard_draft(actor=maya, message=draft, now=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("suppressed", reasons.DISCARDED)
    plan(now=NOW + DAY)
    assert Message.objects.count() == 1


def test_a_draft_that_nobody_reads_is_not_sent_and_says_why(draft: Message) -> None:
    plan(now=DUE + 5 * HOUR)
    draft.refresh_from_db()
    assert draft.state == "draft"
    plan(now=DUE + 6 * HOUR)
    draft.refresh_from_db()
    assert (draft.state, draft.reason) == ("expired", reasons.NOT_READ)


@pytest.mark.parametrize("act", [release_draft, send_draft_now, discard_draft])
def test_what_is_no_draft_any_more_is_refused(draft: Message, maya: AccountManager, act: object) -> None:
    assert callable(act)
    with pytest.raises(NotADraft):
        act(actor=maya, message=draft, now=DUE + 7 * HOUR)
    act(actor=maya, message=draft, now=NOW)
    with pytest.raises(NotADraft):
        act(actor=maya, message=draft, now=NOW)


def test_a_stranger_can_do_nothing_with_plans_and_drafts(draft: Message) -> None:
    stranger = make_account_manager(make_team())
    enrolled = CheckInPlan.objects.get()
    assert list(drafts_for(stranger, now=NOW)) == []
    with pytest.raises(Message.DoesNotExist):
        release_draft(actor=stranger, message=draft, now=NOW)
    with pytest.raises(Message.DoesNotExist):
        rewrite_draft(actor=stranger, message=draft, subject="x", text="y", now=NOW)
    with pytest.raises(CheckInPlan.DoesNotExist):
        pause_plan(actor=stranger, plan=enrolled, now=NOW)
    with pytest.raises(Client.DoesNotExist):
        log_talk(actor=stranger, client=enrolled.client, at=NOW, now=NOW)
    with pytest.raises(Client.DoesNotExist):
        create_plan(actor=stranger, client=make_client(), contacts=[], now=NOW)


def test_a_contact_of_another_client_can_not_be_enrolled(draft: Message, maya: AccountManager) -> None:
    other = make_contact(make_client(maya.teams.get()))
    with pytest.raises(Contact.DoesNotExist):
        enrol(actor=maya, plan=CheckInPlan.objects.get(), contact=other, now=NOW)


def test_a_plan_begins_with_the_steps_of_its_template(standard_template: PlanTemplate) -> None:
    manager = make_account_manager(make_team())
    contact = make_contact(make_client(manager.teams.get()))
    made = create_plan(actor=manager, client=contact.client, contacts=[contact], template=standard_template, now=NOW)
    steps = [(step.weekday, f"{step.at_wall:%H:%M}", step.purpose) for step in made.steps.all()]
    assert steps == [(0, "09:00", "priorities"), (2, "10:00", "approvals"), (4, "14:00", "dates")]
    without = make_contact(make_client(manager.teams.get()))
    standard = create_plan(actor=manager, client=without.client, contacts=[without], now=NOW)
    assert standard.rhythm == made.rhythm
    assert planned(made.enrolments.get()) == ["pending, Mon 5 06:00, priorities"]


def test_what_is_done_is_audited_without_its_words(draft: Message, maya: AccountManager) -> None:
    rewrite_draft(actor=maya, message=draft, subject="Secret", text="Secret", now=NOW)
    log_talk(actor=maya, client=CheckInPlan.objects.get().client, at=NOW, note="Secret", now=NOW)
    entries = AuditEntry.objects.filter(actor_id=maya.pk)
    assert {"draft rewritten", "create", "update"} <= set(entries.values_list("action", flat=True))
    assert not [entry for entry in entries if "Secret" in str(entry.details)]


def test_check_ins_of_a_plan_are_one_thread_in_its_account_managers_name(
    draft: Message, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    write_steps(CheckInPlan.objects.get(), MONDAY_MORNING, now=NOW, terms=Terms())
    for number in range(3):
        at = DUE + number * 7 * DAY
        plan(now=at)
        deliver(clock=partial(dt.datetime.fromisoformat, at.isoformat()))
    first, second, third = smtp_server.messages
    assert first["From"].addresses[0].display_name == f"{maya.full_name} via Dayband"
    assert first["Reply-To"].addresses[0].addr_spec == maya.email
    assert first["References"] is None
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert len({first["Message-ID"], second["Message-ID"], third["Message-ID"]}) == 3


def test_a_check_in_can_be_stopped_with_one_click(
    draft: Message, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    send_draft_now(actor=maya, message=draft, now=NOW)
    deliver(clock=lambda: NOW)
    (mail,) = smtp_server.messages
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].strip().startswith("<http")
    assert mail["Auto-Submitted"] == "auto-generated"


# Sending at once


def test_what_would_be_left_out_is_not_sent_at_once_unless_that_is_ours_to_decide(
    draft: Message, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    log_talk(actor=maya, client=CheckInPlan.objects.get().client, at=NOW - HOUR, now=NOW)
    pause_plan(actor=maya, plan=CheckInPlan.objects.get(), now=NOW)
    with pytest.raises(HeldBack) as refused:
        send_draft_now(actor=maya, message=draft, now=NOW)
    assert refused.value.reasons == [reasons.PLAN_PAUSED, reasons.SPOKE]
    draft.refresh_from_db()
    assert draft.state == "draft"
    send_draft_now(actor=maya, message=draft, goes_anyway=True, now=NOW)
    assert deliver(clock=lambda: NOW)["sent"] == 1
    assert len(smtp_server.messages) == 1


def unsubscribe(contact: Contact) -> None:
    MailWishes.objects.create(contact=contact, unwanted=[MailWishes.Topic.CHECK_INS])


def bounce(contact: Contact) -> None:
    MailAddress.objects.create(email=contact.email.lower(), suppressed_at=NOW)


def pause(contact: Contact) -> None:
    MailWishes.objects.create(contact=contact, paused_until_date=DUE.date())


def leave(contact: Contact) -> None:
    DayOff.objects.create(contact=contact, first_date=DUE.date(), last_date=DUE.date())


@pytest.mark.parametrize(
    ("wish", "reason"),
    [
        (unsubscribe, reasons.UNSUBSCRIBED),
        (bounce, reasons.CAME_BACK),
        (pause, reasons.CONTACT_PAUSED),
        (leave, reasons.AWAY),
    ],
)
def test_what_the_contact_wishes_is_not_ours_to_decide(
    wish: Callable[[Contact], None], reason: str, draft: Message, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    assert draft.contact is not None
    log_talk(actor=maya, client=draft.contact.client, at=NOW - HOUR, now=NOW)
    wish(draft.contact)
    with pytest.raises(HeldBack) as refused:
        send_draft_now(actor=maya, message=draft, goes_anyway=True, now=NOW)
    assert refused.value.reasons == [reason, reasons.SPOKE]
    # Nor is it where that became so after the button was pressed.
    Message.objects.update(state="pending", goes_anyway=True, due_at=NOW, next_try_at=NOW)
    deliver(clock=lambda: NOW)
    assert (Message.objects.get().state, Message.objects.get().reason) == ("suppressed", reason)
    assert not smtp_server.messages


@pytest.mark.parametrize("reason", [reasons.CONTACT_PAUSED, reasons.AWAY])
def test_who_is_not_there_on_the_day_of_sending_gets_nothing_though_they_are_on_its_date(
    draft: Message, maya: AccountManager, reason: str
) -> None:
    assert draft.contact is not None
    if reason == reasons.AWAY:
        DayOff.objects.create(contact=draft.contact, first_date=NOW.date(), last_date=NOW.date())
    else:
        MailWishes.objects.create(contact=draft.contact, paused_until_date=NOW.date() + DAY)
    with pytest.raises(HeldBack) as refused:
        send_draft_now(actor=maya, message=draft, now=NOW)
    assert refused.value.reasons == [reason]


@pytest.mark.parametrize(("is_read_first", "state"), [(True, "draft"), (False, "pending")])
def test_what_is_tried_again_before_its_time_waits_for_it_and_to_be_read(is_read_first: bool, state: str) -> None:
    enrolment = make_plan(MONDAY_MORNING, email="", terms=Terms(is_approved_first=is_read_first))
    Contact.objects.update(email="new@client.example")
    again = retry(actor=enrolment.plan.account_manager, message=Message.objects.get(), now=NOW)
    assert (again.state, again.next_try_at) == (state, DUE)


def test_what_was_sent_at_once_stays_though_nobody_reads_first_any_more(draft: Message, maya: AccountManager) -> None:
    assert draft.contact is not None
    night = dt.datetime(2026, 10, 4, 2, tzinfo=draft.contact.zone).astimezone(dt.UTC)
    sent = send_draft_now(actor=maya, message=draft, now=night)
    write_steps(CheckInPlan.objects.get(), MONDAY_MORNING, now=night, terms=Terms())
    assert Message.objects.values_list("pk", "due_at").get() == (draft.pk, sent.due_at)


def test_at_night_it_waits_until_the_contact_can_be_reached(
    draft: Message, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    assert draft.contact is not None
    night = dt.datetime(2026, 10, 4, 2, tzinfo=draft.contact.zone).astimezone(dt.UTC)
    sent = send_draft_now(actor=maya, message=draft, now=night)
    first, _last = draft.contact.reachable_hours["sun"][0]
    assert f"{sent.due_at.astimezone(draft.contact.zone):%a %H:%M}" == f"Sun {first}"
    deliver(clock=lambda: night)
    assert not smtp_server.messages
    assert deliver(clock=lambda: sent.due_at)["sent"] == 1


def test_the_page_says_why_nothing_was_sent_and_keeps_what_was_typed(draft: Message, maya: AccountManager) -> None:
    now = timezone.now()
    Message.objects.update(due_at=now + HOUR, next_try_at=now + HOUR, expires_at=now + 6 * HOUR)
    assert draft.contact is not None
    client = draft.contact.client
    # Nothing waits for who can never be reached.
    Contact.objects.update(reachable_hours={})
    log_talk(actor=maya, client=client, at=now - HOUR, now=now)
    browser = Browser()
    browser.force_login(maya)
    url = reverse("check_ins:draft", args=[client.pk, draft.pk])
    typed = {"subject": "The fair", "text": "How was it?"}
    refused = browser.post(url, typed | {"act": "send"})
    page = refused.content.decode()
    assert refused.status_code == 409
    assert "Somebody of ours spoke with the client a short while ago." in page
    assert "How was it?" in page
    assert 'value="send_anyway"' in page
    unsubscribe(draft.contact)
    page = browser.post(url, typed | {"act": "send_anyway"}).content.decode()
    assert "This contact wants no check-ins." in page
    assert 'value="send_anyway"' not in page
    MailWishes.objects.all().delete()
    assert browser.post(url, typed | {"act": "send_anyway"}).status_code == 302
    message = Message.objects.get()
    assert (message.state, message.goes_anyway, message.own_text) == ("pending", True, "How was it?")
