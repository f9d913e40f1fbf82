from django import forms
from django.utils.translation import gettext_lazy as _

from clients.validators import validate_plain_text


class PauseForm(forms.Form):
    """Why everything outgoing is paused."""

    reason = forms.CharField(
        label=_("Why?"),
        max_length=300,
        validators=[validate_plain_text],
        help_text=_("Everybody who works here sees it on every page until mail goes out again."),
        widget=forms.TextInput(attrs={"class": "input"}),
    )
