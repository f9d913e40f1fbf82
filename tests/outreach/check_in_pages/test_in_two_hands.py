"""Plans and drafts that change while somebody has their page open: nothing that one wrote is undone by another."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from clients.models import AccountManager, Contact
from scheduling.outreach import services
from scheduling.outreach.models import Approval, CheckInPlan, Enrolment, Message
from scheduling.outreach.services import deliver
from scheduling.outreach.services.approvals import ask_approval
from scheduling.outreach.services.check_ins import NewStep, Terms, enrol
from scheduling.outreach.services.planning_check_ins import replan
from tests.outreach.check_in_pages.sent import edited
from tests.outreach.check_in_rows import HOUR, write_steps
from tests.outreach.rows import make_meeting
from tests.people import make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

OWN = {"subject": "Hello", "text": "How was the fair?"}


def shown(browser: Browser, page: str) -> dict[str, Any]:
    """What the page's form would send if nobody touched it."""
    form = browser.get(page).context["form"]
    return {field.html_name: field.value() for field in form if field.value() is not False}


def ask_for(contact: Contact, *titles: str, actor: AccountManager) -> None:
    now = timezone.now()
    for title in titles:
        approval = Approval(client=contact.client, contact=contact, title=title, asked_at=now)
        ask_approval(actor=actor, approval=approval, now=now)
    Message.objects.all().delete()


def draft_about_approvals(plan: CheckInPlan) -> Message:
    steps = [NewStep(day, dt.time(9), "approvals") for day in range(7)]
    write_steps(plan, *steps, now=timezone.now(), terms=Terms(is_approved_first=True))
    return Message.objects.filter(due_at__gt=timezone.now()).earliest("due_at")


def test_whoever_touched_nothing_does_not_undo_what_a_colleague_wrote(
    browser: Browser, draft: Message, url: str
) -> None:
    page = f"{url}drafts/{draft.pk}/"
    untouched = shown(browser, page)
    assert browser.post(page, {**shown(browser, page), **OWN, "act": "save"}).status_code == 302
    assert browser.post(page, {**untouched, "act": "release"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.own_subject, draft.own_text) == (OWN["subject"], OWN["text"])


def test_untouched_words_stay_with_the_texts_though_an_approval_went_meanwhile(
    browser: Browser, maya: AccountManager, kenji: Contact, plan: CheckInPlan, url: str
) -> None:
    ask_for(kenji, "Logo", "Banner", actor=maya)
    draft = draft_about_approvals(plan)
    page = f"{url}drafts/{draft.pk}/"
    untouched = shown(browser, page)
    assert "Banner" in untouched["text"]
    Approval.objects.filter(title="Banner").update(state=Approval.State.WITHDRAWN)
    assert browser.post(page, {**untouched, "act": "release"}).status_code == 302
    draft.refresh_from_db()
    assert draft.own_text == ""


def test_a_long_draft_that_nobody_touched_can_be_let_go(
    browser: Browser, maya: AccountManager, kenji: Contact, plan: CheckInPlan, url: str
) -> None:
    ask_for(kenji, *(f"{number}".ljust(150, "x") for number in range(60)), actor=maya)
    page = f"{url}drafts/{draft_about_approvals(plan).pk}/"
    untouched = shown(browser, page)
    assert len(untouched["text"]) > 8000
    assert browser.post(page, {**untouched, "text": untouched["text"] + "x", "act": "release"}).status_code == 422
    assert browser.post(page, {**untouched, "act": "release"}).status_code == 302


def test_a_draft_that_a_colleague_let_go_is_said_to_be_none(browser: Browser, draft: Message, url: str) -> None:
    page = f"{url}drafts/{draft.pk}/"
    browser.post(page, {**shown(browser, page), "act": "release"})
    late = browser.post(page, {**OWN, "act": "save"}, follow=True)
    assert late.status_code == 200
    assert "It is no draft any more" in late.content.decode()


def test_a_draft_keeps_its_page_when_its_contact_gets_another_address(
    browser: Browser, draft: Message, url: str
) -> None:
    Contact.objects.update(email="new@client.example")
    replan(now=timezone.now())
    page = f"{url}drafts/{draft.pk}/"
    assert browser.post(page, {**shown(browser, page), **OWN, "act": "save"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.address, draft.own_text) == ("new@client.example", OWN["text"])


def test_a_draft_that_is_taken_back_while_it_is_saved_is_said_to_be_none(
    browser: Browser, draft: Message, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrite = services.rewrite_draft

    def rewrite_too_late(**values: Any) -> Message:
        Message.objects.filter(pk=draft.pk).delete()
        return rewrite(**values)

    monkeypatch.setattr(services, "rewrite_draft", rewrite_too_late)
    late = browser.post(f"{url}drafts/{draft.pk}/", {**OWN, "act": "save"}, follow=True)
    assert "It is no draft any more" in late.content.decode()


def test_a_new_step_that_is_sent_twice_is_there_once(browser: Browser, plan: CheckInPlan, url: str) -> None:
    saturday = {"weekday": "5", "at_wall": "08:15", "purpose": "dates", "channel": "email", "on_day_off": "skip"}
    form = edited(plan, saturday)
    assert [browser.post(f"{url}edit/", form).status_code for _ in range(2)] == [302, 302]
    assert [step.weekday for step in plan.steps.all()] == [0, 2, 4, 5]


def test_a_count_of_rows_that_no_form_sends_is_refused(browser: Browser, plan: CheckInPlan, url: str) -> None:
    assert browser.post(f"{url}edit/", edited(plan, **{"step-INITIAL_FORMS": "-1"})).status_code in (302, 422)


def test_what_a_colleague_changed_of_the_plan_meanwhile_stays(
    browser: Browser, maya: AccountManager, kenji: Contact, plan: CheckInPlan, url: str
) -> None:
    yuki = make_contact(kenji.client, full_name="Yuki Sato")
    untouched = {**edited(plan), **shown(browser, f"{url}edit/")}
    CheckInPlan.objects.update(quiet_days=9)
    enrol(actor=maya, plan=plan, contact=yuki, now=timezone.now())
    changed = {**untouched, f"contact-{kenji.pk}": "monthly"}
    assert browser.post(f"{url}edit/", changed).status_code == 302
    plan.refresh_from_db()
    assert plan.quiet_days == 9
    assert dict(Enrolment.objects.values_list("contact", "frequency")) == {kenji.pk: "monthly", yuki.pk: "weekly"}


def test_a_test_says_what_the_rewritten_draft_will(
    browser: Browser, draft: Message, url: str, smtp_server: SmtpServer
) -> None:
    browser.post(f"{url}drafts/{draft.pk}/", {**OWN, "act": "save"})
    assert draft.local_date is not None
    assert browser.post(f"{url}{draft.enrolment_id}/{draft.local_date.isoformat()}/test/").status_code == 302
    assert "How was the fair?" in words_of_the_test(smtp_server)


def test_a_test_names_the_meetings_that_the_check_in_will_name(
    browser: Browser, maya: AccountManager, kenji: Contact, plan: CheckInPlan, url: str, smtp_server: SmtpServer
) -> None:
    weeks = browser.get(url).context["weeks"][2:]
    entry = next(one for week in weeks for one in week.entries if "dates" in one.purposes)
    now = timezone.now()
    make_meeting(maya, [kenji], start_at=entry.due_at - HOUR, booked_at=now, title="Fair review")
    make_meeting(maya, [kenji], start_at=entry.due_at + HOUR, booked_at=now, title="Autumn plans")
    Message.objects.all().delete()
    assert browser.post(f"{url}{entry.enrolment.pk}/{entry.local_date.isoformat()}/test/").status_code == 302
    said = words_of_the_test(smtp_server)
    assert "Autumn plans" in said
    assert "Fair review" not in said


def words_of_the_test(server: SmtpServer) -> str:
    """What the only test says that goes."""
    deliver(clock=timezone.now)
    (mail,) = [message for message in server.messages if message["Subject"].startswith("Test")]
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
