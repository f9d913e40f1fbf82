"""`manage.py seed_demo`: what it promises to the person who tries Dayband, counted."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import Client as Browser
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker, Settings

from clients.models import AccountManager, AuditEntry, Client, Contact, DayOff, Team
from holidays_app.calendars import weekend, year_days
from holidays_app.models import CalendarChange, HolidayCalendar
from scheduling.desk.demo.cast import MANAGERS, PASSWORD
from scheduling.desk.demo.crowd import load_crowd
from scheduling.desk.demo.surveys import COMMENTS
from scheduling.engine import Policy, Slot
from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.selectors import attendee_key, attendees, burdens_of, open_offers
from scheduling.meetings.services.rows import slot_at
from scheduling.outreach.models import Approval, CheckInPlan, Enrolment, LoggedTalk, Message, Survey
from scheduling.outreach.services.planning import plan


@dataclass(frozen=True)
class Demo:
    loaded_at: dt.datetime
    output: str


def seed(*arguments: str) -> str:
    output = StringIO()
    call_command("seed_demo", *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture(scope="module")
def demo(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Demo]:
    """The demo as a new user gets it, loaded once for this module and rolled back after it."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), files, transaction.atomic():
        loaded_at = timezone.now()
        yield Demo(loaded_at, seed())
        transaction.set_rollback(True)


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def offset_minutes(contact: Contact, at: dt.datetime) -> int:
    offset = at.astimezone(contact.zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60


def test_clients_and_contacts_are_as_many_as_promised() -> None:
    assert Client.objects.count() >= 24
    assert Contact.objects.count() >= 40
    assert not Client.objects.filter(contacts=None).exists()


def test_contacts_live_in_many_zones_on_all_continents() -> None:
    zones = set(Contact.objects.values_list("time_zone", flat=True))
    assert len(zones) >= 24
    assert {"Africa", "America", "Antarctica", "Asia", "Australia", "Europe", "Pacific"} <= {
        zone.partition("/")[0] for zone in zones
    }


def test_some_zones_are_off_the_hour_and_some_past_the_date_line(demo: Demo) -> None:
    offsets = {offset_minutes(contact, demo.loaded_at) for contact in Contact.objects.all()}
    assert {offset % 60 for offset in offsets} >= {0, 30, 45}
    assert max(offsets) == 14 * 60
    assert 13 * 60 in offsets
    assert min(offsets) <= -11 * 60


def test_some_rest_on_friday_and_saturday() -> None:
    resting = {
        contact.client.country
        for contact in Contact.objects.select_related("client")
        if contact.working_hours.keys().isdisjoint({"fri", "sat"}) and "sun" in contact.working_hours
    }
    assert resting >= {"SA", "EG", "BD"}
    assert all(weekend(country) == {4, 5} for country in resting)


def test_a_country_with_substitute_working_days_is_among_them(demo: Demo) -> None:
    calendars = HolidayCalendar.objects.filter(pk__in=Contact.objects.values("calendar"))
    with_workdays = {
        calendar.country for calendar in calendars if year_days(calendar.calendar, demo.loaded_at.year).workdays
    }
    assert "CN" in with_workdays


def test_account_managers_are_as_promised() -> None:
    managers = AccountManager.objects.all()
    assert managers.count() == 5
    assert len(set(managers.values_list("time_zone", flat=True))) == 4
    assert Team.objects.count() == 2
    assert managers.filter(is_staff=True).count() == 1
    assert all(manager.teams.exists() for manager in managers)


@pytest.mark.parametrize("manager", MANAGERS, ids=lambda manager: manager.email)
def test_every_printed_account_signs_in(manager: AccountManager, demo: Demo) -> None:
    assert manager.email in demo.output
    assert PASSWORD in demo.output
    browser = Browser()
    response = browser.post(reverse("account_login"), {"login": manager.email, "password": PASSWORD})
    assert response.status_code == 302
    assert browser.get(reverse("desk:today")).status_code == 200


def test_calendars_have_subdivisions_and_local_changes() -> None:
    subdivisions = HolidayCalendar.objects.exclude(subdivision="")
    assert {f"{row.country}-{row.subdivision}" for row in subdivisions} >= {
        "AU-SA", "CA-NL", "DE-BY", "ES-MD", "GB-SCT", "IN-KA", "US-CA",
    }  # fmt: skip
    kinds = set(CalendarChange.objects.values_list("kind", flat=True))
    assert {CalendarChange.Kind.CLOSURE, CalendarChange.Kind.HALF_DAY, CalendarChange.Kind.WORKDAY} <= kinds


def test_people_write_in_many_languages_and_scripts() -> None:
    languages = {tag.partition("-")[0] for tag in Contact.objects.values_list("language", flat=True)}
    assert len(languages) >= 15
    assert {"en", "es", "ar", "ja", "zh"} <= languages
    assert Contact.objects.exclude(native_name="").count() >= 10
    assert all(contact.address_as for contact in Contact.objects.all())


def test_addresses_reach_nobody() -> None:
    addresses = [
        *Contact.objects.values_list("email", flat=True),
        *AccountManager.objects.values_list("email", flat=True),
    ]
    assert all(address.endswith(".example") for address in addresses)


def test_everything_would_pass_the_forms() -> None:
    for row in [*Client.objects.all(), *Contact.objects.all(), *AccountManager.objects.all(), *DayOff.objects.all()]:
        row.full_clean()


def test_days_off_begin_on_days_of_work() -> None:
    weekdays = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    for row in DayOff.objects.select_related("contact", "account_manager"):
        person = row.contact or row.account_manager
        assert person is not None
        assert weekdays[row.first_date.weekday()] in person.working_hours


def test_meetings_lie_behind_and_ahead(demo: Demo) -> None:
    past = Meeting.objects.filter(end_at__lte=demo.loaded_at, status=Status.CONFIRMED)
    weeks = {(demo.loaded_at - meeting.start_at).days // 7 for meeting in past}
    assert weeks >= set(range(12))
    ahead = Meeting.objects.filter(start_at__gt=demo.loaded_at)
    assert ahead.filter(status=Status.CONFIRMED).count() >= 15
    assert ahead.filter(status=Status.CANCELLED).count() == 1
    assert MeetingChange.objects.filter(kind=MeetingChange.Kind.MOVED, meeting__in=ahead).exists()
    assert MeetingChange.objects.filter(kind=MeetingChange.Kind.MOVED, meeting__in=past).exists()


def test_meetings_are_as_booking_them_one_by_one_would_leave_them() -> None:
    meetings = Meeting.objects.filter(status=Status.CONFIRMED, series=None).order_by("pk")
    for meeting in [*meetings.filter(sequence=0)[::12], *meetings.filter(sequence__gt=0)]:
        rows = list(meeting.attendances.select_related("contact__calendar", "account_manager__calendar"))
        people = attendees(
            contacts=[row.contact for row in rows if row.contact],
            colleagues=[row.account_manager for row in rows if row.account_manager],
            start_at=meeting.start_at,
            end_at=meeting.end_at,
            now=meeting.created_at,
            excluding=meeting,
        )
        one_by_one = [person.participant for person in people]
        slot = slot_at(one_by_one, meeting.start_at, meeting.duration_minutes, Policy(meeting.policy))
        assert isinstance(slot, Slot)
        assert {row.during.lower for row in rows} == {meeting.start_at}
        assert {share.id: (share.cost, share.band) for share in slot.participants} == {
            attendee_key(row.person): (float(row.cost), row.band) for row in rows
        }
        changes = meeting.changes.order_by("pk")
        assert [change.sequence for change in changes] == list(range(meeting.sequence + 1))
        audited = AuditEntry.objects.filter(subject_type="meetings.meeting", subject_id=meeting.pk).order_by("pk")
        assert [entry.action for entry in audited] == [f"meeting {change.kind}" for change in changes]


def test_the_first_account_has_meetings_this_week(demo: Demo) -> None:
    week = (demo.loaded_at, demo.loaded_at + dt.timedelta(days=7))
    maya = AccountManager.objects.get(email=MANAGERS[0].email)
    assert maya.attendances.filter(meeting__start_at__range=week, status=Status.CONFIRMED).count() >= 3


def test_people_carry_burdens_unevenly(demo: Demo) -> None:
    contacts = list(Contact.objects.all())
    burdens = sorted(burdens_of(contacts, demo.loaded_at).values())
    assert sum(burden > 0 for burden in burdens) >= 15
    assert burdens[-1] > 100
    assert burdens[0] == 0


def test_nobody_is_told_of_what_is_long_known(demo: Demo) -> None:
    plan(now=timezone.now())
    assert not Message.objects.filter(meeting__end_at__lte=demo.loaded_at).exists()
    told = Message.objects.exclude(kind__in=[Message.Kind.REMINDER, Message.Kind.CHECK_IN])
    assert 5 <= told.count() <= 15
    assert set(told.values_list("kind", flat=True)) == {
        Message.Kind.CONFIRMATION,
        Message.Kind.APPROVAL,
        Message.Kind.OFFER,
    }
    assert not told.exclude(meeting=None).exclude(meeting__created_at=F("change__at")).exists()
    assert not told.filter(meeting=None).exclude(due_at__gte=demo.loaded_at).exists()


def test_what_contacts_say_of_a_meeting_agrees_with_their_score_and_its_hour() -> None:
    mood_of = {text: mood for moods in COMMENTS.values() for mood, texts in moods.items() for text in texts}
    surveys = list(Survey.objects.exclude(comment=""))
    for survey in surveys:
        mood = mood_of[survey.comment]
        assert survey.score is not None
        assert (mood == "content") == (survey.score >= (4 if survey.question == "csat" else 9))
        if mood in ("early", "late"):
            assert survey.local_hour is not None
            assert survey.local_hour < 8 if mood == "early" else survey.local_hour >= 18
    assert {mood_of[survey.comment] for survey in surveys} >= {"content", "mixed"}


def test_loaded_twice_it_says_so_and_changes_nothing() -> None:
    def counts() -> list[int]:
        return [model.objects.count() for model in (AccountManager, Client, Contact, Meeting, HolidayCalendar)]

    before = counts()
    output = seed()
    assert "already" in output
    assert MANAGERS[0].email in output
    assert counts() == before


def test_further_clients_are_made_in_bulk(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    before = Client.objects.count()
    with django_assert_max_num_queries(12):
        assert load_crowd(1500) == 1500
    assert Client.objects.count() == before + 1500
    assert len(set(Contact.objects.values_list("time_zone", flat=True))) >= 24
    made = Contact.objects.filter(email="contact01500@crowd.example").get()
    made.full_clean()
    made.client.full_clean()


def test_the_same_number_of_further_clients_is_made_once() -> None:
    assert "Further clients loaded: 3." in seed("--clients", "3")
    assert "Further clients loaded: 0." in seed("--clients", "3")
    assert "Further clients loaded: 1." in seed("--clients", "4")


def test_a_negative_number_of_clients_is_refused() -> None:
    with pytest.raises(CommandError, match="--clients"):
        seed("--clients", "-1")


def test_public_passwords_stay_out_of_production(settings: Settings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="production"):
        seed()


def test_half_of_the_clients_have_check_ins_of_every_sort() -> None:
    plans = CheckInPlan.objects.all()
    assert plans.count() == -(-Client.objects.filter(contacts__isnull=False).distinct().count() // 2)
    assert plans.filter(is_paused=True).count() == 1
    assert plans.filter(is_approved_first=True).exists()
    assert set(Enrolment.objects.values_list("frequency", flat=True)) == {"weekly", "fortnightly", "monthly"}
    assert LoggedTalk.objects.exists()
    assert Message.objects.filter(kind="check_in", state="draft").exists()
    assert Message.objects.filter(kind="check_in", state="pending").exists()
    assert not any(plan.account_manager.teams.filter(pk=plan.client.team_id).count() == 0 for plan in plans)


def test_approvals_are_pending_late_answered_and_handed_on(demo: Demo) -> None:
    approvals = Approval.objects.all()
    pending = approvals.filter(state="pending")
    assert pending.filter(asked_at__lt=demo.loaded_at - dt.timedelta(days=5), needed_by_date__isnull=False).count() >= 3
    assert pending.filter(needed_by_date=None).exists()
    assert approvals.filter(state="not_yet", events__kind="not_yet", events__words__gt="").exists()
    assert approvals.filter(state="approved").exists()
    assert pending.filter(events__kind="handed_on").exists()
    with_file = pending.exclude(file="").get()
    with with_file.file.open() as file:
        assert file.read()
    for approval in approvals:
        approval.full_clean()
        assert approval.contact.client_id == approval.client_id
        assert approval.account_manager.teams.contains(approval.client.team)
    # Some are quoted by check-ins.
    assert pending.filter(contact__enrolment__plan__is_paused=False).count() >= 2


def test_times_are_offered_to_one_contact_and_to_several(demo: Demo) -> None:
    offers = open_offers(AccountManager.objects.get(email="maya@dayband.example"), now=demo.loaded_at)
    assert sorted((offer.is_vote, offer.asked, offer.answered, offer.times.count()) for offer in offers) == [
        (False, 1, 0, 3),
        (True, 2, 1, 3),
    ]
