"""Which due check-ins are left out after all, and why: asked in the moment in which they are claimed."""

import datetime as dt
from collections.abc import Collection, Sequence

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    DurationField,
    Exists,
    Expression,
    ExpressionWrapper,
    OuterRef,
    Q,
    Value,
    When,
)
from django.db.models.functions import Greatest, Lower
from django.db.models.lookups import Exact

from clients.models import DayOff
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.outreach import reasons
from scheduling.outreach.check_ins.pending import has_pending_approvals
from scheduling.outreach.models import Enrolment, LoggedTalk, MailAddress, MailWishes, Message, PlanStep, Purpose

#: What is ours to decide, so that an account manager may send a check-in all the same.
OVERRULED = (reasons.PLAN_PAUSED, reasons.FOLLOWED, reasons.SPOKE)


def why_left_out(now: Expression) -> Case:
    """Of messages: the first reason that holds against a check-in or a survey at that instant; empty for all others."""
    return Case(
        When(_came_back(), then=Value(reasons.CAME_BACK)),
        When(kind=Message.Kind.CHECK_IN, then=_first_of(_against_check_ins(now))),
        When(kind=Message.Kind.SURVEY, then=_first_of(_against_surveys())),
        default=Value(""),
        output_field=CharField(),
    )


def left_out(now: dt.datetime) -> Q:
    """Of check-ins: whether one that were due now would be left out."""
    return ~Q(Exact(_first_of(_against_check_ins(_instant(now))), Value("")))


def foreseen(messages: Collection[Message], *, now: dt.datetime) -> dict[int, str]:
    """Why each of these will be left out when it is due, as things stand, by primary key; empty where it goes."""
    at = Greatest(_instant(now), OuterRef("due_at"))
    rows = Message.objects.filter(pk__in=[message.pk for message in messages]).order_by()
    return dict(rows.values_list("pk", why_left_out(at))) if messages else {}


def held_back(message: Message, *, now: dt.datetime) -> list[str]:
    """Every reason for which this check-in would be left out if it were due now, maybe on another date."""
    here = Message.objects.filter(pk=message.pk)
    date = now.astimezone(message.person.zone).date()
    against = [
        (reasons.CAME_BACK, _came_back()),
        (reasons.CONTACT_PAUSED, _has_paused(date)),
        (reasons.AWAY, _is_away(date)),
        *_against_check_ins(_instant(now)),
    ]
    return list(dict.fromkeys(reason for reason, condition in against if here.filter(condition).exists()))


def _instant(now: dt.datetime) -> Expression:
    return Value(now, DateTimeField())


def _first_of(conditions: Sequence[tuple[str, Q]]) -> Case:
    found = (When(condition, then=Value(reason)) for reason, condition in conditions)
    return Case(*found, default=Value(""), output_field=CharField())


def _came_back() -> Q:
    returned = MailAddress.objects.filter(email=Lower(OuterRef("address")), suppressed_at__isnull=False)
    return Q(Exists(returned), channel=Message.Channel.EMAIL)


def _wishes(**wish: object) -> Q:
    # Not by way of the contact, whose row is wide and says nothing of it.
    return Q(Exists(MailWishes.objects.filter(contact=OuterRef("contact"), **wish)))


def _unwanted(topic: str) -> Q:
    return _wishes(unwanted__contains=[topic])


def _has_paused(date: dt.date | OuterRef) -> Q:
    return _wishes(paused_until_date__gte=date)


def _is_away(date: dt.date | OuterRef) -> Q:
    away = DayOff.objects.filter(contact=OuterRef("contact"), first_date__lte=date, last_date__gte=date)
    return Q(Exists(away))


def _against_surveys() -> list[tuple[str, Q]]:
    return [
        (reasons.ANSWERED, Q(survey__score__isnull=False)),
        (reasons.NO_QUESTIONS, _unwanted(MailWishes.Topic.SURVEYS)),
        (reasons.CONTACT_PAUSED, _has_paused(OuterRef("local_date"))),
        (reasons.AWAY, _is_away(OuterRef("local_date"))),
    ]


def _against_check_ins(now: Expression) -> list[tuple[str, Q]]:
    """Reasons against a check-in, the most lasting first."""
    quiet = ExpressionWrapper(
        OuterRef("enrolment__plan__quiet_days") * Value(dt.timedelta(days=1)), output_field=DurationField()
    )
    quiet_since_at = ExpressionWrapper(now - quiet, output_field=DateTimeField())
    held = Meeting.objects.filter(
        client=OuterRef("enrolment__plan__client"), status=Status.CONFIRMED, end_at__lte=now, end_at__gt=quiet_since_at
    )
    talks = LoggedTalk.objects.filter(client=OuterRef("enrolment__plan__client"), at__lte=now, at__gt=quiet_since_at)
    said_anyway = PlanStep.objects.filter(
        plan=OuterRef("enrolment__plan"), purpose=Purpose.APPROVALS, even_if_nothing_pending=True
    )
    # After an outage over midnight; on one day they are one check-in.
    later = Message.objects.filter(
        kind=Message.Kind.CHECK_IN,
        enrolment=OuterRef("enrolment"),
        due_at__gt=OuterRef("due_at"),
        due_at__lte=now,
        state__in=(*Message.QUEUED, Message.State.SENT),
    )
    return [
        (reasons.NOT_ENROLLED, Q(enrolment=None)),
        (reasons.UNSUBSCRIBED, _unwanted(MailWishes.Topic.CHECK_INS)),
        (reasons.NEVER, Q(enrolment__frequency=Enrolment.Frequency.NONE)),
        (reasons.PLAN_PAUSED, Q(enrolment__plan__is_paused=True, goes_anyway=False)),
        (reasons.CONTACT_PAUSED, _has_paused(OuterRef("local_date"))),
        (reasons.AWAY, _is_away(OuterRef("local_date"))),
        (reasons.FOLLOWED, Q(Exists(later)) & Q(goes_anyway=False)),
        (reasons.SPOKE, (Q(Exists(held)) | Q(Exists(talks))) & Q(goes_anyway=False)),
        (
            reasons.NOTHING_PENDING,
            # Somebody's own words have something else to say.
            Q(purposes=[Purpose.APPROVALS], own_text="") & ~has_pending_approvals() & ~Q(Exists(said_anyway)),
        ),
    ]
