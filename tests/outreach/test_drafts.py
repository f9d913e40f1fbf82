"""Check-ins that are read before they go, and who may do what with plans and drafts."""

import datetime as dt
from functools import partial

import pytest

from clients.models import AccountManager, AuditEntry, Client, Contact
from scheduling.outreach import reasons
from scheduling.outreach.errors import NotADraft
from scheduling.outreach.models import CheckInPlan, Message, PlanTemplate
from scheduling.outreach.selectors import drafts_for
from scheduling.outreach.services import claim, deliver, plan
from scheduling.outreach.services.check_ins import Terms, create_plan, enrol, log_talk, pause_plan
from scheduling.outreach.services.drafts import discard_draft, release_draft, rewrite_draft, send_draft_now
from tests.outreach.check_in_rows import DAY, HOUR, MONDAY_MORNING, NOW, make_plan, planned, write_steps
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

DUE = dt.datetime(2026, 10, 5, tzinfo=dt.UTC)


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


def test_what_was_let_go_or_rewritten_stays_though_the_plan_changes(draft: Message, maya: AccountManager) -> None:
    rewrite_draft(actor=maya, message=draft, subject="Hello", text="How was the fair?", now=NOW)
    write_steps(CheckInPlan.objects.get(), now=NOW)
    assert Message.objects.get() == draft
    release_draft(actor=maya, message=draft, now=NOW)
    rewrite = Message.objects.get()
    assert (rewrite.state, rewrite.own_text) == ("pending", "How was the fair?")


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
