"""A client's check-ins in the browser: begun, changed, looked at, tried out and read before they go."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import AccountManager, Contact, PrivateLink
from holidays_app.models import CalendarChange
from holidays_app.services import ensure_place_calendar
from scheduling.outreach.models import Approval, CheckInPlan, Enrolment, LoggedTalk, MailWishes, Message, PlanTemplate
from scheduling.outreach.services import deliver, pause_plan
from scheduling.outreach.services.approvals import ask_approval
from scheduling.outreach.services.check_ins import NewStep, Terms
from tests.outreach.check_in_pages.sent import edited
from tests.outreach.check_in_rows import DAY, write_steps
from tests.people import make_account_manager, make_client, make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

SAME_STEP = {"weekday": "0", "at_wall": "09:00", "purpose": "priorities", "on_day_off": "next"}


def test_a_plan_is_begun_with_a_template_and_contacts(
    browser: Browser, kenji: Contact, url: str, standard_template: PlanTemplate
) -> None:
    page = browser.get(url)
    assert page.status_code == 200
    template = page.context["form"].fields["template"].queryset.get()
    assert template == standard_template
    begun = browser.post(f"{url}start/", {"template": template.pk, "contacts": [kenji.pk], "is_approved_first": "on"})
    assert begun.status_code == 302
    plan = CheckInPlan.objects.get()
    assert plan.is_approved_first
    assert [enrolment.contact for enrolment in plan.enrolments.all()] == [kenji]
    assert plan.steps.count() == 3
    assert browser.get(url).content.decode().count("Kenji Mori") > 20


def test_a_plan_without_contacts_is_not_begun(browser: Browser, kenji: Contact, url: str) -> None:
    stranger = make_contact()
    for contacts in ([], [stranger.pk]):
        refused = browser.post(f"{url}start/", {"template": "1", "contacts": contacts})
        assert refused.status_code == 422
    assert "Choose at least one contact." in browser.post(f"{url}start/", {}).content.decode()
    assert not CheckInPlan.objects.exists()


def test_the_next_twelve_weeks_say_what_is_moved_and_why(
    browser: Browser, plan: CheckInPlan, kenji: Contact, url: str
) -> None:
    calendar = ensure_place_calendar(country="JP")
    date = timezone.now().astimezone(kenji.zone).date() + 21 * DAY
    monday = date - date.weekday() * DAY
    CalendarChange.objects.create(
        calendar=calendar, kind="closure", first_date=monday, last_date=monday, name="Founding day"
    )
    Contact.objects.update(calendar=calendar)
    response = browser.get(url)
    entries = [entry for week in response.context["weeks"] for entry in week.entries]
    moved = next(entry for entry in entries if entry.local_date == monday + DAY)
    assert [(move.planned_date, move.why) for move in moved.moves] == [(monday, "Founding day, Japan")]
    assert len(response.context["weeks"]) == 12
    assert "moved from" in response.content.decode()


def test_the_next_weeks_say_what_will_be_left_out_and_why(
    browser: Browser, plan: CheckInPlan, maya: AccountManager, kenji: Contact, url: str
) -> None:
    page = browser.get(url).content.decode()
    assert "No approval is pending." in page
    MailWishes.objects.create(contact=kenji, unwanted=["check_ins"])
    assert "This contact wants no check-ins." in browser.get(url).content.decode()
    MailWishes.objects.all().delete()
    pause_plan(actor=maya, plan=plan, now=timezone.now())
    assert "The account manager has paused the check-ins." in browser.get(url).content.decode()


def test_a_check_in_to_come_opens_as_it_will_look_and_writes_nothing(
    browser: Browser, plan: CheckInPlan, url: str
) -> None:
    entry = browser.get(url).context["weeks"][5].entries[0]
    mail = f"{url}{entry.enrolment.pk}/{entry.local_date.isoformat()}/"
    page = browser.get(mail)
    assert page.status_code == 200
    assert "Kenji Mori" in page.content.decode()
    frame = browser.get(f"{mail}frame/")
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert "Maya Okafor" in frame.content.decode()
    assert not PrivateLink.objects.exists()
    assert browser.get(f"{url}{entry.enrolment.pk}/1999-01-01/").status_code == 404
    assert browser.get(f"{url}{entry.enrolment.pk}/monday/").status_code == 404


def test_a_test_goes_to_whoever_asks_for_it_and_to_nobody_else(
    browser: Browser, plan: CheckInPlan, url: str, smtp_server: SmtpServer
) -> None:
    Message.objects.all().delete()
    entry = browser.get(url).context["weeks"][5].entries[0]
    assert browser.post(f"{url}{entry.enrolment.pk}/{entry.local_date.isoformat()}/test/").status_code == 302
    assert deliver(clock=timezone.now)["sent"] == 1
    (mail,) = smtp_server.messages
    assert mail["To"].addresses[0].addr_spec == "maya@dayband.example"
    assert mail["Subject"].startswith("Test: ")
    assert mail["List-Unsubscribe"] is None
    assert not PrivateLink.objects.exists()
    assert "Test of a check-in" in browser.get("/outbox/").content.decode()


def test_steps_terms_and_contacts_are_saved_together(browser: Browser, plan: CheckInPlan, url: str) -> None:
    assert browser.get(f"{url}edit/").status_code == 200
    new = {"weekday": "1", "at_wall": "08:15", "purpose": "dates", "channel": "email", "on_day_off": "skip"}
    form = edited(plan, new, frequency="monthly", quiet_days="5", **{"step-0-DELETE": "on"})
    assert browser.post(f"{url}edit/", form).status_code == 302
    plan.refresh_from_db()
    assert plan.quiet_days == 5
    assert Enrolment.objects.get().frequency == "monthly"
    steps = [(step.weekday, f"{step.at_wall:%H:%M}", step.channel, step.on_day_off) for step in plan.steps.all()]
    kept = [(2, "10:00", "preferred", "next"), (4, "14:00", "preferred", "next")]
    assert steps == [(1, "08:15", "email", "skip"), *kept]


def test_a_form_sent_twice_says_the_same_twice(browser: Browser, plan: CheckInPlan, url: str) -> None:
    new = {"weekday": "1", "at_wall": "08:15", "purpose": "dates", "channel": "email", "on_day_off": "skip"}
    form = edited(plan, new, **{"step-0-DELETE": "on"})
    assert [browser.post(f"{url}edit/", form).status_code for _ in range(2)] == [302, 302]
    assert [step.weekday for step in plan.steps.all()] == [1, 2, 4]


@pytest.mark.parametrize(
    ("more", "values", "said"),
    [
        ({"weekday": "9", "at_wall": "08:15", "purpose": "dates", "on_day_off": "skip"}, {}, "Weekday"),
        ({"weekday": "1", "at_wall": "25:00", "purpose": "dates", "on_day_off": "skip"}, {}, "Local time"),
        ({"weekday": "1", "at_wall": "08:15", "purpose": "poem", "on_day_off": "skip"}, {}, "Purpose"),
        ({**SAME_STEP, "channel": "email"}, {}, "the same"),
        ({**SAME_STEP, "channel": "smoke"}, {}, "Channel"),
        (None, {"quiet_days": "61"}, "60"),
        (None, {"frequency": ""}, "at least one contact"),
        (None, {f"step-{number}-DELETE": "on" for number in range(3)}, "at least one step"),
        (None, {"account_manager": "0"}, "account manager"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field_and_nothing_is_written(
    browser: Browser, plan: CheckInPlan, url: str, more: dict[str, str] | None, values: dict[str, str], said: str
) -> None:
    before = plan.rhythm
    refused = browser.post(f"{url}edit/", edited(plan, *([more] if more else []), **values))
    assert refused.status_code == 422
    assert said.lower() in refused.content.decode().lower()
    plan.refresh_from_db()
    assert (plan.rhythm, plan.quiet_days, plan.enrolments.count()) == (before, 2, 1)


def test_a_plan_is_paused_and_goes_on(browser: Browser, plan: CheckInPlan, url: str) -> None:
    for act, is_paused in [("pause", True), ("pause", True), ("resume", False)]:
        assert browser.post(f"{url}{act}/").status_code == 302
        plan.refresh_from_db()
        assert plan.is_paused is is_paused


def test_a_talk_is_noted_on_the_clock_of_whoever_notes_it(
    browser: Browser, maya: AccountManager, plan: CheckInPlan, url: str
) -> None:
    AccountManager.objects.filter(pk=maya.pk).update(time_zone="America/Bogota")
    form = {"date": "2026-02-03", "at_wall": "09:30", "note": "Called about the rollout"}
    assert browser.post(f"{url}talk/", form).status_code == 302
    assert LoggedTalk.objects.get().at == dt.datetime(2026, 2, 3, 14, 30, tzinfo=dt.UTC)
    assert "Called about the rollout" in browser.get(url).content.decode()
    late = browser.post(f"{url}talk/", {**form, "date": "2099-02-03"})
    assert late.status_code == 422
    assert "once it has been held" in late.content.decode()
    assert browser.post(f"{url}talk/", {}).status_code == 422
    # Neither of which is an instant everywhere.
    for date in ("0001-01-01", "9999-12-31"):
        assert browser.post(f"{url}talk/", {"date": date, "at_wall": "23:59"}).status_code == 422
    assert LoggedTalk.objects.count() == 1


def test_a_draft_is_rewritten_and_let_go(browser: Browser, draft: Message, url: str) -> None:
    page = f"{url}drafts/{draft.pk}/"
    shown = browser.get(page)
    assert shown.status_code == 200
    words = shown.context["form"].initial
    assert words["text"]
    assert browser.post(page, {**words, "act": "save"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.own_text) == ("draft", "")
    assert browser.post(page, {"subject": "Hello", "text": "How was it?", "act": "release"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.own_subject, draft.own_text) == ("pending", "Hello", "How was it?")
    assert browser.get(page).status_code == 404


def test_a_draft_let_go_as_browsers_send_it_keeps_the_words_of_the_texts(
    browser: Browser, draft: Message, url: str
) -> None:
    page = f"{url}drafts/{draft.pk}/"
    words = browser.get(page).context["form"].initial
    text = words["text"].replace("\n", "\r\n")
    assert text != words["text"]
    assert browser.post(page, {"subject": words["subject"], "text": text, "act": "release"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.own_subject, draft.own_text) == ("pending", "", "")


def test_a_draft_with_a_subject_of_its_own_keeps_its_links_and_the_text_to_edit_has_none(
    browser: Browser, maya: AccountManager, kenji: Contact, plan: CheckInPlan, url: str, smtp_server: SmtpServer
) -> None:
    Contact.objects.update(reachable_hours={})
    now = timezone.now()
    asked = Approval(client=kenji.client, contact=kenji, title="Logo", asked_at=now)
    ask_approval(actor=maya, approval=asked, now=now)
    Message.objects.all().delete()
    steps = [NewStep(day, dt.time(9), "approvals") for day in range(7)]
    write_steps(plan, *steps, now=now, terms=Terms(is_approved_first=True))
    page = f"{url}drafts/{Message.objects.earliest('due_at').pk}/"
    words = browser.get(page).context["form"].initial
    assert "Logo" in words["text"]
    assert "http" not in words["text"]
    assert browser.post(page, {**words, "subject": "Mine", "act": "send"}).status_code == 302
    assert deliver(clock=timezone.now)["sent"] == 1
    (mail,) = smtp_server.messages
    body = mail.get_body(("plain",))
    assert body is not None
    said = body.get_content()
    assert mail["Subject"] == "Mine"
    assert "Logo" in said
    assert "…" not in said
    assert said.count("/p/") > said.count("Logo")


@pytest.mark.parametrize(("act", "state"), [("send", "pending"), ("discard", "suppressed")])
def test_a_draft_is_sent_at_once_or_discarded(browser: Browser, draft: Message, url: str, act: str, state: str) -> None:
    # Whoever names no hours may be written to at any.
    Contact.objects.update(reachable_hours={})
    form = {"subject": "Hello", "text": "How was it?", "act": act}
    assert browser.post(f"{url}drafts/{draft.pk}/", form).status_code == 302
    draft.refresh_from_db()
    assert draft.state == state
    assert (draft.due_at <= timezone.now()) is (act == "send")


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"subject": "", "text": "x", "act": "save"}, 422),
        ({"subject": "x" * 201, "text": "x", "act": "send"}, 422),
        ({"subject": "a\x00b", "text": "x", "act": "release"}, 422),
        ({"subject": "x", "text": "x", "act": "burn"}, 400),
        ({}, 400),
    ],
)
def test_a_draft_without_words_stays_one(
    browser: Browser, draft: Message, url: str, form: dict[str, str], status: int
) -> None:
    assert browser.post(f"{url}drafts/{draft.pk}/", form).status_code == status
    draft.refresh_from_db()
    assert (draft.state, draft.own_text) == ("draft", "")


def test_a_draft_of_one_client_is_not_found_at_another(browser: Browser, maya: AccountManager, draft: Message) -> None:
    other = make_client(maya.teams.get())
    assert browser.get(f"/clients/{other.pk}/check-ins/drafts/{draft.pk}/").status_code == 404


def test_the_clients_page_shows_the_next_check_ins(browser: Browser, draft: Message, url: str) -> None:
    page = browser.get(url.removesuffix("check-ins/")).content.decode()
    assert "wait to be read" in page
    assert "Priorities of the week" in page


def test_the_number_of_queries_does_not_grow_with_contacts(
    browser: Browser, plan: CheckInPlan, maya: AccountManager, kenji: Contact, url: str
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    queries()
    few = queries()
    for number in range(4):
        contact = make_contact(kenji.client, full_name=f"Contact {number}", time_zone="Europe/Madrid")
        Enrolment.objects.create(plan=plan, contact=contact, first_week_date=dt.date(2026, 1, 5))
    assert queries() == few


@pytest.mark.parametrize("language", ["es", "ar", "ja"])
def test_a_mail_is_shown_in_its_readers_language(browser: Browser, plan: CheckInPlan, url: str, language: str) -> None:
    Contact.objects.update(language=language)
    entry = browser.get(url).context["weeks"][5].entries[0]
    page = browser.get(f"{url}{entry.enrolment.pk}/{entry.local_date.isoformat()}/").content.decode()
    assert f'lang="{language}"' in page


def template_form(*walls: str) -> dict[str, str]:
    """A template with a step on Friday at each of these times."""
    step = {"weekday": "4", "purpose": "dates", "channel": "preferred", "on_day_off": "previous"}
    form = {"name": "Quiet", "steps-TOTAL_FORMS": str(len(walls)), "steps-INITIAL_FORMS": "0"}
    for number, wall in enumerate(walls):
        form |= {f"steps-{number}-{name}": value for name, value in {**step, "at_wall": wall}.items()}
    return form


@pytest.mark.parametrize(
    ("walls", "said"),
    [
        (["09:00", "09:00"], "Please correct the duplicate data"),
        ([f"{hour:02}:00" for hour in range(6, 17)], "at most 10 forms"),
    ],
)
def test_a_template_that_no_plan_could_keep_is_refused(walls: list[str], said: str) -> None:
    admin = Browser()
    admin.force_login(make_account_manager(is_staff=True))
    refused = admin.post("/admin/outreach/plantemplate/add/", template_form(*walls))
    assert said in refused.content.decode()
    assert not PlanTemplate.objects.filter(name="Quiet").exists()


def test_an_admin_keeps_templates_with_their_steps(standard_template: PlanTemplate) -> None:
    admin = Browser()
    admin.force_login(make_account_manager(is_staff=True))
    assert "Standard" in admin.get("/admin/outreach/plantemplate/").content.decode()
    assert admin.get("/admin/outreach/plantemplate/add/").status_code == 200
    form = template_form("11:30")
    assert admin.post("/admin/outreach/plantemplate/add/", form).status_code == 302
    template = PlanTemplate.objects.get(name="Quiet")
    assert [(kept.weekday, kept.on_day_off) for kept in template.steps.all()] == [(4, "previous")]
