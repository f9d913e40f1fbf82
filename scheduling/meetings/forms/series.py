"""What a series is planned and booked from: people, weeks, days and how many different times."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.fields import LinesInput
from clients.models import AccountManager, Contact, Person
from clients.reader import Reader
from scheduling.engine import MAX_WEEKS, WEEKDAYS, Policy, WeeklyTime
from scheduling.meetings.forms.booking import IdempotentForm, InstantField, MeetingWordsForm
from scheduling.meetings.forms.people import Choices, fill_people
from scheduling.meetings.forms.propose import DEFAULT_MINUTES, ProposalForm, date_field
from scheduling.meetings.models import Series
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.models.series import monday_of, parse_weekly_time
from scheduling.meetings.proposals.wording import plain_listing, weekday_name
from scheduling.meetings.services.rows import FURTHEST

DEFAULT_WEEKS = 12
DEFAULT_DAYS = WEEKDAYS[:5]
DEFAULT_TIMES = 3
# More different times than this nobody remembers.
MOST_TIMES = 6
A_MONDAY = dt.date(2024, 1, 1)

_WEEKS = _("Choose 1 to 104 weeks.")
_TIMES = _("Choose 1 to 6 different times.")


class SeriesForm(ProposalForm):
    """Who meets every week, for how long, from when on, on which days and by which policy."""

    is_for_all = True

    start = date_field(_("First week"))
    weeks = forms.IntegerField(
        label=_("Weeks"),
        min_value=1,
        max_value=MAX_WEEKS,
        widget=forms.NumberInput(attrs={"class": "input"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _WEEKS),
    )
    days = forms.MultipleChoiceField(
        label=_("Days"),
        choices=[(day, day) for day in WEEKDAYS],
        error_messages={
            "required": _("Choose at least one day."),
            "invalid_choice": _("Choose one of these; “%(value)s” is none of them."),
        },
    )
    times = forms.IntegerField(
        label=_("Different times, at most"),
        min_value=1,
        max_value=MOST_TIMES,
        widget=forms.NumberInput(attrs={"class": "input"}),
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), _TIMES),
    )

    def __init__(
        self, data: QueryDict | None, *, actor: AccountManager, choices: Choices, reader: Reader, now: dt.datetime
    ) -> None:
        super().__init__(data, actor=actor, choices=choices, reader=reader, now=now)
        self.initial = series_defaults(self.today)
        for name in ("first", "last", "day", "at"):
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """The values; with errors where the people are too many, the weeks too far away or nobody works on the days."""
        values = forms.Form.clean(self) or {}
        self.check_people(values)
        start_date, weeks = values.get("start"), values.get("weeks")
        if start_date is not None and start_date < self.today:
            self.refuse("start", _("Choose a day from today on."))
        elif start_date is not None and weeks is not None:
            self._check_end(start_date, weeks)
        if values.get("days"):
            people = [*values.get("contacts", ()), *values.get("colleagues", ())]
            self._check_workdays(values["days"], people)
        return values

    def _check_end(self, start_date: dt.date, weeks: int) -> None:
        furthest_date = self.today + FURTHEST - dt.timedelta(days=1)
        most = ((furthest_date - monday_of(start_date)).days + 1) // 7
        if most < 1:
            furthest = self.reader.medium_date(furthest_date)
            self.refuse("start", _("Choose a day no later than %(furthest)s."), furthest=furthest)
        elif weeks > most:
            message = ngettext(
                "Choose at most %(most)d week from this day on: nothing is booked more than two years ahead.",
                "Choose at most %(most)d weeks from this day on: nothing is booked more than two years ahead.",
                most,
            )
            self.refuse("weeks", message, most=most)

    def _check_workdays(self, days: list[str], people: list[Person]) -> None:
        if not people or any(person.working_hours.get(day) for person in people for day in days):
            return
        names = plain_listing((self.day_name(day) for day in days), self.reader)
        self.refuse("days", _("Nobody of them works on %(days)s. Choose another day."), days=names)

    def day_name(self, day: str) -> str:
        """“Monday” for “mon”."""
        return weekday_name(A_MONDAY + dt.timedelta(days=WEEKDAYS.index(day)), self.reader)

    @property
    def day_choices(self) -> list[tuple[str, str, bool]]:
        """The weekdays from the reader's first one: value, short name, whether it is chosen."""
        chosen = self["days"].value() or ()
        order = sorted(range(7), key=lambda weekday: (weekday - self.reader.first_weekday) % 7)
        return [
            (WEEKDAYS[place], self.reader.weekday(A_MONDAY + dt.timedelta(days=place)), WEEKDAYS[place] in chosen)
            for place in order
        ]

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The days of a valid form, 0 for Monday, sorted."""
        return tuple(sorted(WEEKDAYS.index(day) for day in set(self.cleaned_data["days"])))


def series_defaults(today: dt.date) -> dict[str, object]:
    """What is planned where nothing else is said: a quarter of a year from the next Monday on."""
    return {
        "duration": DEFAULT_MINUTES,
        "policy": Policy.CLIENT_FIRST.value,
        "start": monday_of(today) + dt.timedelta(days=7),
        "weeks": DEFAULT_WEEKS,
        "days": list(DEFAULT_DAYS),
        "times": DEFAULT_TIMES,
    }


def asked_series(data: QueryDict, choices: Choices, actor: AccountManager, today: dt.date) -> QueryDict:
    """The data with its gaps filled."""
    filled = data.copy()
    for name, value in series_defaults(today).items():
        if name in filled:
            continue
        filled.setlist(name, value if isinstance(value, list) else [str(value)])
    fill_people(filled, choices, actor)
    return filled


class ListField(forms.Field):
    """Every value given under one name, each as another field cleans it."""

    widget = forms.MultipleHiddenInput

    def __init__(self, each: forms.Field, **options: Any) -> None:
        super().__init__(**options)
        self.each = each

    def to_python(self, value: Any) -> list[Any]:
        """The values in the order given; Raises: ValidationError."""
        return [self.each.clean(item) for item in value or ()]


class WeeklyTimeField(forms.Field):
    """A weekly time such as “tue 16:00”."""

    default_error_messages = {"invalid": _("Give a weekly time such as “tue 16:00”.")}

    def to_python(self, value: Any) -> WeeklyTime | None:
        """The weekly time; Raises: ValidationError."""
        try:
            return parse_weekly_time(str(value))
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class OccurrencesForm(IdempotentForm):
    """The occurrences of a plan as they were shown."""

    starts = ListField(InstantField(), error_messages={"required": _("Choose a time in at least one week.")})
    weekly = ListField(WeeklyTimeField(), error_messages={"required": _("Choose at least one weekly time.")})


class SeriesBookingForm(OccurrencesForm, MeetingWordsForm):
    """What a series is about, and the occurrences to book."""


class EditSeriesForm(IdempotentForm, MeetingWordsForm):
    """What a series is about, and which state of it was seen."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class RestForm(SeriesForm):
    """What all that follows of a series is planned anew from; its people, length and policy stay."""

    def __init__(
        self,
        data: QueryDict,
        *,
        series: Series,
        people: Sequence[Person],
        actor: AccountManager,
        reader: Reader,
        now: dt.datetime,
    ) -> None:
        contacts = [person for person in people if isinstance(person, Contact)]
        colleagues = [person for person in people if isinstance(person, AccountManager)]
        begun = series.meetings.filter(status=Status.CONFIRMED, start_at__lte=now)
        last = begun.aggregate(last=Max("series_week_date"))["last"]
        # A week whose meeting has begun keeps it.
        self.earliest_date = last + dt.timedelta(weeks=1) if last else monday_of(series.start_date)
        self.latest_date = series.week_dates[-1] + dt.timedelta(days=6)
        filled = _rest_of(series, contacts, colleagues, data, max(reader.day_of(now), self.earliest_date))
        super().__init__(filled, actor=actor, choices=Choices(contacts, colleagues, ()), reader=reader, now=now)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        start_date = values.get("start")
        if start_date is not None and monday_of(start_date) < self.earliest_date:
            earliest = self.reader.medium_date(self.earliest_date)
            self.refuse("start", _("Choose a day no earlier than %(earliest)s."), earliest=earliest)
        elif start_date is not None and start_date > self.latest_date:
            furthest = self.reader.medium_date(self.latest_date)
            self.refuse("start", _("Choose a day no later than %(furthest)s."), furthest=furthest)
        return values


def _rest_of(
    series: Series,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    data: QueryDict,
    today: dt.date,
) -> QueryDict:
    """The data with what the series says: from the week asked for on, to its last week."""
    filled = data.copy()
    filled.setlist("contacts", [str(person.pk) for person in contacts])
    filled.setlist("colleagues", [str(person.pk) for person in colleagues])
    filled["duration"] = str(series.duration_minutes)
    filled["policy"] = series.policy
    if "start" not in filled:
        filled["start"] = str(max(today, monday_of(series.start_date)))
    if "days" not in filled:
        filled.setlist("days", [WEEKDAYS[weekday] for weekday in series.weekdays])
    if "times" not in filled:
        filled["times"] = str(series.max_times)
    try:
        first_date = monday_of(dt.date.fromisoformat(str(filled["start"])))
    except ValueError:
        first_date = monday_of(today)
    filled["weeks"] = str(max(1, (series.week_dates[-1] - first_date).days // 7 + 1))
    return filled


class MoveRestForm(OccurrencesForm):
    """The new occurrences of a series as they were shown, why, and which state of it was seen."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=LinesInput(attrs={"class": "input", "rows": 2}),
        help_text=_("Everybody who attends reads it."),
    )


class FollowingForm(IdempotentForm):
    """From which week on a series changes and why, and which state of it was seen."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    from_week = forms.TypedChoiceField(
        label=_("From this meeting on"),
        coerce=dt.date.fromisoformat,
        widget=forms.Select(attrs={"class": "input"}),
        error_messages={"invalid_choice": _("Choose a meeting of the series that is still to come.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=LinesInput(attrs={"class": "input", "rows": 2}),
        help_text=_("Everybody who attends reads it."),
    )

    def __init__(self, *args: Any, weeks: Sequence[tuple[dt.date, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_week"].choices = [(date.isoformat(), label) for date, label in weeks]  # type: ignore[attr-defined]
