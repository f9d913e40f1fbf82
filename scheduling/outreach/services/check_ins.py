"""Plans of check-ins: made, changed, paused, and who gets them; what they want from then on is planned at once."""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import md5

from django.db import transaction
from django.db.models import QuerySet

from clients.audit import audit
from clients.models import AccountManager, Client, Contact
from clients.selectors import clients_for, contacts_for
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.check_ins.calendar import GRACE, monday_of
from scheduling.outreach.mail import message_id_domain
from scheduling.outreach.models import CheckInPlan, Enrolment, LoggedTalk, Message, PlanStep, PlanTemplate, Purpose
from scheduling.outreach.models.check_ins import Step
from scheduling.outreach.reasons import NOT_ENROLLED
from scheduling.outreach.selectors import plans_for
from scheduling.outreach.services.planning_check_ins import replan

State = Message.State
Frequency = Enrolment.Frequency


@dataclass(frozen=True)
class NewStep:
    """A step as somebody wants it; Monday is 0."""

    weekday: int
    at_wall: dt.time
    purpose: str
    channel: str = PlanStep.Channel.PREFERRED
    on_day_off: str = PlanStep.OnDayOff.NEXT
    even_if_nothing_pending: bool = False

    @classmethod
    def of(cls, row: Step) -> "NewStep":
        """A step like one that is stored, such as that of a template."""
        return cls(row.weekday, row.at_wall, row.purpose, row.channel, row.on_day_off, row.even_if_nothing_pending)


@dataclass(frozen=True)
class Terms:
    """What a plan says besides its steps."""

    quiet_days: int = 2
    is_approved_first: bool = False


#: The cadence of good long-distance relations, where no admin keeps another template.
STANDARD = (
    NewStep(PlanStep.Weekday.MONDAY, dt.time(9), Purpose.PRIORITIES),
    NewStep(PlanStep.Weekday.WEDNESDAY, dt.time(10), Purpose.APPROVALS),
    NewStep(PlanStep.Weekday.FRIDAY, dt.time(14), Purpose.DATES),
)


@transaction.atomic
def create_plan(
    *,
    actor: AccountManager,
    client: Client,
    contacts: Iterable[Contact],
    template: PlanTemplate | None = None,
    account_manager: AccountManager | None = None,
    terms: Terms = Terms(),
    now: dt.datetime,
) -> CheckInPlan:
    """The client's plan with the template's steps, or the standard ones; the one that there is already, unchanged.

    Raises: Client.DoesNotExist, Contact.DoesNotExist where the actor may not see them.
    """
    locked = clients_for(actor).select_for_update(of=("self",)).get(pk=client.pk)
    existing = CheckInPlan.objects.filter(client=locked).first()
    if existing is not None:
        return existing
    plan = CheckInPlan.objects.create(
        client=locked, account_manager=account_manager or actor, created_at=now, **asdict(terms)
    )
    audit(actor=actor, action="create", subject=plan, now=now)
    _write_steps(plan, [NewStep.of(row) for row in template.steps.all()] if template else STANDARD)
    for contact in contacts:
        _enrol(actor, plan, contact, Frequency.WEEKLY, now)
    replan(now=now, plans=[plan.pk])
    return plan


@transaction.atomic
def change_plan(
    *,
    actor: AccountManager,
    plan: CheckInPlan,
    steps: Sequence[NewStep],
    terms: Terms,
    account_manager: AccountManager,
    frequencies: Mapping[int, str] | None = None,
    now: dt.datetime,
) -> None:
    """Writes the steps and terms of a plan, and how often each contact gets them; an empty frequency unenrols.

    Raises: CheckInPlan.DoesNotExist, Contact.DoesNotExist.
    """
    locked = _locked(actor, plan)
    was_approved_first = locked.is_approved_first
    locked.quiet_days = terms.quiet_days
    locked.is_approved_first = terms.is_approved_first
    locked.account_manager = account_manager
    locked.save(update_fields=["quiet_days", "is_approved_first", "account_manager"])
    _write_steps(locked, steps)
    if was_approved_first != terms.is_approved_first:
        _read_first(locked, terms.is_approved_first, now)
    audit(actor=actor, action="update", subject=locked, now=now, fields=["steps", "terms"])
    for contact in contacts_for(actor).filter(pk__in=frequencies or {}):
        if frequency := (frequencies or {})[contact.pk]:
            _enrol(actor, locked, contact, frequency, now)
        else:
            _unenrol(actor, locked, contact, now)
    replan(now=now, plans=[locked.pk])


@transaction.atomic
def pause_plan(*, actor: AccountManager, plan: CheckInPlan, now: dt.datetime) -> None:
    """Leaves out what is due from now on, until the plan is resumed. Raises: CheckInPlan.DoesNotExist."""
    _set_paused(actor, plan, is_paused=True, now=now)


@transaction.atomic
def resume_plan(*, actor: AccountManager, plan: CheckInPlan, now: dt.datetime) -> None:
    """Sends again what is due from now on. Raises: CheckInPlan.DoesNotExist."""
    _set_paused(actor, plan, is_paused=False, now=now)


@transaction.atomic
def enrol(
    *,
    actor: AccountManager,
    plan: CheckInPlan,
    contact: Contact,
    frequency: str = Frequency.WEEKLY,
    now: dt.datetime,
) -> Enrolment:
    """The contact as one who gets the check-ins, that often from this week on.

    Raises: CheckInPlan.DoesNotExist, Contact.DoesNotExist.
    """
    locked = _locked(actor, plan)
    enrolment = _enrol(actor, locked, contact, frequency, now)
    replan(now=now, plans=[locked.pk])
    return enrolment


@transaction.atomic
def unenrol(*, actor: AccountManager, plan: CheckInPlan, contact: Contact, now: dt.datetime) -> None:
    """The contact gets no check-ins any more, those that wait among them. Raises: CheckInPlan.DoesNotExist."""
    _unenrol(actor, _locked(actor, plan), contact, now)


@transaction.atomic
def log_talk(*, actor: AccountManager, client: Client, at: dt.datetime, note: str = "", now: dt.datetime) -> LoggedTalk:
    """A talk with a client that was held elsewhere, which keeps check-ins silent for a while.

    Raises: Client.DoesNotExist.
    """
    seen = clients_for(actor).get(pk=client.pk)
    talk = LoggedTalk.objects.create(client=seen, account_manager=actor, at=at, note=note)
    audit(actor=actor, action="create", subject=talk, now=now)
    return talk


@transaction.atomic
def send_test(
    *, actor: AccountManager, enrolment: Enrolment, purposes: Sequence[str], local_date: dt.date, now: dt.datetime
) -> Message:
    """The check-in of that date as a mail to the actor alone, which goes within a minute.

    Raises: CheckInPlan.DoesNotExist.
    """
    plans_for(actor).get(pk=enrolment.plan_id)
    test = Message.objects.create(
        occurrence_key=f"test:{uuid.uuid4()}",
        kind=Message.Kind.TEST,
        account_manager=actor,
        enrolment=enrolment,
        purposes=list(purposes),
        local_date=local_date,
        address=actor.email,
        message_id=f"<{uuid.uuid4()}@{message_id_domain()}>",
        created_at=now,
        due_at=now,
        next_try_at=now,
        expires_at=now + GRACE,
    )
    audit(actor=actor, action="test sent", subject=test, now=now)
    nudge_workers()
    return test


def rhythm_of(steps: Collection[NewStep]) -> str:
    """The same for steps that lead to the same dates, purposes and channels; empty for none."""
    if not steps:
        return ""
    dated = sorted(
        (step.weekday, step.at_wall.isoformat(), step.purpose, step.on_day_off, step.channel) for step in steps
    )
    return md5(repr([tuple(map(str, step)) for step in dated]).encode(), usedforsecurity=False).hexdigest()


def _write_steps(plan: CheckInPlan, steps: Sequence[NewStep]) -> None:
    plan.steps.all().delete()
    PlanStep.objects.bulk_create(PlanStep(plan=plan, **asdict(step)) for step in steps)
    plan.rhythm = rhythm_of(steps)
    plan.save(update_fields=["rhythm"])


def _enrol(actor: AccountManager, plan: CheckInPlan, contact: Contact, frequency: str, now: dt.datetime) -> Enrolment:
    seen = contacts_for(actor).get(pk=contact.pk, client=plan.client_id)
    enrolment, is_new = Enrolment.objects.get_or_create(
        contact=seen,
        defaults={
            "plan": plan,
            "frequency": frequency,
            "first_week_date": monday_of(now.astimezone(seen.zone).date()),
        },
    )
    if is_new:
        audit(actor=actor, action="create", subject=enrolment, now=now)
    elif enrolment.frequency != frequency:
        enrolment.frequency = frequency
        enrolment.save(update_fields=["frequency"])
        audit(actor=actor, action="update", subject=enrolment, now=now, fields=["frequency"])
    return enrolment


def _unenrol(actor: AccountManager, plan: CheckInPlan, contact: Contact, now: dt.datetime) -> None:
    enrolment = plan.enrolments.filter(contact=contact).first()
    if enrolment is None:
        return
    theirs = Message.objects.filter(enrolment=enrolment)
    (_waiting(theirs) | theirs.filter(state=State.TO_SAY)).update(state=State.SUPPRESSED, reason=NOT_ENROLLED)
    audit(actor=actor, action="delete", subject=enrolment, now=now)
    enrolment.delete()


def _set_paused(actor: AccountManager, plan: CheckInPlan, *, is_paused: bool, now: dt.datetime) -> None:
    locked = _locked(actor, plan)
    if locked.is_paused != is_paused:
        locked.is_paused = is_paused
        locked.save(update_fields=["is_paused"])
        audit(actor=actor, action="pause" if is_paused else "resume", subject=locked, now=now)


def _read_first(plan: CheckInPlan, is_read_first: bool, now: dt.datetime) -> None:
    """What waits becomes a draft, or goes without being read."""
    waiting = _waiting(Message.objects.filter(enrolment__plan=plan, due_at__gt=now))
    # Whoever says something in person reads it then.
    waiting = waiting.exclude(channel__in=Message.SPOKEN)
    waiting.update(state=State.DRAFT if is_read_first else State.PENDING)


def _waiting(messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those that nobody has tried to send."""
    return messages.filter(state__in=[State.PENDING, State.DRAFT], tries=0)


def _locked(actor: AccountManager, plan: CheckInPlan) -> CheckInPlan:
    return plans_for(actor).select_for_update(of=("self",)).get(pk=plan.pk)
