from typing import ClassVar

from django import forms
from django.core.exceptions import ValidationError

from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach.models import MessageText


class MessageTextForm(forms.ModelForm[MessageText]):
    """The subject and the text of one purpose, language and form of address."""

    class Meta:
        model = MessageText
        fields: ClassVar[list[str]] = ["subject", "body"]
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "subject": forms.TextInput(attrs={"class": "input"}),
            "body": forms.Textarea(attrs={"class": "input", "rows": 12}),
        }

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for field in self.fields.values():
            # In the language of the mail, whatever the page is in.
            field.widget.attrs |= {"lang": self.instance.language, "dir": "auto"}

    def validate_unique(self) -> None:
        """One that is there already is written over."""

    def clean_subject(self) -> str:
        """On one line, whatever was sent."""
        return self._not_empty("subject", one_line(self.cleaned_data["subject"]))

    def clean_body(self) -> str:
        """Its lines divided by a newline, without control characters."""
        return self._not_empty("body", lines(self.cleaned_data["body"]))

    def _not_empty(self, name: str, text: str) -> str:
        if not text:
            raise ValidationError(self.fields[name].error_messages["required"], code="required")
        return text
