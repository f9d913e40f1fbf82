from django import forms
from django.utils.translation import gettext_lazy as _

from scheduling.outreach.models import Message


class OutboxFilterForm(forms.Form):
    """Which messages the outbox shows; nothing chosen shows all."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"class": "input", "type": "search", "placeholder": _("Name, address, title or client")}
        ),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), *Message.State.choices],
        widget=forms.Select(attrs={"class": "input"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[("", _("All kinds")), *Message.Kind.choices],
        widget=forms.Select(attrs={"class": "input"}),
    )
