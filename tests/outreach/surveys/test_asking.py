"""Contacts are asked on their own morning, never too often, by a mail in their language."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.links import Purpose, link_for
from clients.models import AccountManager, Contact, DayOff
from holidays_app.models import CalendarChange
from holidays_app.services import ensure_place_calendar
from scheduling.meetings.models import Meeting
from scheduling.outreach import services
from scheduling.outreach.models import MailAddress, MailWishes, Message, Survey, SurveyRule
from scheduling.outreach.models.surveys import DAYS_BETWEEN
from scheduling.outreach.services import planning_surveys
from scheduling.outreach.services.planning_surveys import ask, plan_surveys
from tests.outreach.surveys.rows import DAY, HOUR, MET_AT, MINUTE, MORNING, a_survey, meet
from tests.people import make_account_manager, make_client, make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db


def planned() -> list[str]:
    """What is asked, in order: “question, when in UTC”."""
    return [f"{row.question}, {row.asked_at:%a %-d %H:%M}" for row in Survey.objects.order_by("asked_at", "pk")]


def test_the_contact_is_asked_at_half_past_nine_on_their_next_working_day(
    manager: AccountManager, contact: Contact
) -> None:
    meeting = meet(manager, contact)
    assert ask(now=MORNING - HOUR) == 0
    assert ask(now=MORNING - 5 * MINUTE) == 1
    survey = Survey.objects.get()
    assert (survey.contact, survey.meeting, survey.account_manager) == (contact, meeting, manager)
    assert (survey.asked_at, survey.asked_date, survey.local_hour) == (MORNING, dt.date(2026, 10, 8), 12)
    message = Message.objects.get()
    assert (message.kind, message.person, message.due_at) == (Message.Kind.SURVEY, contact, MORNING)
    assert (message.sender, message.client, message.about) == (manager, contact.client, "Quarterly review")


def test_planning_again_asks_nobody_again(manager: AccountManager, contact: Contact) -> None:
    meet(manager, contact)
    assert [ask(now=MORNING + late * MINUTE) for late in (-5, 0, 5)] == [1, 0, 0]
    assert Message.objects.count() == 1


def test_the_beat_looks_every_few_minutes(manager: AccountManager, contact: Contact) -> None:
    meet(manager, contact)
    assert plan_surveys(now=MORNING - HOUR) == 0
    assert plan_surveys(now=MORNING - HOUR + MINUTE) == 0
    assert plan_surveys(now=MORNING) == 1


def test_a_morning_that_nobody_planned_in_time_is_let_go(manager: AccountManager, contact: Contact) -> None:
    meet(manager, contact)
    assert ask(now=MORNING + 7 * HOUR) == 0


def test_nobody_is_asked_on_a_holiday_a_day_off_or_a_weekend(manager: AccountManager, contact: Contact) -> None:
    calendar = ensure_place_calendar(country="JP")
    thursday, friday, monday = dt.date(2026, 10, 8), dt.date(2026, 10, 9), dt.date(2026, 10, 12)
    CalendarChange.objects.create(
        calendar=calendar, kind="closure", first_date=thursday, last_date=thursday, name="Move"
    )
    Contact.objects.update(calendar=calendar)
    DayOff.objects.create(contact=contact, first_date=friday, last_date=friday)
    meet(manager, contact)
    # Monday is Sports Day in Japan.
    assert calendar.calendar is not None
    for day in range(5):
        assert ask(now=MORNING + day * DAY) == 0, monday
    assert ask(now=MORNING + 5 * DAY) == 1
    assert planned() == ["csat, Tue 13 00:30"]


def test_who_begins_later_is_asked_when_they_begin(manager: AccountManager, contact: Contact) -> None:
    Contact.objects.update(working_hours={"thu": [["13:00", "18:00"]]})
    meet(manager, contact)
    assert ask(now=MORNING) == 0
    assert ask(now=MORNING + 3.5 * HOUR) == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda contact: SurveyRule.objects.update(every=0),
        lambda contact: SurveyRule.objects.all().delete(),
        lambda contact: MailWishes.objects.create(contact=contact, unwanted=["surveys"]),
        lambda contact: MailWishes.objects.create(contact=contact, paused_until_date=dt.date(2026, 10, 8)),
        lambda contact: MailAddress.objects.create(email="ion@client.example", suppressed_at=MET_AT),
        lambda contact: Contact.objects.update(email=""),
        lambda contact: Meeting.objects.get().attendances.update(status="cancelled"),
        lambda contact: Meeting.objects.get().attendances.update(partstat="DECLINED"),
    ],
    ids=["never", "no rule", "unwanted", "paused", "address came back", "no address", "cancelled", "declined"],
)
def test_some_are_not_asked(manager: AccountManager, contact: Contact, change: Any) -> None:
    meet(manager, contact)
    change(contact)
    assert ask(now=MORNING) == 0


def test_who_declined_every_meeting_is_not_asked_each_quarter_either(manager: AccountManager, contact: Contact) -> None:
    SurveyRule.objects.update(every=0, asks_nps=True)
    meet(manager, contact).attendances.update(partstat="DECLINED")
    assert [ask(now=MORNING + days * DAY) for days in range(60)] == [0] * 60


def test_a_pause_that_is_over_is_none(manager: AccountManager, contact: Contact) -> None:
    meet(manager, contact)
    MailWishes.objects.create(contact=contact, paused_until_date=dt.date(2026, 10, 7), unwanted=["check_ins"])
    assert ask(now=MORNING) == 1


def test_every_third_meeting_of_the_client_is_asked_about(manager: AccountManager, contact: Contact) -> None:
    SurveyRule.objects.update(every=3)
    others = [make_contact(contact.client, time_zone="Asia/Tokyo") for _ in range(5)]
    for number, other in enumerate([*others, contact]):
        meet(manager, other, MET_AT + number * HOUR)
    assert ask(now=MORNING) == 2
    assert set(Survey.objects.values_list("contact", flat=True)) == {others[2].pk, contact.pk}


def test_of_two_meetings_on_one_day_the_later_is_asked_about(manager: AccountManager, contact: Contact) -> None:
    meet(manager, contact)
    later = meet(manager, contact, MET_AT + 3 * HOUR)
    assert ask(now=MORNING) == 1
    assert Survey.objects.get().meeting == later


@pytest.mark.parametrize("chunk", [1, 2, 500])
def test_everybody_is_asked_once_however_many_are_looked_at_together(
    manager: AccountManager, contact: Contact, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(planning_surveys, "CHUNK", chunk)
    others = [make_contact(contact.client, time_zone="Asia/Tokyo") for _ in range(4)]
    quarterly = make_contact(make_client(contact.client.team), time_zone="Asia/Tokyo")
    SurveyRule.objects.create(client=quarterly.client, every=1, asks_nps=True)
    late = dt.datetime(2026, 11, 26, 0, 30, tzinfo=dt.UTC)
    held_at = late - 21.5 * HOUR
    managers = {one: make_account_manager(contact.client.team) for one in (*others, contact, quarterly)}
    for one, organizer in managers.items():
        meet(organizer, one, held_at)
    latest = {one: meet(managers[one], one, held_at + HOUR) for one in (contact, *others)}
    assert ask(now=late) == 6
    assert {row.contact: row.meeting for row in Survey.objects.all()} == {**latest, quarterly: None}
    assert ask(now=late) == 0


def test_the_queries_grow_with_the_chunks_and_not_with_the_contacts(
    manager: AccountManager, contact: Contact, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    SurveyRule.objects.update(asks_nps=True)
    contacts = [contact, *(make_contact(contact.client, time_zone="Asia/Tokyo") for _ in range(5))]
    for number, one in enumerate(contacts):
        meet(manager, one, MET_AT + number * HOUR)
    evening = MORNING + 12 * HOUR
    for chunk, queries in ((500, 8), (6, 10), (3, 18), (2, 26)):
        monkeypatch.setattr(planning_surveys, "CHUNK", chunk)
        with django_assert_num_queries(queries):
            assert ask(now=evening) == 0


def test_whoever_is_asked_each_quarter_is_asked_that_instead_of_about_a_meeting(
    manager: AccountManager, contact: Contact
) -> None:
    SurveyRule.objects.update(asks_nps=True)
    meet(manager, contact)
    late = dt.datetime(2026, 11, 26, 0, 30, tzinfo=dt.UTC)
    second = meet(manager, contact, late - 21.5 * HOUR)
    assert ask(now=late) == 1
    survey = Survey.objects.get()
    assert (survey.question, survey.meeting, survey.account_manager) == ("nps", None, second.organizer)
    assert [ask(now=late + days * DAY) for days in (1, 4, 29, 32)] == [0] * 4
    # The next quarter's, once its morning has come.
    Contact.objects.filter(pk=contact.pk).update(working_hours={day: [["09:00", "17:00"]] for day in WEEK})
    meet(manager, contact, late + 60 * DAY, title="Later")
    assert [ask(now=late + days * DAY) for days in (95, 96)] == [1, 0]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    gaps=st.lists(st.integers(1, 40), min_size=1, max_size=4),
    zone=st.sampled_from(["Pacific/Kiritimati", "America/Bogota", "Asia/Kathmandu"]),
    asks_nps=st.booleans(),
)
def test_nobody_is_ever_asked_twice_within_thirty_days(gaps: list[int], zone: str, asks_nps: bool) -> None:
    with transaction.atomic():
        contact = make_contact(time_zone=zone, working_hours={day: [["09:00", "17:00"]] for day in WEEK})
        manager = make_account_manager(contact.client.team)
        SurveyRule.objects.create(client=contact.client, every=1, asks_nps=asks_nps)
        held_at = MET_AT
        for gap in gaps:
            held_at += gap * DAY
            meet(manager, contact, held_at)
            for days in (1, 2):
                date = held_at.astimezone(contact.zone).date() + days * DAY
                ask(now=dt.datetime.combine(date, dt.time(9, 31), contact.zone))
        dates = sorted(Survey.objects.filter(contact=contact).values_list("asked_date", flat=True))
        assert dates
        assert all((later - earlier).days >= DAYS_BETWEEN for earlier, later in pairwise(dates))
        # Nor is anybody left out who could be asked: a meeting that long after the last question is asked about.
        assert len(dates) >= sum(gaps[1:]) // (DAYS_BETWEEN + max(gaps) + 1)
        transaction.set_rollback(True)


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def test_the_database_itself_refuses_two_within_thirty_days(manager: AccountManager, contact: Contact) -> None:
    first = a_survey(manager, contact)
    with pytest.raises(IntegrityError, match="survey_never_two_in_30_days"), transaction.atomic():
        a_survey(manager, contact, asked_at=first.asked_at + 29 * DAY)
    a_survey(manager, contact, asked_at=first.asked_at + 30 * DAY)


@pytest.mark.django_db(transaction=True)
def test_of_many_beats_at_a_time_one_asks(manager: AccountManager, contact: Contact) -> None:
    meet(manager, contact)

    def beat(number: int) -> int:
        try:
            return ask(now=MORNING)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(beat, range(4))) == 1
    assert (Survey.objects.count(), Message.objects.count()) == (1, 1)


# The mail


def test_the_mail_asks_in_the_contacts_language_and_can_be_stopped_with_one_click(
    smtp_server: SmtpServer, manager: AccountManager, contact: Contact
) -> None:
    Contact.objects.update(language="ro", formality="formal")
    meet(manager, contact)
    ask(now=MORNING)
    services.deliver(clock=lambda: MORNING)
    [mail] = smtp_server.messages
    assert mail["Content-Language"] == "ro"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    survey = Survey.objects.get()
    bodies = {part.get_content_type(): part.get_content() for part in mail.walk() if not part.is_multipart()}
    text, html = bodies["text/plain"], bodies["text/html"]
    url = link_for(contact, Purpose.SURVEY, now=MORNING, subject_id=survey.pk, expires_at=survey.expires_at)
    assert url in text
    assert f'href="{url}"' in html
    assert "5: foarte mulțumit" in text
    # No link that would answer by being followed.
    assert "score" not in text + html


def test_who_wants_no_questions_any_more_gets_none_at_the_last_moment(
    smtp_server: SmtpServer, manager: AccountManager, contact: Contact
) -> None:
    meet(manager, contact)
    ask(now=MORNING - 5 * MINUTE)
    MailWishes.objects.create(contact=contact, unwanted=["surveys"])
    services.deliver(clock=lambda: MORNING)
    assert not smtp_server.messages
    assert Message.objects.get().state == Message.State.SUPPRESSED


def test_every_second_meeting_counts_those_that_end_together_one_by_one(
    manager: AccountManager, contact: Contact
) -> None:
    SurveyRule.objects.update(every=2)
    colleague = make_account_manager(contact.client.team)
    others = [make_contact(contact.client, time_zone="Asia/Tokyo") for _ in range(3)]
    meet(manager, contact, MET_AT)
    # The second and the third meeting of the client end at the same time.
    meet(manager, others[0], MET_AT + HOUR)
    meet(colleague, others[1], MET_AT + HOUR)
    assert ask(now=MORNING) == 1


def test_of_two_meetings_at_the_same_time_every_second_is_one(manager: AccountManager, contact: Contact) -> None:
    SurveyRule.objects.update(every=2)
    colleague = make_account_manager(contact.client.team)
    other = make_contact(contact.client, time_zone="Asia/Tokyo")
    meet(manager, contact, MET_AT)
    meet(colleague, other, MET_AT)
    assert ask(now=MORNING) == 1


def test_each_quarter_is_asked_though_the_organizer_has_left(manager: AccountManager, contact: Contact) -> None:
    SurveyRule.objects.update(every=0, asks_nps=True)
    colleague = make_account_manager(contact.client.team)
    meet(manager, contact)
    AccountManager.objects.filter(pk=manager.pk).update(is_active=False)
    # Every working morning of the last weeks of the quarter.
    late = dt.datetime(2026, 11, 26, 0, 30, tzinfo=dt.UTC)
    assert sum(ask(now=late + days * DAY) for days in range(6)) == 1
    assert Survey.objects.get().account_manager == colleague


def test_nobody_is_asked_what_they_have_answered(
    manager: AccountManager, contact: Contact, smtp_server: SmtpServer
) -> None:
    meet(manager, contact)
    ask(now=MORNING - 10 * MINUTE)
    survey = Survey.objects.get()
    # It stands on their own page before the mail goes, and while the mail server is away.
    services.answer_survey(contact=contact, survey=survey, score=5, now=MORNING - 5 * MINUTE)
    services.deliver(clock=lambda: MORNING)
    assert not smtp_server.messages


def test_nobody_is_asked_on_a_day_off_that_they_take_this_morning(
    manager: AccountManager, contact: Contact, smtp_server: SmtpServer
) -> None:
    meet(manager, contact)
    assert ask(now=MORNING - 5 * MINUTE) == 1
    today = MORNING.astimezone(contact.zone).date()
    DayOff.objects.create(contact=contact, first_date=today, last_date=today)
    services.deliver(clock=lambda: MORNING)
    assert not smtp_server.messages


@pytest.mark.parametrize("question", ["csat", "nps"])
def test_nobody_is_asked_on_a_weekday_on_which_no_mail_may_reach_them(
    manager: AccountManager, contact: Contact, smtp_server: SmtpServer, question: str
) -> None:
    """They work on Thursdays and want no mail then: written for Thursday, the question expires and comes no more."""
    reachable = {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "fri")}
    Contact.objects.filter(pk=contact.pk).update(reachable_hours=reachable)
    SurveyRule.objects.update(every=question == "csat", asks_nps=question == "nps")
    # A Thursday, half past nine in Tokyo; after the 56th day of the quarter, so that everybody's turn has come.
    thursday = dt.datetime(2026, 11, 26, 0, 30, tzinfo=dt.UTC)
    meet(manager, contact, thursday - 21.5 * HOUR)
    for days in (0, 1, 4, 5, 6):
        for late in (0, 3, 8):
            now = thursday + days * DAY + late * HOUR
            ask(now=now)
            services.deliver(clock=now.replace)
    assert Message.objects.filter(state=Message.State.EXPIRED).count() == 0
    assert len(smtp_server.messages) == 1


def test_who_can_be_reached_only_before_is_asked_then(manager: AccountManager, contact: Contact) -> None:
    early = {day: [["06:00", "09:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
    Contact.objects.filter(pk=contact.pk).update(reachable_hours=early)
    meet(manager, contact)
    assert ask(now=MORNING - 3.5 * HOUR) == 1
    assert Survey.objects.get().asked_at == MORNING - 3.5 * HOUR
