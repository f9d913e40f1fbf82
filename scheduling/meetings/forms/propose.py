"""What a proposal is asked for: people, duration, days and policy, read from the page's address."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.models import AccountManager
from clients.reader import Reader
from scheduling.engine import MAX_HORIZON_DAYS, Policy
from scheduling.meetings.forms.booking import InstantField
from scheduling.meetings.forms.people import PEOPLE_FIELDS, Choices, PeopleForm, fill_people
from scheduling.meetings.models import Meeting
from scheduling.meetings.proposals.sky import CivilDay
from scheduling.meetings.services.rows import FURTHEST, LONGEST_MINUTES

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

STEP_MINUTES = 15
DEFAULT_MINUTES = 45
DEFAULT_DAYS = 14

POLICY_EXPLANATIONS = {
    Policy.CLIENT_FIRST: _("A client’s awkward hour weighs five times as much as a colleague’s."),
    Policy.SHARED: _("Everybody weighs the same; whoever has carried most is spared first."),
    Policy.LEAST_TOTAL: _("The smallest sum of awkward hours, whoever carries them."),
}


@dataclass(frozen=True)
class PolicyChoice:
    value: str
    label: "StrOrPromise"
    explanation: "StrOrPromise"
    is_chosen: bool


def date_field(label: "StrOrPromise", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day, such as 2026-12-08.")},
    )


def _check_duration(minutes: int) -> None:
    if not STEP_MINUTES <= minutes <= LONGEST_MINUTES or minutes % STEP_MINUTES:
        raise ValidationError(_DURATION, code="duration")


_DURATION = _("Choose a duration of 15, 30, 45 … up to 480 minutes.")


class ProposalForm(PeopleForm):
    """Who meets, for how long, when and by which policy; or when a meeting is moved to, by its own people."""

    duration = forms.IntegerField(
        label=_("Minutes"),
        widget=forms.NumberInput(
            attrs={"class": "input", "min": STEP_MINUTES, "max": LONGEST_MINUTES, "step": STEP_MINUTES}
        ),
        validators=[_check_duration],
        error_messages={"required": _DURATION, "invalid": _DURATION},
    )
    first = date_field(_("First day"))
    last = date_field(_("Last day"))
    policy = forms.TypedChoiceField(
        label=_("Whose comfort counts"),
        choices=Meeting.POLICIES,
        coerce=Policy,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whose comfort counts."),
            "invalid_choice": _("Choose one of these; “%(value)s” is none of them."),
        },
    )
    day = date_field(_("Day shown"), required=False)
    at = InstantField(label=_("Time shown"), required=False)
    compare = InstantField(label=_("Time compared"), required=False)
    ways = forms.BooleanField(required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        actor: AccountManager,
        choices: Choices,
        reader: Reader,
        now: dt.datetime,
        meeting: Meeting | None = None,
    ) -> None:
        self.reader = reader
        self.now = now
        self.today = reader.day_of(now)
        self.meeting = meeting
        super().__init__(data, actor=actor, choices=choices, initial=defaults(self.today, meeting))
        if meeting is not None:
            for name in ("policy", *PEOPLE_FIELDS):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """The values; with errors where the people are too many or the days make no horizon."""
        values = super().clean() or {}
        self.check_people(values)
        first_date, last_date = values.get("first"), values.get("last")
        if first_date is not None and last_date is not None:
            self._check_days(first_date, last_date)
        if not self.errors:
            self._check_shown(values)
        return values

    def _check_days(self, first_date: dt.date, last_date: dt.date) -> None:
        furthest_date = self.today + FURTHEST - dt.timedelta(days=1)
        if first_date < self.today:
            self.refuse("first", _("Choose a day from today on."))
        elif last_date < first_date:
            self.refuse("last", _("Choose a last day that is not before the first day."))
        elif (last_date - first_date).days >= MAX_HORIZON_DAYS:
            message = ngettext(
                "Choose at most %(most)d day; these are more.",
                "Choose at most %(most)d days; these are more.",
                MAX_HORIZON_DAYS,
            )
            self.refuse("last", message, most=MAX_HORIZON_DAYS)
        elif last_date > furthest_date:
            furthest = self.reader.medium_date(furthest_date)
            self.refuse("last", _("Choose a day no later than %(furthest)s."), furthest=furthest)
        else:
            self.opens_at, self.closes_at = horizon(first_date, last_date, self.reader, self.now)
            duration = dt.timedelta(minutes=self.cleaned_data.get("duration", 0))
            if self.closes_at - self.opens_at < duration:
                self.refuse("last", _("Too little is left of these days for the meeting. Choose a later last day."))

    def _check_shown(self, values: dict[str, Any]) -> None:
        date = values["day"]
        for name in ("at", "compare"):
            at = values[name]
            if at is not None and at.timestamp() % (STEP_MINUTES * 60):
                self.refuse(name, _("Choose a start on a quarter of an hour."))
            if at is not None and not self.opens_at <= at < self.closes_at:
                self.refuse(name, _("This time lies outside of the days chosen."))
        if date is not None and not values["first"] <= date <= values["last"]:
            self.refuse("day", _("This day is none of the days chosen."))

    @property
    def policies(self) -> list[PolicyChoice]:
        """The policies with what each one means."""
        chosen = self["policy"].value()
        return [
            PolicyChoice(value, label, POLICY_EXPLANATIONS[Policy(value)], is_chosen=value == chosen)
            for value, label in Meeting.POLICIES
        ]


def asked_data(
    data: QueryDict, choices: Choices, actor: AccountManager, today: dt.date, meeting: Meeting | None = None
) -> QueryDict:
    """The data with its gaps filled."""
    filled = data.copy()
    for name, value in defaults(today, meeting).items():
        if name not in filled:
            filled[name] = str(value)
    fill_people(filled, choices, actor)
    return filled


def defaults(today: dt.date, meeting: Meeting | None = None) -> dict[str, object]:
    """What is proposed where nothing else is said: the next two weeks, from tomorrow on."""
    return {
        "duration": meeting.duration_minutes if meeting else DEFAULT_MINUTES,
        "first": today + dt.timedelta(days=1),
        "last": today + dt.timedelta(days=DEFAULT_DAYS),
        "policy": meeting.policy if meeting else Policy.CLIENT_FIRST.value,
    }


def horizon(
    first_date: dt.date, last_date: dt.date, reader: Reader, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """The instants between which a meeting may lie: the days on the reader's wall, as far as they are to come."""
    next_quarter_at = dt.datetime.fromtimestamp((now.timestamp() // 900 + 1) * 900, dt.UTC)
    start_at = max(CivilDay.of(first_date, reader.zone).start_at, next_quarter_at)
    # 366 days with a clock change in them may be an hour longer than the engine looks ahead.
    end_at = min(CivilDay.of(last_date, reader.zone).end_at, start_at + dt.timedelta(days=MAX_HORIZON_DAYS))
    return start_at, end_at
