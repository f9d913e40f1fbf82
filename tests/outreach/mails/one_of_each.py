"""A message of every kind there is, to whoever gets such messages, with all that its words need."""

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from clients.models import AccountManager, Contact
from scheduling.meetings import services as meetings
from scheduling.meetings.models import MeetingChange, Offer
from scheduling.outreach import services
from scheduling.outreach.models import Approval, ApprovalEvent, Enquiry, Message, Purpose, Survey
from scheduling.outreach.services.check_ins import NewStep
from scheduling.outreach.services.entry_codes import plan_codes
from tests.meetings.offered import Cast as Offering
from tests.meetings.offered import send
from tests.meetings.weekly import book_weekly
from tests.outreach.check_in_rows import make_plan
from tests.outreach.public_pages.pages import REQUEST
from tests.outreach.rows import change_meeting, make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

Kind = Message.Kind
DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
_number = itertools.count(1)


class OneOfEach:
    """An account manager and a contact, and the messages to them by kind.

    A kind of message that is still to come has no method here, and `messages` fails for it.
    """

    def __init__(self) -> None:
        self.now = timezone.now()
        noon = self.now.replace(hour=12, minute=0, second=0, microsecond=0)
        # A Tuesday.
        self.start_at = noon + (8 - noon.weekday()) * DAY
        self.manager: AccountManager = make_account_manager(
            make_team(), full_name="Maya Okafor", email="maya@dayband.example", has_page=True, page_name="maya"
        )
        client = make_client(self.manager.teams.get(), name="Northwind")
        self.contact: Contact = make_contact(client, full_name="Ana Restrepo", language="es-CO")
        self._meeting = make_meeting(self.manager, [self.contact], start_at=self.start_at, booked_at=self.now - DAY)

    def messages(self) -> list[Message]:
        """At least one of every kind, none of them sent yet."""
        makers: dict[str, Callable[[], list[Message]]] = {kind: getattr(self, f"_{kind.name.lower()}") for kind in Kind}
        return [message for make in makers.values() for message in make()]

    def _confirmation(self) -> list[Message]:
        series = book_weekly(
            self.manager,
            self.contact,
            start_date=self.start_at.date() + 7 * DAY,
            walls=[(2, dt.time(10))] * 3,
            times=[(2, dt.time(10))],
            now=self.now,
        )
        of_series = MeetingChange.objects.filter(meeting__series=series).order_by("pk")[0]
        return [*self._of(self._booked, Kind.CONFIRMATION), *self._of(of_series, Kind.CONFIRMATION)]

    @property
    def _booked(self) -> MeetingChange:
        return self._meeting.changes.get(kind="booked")

    def _update(self) -> list[Message]:
        meeting = make_meeting(self.manager, [self.contact], start_at=self.start_at - DAY, booked_at=self.now - DAY)
        moved = change_meeting(meeting, MeetingChange.Kind.MOVED, at=self.now, start_at=self.start_at + DAY)
        return self._of(moved, Kind.UPDATE)

    def _cancellation(self) -> list[Message]:
        meeting = make_meeting(self.manager, [self.contact], start_at=self.start_at + 2 * DAY, booked_at=self.now - DAY)
        return self._of(change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=self.now), Kind.CANCELLATION)

    def _reminder(self) -> list[Message]:
        return self._of(self._booked, Kind.REMINDER, change=None, lead_minutes=1440)

    def _clock_change(self) -> list[Message]:
        return self._of(self._booked, Kind.CLOCK_CHANGE, change=None)

    def _suits(self) -> list[Message]:
        return self._of(self._booked, Kind.SUITS, change=None)[:1]

    def _reply(self) -> list[Message]:
        return [self._to(self.manager, Kind.REPLY, meeting=self._meeting)]

    def _check_in(self) -> list[Message]:
        self._enrolment = make_plan(
            *(NewStep(day, dt.time(9), purpose) for day, purpose in enumerate(Purpose.values)), contact=self.contact
        )
        return [self._to(self.contact, Kind.CHECK_IN, enrolment=self._enrolment, purposes=Purpose.values)]

    def _test(self) -> list[Message]:
        values = {"enrolment": self._enrolment, "purposes": Purpose.values, "local_date": self.now.date()}
        return [self._to(self.manager, Kind.TEST, **values)]

    def _approval(self) -> list[Message]:
        approval = Approval(client=self.contact.client, contact=self.contact, title="Cost estimate")
        services.ask_approval(actor=self.manager, approval=approval, now=self.now)
        return list(Message.objects.filter(kind=Kind.APPROVAL))

    def _answer(self) -> list[Message]:
        approval = Approval(client=self.contact.client, contact=self.contact, title="Cost estimate for autumn")
        approval = services.ask_approval(actor=self.manager, approval=approval, now=self.now)
        event = ApprovalEvent.objects.create(
            approval=approval, kind="not_yet", at=self.now, contact=self.contact, words="The sum for May."
        )
        return [self._to(self.manager, Kind.ANSWER, approval_event=event)]

    def _survey(self) -> list[Message]:
        asked: dict[str, Any] = {"contact": self.contact, "account_manager": self.manager, "asked_at": self.now}
        past = make_meeting(self.manager, [self.contact], start_at=self.now - 2 * DAY, booked_at=self.now - 9 * DAY)
        surveys = [
            Survey.objects.create(
                question=question,
                meeting=meeting,
                local_hour=12 if meeting else None,
                asked_date=self.now.date() - days * DAY,
                expires_at=self.now + DAY,
                **asked,
            )
            for question, meeting, days in (("csat", past, 0), ("nps", None, 60))
        ]
        return [self._to(self.contact, Kind.SURVEY, survey=survey) for survey in surveys]

    def _offer(self) -> list[Message]:
        self._offered: Offer = send(
            Offering(self.manager, [self.contact]),
            times=[self.start_at + number * HOUR for number in (2, 3, 4)],
            now=self.now,
        )
        return [self._to(self.contact, Kind.OFFER, offer=self._offered)]

    def _offer_reminder(self) -> list[Message]:
        return [self._to(self.contact, Kind.OFFER_REMINDER, offer=self._offered)]

    def _offer_news(self) -> list[Message]:
        meetings.refuse_all(contact=self.contact, offer=self._offered, words="Mornings only", now=self.now)
        news = self._offered.events.get(kind="none_suits")
        return [self._to(self.manager, Kind.OFFER_NEWS, offer=self._offered, offer_event=news)]

    def _offer_added(self) -> list[Message]:
        return [self._to(self.contact, Kind.OFFER_ADDED, offer=self._offered)]

    def _offer_ended(self) -> list[Message]:
        """Of an offer that was withdrawn, and of a vote that ended without its reader."""
        ended = send(Offering(self.manager, [self.contact]), times=[self.start_at + 3 * DAY], now=self.now)
        meetings.withdraw_offer(actor=self.manager, offer=ended, now=self.now)
        booked = send(Offering(self.manager, [self.contact]), times=[self.start_at + 3 * DAY], now=self.now)
        meetings.close_offer(actor=self.manager, offer=booked, start_at=self.start_at + 3 * DAY, now=self.now)
        booked.refresh_from_db()
        return [self._to(self.contact, Kind.OFFER_ENDED, offer=offer) for offer in (ended, booked)]

    def _link(self) -> list[Message]:
        return [self._to(self.contact, Kind.LINK)]

    def _code(self) -> list[Message]:
        services.ask_for_code(account_manager=self.manager, email=self.contact.email, now=self.now)
        plan_codes(now=self.now)
        return list(Message.objects.filter(kind=Kind.CODE))

    def _enquiry(self) -> list[Message]:
        values = {name: REQUEST[name] for name in ("full_name", "email", "language", "time_zone", "about")}
        services.leave_enquiry(account_manager=self.manager, values=values, creation_key=uuid.uuid4(), now=self.now)
        return list(Message.objects.filter(kind=Kind.ENQUIRY))

    def _declined(self) -> list[Message]:
        enquiry = Enquiry.objects.get()
        return [self._stored(Kind.DECLINED, enquiry=enquiry, address=enquiry.email)]

    def _request(self) -> list[Message]:
        return [self._to(self.manager, Kind.REQUEST, enquiry=Enquiry.objects.get())]

    def _of(self, change: MeetingChange, kind: str, /, **values: Any) -> list[Message]:
        """To everybody in the meeting, who were told of that change or hear of it."""
        return [
            self._stored(
                kind,
                **{"change": change, **values},
                meeting=change.meeting,
                attendance=attendance,
                address=attendance.person.email,
                sequence=change.sequence,
            )
            for attendance in change.meeting.attendances.order_by("pk")
        ]

    def _to(self, person: Contact | AccountManager, kind: str, **values: Any) -> Message:
        reader = {"contact" if isinstance(person, Contact) else "account_manager": person}
        return self._stored(kind, **reader, **values, address=person.email)

    def _stored(self, kind: str, **values: Any) -> Message:
        number = next(_number)
        return Message.objects.create(
            occurrence_key=f"{kind}:{number}",
            message_id=f"<{number}@dayband.example>",
            kind=kind,
            created_at=self.now,
            due_at=self.now,
            next_try_at=self.now,
            expires_at=self.now + DAY,
            **values,
        )
