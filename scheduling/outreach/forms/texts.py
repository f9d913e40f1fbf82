from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from clients.fields import LinesInput
from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach.models import FrameText, MessageText


class _OwnWordsForm(forms.ModelForm[Any]):
    """Words in the language of the mail, whatever the page is in."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        for field in self.fields.values():
            field.widget.attrs |= {"class": "input", "lang": self.instance.language, "dir": "auto"}

    def validate_unique(self) -> None:
        """One that is there already is written over."""

    def _said(self, name: str, text: str) -> str:
        if not text and self.fields[name].required:
            raise ValidationError(self.fields[name].error_messages["required"], code="required")
        return text


class MessageTextForm(_OwnWordsForm):
    """The subject and the text of one purpose, language and form of address."""

    class Meta:
        model = MessageText
        fields: ClassVar[list[str]] = ["subject", "body"]
        widgets: ClassVar[dict[str, forms.Widget]] = {"body": LinesInput(attrs={"rows": 12})}

    def clean_subject(self) -> str:
        """On one line, whatever was sent."""
        return self._said("subject", one_line(self.cleaned_data["subject"]))

    def clean_body(self) -> str:
        """Its lines divided by a newline, without control characters."""
        return self._said("body", lines(self.cleaned_data["body"]))


class FrameTextForm(_OwnWordsForm):
    """What mails in one language and form of address begin and end with."""

    class Meta:
        model = FrameText
        fields = FrameText.LINES

    def clean(self) -> dict[str, Any]:
        """Each on one line, whatever was sent."""
        typed = super().clean() or self.cleaned_data
        for name in self.fields.keys() & typed.keys():
            try:
                typed[name] = self._said(name, one_line(typed[name]))
            except ValidationError as error:
                self.add_error(name, error)
        return typed
