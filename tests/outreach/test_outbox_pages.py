"""The outbox in the browser: who sees what, how a mail is shown, and what can be done about a failure."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clients.models import AccountManager, AuditEntry, Contact
from clients.tokens import without_tokens
from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import search_messages
from scheduling.outreach.services import approve, deliver, plan
from tests.outreach.approvals.rows import ask
from tests.outreach.rows import change_meeting, make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)
State = Message.State


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(make_team(), full_name="Maya Okafor", email="maya@dayband.example")


@pytest.fixture
def ana(maya: AccountManager) -> Contact:
    client = make_client(maya.teams.get(), name="Northwind")
    return make_contact(client, full_name="Ana Restrepo", email="ana@client.example", language="es-CO")


@pytest.fixture
def meeting(maya: AccountManager, ana: Contact) -> Meeting:
    """A meeting whose two confirmations are planned."""
    now = timezone.now()
    made = make_meeting(maya, [ana], start_at=now + 5 * DAY, booked_at=now, title="Quarterly review")
    plan(now=now)
    return made


@pytest.fixture
def browser(maya: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(maya)
    return browser


def to_ana() -> Message:
    return Message.objects.get(address="ana@client.example")


def test_the_outbox_lists_the_messages_of_ones_meetings(browser: Browser, meeting: Meeting) -> None:
    page = browser.get("/outbox/").content.decode()
    assert "2 messages" in page
    assert "ana@client.example" in page
    assert page.count("Waiting") == 3  # two messages and the filter's choice


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 2),
        ({"q": "restrepo"}, 1),
        ({"q": "maya@dayband"}, 1),
        ({"q": "north quarterly"}, 2),
        ({"q": "north nobody"}, 0),
        ({"state": "pending"}, 2),
        ({"state": "sent"}, 0),
        ({"kind": "confirmation", "q": "ana"}, 1),
        ({"kind": "reminder"}, 0),
    ],
)
def test_the_outbox_is_searched_and_filtered(
    browser: Browser, meeting: Meeting, query: dict[str, str], found: int
) -> None:
    response = browser.get("/outbox/", query)
    assert response.status_code == 200
    assert len(response.context["page"].object_list) == found


@pytest.mark.parametrize("query", [{"state": "lost"}, {"kind": "poem"}, {"q": "x" * 101}, {"q": "a\x00b"}])
def test_a_filter_that_does_not_exist_is_refused_at_its_field(browser: Browser, query: dict[str, str]) -> None:
    response = browser.get("/outbox/", query)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == list(query)


def test_htmx_gets_the_results_alone(browser: Browser, meeting: Meeting) -> None:
    response = browser.get("/outbox/", headers={"HX-Request": "true"})
    assert "<html" not in response.content.decode()
    assert "HX-Request" in response.headers["Vary"]


def test_an_admin_sees_every_message(meeting: Meeting) -> None:
    admin = Browser()
    admin.force_login(make_account_manager(is_staff=True))
    assert len(admin.get("/outbox/").context["page"].object_list) == 2


@pytest.mark.parametrize("page", ["", "preview/"])
def test_reading_changes_nothing(browser: Browser, meeting: Meeting, page: str) -> None:
    before = list(Message.objects.order_by("pk").values())
    assert browser.get(f"/outbox/{to_ana().pk}/{page}").status_code == 200
    assert browser.head(f"/outbox/{to_ana().pk}/{page}").status_code == 200
    assert browser.post(f"/outbox/{to_ana().pk}/{page}").status_code == 405
    assert list(Message.objects.order_by("pk").values()) == before


def test_the_preview_is_the_mail_as_it_was_sent_whatever_happens_to_the_meeting(
    browser: Browser, meeting: Meeting, smtp_server: SmtpServer
) -> None:
    deliver(clock=timezone.now)
    meeting.title = "Something else"
    meeting.save()
    (sent,) = (one for one in smtp_server.deliveries if one.recipients == ("ana@client.example",))
    html = sent.message.get_body(("html",))
    assert html is not None
    assert browser.get(f"/outbox/{to_ana().pk}/preview/").content.decode() == without_tokens(html.get_content())
    page = browser.get(f"/outbox/{to_ana().pk}/").content.decode()
    assert to_ana().message_id.strip("<>") in page
    assert "As it was sent" in page


def test_a_waiting_mail_is_previewed_as_it_would_be_sent_now(browser: Browser, meeting: Meeting) -> None:
    Meeting.objects.update(title="A better title")
    preview = browser.get(f"/outbox/{to_ana().pk}/preview/")
    assert "A better title" in preview.content.decode()
    assert '<html lang="es-CO" dir="ltr">' in preview.content.decode()


def test_the_preview_has_a_policy_of_its_own_and_only_we_may_frame_it(browser: Browser, meeting: Meeting) -> None:
    preview = browser.get(f"/outbox/{to_ana().pk}/preview/")
    assert preview.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"
    )
    assert preview.headers["X-Frame-Options"] == "SAMEORIGIN"
    page = browser.get(f"/outbox/{to_ana().pk}/")
    assert "'unsafe-inline'" not in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert f'src="/outbox/{to_ana().pk}/preview/" sandbox' in page.content.decode()


def test_a_mail_that_cannot_be_written_has_a_page_all_the_same(
    browser: Browser, meeting: Meeting, ana: Contact
) -> None:
    Contact.objects.filter(pk=ana.pk).update(time_zone="Europe/Atlantis")
    assert deliver(clock=timezone.now)["failed"] == 2
    page = browser.get(f"/outbox/{to_ana().pk}/")
    assert page.status_code == 200
    assert "ZoneInfoNotFoundError" in page.content.decode()
    assert browser.get(f"/outbox/{to_ana().pk}/preview/").status_code == 404


def test_what_a_mail_server_says_is_no_markup(browser: Browser, meeting: Meeting) -> None:
    Message.objects.update(state=State.DEAD, reason="550 <script>alert(1)</script> 100% no")
    for page in ("/outbox/", f"/outbox/{to_ana().pk}/"):
        content = browser.get(page).content.decode()
        assert "550 &lt;script&gt;alert(1)&lt;/script&gt; 100% no" in content


def test_what_was_never_sent_has_no_preview(browser: Browser, meeting: Meeting) -> None:
    Message.objects.update(state=State.SUPERSEDED)
    assert browser.get(f"/outbox/{to_ana().pk}/").status_code == 200
    assert browser.get(f"/outbox/{to_ana().pk}/preview/").status_code == 404


@pytest.mark.parametrize("state", list(State))
def test_every_state_is_named_and_has_its_sign(browser: Browser, meeting: Meeting, state: Message.State) -> None:
    sent = {"sent_at": timezone.now(), "raw": b""} if state == State.SENT else {}
    claimed = {"claimed_at": timezone.now(), "fencing_token": 1} if state == State.CLAIMED else {}
    Message.objects.update(state=state, **sent, **claimed)
    page = browser.get("/outbox/").content.decode()
    assert page.count(f'class="message-state message-state--{state}"') == 2
    assert page.count(str(state.label)) >= 3


def test_a_failed_message_is_sent_again_to_the_address_of_today(
    browser: Browser, meeting: Meeting, ana: Contact, smtp_server: SmtpServer
) -> None:
    smtp_server.refuse("ana@client.example")
    deliver(clock=timezone.now)
    dead = to_ana()
    assert "550 5.1.1 No such mailbox" in browser.get("/outbox/?state=dead").content.decode()
    Contact.objects.filter(pk=ana.pk).update(email="restrepo@client.example")
    response = browser.post(f"/outbox/{dead.pk}/retry/", follow=True)
    assert "The message is sent again" in response.content.decode()
    assert deliver(clock=timezone.now) == {"sent": 1}
    assert smtp_server.deliveries[-1].recipients == ("restrepo@client.example",)
    assert smtp_server.messages[-1]["Message-ID"] == dead.message_id
    assert AuditEntry.objects.filter(action="message retried", subject_id=dead.pk).count() == 1


def test_the_same_retry_twice_has_one_effect(browser: Browser, meeting: Meeting) -> None:
    Message.objects.update(state=State.DEAD, tries=8)
    first = browser.post(f"/outbox/{to_ana().pk}/retry/")
    second = browser.post(f"/outbox/{to_ana().pk}/retry/")
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert AuditEntry.objects.filter(action="message retried").count() == 1
    assert (to_ana().state, to_ana().tries) == (State.PENDING, 0)


def test_a_retry_without_an_address_says_what_is_missing(browser: Browser, meeting: Meeting, ana: Contact) -> None:
    Contact.objects.filter(pk=ana.pk).update(email="")
    Message.objects.filter(pk=to_ana().pk).update(state=State.UNDELIVERABLE)
    response = browser.post(f"/outbox/{to_ana().pk}/retry/")
    assert response.status_code == 409
    assert "still has no mail address" in response.content.decode()


@pytest.mark.parametrize("state", [State.EXPIRED, State.SUPERSEDED, State.DEAD])
def test_it_can_be_too_late_for_a_retry(browser: Browser, meeting: Meeting, state: Message.State) -> None:
    Message.objects.update(state=state, expires_at=timezone.now() - DAY)
    response = browser.post(f"/outbox/{to_ana().pk}/retry/")
    assert response.status_code == 409
    assert "too late" in response.content.decode()
    assert to_ana().state == state
    assert "Send again" not in browser.get(f"/outbox/{to_ana().pk}/").content.decode()


def test_a_retried_message_of_a_meeting_that_changed_is_not_sent(
    browser: Browser, meeting: Meeting, smtp_server: SmtpServer
) -> None:
    Message.objects.update(state=State.DEAD)
    change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=timezone.now())
    browser.post(f"/outbox/{to_ana().pk}/retry/")
    deliver(clock=timezone.now)
    assert to_ana().state == State.SUPERSEDED
    assert smtp_server.deliveries == []


def test_the_number_of_queries_does_not_depend_on_the_messages(
    browser: Browser, maya: AccountManager, ana: Contact
) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(url).status_code == 200
        return len(captured)

    now = timezone.now()
    make_meeting(maya, [ana], start_at=now + 5 * DAY, booked_at=now)
    plan(now=now)
    list_queries, message_queries = queries("/outbox/"), queries(f"/outbox/{to_ana().pk}/")
    for day in range(10):
        more = [make_contact(ana.client) for _ in range(4)]
        make_meeting(maya, more, start_at=now + (6 + day) * DAY, booked_at=now)
    plan(now=now)
    # Session, person, the switch, count and page.
    # For a message: its rows, its attendees, what was sent and changed before, its address.
    assert (queries("/outbox/"), queries(f"/outbox/{to_ana().pk}/")) == (list_queries, message_queries) == (5, 10)


def test_the_admin_shows_messages_and_lets_nobody_change_them(meeting: Meeting) -> None:
    admin = Browser()
    admin.force_login(make_account_manager(is_staff=True, is_superuser=True))
    assert admin.get("/admin/outreach/message/?q=ana").status_code == 200
    page = admin.get(f"/admin/outreach/message/{to_ana().pk}/change/")
    assert page.status_code == 200
    assert '<input type="text"' not in page.content.decode()
    assert admin.post(f"/admin/outreach/message/{to_ana().pk}/change/", {"state": "sent"}).status_code == 403


@pytest.mark.parametrize("text", ["estimate", "Sails"])
def test_search_finds_what_the_list_shows_of_approvals(text: str) -> None:
    manager = make_account_manager(make_team())
    contact = make_contact(make_client(manager.teams.get(), name="Sample Sails"))
    approve(contact=contact, approval=ask(manager, contact, title="Cost estimate"), now=timezone.now())
    found = search_messages(manager, text=text, state="", kind="")
    assert {message.kind for message in found} == {"approval", "answer"}
