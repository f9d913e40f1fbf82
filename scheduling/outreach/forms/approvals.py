"""Asking for an approval, and answering."""

import datetime as dt
from typing import Any, ClassVar, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput
from clients.forms import CreationForm, PageForm
from clients.models import Client, Contact
from clients.reader import Reader
from scheduling.outreach.attachments import AttachmentField
from scheduling.outreach.models import Approval


class ApprovalForm(CreationForm, PageForm[Approval]):
    """What one contact of the client is asked to decide, by whoever reads the form."""

    link = forms.URLField(label=_("Link"), required=False, max_length=500, assume_scheme="https")
    file = AttachmentField(
        label=_("File"), required=False, help_text=_("PDF, PNG, JPG, DOCX, XLSX, PPTX, TXT or CSV, 10 MB at most.")
    )

    class Meta:
        model = Approval
        fields = ("title", "contact", "needed_by_date", "details", "link", "file")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "needed_by_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "details": LinesInput(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, client: Client, reader: Reader, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now, self._today = now, reader.day_of(now)
        self.instance.client = client
        contacts = cast("forms.ModelChoiceField[Contact]", self.fields["contact"])
        contacts.queryset = client.contacts.all()
        self.fields["needed_by_date"].widget.attrs["min"] = self._today.isoformat()

    def clean(self) -> dict[str, Any] | None:
        values = super().clean()
        contact, needed_by = self.cleaned_data.get("contact"), self.cleaned_data.get("needed_by_date")
        if contact is not None and needed_by is not None and needed_by < self._now.astimezone(contact.zone).date():
            words = _("That day is over already where %(name)s is. Choose a later one.") % {"name": contact.full_name}
            self.add_error("needed_by_date", ValidationError(words, code="past"))
        return values

    def clean_needed_by_date(self) -> dt.date | None:
        needed_by: dt.date | None = self.cleaned_data["needed_by_date"]
        if needed_by is not None and needed_by < self._today:
            raise ValidationError(_("Choose today or a later day."), code="past")
        return needed_by

    def save(self, commit: bool = True) -> Approval:
        self.instance.creation_key = self.cleaned_data["creation_key"]
        file = self.cleaned_data["file"]
        self.instance.file_name = file.name if file else ""
        return super().save(commit)


class NotYetForm(forms.Form):
    """“Not yet”, and why."""

    words = forms.CharField(
        label=_("What is still missing, or what should be different?"),
        max_length=2000,
        widget=LinesInput(attrs={"rows": 3, "class": "input"}),
    )


class HandOnForm(forms.Form):
    """Whose decision it is."""

    email = forms.EmailField(
        label=_("Their mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "off"}),
    )
