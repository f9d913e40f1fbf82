"""What a plan will send in the weeks to come, to whom, in whose time, what is moved and what is left out, and why."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clients.models import Contact
from clients.reader import Reader
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.outreach import reasons
from scheduling.outreach.check_ins.calendar import (
    DAY,
    GRACE,
    REACH,
    WEEK,
    CheckIn,
    DayOff,
    Off,
    PlacedStep,
    Step,
    check_ins,
    monday_of,
    placed_steps,
)
from scheduling.outreach.check_ins.contact_days import contact_days
from scheduling.outreach.check_ins.suppression import foreseen
from scheduling.outreach.models import (
    Approval,
    CheckInPlan,
    Enrolment,
    MailAddress,
    MailWishes,
    Message,
    PlanStep,
    Purpose,
)
from scheduling.outreach.quiet import next_reachable

WEEKS = 12
#: The longest silence after a talk that a plan can ask for, and a week that has begun.
MAX_QUIET = dt.timedelta(days=67)


@dataclass(frozen=True)
class Move:
    """Steps that were named for another day, and why they are not said on it."""

    planned_date: dt.date
    why: str


@dataclass(frozen=True)
class Entry:
    """A check-in to come or a recent one. `left_out` says why it will not be sent, or was not, as far as is known now.

    `message` is the one in the outbox, where there is one already.
    """

    enrolment: Enrolment
    local_date: dt.date
    at_wall: dt.time
    due_at: dt.datetime
    purposes: tuple[str, ...]
    channel: str
    moves: tuple[Move, ...] = ()
    left_out: str = ""
    message: Message | None = None

    @property
    def contact(self) -> Contact:
        return self.enrolment.contact

    @property
    def about(self) -> str:
        """What it is for, in words."""
        return " · ".join(str(Purpose(purpose).label) for purpose in self.purposes)

    @property
    def channel_label(self) -> str:
        """How it reaches the contact, in words."""
        return str(Message.Channel(self.channel).label)

    @property
    def fallback(self) -> str:
        """Why it is a mail although the contact prefers another channel, in words; empty where it is not."""
        return _(self.message.fallback_reason) if self.message is not None and self.message.fallback_reason else ""

    @property
    def weekday(self) -> int:
        return self.local_date.weekday()

    @property
    def state(self) -> str:
        """How it stands, for its sign: “to_come”, “left_out”, or the state of its message."""
        if self.message is not None and self.message.state not in (Message.State.PENDING, Message.State.CLAIMED):
            return self.message.state
        if self.left_out:
            return "left_out"
        return "to_come" if self.channel not in Message.SPOKEN else Message.State.TO_SAY


@dataclass(frozen=True)
class Skipped:
    """A step that is said on no day of its week."""

    enrolment: Enrolment
    planned_date: dt.date
    purpose: str
    why: str

    @property
    def about(self) -> str:
        return str(Purpose(self.purpose).label)

    @property
    def weekday(self) -> int:
        return self.planned_date.weekday()


@dataclass
class Week:
    """An ISO week, with what is sent in it in order of its instants, and what is not."""

    monday: dt.date
    entries: list[Entry] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)

    @property
    def sunday(self) -> dt.date:
        return self.monday + 6 * DAY


def outlook(plan: CheckInPlan, *, now: dt.datetime, reader: Reader, weeks: int = WEEKS) -> list[Week]:
    """The weeks from the reader's present one on, whether there is something in them or not."""
    first_date = monday_of(reader.day_of(now))
    last_date = first_date + weeks * WEEK - DAY
    found = {first_date + number * WEEK: Week(first_date + number * WEEK) for number in range(weeks)}
    # Where it is still Sunday for a contact whose reader's week has begun, what is to come is told with that week.
    for entry in _entries(plan, first_date - 2 * DAY, last_date, now, reader):
        if isinstance(entry, Entry):
            if entry.local_date >= first_date or entry.due_at > now:
                found[max(monday_of(entry.local_date), first_date)].entries.append(entry)
        elif entry.planned_date >= first_date:
            found[monday_of(entry.planned_date)].skipped.append(entry)
    for week in found.values():
        week.entries.sort(key=lambda entry: (entry.due_at, entry.enrolment.pk))
    return list(found.values())


def next_entries(plan: CheckInPlan, *, now: dt.datetime, reader: Reader, count: int) -> list[Entry]:
    """The next check-ins of the present week and the two after it."""
    weeks = outlook(plan, now=now, reader=reader, weeks=3)
    return [entry for week in weeks for entry in week.entries if entry.due_at > now][:count]


def _entries(
    plan: CheckInPlan, first_date: dt.date, last_date: dt.date, now: dt.datetime, reader: Reader
) -> Iterator[Entry | Skipped]:
    enrolments = list(plan.enrolments.select_related("contact__calendar"))
    contacts = [enrolment.contact for enrolment in enrolments]
    steps = [Step.of(row) for row in plan.steps.all()]
    days = contact_days(contacts, first_date - REACH, last_date + REACH, reader.language)
    messages = {
        (message.enrolment_id, message.local_date): message
        for message in Message.objects.filter(
            kind=Message.Kind.CHECK_IN, enrolment__in=enrolments, local_date__range=(first_date, last_date)
        ).defer("raw")
    }
    against = _Against(plan, contacts, now)
    for enrolment in enrolments:
        contact = enrolment.contact
        placed = list(
            placed_steps(
                steps,
                frequency=enrolment.frequency,
                first_week_date=enrolment.first_week_date,
                days=days[contact.pk],
                first_date=first_date,
                last_date=last_date,
            )
        )
        for check_in in check_ins(placed, first_date, last_date):
            due_at = check_in.due_at(contact.time_zone)
            message = messages.pop((enrolment.pk, check_in.local_date), None)
            # What was due before the plan looked like this was never sent.
            if due_at > now or message is not None:
                yield _entry(enrolment, check_in, due_at, message, against, reader)
        for one in placed:
            if one.local_date is None and one.day_off and max(first_date, now.date()) <= one.planned_date <= last_date:
                why = in_words(one.day_off, contact, reader)
                yield Skipped(enrolment, one.planned_date, one.step.purpose, why)
    left_out_why = foreseen([message for message in messages.values() if _is_waiting(message)], now=now)
    yield from (_as_it_was(message, enrolments, left_out_why.get(message.pk, "")) for message in messages.values())


def _entry(
    enrolment: Enrolment,
    check_in: CheckIn,
    due_at: dt.datetime,
    message: Message | None,
    against: "_Against",
    reader: Reader,
) -> Entry:
    channel = message.channel if message is not None else channel_of(check_in.channel, enrolment.contact)
    left_out = (
        against.reason(enrolment, check_in, due_at, channel, message) if _is_waiting(message) else _reason(message)
    )
    return Entry(
        enrolment=enrolment,
        local_date=check_in.local_date,
        at_wall=check_in.at_wall,
        due_at=due_at,
        purposes=check_in.purposes,
        channel=channel,
        moves=tuple(_move(one, enrolment.contact, reader) for one in check_in.steps if one.is_moved),
        left_out=left_out,
        message=message,
    )


def _is_waiting(message: Message | None) -> bool:
    return message is None or message.state in (*Message.QUEUED, Message.State.DRAFT)


def _reason(message: Message | None) -> str:
    """Why the message was not sent, in the page's language."""
    return _(message.reason) if message is not None and message.reason else ""


def _move(placed: PlacedStep, contact: Contact, reader: Reader) -> Move:
    why = in_words(placed.day_off, contact, reader) if placed.day_off else ""
    return Move(placed.planned_date, why)


def _as_it_was(message: Message, enrolments: Sequence[Enrolment], why_left_out: str) -> Entry:
    """A message that the plan, as it is now, would not send that day."""
    enrolment = next(one for one in enrolments if one.pk == message.enrolment_id)
    wall = message.due_at.astimezone(enrolment.contact.zone)
    return Entry(
        enrolment=enrolment,
        local_date=message.local_date or wall.date(),
        at_wall=wall.time().replace(tzinfo=None),
        due_at=message.due_at,
        purposes=tuple(message.purposes),
        channel=message.channel,
        left_out=_(why_left_out) if why_left_out else _reason(message),
        message=message,
    )


def channel_of(wanted: str, contact: Contact) -> str:
    """How a check-in reaches the contact; who prefers video calls is invited to one by mail."""
    preferred = contact.preferred_channel
    is_obeyed = wanted == PlanStep.Channel.PREFERRED and preferred in Message.Channel.values
    return preferred if is_obeyed else Message.Channel.EMAIL.value


def in_words(day_off: DayOff, contact: Contact, reader: Reader) -> str:
    """“National Day, China”, “away: parental leave”, or “not a working day”."""
    if day_off.off is Off.HOLIDAY:
        place = contact.calendar.title(reader.language) if contact.calendar else ""
        return _("%(holiday)s, %(place)s") % {"holiday": day_off.name, "place": place} if place else day_off.name
    if day_off.off is Off.AWAY and day_off.name:
        return pgettext("of a person", "away: %(reason)s") % {"reason": day_off.name}
    if day_off.off is Off.AWAY:
        return pgettext("of a person", "away")
    return _("not a working day")


class _Against:
    """What speaks against check-ins of a plan, as far as it is known before they are due."""

    def __init__(self, plan: CheckInPlan, contacts: Sequence[Contact], now: dt.datetime) -> None:
        self._plan = plan
        self._now = now
        self._wishes = {row.contact_id: row for row in MailWishes.objects.filter(contact__in=contacts)}
        addresses = [contact.email.lower() for contact in contacts]
        self._returned = set(
            MailAddress.objects.filter(email__in=addresses, suppressed_at__isnull=False).values_list("email", flat=True)
        )
        self._asked = set(
            Approval.objects.filter(contact__in=contacts, state=Approval.State.PENDING).values_list(
                "contact", flat=True
            )
        )
        since_at = now - MAX_QUIET
        held = Meeting.objects.filter(client=plan.client_id, status=Status.CONFIRMED, end_at__gt=since_at)
        logged = plan.client.logged_talks.filter(at__gt=since_at)
        # Those to come are known too: on the day after a call nobody wants to be asked how things are.
        self._talks = sorted([*held.values_list("end_at", flat=True), *logged.values_list("at", flat=True)])
        self._says_so_anyway = any(
            step.even_if_nothing_pending and step.purpose == Purpose.APPROVALS for step in plan.steps.all()
        )

    def reason(
        self, enrolment: Enrolment, check_in: CheckIn, due_at: dt.datetime, channel: str, message: Message | None
    ) -> str:
        """Why this one will be left out, as things stand; empty where it goes."""
        contact = enrolment.contact
        goes_anyway, is_rewritten = (message.goes_anyway, bool(message.own_text)) if message else (False, False)
        wishes = self._wishes.get(contact.pk) or MailWishes()
        is_mail = channel == Message.Channel.EMAIL
        reachable_at = next_reachable(contact, due_at)
        talks = [at for at in self._talks if due_at - self._plan.quiet_days * DAY < at <= due_at]
        against = [
            (reasons.NO_ADDRESS, is_mail and not contact.email),
            (reasons.CAME_BACK, is_mail and contact.email.lower() in self._returned),
            (reasons.UNSUBSCRIBED, MailWishes.Topic.CHECK_INS in wishes.unwanted),
            (reasons.PLAN_PAUSED, self._plan.is_paused and not goes_anyway),
            (reasons.CONTACT_PAUSED, (wishes.paused_until_date or dt.date.min) >= check_in.local_date),
            (reasons.SPOKE, any(at <= self._now for at in talks) and not goes_anyway),
            (reasons.WILL_SPEAK, bool(talks) and not goes_anyway),
            (
                reasons.NOTHING_PENDING,
                check_in.purposes == (Purpose.APPROVALS,) and not is_rewritten and not self._has_pending(contact),
            ),
            # Hours that begin later on the same day leave it its worth.
            (
                reasons.TOO_LATE,
                reachable_at.astimezone(contact.zone).date() != check_in.local_date and reachable_at >= due_at + GRACE,
            ),
        ]
        return next((_(why) for why, holds in against if holds), "")

    def _has_pending(self, contact: Contact) -> bool:
        return contact.pk in self._asked or self._says_so_anyway
