"""Forms that write: what a booking, a move, an edit or a cancellation needs."""

import datetime as dt
from typing import Any, TypeVar

from django import forms
from django.db.models import Model, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput
from clients.models import AccountManager
from clients.selectors import colleagues_for, contacts_for
from scheduling.engine import Policy
from scheduling.meetings.models import Meeting
from scheduling.meetings.selectors import attendee_key

M = TypeVar("M", bound=Model)


class InstantField(forms.Field):
    """An ISO 8601 date and time with its offset, as an aware UTC datetime."""

    default_error_messages = {"invalid": _("Give a date and time with its offset, such as 2026-12-08T12:00:00Z.")}

    def to_python(self, value: Any) -> dt.datetime | None:
        if value in self.empty_values:
            return None
        try:
            at = parse_datetime(str(value))
        except ValueError:
            at = None
        # Far enough for every meeting, and near enough to be shown on every wall.
        if at is not None and at.tzinfo is not None and 1900 < at.year < 2200:
            return at.astimezone(dt.UTC)
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid")


class SlotField(InstantField):
    """A start; after it may stand the keys of those who come then: `2026-12-08T12:00:00Z;contact-5;staff-7`."""

    def to_python(self, value: Any) -> dt.datetime | None:
        return super().to_python(str(value or "").partition(";")[0])


class KeysField(forms.Field):
    """People by key, such as “contact-5”, as they were given."""

    widget = forms.MultipleHiddenInput


class OrderedChoiceField(forms.ModelMultipleChoiceField[Any]):
    """Several rows in the order in which they were given: the first contact anchors the meeting."""

    def clean(self, value: Any) -> list[Model]:  # type: ignore[override]
        rows: QuerySet[Model] = super().clean(value)
        order = {int(key): position for position, key in enumerate(value or ())}
        return sorted(rows, key=lambda row: order[row.pk])


class IdempotentForm(forms.Form):
    """A form that counts once however often it is sent."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)


class MeetingWordsForm(forms.ModelForm[Meeting]):
    """What a meeting is about and where it takes place."""

    class Meta:
        model = Meeting
        fields = ("title", "agenda", "channel", "location")
        widgets = {
            "title": forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
            "agenda": LinesInput(attrs={"class": "input", "rows": 3}),
            "channel": forms.Select(attrs={"class": "input"}),
            "location": forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
        }


class BookingForm(IdempotentForm, MeetingWordsForm):
    """A meeting's people, time and words; where the time names who comes then, these are the people."""

    contacts = OrderedChoiceField(queryset=None, error_messages={"required": _("Choose at least one contact.")})
    colleagues = OrderedChoiceField(
        queryset=None, error_messages={"required": _("Choose at least one colleague to hold the meeting.")}
    )
    optional = KeysField(required=False)
    start_at = SlotField(error_messages={"required": _("Choose a time.")})
    duration_minutes = forms.IntegerField()
    policy = forms.TypedChoiceField(choices=Meeting.POLICIES, coerce=Policy)

    def __init__(self, *args: Any, actor: AccountManager, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contacts"].queryset = contacts_for(actor).select_related("client", "calendar")  # type: ignore[attr-defined]
        self.fields["colleagues"].queryset = colleagues_for(actor).select_related("calendar")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The values, with the people who come; errors where the keys are those of others."""
        values = super().clean() or {}
        people = {attendee_key(one): one for one in [*values.get("contacts", ()), *values.get("colleagues", ())]}
        optional = values.get("optional") or []
        if not self.errors and not people.keys() >= {*optional}:
            self.add_error("optional", _("Mark as optional only people who are in the meeting."))
        coming = self.coming_keys() or list(people)
        if not self.errors and not people.keys() >= {*coming}:
            self.add_error("start_at", _("Choose a time again: not all who would come then are in the meeting."))
        if not self.errors:
            for name in ("contacts", "colleagues"):
                values[name] = [person for person in values[name] if attendee_key(person) in coming]
            values["optional"] = [people[key] for key in optional if key in coming]
        return values

    def coming_keys(self) -> list[str]:
        """Who comes to the chosen time, where it names them."""
        return str(self.data.get("start_at", "")).split(";")[1:]


class ReasonForm(IdempotentForm):
    """Why a meeting is moved or cancelled, and which state of it was seen."""

    sequence = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        widget=LinesInput(attrs={"class": "input", "rows": 2}),
        help_text=_("Everybody who attends reads it."),
    )


class KeepForm(IdempotentForm):
    """Which state of a meeting that does not suit everybody was seen, and is to stay."""

    sequence = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class MoveForm(ReasonForm):
    start_at = InstantField(error_messages={"required": _("Choose a time.")})
    duration_minutes = forms.IntegerField()


class EditForm(IdempotentForm, MeetingWordsForm):
    sequence = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
