from django import forms
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput


class AnotherTimeForm(forms.Form):
    """The wish for another time, and when that might be."""

    words = forms.CharField(
        label=_("When would suit you better, or what has come up?"),
        max_length=500,
        widget=LinesInput(attrs={"rows": 3, "class": "input"}),
    )
