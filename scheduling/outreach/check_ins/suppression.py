"""Which due check-ins are left out after all, and why: asked in the moment in which they are claimed."""

import datetime as dt
from collections.abc import Collection

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Value,
    When,
)

from clients.models import DayOff
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.outreach import reasons
from scheduling.outreach.check_ins.pending import has_pending_approvals
from scheduling.outreach.models import Enrolment, LoggedTalk, MailWishes, Message, PlanStep, Purpose

State = Message.State


def suppress(keys: Collection[int], *, now: dt.datetime) -> int:
    """How many of these queued check-ins were left out; each says why, by the first reason that holds."""
    why = Case(
        *(When(condition, then=Value(reason)) for reason, condition in _conditions(now)),
        default=Value(""),
        output_field=CharField(),
    )
    queued = Message.objects.filter(pk__in=keys, kind=Message.Kind.CHECK_IN, state__in=Message.QUEUED)
    return queued.alias(why=why).exclude(why="").update(state=State.SUPPRESSED, reason=why)


def suppress_surveys(keys: Collection[int]) -> int:
    """How many of these queued surveys were left out, because their contact has come to want none."""
    wishes = MailWishes.objects.filter(contact=OuterRef("contact"))
    unwanted = Exists(wishes.filter(unwanted__contains=[MailWishes.Topic.SURVEYS]))
    paused = Exists(wishes.filter(paused_until_date__gte=OuterRef("local_date")))
    queued = Message.objects.filter(pk__in=keys, kind=Message.Kind.SURVEY, state__in=Message.QUEUED)
    why = Case(When(unwanted, then=Value(reasons.NO_QUESTIONS)), default=Value(reasons.CONTACT_PAUSED))
    return queued.filter(Q(unwanted) | Q(paused)).update(state=State.SUPPRESSED, reason=why)


def _conditions(now: dt.datetime) -> list[tuple[str, Q]]:
    """Reasons against a check-in, the most lasting first. Subqueries only: an update knows no joins."""
    enrolment = Enrolment.objects.filter(pk=OuterRef("enrolment"))
    wishes = MailWishes.objects.filter(contact=OuterRef("contact"))
    away = DayOff.objects.filter(
        contact=OuterRef("contact"), first_date__lte=OuterRef("local_date"), last_date__gte=OuterRef("local_date")
    )
    held = Meeting.objects.filter(client__contacts=OuterRef("contact"), status=Status.CONFIRMED)
    talks = LoggedTalk.objects.filter(client__contacts=OuterRef("contact"))
    said_anyway = PlanStep.objects.filter(
        plan__enrolments=OuterRef("enrolment"), purpose=Purpose.APPROVALS, even_if_nothing_pending=True
    )
    # The days are counted from the client's own plan.
    quiet = ExpressionWrapper(
        F("client__check_in_plan__quiet_days") * Value(dt.timedelta(days=1)), output_field=DurationField()
    )
    quiet_since_at = ExpressionWrapper(Value(now, DateTimeField()) - quiet, output_field=DateTimeField())
    spoke = Exists(held.filter(end_at__lte=now, end_at__gt=quiet_since_at))
    logged = Exists(talks.filter(at__lte=now, at__gt=quiet_since_at))
    return [
        (reasons.NOT_ENROLLED, ~Q(Exists(enrolment))),
        (reasons.UNSUBSCRIBED, Q(Exists(wishes.filter(unwanted__contains=[MailWishes.Topic.CHECK_INS])))),
        (reasons.NEVER, Q(Exists(enrolment.filter(frequency=Enrolment.Frequency.NONE)))),
        (reasons.PLAN_PAUSED, Q(Exists(enrolment.filter(plan__is_paused=True)))),
        (reasons.CONTACT_PAUSED, Q(Exists(wishes.filter(paused_until_date__gte=OuterRef("local_date"))))),
        (reasons.AWAY, Q(Exists(away))),
        (reasons.SPOKE, Q(spoke) | Q(logged)),
        (
            reasons.NOTHING_PENDING,
            Q(purposes=[Purpose.APPROVALS]) & ~has_pending_approvals() & ~Q(Exists(said_anyway)),
        ),
    ]
