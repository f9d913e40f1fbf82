"""What a contact finds on their own page: meetings, and what waits for a word of theirs."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clients.day import person_days
from clients.models import AccountManager, Contact
from clients.reader import Reader
from scheduling.meetings.calendar_links import CalendarLink, calendar_links
from scheduling.meetings.models import Attendance, MeetingChange, Offer
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.proposals.own_day import OwnDay, own_day
from scheduling.meetings.services.by_contacts import Allowance, allowance_of
from scheduling.outreach.models import Approval, Survey
from scheduling.outreach.public_pages import hosts_of

PAST_SHOWN = 10


@dataclass(frozen=True)
class ComingMeeting:
    """A meeting to come, what the contact may do to it, and calendars that take it."""

    attendance: Attendance
    allowance: Allowance
    calendars: tuple[CalendarLink, ...]


@dataclass(frozen=True)
class OwnPage:
    """Everything on the page."""

    coming: tuple[ComingMeeting, ...]
    past: tuple[Attendance, ...]
    offers: tuple[Offer, ...]
    approvals: tuple[Approval, ...]
    surveys: tuple[Survey, ...]
    hosts: tuple[AccountManager, ...]

    @property
    def is_asked(self) -> bool:
        """Whether anything waits for an answer."""
        return bool(self.offers or self.approvals or self.surveys)


def own_page(contact: Contact, *, now: dt.datetime) -> OwnPage:
    """What there is for the contact at that instant, in a handful of queries."""
    coming = attendances_of(contact).filter(
        status=Status.CONFIRMED, meeting__status=Status.CONFIRMED, meeting__end_at__gt=now
    )
    past = attendances_of(contact).filter(
        status=Status.CONFIRMED, meeting__status=Status.CONFIRMED, meeting__end_at__lte=now
    )
    offers = Offer.objects.filter(
        invitees__contact=contact, meeting__isnull=True, withdrawn_at__isnull=True, times__start_at__gt=now
    )
    approvals = Approval.objects.filter(contact=contact, state=Approval.State.PENDING)
    surveys = Survey.objects.filter(contact=contact, score=None, expires_at__gt=now)
    return OwnPage(
        coming=tuple(coming_meeting(row, now=now) for row in coming.order_by("meeting__start_at", "pk")),
        past=tuple(past.order_by("-meeting__start_at", "-pk")[:PAST_SHOWN]),
        offers=tuple(offers.select_related("account_manager").distinct()),
        approvals=tuple(approvals.select_related("account_manager")),
        surveys=tuple(surveys.select_related("meeting", "account_manager")),
        hosts=tuple(hosts_of(contact)),
    )


def attendances_of(contact: Contact) -> QuerySet[Attendance]:
    """The contact's attendances with what their page tells of them, and `moves` by contacts of each meeting."""
    moved = (
        MeetingChange.objects.filter(meeting=OuterRef("meeting"), kind=MeetingChange.Kind.MOVED, contact__isnull=False)
        .order_by()
        .values("meeting")
        .annotate(count=Count("pk"))
    )
    rows = Attendance.objects.filter(contact=contact).select_related("meeting__organizer", "meeting__client__team")
    return rows.annotate(moves=Coalesce(Subquery(moved.values("count")), 0))


def coming_meeting(attendance: Attendance, *, now: dt.datetime) -> ComingMeeting:
    """The meeting of an attendance read by `attendances_of`."""
    moves: int = attendance.moves  # type: ignore[attr-defined]
    allowance = allowance_of(attendance, now=now, moves=moves)
    return ComingMeeting(attendance, allowance, calendar_links(attendance.meeting))


def day_around(attendance: Attendance, contact: Contact, *, now: dt.datetime, reader: Reader) -> OwnDay:
    """The contact's day with the meeting on it."""
    (day,) = person_days([contact], now=now, language=reader.language)
    meeting = attendance.meeting
    return own_day(day.participant, {meeting.start_at: ""}, meeting.end_at - meeting.start_at, reader)
