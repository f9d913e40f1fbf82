"""What contacts send from their own pages."""

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput, TimeZoneField
from clients.reader import Reader
from clients.validators import validate_no_address, validate_plain_text
from scheduling.meetings.forms.booking import IdempotentForm, InstantField
from scheduling.meetings.proposals.for_contacts import is_night
from scheduling.meetings.proposals.wording import duration


class ChangeForm(forms.Form):
    """Why a meeting is moved or cancelled, and which state of it was seen; counts once however often it is sent."""

    idempotency_key = forms.UUIDField(widget=forms.HiddenInput)
    sequence = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("A word why"),
        max_length=500,
        widget=LinesInput(attrs={"class": "input", "rows": 2}),
        help_text=_("Everybody who attends reads it."),
    )


class MoveForm(ChangeForm):
    """The time that is wanted instead; one in the night is asked about once."""

    start_at = InstantField(error_messages={"required": _("Choose one of the times.")})
    is_meant = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, reader: Reader, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = False
        self._reader = reader

    @property
    def asks_about(self) -> dt.datetime | None:
        """A start in the night that nobody has said to mean yet."""
        at: dt.datetime | None = self.cleaned_data.get("start_at")
        is_new = at is not None and is_night(at, self._reader) and not self.cleaned_data.get("is_meant")
        return at if is_new else None


class AskTimesForm(IdempotentForm):
    """What a meeting that the contact asks for is to be about, and how long."""

    title = forms.CharField(
        label=_("What it is about"),
        max_length=120,
        validators=[validate_plain_text, validate_no_address],
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    duration_minutes = forms.TypedChoiceField(
        label=_("How long"),
        choices=lambda: [(minutes, _minutes(minutes)) for minutes in (15, 30, 45, 60, 90)],
        coerce=int,
        initial=30,
        widget=forms.Select(attrs={"class": "input"}),
    )


def _minutes(minutes: int) -> str:
    return duration(minutes, Reader(get_language() or "en", "UTC"))


class ZoneForm(forms.Form):
    """In which zone times are shown, and for how long."""

    time_zone = TimeZoneField(label=_("Time zone"), error_messages={"required": _("Choose a time zone.")})
    how_long = forms.ChoiceField(choices=[("visit", _("Just now")), ("always", _("From now on"))], required=False)

    def __init__(self, *args: Any, country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zones = self.fields["time_zone"]
        if country and isinstance(zones, TimeZoneField):
            zones.put_first(country)
        zones.widget.attrs["class"] = "input"


class LostLinkForm(forms.Form):
    """The address to which a new link is to be sent."""

    email = forms.EmailField(
        label=_("Your mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email"}),
        error_messages={"invalid": _("Write a whole mail address, such as name@example.com.")},
    )


class EraseForm(forms.Form):
    """Says that everything is to be erased, and that this can't be taken back."""

    is_meant = forms.BooleanField(
        label=_("Yes, erase everything; it can’t be brought back"),
        error_messages={"required": _("Tick this if everything is to be erased.")},
    )
