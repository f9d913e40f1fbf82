"""Forms of the page on which a contact chooses among offered times."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput
from scheduling.meetings.forms.booking import IdempotentForm, InstantField
from scheduling.meetings.forms.offers import InstantsField


class ChoiceForm(IdempotentForm):
    """One of the times."""

    start_at = InstantField(error_messages={"required": _("Choose one of the times first.")})


class WishForm(IdempotentForm):
    """Other times for a vote."""

    start_at = InstantsField(error_messages={"required": _("Tick one or two times.")})


class WordsForm(IdempotentForm):
    """Why none of the times suits, for the account manager."""

    words = forms.CharField(
        label=_("When would it suit you?"),
        max_length=1000,
        widget=LinesInput(attrs={"class": "input", "rows": 3}),
        help_text=_("For example: any day after 10:00, but not in the first week of December."),
        error_messages={"required": _("Say in a few words when it would suit you.")},
    )


class VoteForm(IdempotentForm):
    """What a contact says of each time, and maybe a few words."""

    words = forms.CharField(
        label=_("Anything else?"),
        required=False,
        max_length=1000,
        widget=LinesInput(attrs={"class": "input", "rows": 2}),
    )
