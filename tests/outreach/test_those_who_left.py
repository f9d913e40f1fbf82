"""Nothing is asked or answered in the name of an account manager who has left, while somebody else is there."""

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from clients.errors import LinkEnded
from clients.models import AccountManager, Contact
from scheduling.meetings.models import Attendance
from scheduling.outreach import services
from scheduling.outreach.models import Enquiry, Message, Survey, SurveyRule
from scheduling.outreach.selectors import to_say_for
from scheduling.outreach.services import deliver
from scheduling.outreach.services.answers import answer_invitation
from scheduling.outreach.services.planning_surveys import ask as ask_surveys
from tests.outreach.approvals.rows import ask
from tests.outreach.check_in_rows import MONDAY_MORNING, make_plan
from tests.outreach.public_pages.pages import REQUEST
from tests.outreach.rows import make_meeting
from tests.outreach.surveys.rows import DAY, MINUTE, MORNING, meet
from tests.people import make_account_manager, make_client, make_contact, make_team
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

#: Nine on a Monday in Tokyo.
DUE = dt.datetime(2026, 10, 5, 0, 0, tzinfo=dt.UTC)
HOUR = 60 * MINUTE


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team(), full_name="Mara Test")


@pytest.fixture
def colleague(manager: AccountManager) -> AccountManager:
    return make_account_manager(manager.teams.get(), full_name="Still Here")


@pytest.fixture
def contact(manager: AccountManager) -> Contact:
    client = make_client(manager.teams.get(), country="JP")
    return make_contact(client, time_zone="Asia/Tokyo")


def leave(manager: AccountManager) -> None:
    AccountManager.objects.filter(pk=manager.pk).update(is_active=False)


@pytest.mark.parametrize("question", ["csat", "nps"])
def test_a_question_is_asked_by_a_colleague(
    question: str, manager: AccountManager, colleague: AccountManager, contact: Contact
) -> None:
    SurveyRule.objects.create(client=contact.client, every=int(question == "csat"), asks_nps=question == "nps")
    # Late enough in the quarter for anybody.
    morning = MORNING if question == "csat" else MORNING + 10 * 7 * DAY
    meet(colleague, contact, morning - 40 * DAY)
    meet(manager, contact, morning - DAY)
    leave(manager)
    assert ask_surveys(now=morning - 5 * MINUTE) == 1
    assert Survey.objects.get().account_manager == colleague
    ask_surveys(now=MORNING - 5 * MINUTE)
    assert Survey.objects.get().account_manager == colleague


def test_nobody_asks_where_nobody_is_left(manager: AccountManager, contact: Contact) -> None:
    SurveyRule.objects.create(client=contact.client, every=1)
    meet(manager, contact)
    leave(manager)
    assert ask_surveys(now=MORNING - 5 * MINUTE) == 0


def test_an_approval_is_told_to_a_colleague(
    manager: AccountManager, colleague: AccountManager, contact: Contact
) -> None:
    approval = ask(manager, contact)
    leave(manager)
    services.approve(contact=contact, approval=approval, now=timezone.now())
    assert Message.objects.get(kind="answer").account_manager == colleague


def test_a_request_to_somebody_who_left_before_it_was_confirmed_can_not_be_confirmed(manager: AccountManager) -> None:
    values = {name: value for name, value in REQUEST.items() if name != "website"}
    now = timezone.now()
    services.leave_enquiry(account_manager=manager, values=values, creation_key=uuid.uuid4(), now=now)
    leave(manager)
    enquiry = Enquiry.objects.get()
    with pytest.raises(LinkEnded):
        services.enquiry_with(bytes(enquiry.token_hash), now=now)
    services.confirm_enquiry(enquiry=enquiry, now=now)
    assert not Message.objects.filter(kind="request").exists()


def test_a_wish_for_another_time_is_told_to_a_colleague_of_an_organizer_who_has_left() -> None:
    now = timezone.now()
    manager = make_account_manager(make_team(), reminder_minutes=[])
    colleague = make_account_manager(manager.teams.get())
    ana = make_contact(make_client(manager.teams.get()), reminder_minutes=[60])
    meeting = make_meeting(manager, [ana], start_at=now + 2 * DAY, booked_at=now - 9 * DAY)
    type(manager).objects.filter(pk=manager.pk).update(is_active=False)
    attendance = Attendance.objects.get(meeting=meeting, contact=ana)
    answer_invitation(attendance=attendance, suits=False, words="Later?", start_at=meeting.start_at, now=now)
    assert Message.objects.get(kind="reply").account_manager == colleague


def test_a_call_of_somebody_who_has_left_is_a_colleagues_to_make(smtp_server: SmtpServer) -> None:
    enrolment = make_plan(MONDAY_MORNING, preferred_channel="phone", phone="+81355501010")
    manager = enrolment.plan.account_manager
    colleague = make_account_manager(enrolment.contact.client.team)
    type(manager).objects.filter(pk=manager.pk).update(is_active=False)
    deliver(clock=lambda: DUE)
    deliver(clock=lambda: DUE)
    message = Message.objects.get()
    assert (message.state, message.channel) == ("to_say", "phone")
    assert list(to_say_for(colleague, now=DUE + HOUR)) == [message]


def test_a_check_in_does_not_go_in_the_name_of_somebody_who_has_left(smtp_server: SmtpServer) -> None:
    enrolment = make_plan(MONDAY_MORNING)
    manager = enrolment.plan.account_manager
    colleague = make_account_manager(enrolment.contact.client.team)
    type(manager).objects.filter(pk=manager.pk).update(is_active=False)
    deliver(clock=lambda: DUE)
    [mail] = smtp_server.messages
    assert colleague.email in mail["Reply-To"]
