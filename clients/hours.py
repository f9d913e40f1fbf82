"""Weekly hours as people fill them in: per weekday a few times from and until."""

import datetime as dt
import functools
import itertools
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext_lazy as _

from scheduling.engine import WEEKDAYS

#: Per weekday ("mon" …) its pairs of "HH:MM"; weekdays without hours are left out. The form that is stored.
Hours = dict[str, list[list[str]]]
#: The same as it was typed: any text, empty pairs among it.
TypedHours = dict[str, list[tuple[str, str]]]

PAIRS_OFFERED: Final = 2
_TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::00(?:\.0+)?)?", re.ASCII)


class WeeklyHoursWidget(forms.Widget):
    """A fieldset per weekday with pairs of time inputs."""

    template_name = "clients/widgets/weekly_hours.html"
    use_fieldset = True
    #: Monday is 0.
    first_weekday = 0

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> TypedHours:
        def typed(key: str) -> str:
            return str(data.get(key) or "").strip()

        def sent(day: str, pair: int) -> bool:
            return f"{name}-{day}-{pair}-from" in data or f"{name}-{day}-{pair}-until" in data

        return {
            day: [
                (typed(f"{name}-{day}-{pair}-from"), typed(f"{name}-{day}-{pair}-until"))
                for pair in itertools.takewhile(functools.partial(sent, day), itertools.count())
            ]
            for day in WEEKDAYS
        }

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return not any(self.value_from_datadict(data, files, name).values())

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        errors: Mapping[str, list[str]] = (attrs or {}).pop("errors_by_weekday", {})
        context = super().get_context(name, value, attrs)
        typed: Mapping[str, Any] = value or {}
        week = [*range(self.first_weekday, 7), *range(self.first_weekday)]
        context["widget"]["days"] = [
            self._day_context(name, weekday, list(typed.get(WEEKDAYS[weekday], ())), errors) for weekday in week
        ]
        return context

    def _day_context(
        self, name: str, weekday: int, pairs: list[tuple[str, str]], errors: Mapping[str, list[str]]
    ) -> dict[str, Any]:
        key = WEEKDAYS[weekday]
        filled = pairs + [("", "")] * (PAIRS_OFFERED - len(pairs))
        return {
            "key": key,
            "name": WEEKDAY_NAMES[weekday],
            "errors": errors.get(key, []),
            "error_id": f"id_{name}_{key}_error",
            "pairs": [
                {
                    "number": number + 1,
                    "name": f"{name}-{key}-{number}",
                    "start": start,
                    "end": end,
                }
                for number, (start, end) in enumerate(filled)
            ],
        }


class WeeklyHoursBoundField(BoundField):
    """Hands each weekday its own errors, so that they stand where they are to be mended."""

    @property
    def errors_by_weekday(self) -> dict[str, list[str]]:
        by_weekday: dict[str, list[str]] = {}
        for error in self.form.errors.as_data().get(self.name, []) if self.form.is_bound else []:
            by_weekday.setdefault(error.code or "", []).extend(error.messages)
        return by_weekday

    def as_widget(
        self, widget: forms.Widget | None = None, attrs: dict[str, Any] | None = None, only_initial: bool = False
    ) -> Any:
        attrs = {**(attrs or {}), "errors_by_weekday": self.errors_by_weekday}
        return super().as_widget(widget, attrs, only_initial)


class WeeklyHoursField(forms.Field):
    """Hours per weekday; each error names its weekday in the message and in its code."""

    widget = WeeklyHoursWidget

    def __init__(self, *, required: bool = False, **kwargs: Any) -> None:
        super().__init__(required=required, **kwargs)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> BoundField:
        return WeeklyHoursBoundField(form, self, field_name)

    def to_python(self, value: Any) -> Hours:
        hours: Hours = {}
        errors: list[ValidationError] = []
        for weekday, key in enumerate(WEEKDAYS):
            try:
                if pairs := _pairs((value or {}).get(key, ())):
                    hours[key] = pairs
            except ValidationError as error:
                named = _("%(weekday)s: %(problem)s")
                params = {"weekday": WEEKDAY_NAMES[weekday], "problem": error.messages[0]}
                errors.append(ValidationError(named, code=key, params=params))
        if errors:
            raise ValidationError(errors)
        return hours

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return self.to_python(data) != self.to_python(initial)
        except ValidationError:
            return True


def _pairs(typed: Any) -> list[list[str]]:
    """The pairs of one weekday, sorted by their start."""
    pairs = [_pair(start, end) for start, end in typed if start or end]
    pairs.sort()
    for (start, end), (next_start, next_end) in itertools.pairwise(pairs):
        if end > next_start:
            raise ValidationError(
                _("%(first)s overlaps %(second)s."),
                params={"first": _shown(start, end), "second": _shown(next_start, next_end)},
            )
    return [[_clock(start), _clock(end)] for start, end in pairs]


def _pair(start: str, end: str) -> tuple[int, int]:
    """Minutes after the weekday's midnight; an end not after the start lies on the next day."""
    if not start or not end:
        raise ValidationError(_("fill in both times, or leave both empty."))
    start_minutes, end_minutes = _minutes(start), _minutes(end)
    return start_minutes, end_minutes if end_minutes > start_minutes else end_minutes + 1440


def _minutes(text: str) -> int:
    match = _TIME.fullmatch(text)
    try:
        wall = dt.time(int(match[1]), int(match[2])) if match else None
    except ValueError:
        wall = None
    if wall is None:
        shown = text if len(text) <= 20 else f"{text[:20]}…"
        raise ValidationError(
            _("“%(value)s” is not a time. Write hours and minutes from 00:00 to 23:59, such as 09:30."),
            params={"value": shown},
        )
    return wall.hour * 60 + wall.minute


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _shown(start: int, end: int) -> str:
    return f"{_clock(start)}–{_clock(end)}"


def spans(hours: Mapping[str, Any], first_weekday: int = 0) -> list[tuple[int, int, list[list[str]]]]:
    """Runs of weekdays with the same hours, as first and last weekday (Monday is 0) and the pairs they share."""
    week = [(first_weekday + step) % 7 for step in range(7)]
    runs: list[tuple[int, int, list[list[str]]]] = []
    for weekday in week:
        pairs = hours.get(WEEKDAYS[weekday]) or []
        if runs and runs[-1][2] == pairs:
            runs[-1] = (runs[-1][0], weekday, pairs)
        else:
            runs.append((weekday, weekday, pairs))
    return [run for run in runs if run[2]]


def typed_hours(hours: Mapping[str, Any], name: str) -> dict[str, str]:
    """Stored hours as a form sends them, for the field of that name."""
    return {
        f"{name}-{day}-{number}-{end}": cast(str, pair[place])
        for day, pairs in hours.items()
        for number, pair in enumerate(pairs)
        for place, end in enumerate(("from", "until"))
    }
