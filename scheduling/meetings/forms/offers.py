"""Forms of account managers about offers."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput
from clients.models import AccountManager
from clients.selectors import colleagues_for
from scheduling.meetings.forms.booking import BookingForm, IdempotentForm, InstantField, OrderedChoiceField
from scheduling.meetings.forms.people import PartsForm
from scheduling.meetings.models import Offer
from scheduling.meetings.walltime import WallTime


class WithdrawForm(IdempotentForm):
    """An offer that is taken back, and whether the contacts are told."""

    is_silent = forms.BooleanField(label=_("Send the contacts no mail about it"), required=False)


class InstantsField(forms.Field):
    """Several instants, in order, each once."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[dt.datetime]:
        """The instants; Raises: ValidationError."""
        read = InstantField()
        return sorted({at for one in value or () if (at := read.to_python(one)) is not None})


class WallField(forms.Field):
    """A date and time on some wall, as a naive datetime."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "class": "input"}, format="%Y-%m-%dT%H:%M")
    default_error_messages = {"invalid": _("Give a date and time, such as 2026-12-08 12:00.")}

    def to_python(self, value: Any) -> dt.datetime | None:
        """The wall time; Raises: ValidationError."""
        if value in self.empty_values:
            return None
        try:
            wall = parse_datetime(str(value))
        except ValueError:
            wall = None
        if wall is None or wall.tzinfo is not None or not 1900 < wall.year < 2200:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return wall


class OfferForm(PartsForm, BookingForm):
    """A meeting's people and words, the times to choose from, how long they are kept, and what ends a vote."""

    any_of = OrderedChoiceField(queryset=None, required=False)
    take = forms.IntegerField(required=False, min_value=1)
    times = InstantsField(error_messages={"required": _("Tick at least one time to offer.")})
    words = forms.CharField(
        label=_("Words for the client"),
        required=False,
        max_length=1000,
        widget=LinesInput(attrs={"class": "input", "rows": 2}),
    )
    hold_until = WallField(
        label=_("Keep the times until"),
        required=False,
        help_text=_("On your clock. Until then nobody else can book them; empty: first come, first served."),
    )
    closing = forms.ChoiceField(
        label=_("Where several contacts are asked, the vote ends"),
        required=False,
        choices=[choice for choice in Offer.Closing.choices if choice[0] != Offer.Closing.CHOICE],
        initial=Offer.Closing.BY_HAND,
        widget=forms.Select(attrs={"class": "input"}),
    )
    answer_by = WallField(
        label=_("Answers wanted by"),
        required=False,
        help_text=_("On the first contact’s clock, such as their Friday noon."),
    )

    def __init__(self, *args: Any, actor: AccountManager, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["any_of"].queryset = colleagues_for(actor).select_related("calendar")  # type: ignore[attr-defined]
        # The time to book stands in the same form, and is not looked at.
        self.fields["start_at"] = forms.CharField(required=False)

    def clean(self) -> dict[str, Any]:
        """The values as `send_offer` takes them, but for the zones of wall times."""
        values = super().clean()
        values.pop("start_at", None)
        any_of, take = values.get("any_of", []), values.get("take")
        if not self.errors:
            self.check_optional(values["optional"], values["contacts"], values["colleagues"], any_of)
        if any_of:
            self.check_pool(any_of, take)
        # Without a pool it says nothing, and may be any number.
        values["take"] = (any_of and take) or 1
        values["closing"] = values.get("closing") or Offer.Closing.BY_HAND
        return values

    def coming_keys(self) -> list[str]:
        """Nobody in particular: who comes is found with each time."""
        return []

    def instants(self, *, time_zone: str) -> dict[str, dt.datetime | None]:
        """When times are kept until, on the wall of that zone, and answers are wanted, on the first contact's."""
        anchor = next(one for one in self.cleaned_data["contacts"] if one not in self.cleaned_data["optional"])
        return {
            "hold_until_at": _instant(self.cleaned_data["hold_until"], time_zone),
            "answer_by_at": _instant(self.cleaned_data["answer_by"], anchor.time_zone),
        }


class CloseForm(IdempotentForm):
    """Which of the times to book."""

    start_at = InstantField(error_messages={"required": _("Choose a time.")})


def _instant(wall: dt.datetime | None, time_zone: str) -> dt.datetime | None:
    return WallTime(wall.date(), wall.time(), 0, time_zone).instant if wall is not None else None
