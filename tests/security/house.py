"""A team with a row of everything that pages are about, each with the team's own word in all its texts."""

import datetime as dt
import uuid
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.test import Client as Browser
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, Client, Contact, DayOff, Team
from holidays_app.models import HolidayCalendar
from holidays_app.services import ensure_place_calendar
from scheduling.engine import Policy
from scheduling.meetings.models import Invitee, Meeting, Offer, OfferedTime, OfferEvent, Series
from scheduling.meetings.models.series import monday_of
from scheduling.meetings.selectors import attendee_key
from scheduling.outreach import services
from scheduling.outreach.models import Approval, CheckInPlan, Enquiry, Enrolment, Message, Survey, SurveyRule
from scheduling.outreach.services import NewStep, Terms
from tests.outreach.private import path_of
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

DAY = dt.timedelta(days=1)
PASSWORD = "of a made-up person"
EVERY_DAY = {day: [["06:00", "23:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


@dataclass(frozen=True)
class House:
    """A team, one client of theirs, and what there is about it; `word` stands in no text of another house."""

    word: str
    team: Team
    manager: AccountManager
    # The manager's browser, signed in a moment ago, so that nothing asks for the password again.
    desk: Browser
    client: Client
    contact: Contact
    # Of the same client, and in nothing that is going on.
    bystander: Contact
    meeting: Meeting
    past_meeting: Meeting
    series: Series
    offer: Offer
    offered_time: OfferedTime
    approval: Approval
    survey: Survey
    plan: CheckInPlan
    enrolment: Enrolment
    draft: Message
    enquiry: Enquiry
    day_off: DayOff
    calendar: HolidayCalendar
    security_key: Authenticator
    # One message of every kind that there is.
    messages: tuple[Message, ...]

    @property
    def check_in_date(self) -> str:
        """Of the draft, as addresses write it."""
        return str(self.draft.local_date)

    @property
    def contact_key(self) -> str:
        return attendee_key(self.contact)

    @property
    def manager_key(self) -> str:
        return attendee_key(self.manager)

    @property
    def page_name(self) -> str:
        """What the address of the public page ends in; it tells nobody the word."""
        return self.manager.page_name

    def subject_of(self, purpose: Purpose) -> int | None:
        """The row that the contact's link for that purpose is about, where it is about one."""
        subjects = {
            Purpose.APPROVAL: self.approval,
            Purpose.SURVEY: self.survey,
            Purpose.MEETING: self.meeting,
            Purpose.OFFER: self.offer,
        }
        return subjects[purpose].pk if purpose in subjects else None

    def visit(self, purpose: Purpose) -> Browser:
        """A browser in which the contact has just opened their link for that purpose."""
        browser = Browser(raise_request_exception=False)
        assert browser.get(path_of(self.contact, purpose, self.subject_of(purpose))).status_code == 302
        return browser


def make_house(word: str) -> House:
    """The team with all its rows; meetings lie in the next days, so that everything can be opened and changed."""
    now = timezone.now()
    team = make_team(name=f"Team {word}")
    manager = make_account_manager(
        team,
        full_name=f"Manager {word}",
        email=f"manager@{word}.example",
        password=PASSWORD,
        has_page=True,
        page_name=f"host-{team.pk}",
    )
    desk = Browser(raise_request_exception=False)
    for page in ("login", "reauthenticate"):
        assert desk.post(f"/accounts/{page}/", {"login": manager.email, "password": PASSWORD}).status_code == 302
    client = make_client(team, name=f"{word} & Co", city=word, notes=word)
    about = {"working_hours": EVERY_DAY, "notes": word}
    contact, bystander = (
        make_contact(client, full_name=f"{name} {word}", email=f"{name}@{word}.example", **about)
        for name in ("contact", "bystander")
    )
    away_date = now.date() + 40 * DAY
    day_off = DayOff.objects.create(contact=contact, first_date=away_date, last_date=away_date, reason=word)
    past_meeting = make_meeting(manager, [contact], start_at=now - 3 * DAY, booked_at=now - 9 * DAY, title=word)
    meeting = make_meeting(
        manager, [contact], start_at=now + 3 * DAY, booked_at=now, title=f"Review {word}", agenda=word, location=word
    )
    offer, offered_time = _offer(word, manager, contact, now)
    approval = _approval(word, manager, contact, now)
    answer = {"score": 2, "comment": word, "answered_at": now, "asked_at": now, "expires_at": now + 30 * DAY}
    about_it = {"meeting": past_meeting, "question": "csat", "local_hour": 12, "asked_date": now.date()}
    survey = Survey.objects.create(contact=contact, account_manager=manager, **about_it, **answer)
    SurveyRule.objects.create(client=client, every=1)
    plan = services.create_plan(actor=manager, client=client, contacts=[contact], now=now)
    services.change_plan(
        actor=manager,
        plan=plan,
        steps=[NewStep(weekday, dt.time(9), "priorities") for weekday in range(7)],
        terms=Terms(is_approved_first=True, quiet_days=0),
        account_manager=manager,
        now=now,
    )
    series, enquiry = _series(word, manager, contact, now), _enquiry(word, manager, now)
    services.plan(now=now)
    messages = Message.objects.filter(address__iendswith=f"@{word}.example").order_by("pk")
    return House(
        word=word,
        team=team,
        manager=manager,
        desk=desk,
        client=client,
        contact=contact,
        bystander=bystander,
        meeting=meeting,
        past_meeting=past_meeting,
        series=series,
        offer=offer,
        offered_time=offered_time,
        approval=approval,
        survey=survey,
        plan=plan,
        enrolment=contact.enrolment,
        draft=messages.filter(state="draft", due_at__gt=now).earliest("due_at"),
        enquiry=enquiry,
        day_off=day_off,
        calendar=ensure_place_calendar(country="RO"),
        # From here on nobody signs in with the password alone.
        security_key=Authenticator.objects.create(
            user=manager, type=Authenticator.Type.WEBAUTHN, data={"name": word, "credential": {}}
        ),
        messages=tuple({message.kind: message for message in messages}.values()),
    )


def _offer(word: str, manager: AccountManager, contact: Contact, now: dt.datetime) -> tuple[Offer, OfferedTime]:
    offer = Offer.objects.create(
        client=contact.client,
        account_manager=manager,
        title=f"Offer {word}",
        words=word,
        policy=Policy.SHARED,
        duration_minutes=45,
        time_zone=contact.time_zone,
        created_at=now,
    )
    Invitee.objects.create(offer=offer, account_manager=manager)
    Invitee.objects.create(offer=offer, contact=contact)
    OfferEvent.objects.create(offer=offer, kind=OfferEvent.Kind.SENT, at=now, actor=manager)
    return offer, OfferedTime.objects.create(
        offer=offer, start_at=now.replace(minute=0, second=0, microsecond=0) + 5 * DAY
    )


def _approval(word: str, manager: AccountManager, contact: Contact, now: dt.datetime) -> Approval:
    approval = Approval(client=contact.client, contact=contact, title=f"Costs {word}", details=word)
    approval.file_name = f"{word}.txt"
    approval.file.save(approval.file_name, ContentFile(word.encode()), save=False)
    return services.ask_approval(actor=manager, approval=approval, now=now)


def _series(word: str, manager: AccountManager, contact: Contact, now: dt.datetime) -> Series:
    """Two weeks of it, after all that happens once."""
    monday = monday_of(now.date() + 9 * DAY)
    series = Series.objects.create(
        client=contact.client,
        organizer=manager,
        title=f"Weekly {word}",
        channel="video",
        uid=str(uuid.uuid4()),
        start_date=monday,
        weeks=2,
        weekdays=[3],
        max_times=1,
        time_zone="UTC",
        duration_minutes=45,
        weekly_times=["thu 10:00"],
        rule_time="thu 10:00",
        created_at=now,
    )
    for week in range(2):
        date = monday + (7 * week + 3) * DAY
        make_meeting(
            manager,
            [contact],
            start_at=dt.datetime.combine(date, dt.time(10), dt.UTC),
            booked_at=now,
            time_zone="UTC",
            title=f"Weekly {word}",
            series=series,
            series_week_date=monday + 7 * week * DAY,
        )
    return series


def _enquiry(word: str, manager: AccountManager, now: dt.datetime) -> Enquiry:
    """One that waits for an answer."""
    values = {
        "full_name": f"Somebody {word}",
        "email": f"somebody@{word}.example",
        "language": "en",
        "time_zone": "Europe/Paris",
        "about": word,
    }
    services.leave_enquiry(account_manager=manager, values=values, creation_key=uuid.uuid4(), now=now)
    enquiry = Enquiry.objects.get(account_manager=manager)
    services.confirm_enquiry(enquiry=enquiry, now=now)
    enquiry.refresh_from_db()
    return enquiry
