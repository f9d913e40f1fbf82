"""What check-ins quote: the approvals that wait for their contacts, and the meetings agreed with them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from clients.models import Contact
from scheduling.meetings.models import Attendance
from scheduling.meetings.models.meeting import Status
from scheduling.outreach.models import Approval, Message, Purpose
from scheduling.outreach.texts.rendering import AgreedMeeting

#: So many agreed meetings are named, and none that is farther ahead.
DATES_NAMED = 5
DATES_AHEAD = dt.timedelta(weeks=5)


@dataclass(frozen=True)
class Quoted:
    """What is quoted, by the primary keys of contacts: the most urgent approvals and the first meetings first."""

    approvals: dict[int, list[Approval]] = field(default_factory=lambda: defaultdict(list))
    meetings: dict[int, list[AgreedMeeting]] = field(default_factory=lambda: defaultdict(list))

    def meetings_after(self, now: dt.datetime, contact: Contact) -> list[AgreedMeeting]:
        """Those that a check-in of that instant names."""
        near = [meeting for meeting in self.meetings[contact.pk] if now < meeting.start_at < now + DATES_AHEAD]
        return near[:DATES_NAMED]


def quoted_in(check_ins: Collection[Message], *, now: dt.datetime) -> Quoted:
    """What these check-ins quote, each when it is due or now, in one query or two."""
    contacts = [check_in.contact for check_in in check_ins if check_in.contact]
    purposes = {purpose for check_in in check_ins for purpose in check_in.purposes}
    last_at = max((check_in.due_at for check_in in check_ins), default=now)
    return quoted(contacts, purposes, first_at=now, last_at=max(now, last_at))


def quoted(
    contacts: Collection[Contact], purposes: Collection[str], *, first_at: dt.datetime, last_at: dt.datetime
) -> Quoted:
    """What check-ins with these purposes quote between these instants, in a query for each purpose that quotes."""
    found = Quoted()
    if Purpose.APPROVALS in purposes:
        for approval in Approval.objects.filter(contact__in=contacts, state=Approval.State.PENDING):
            found.approvals[approval.contact_id].append(approval)
    if Purpose.DATES in purposes:
        # Neither declined, nor held without them.
        attended = Attendance.objects.filter(
            contact__in=contacts,
            status=Status.CONFIRMED,
            meeting__status=Status.CONFIRMED,
            meeting__start_at__gt=first_at,
            meeting__start_at__lt=last_at + DATES_AHEAD,
        ).exclude(partstat=Attendance.PartStat.DECLINED)
        columns = "contact_id", "meeting__title", "meeting__start_at", "meeting__end_at"
        for contact_id, *meeting in attended.order_by("meeting__start_at", "meeting").values_list(*columns):
            found.meetings[contact_id].append(AgreedMeeting(*meeting))
    return found
