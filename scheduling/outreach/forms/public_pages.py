"""What is sent from an account manager's public page, and what account managers answer to it."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput, TimeZoneField, TimeZoneSelect
from clients.forms import PageForm
from clients.languages import endonym
from clients.models import AccountManager
from scheduling.outreach.forms.own_page import LostLinkForm
from scheduling.outreach.models import Enquiry

#: People take longer than this to fill in a form, and less than that.
TOO_FAST, TOO_LATE = dt.timedelta(seconds=3), dt.timedelta(days=1)
STAMP_SALT = "outreach.enquiries"


class RecogniseForm(LostLinkForm):
    """The address to which a code is to be sent."""


class CodeForm(forms.Form):
    """The six digits; spaces that somebody typed between them do not count."""

    code = forms.RegexField(
        regex=r"\A[0-9]{6}\Z",
        label=_("The code from the mail"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"class": "input input--code", "inputmode": "numeric", "autocomplete": "one-time-code", "dir": "ltr"}
        ),
        error_messages={"invalid": _("Type the six digits, such as 123456.")},
    )

    def __init__(self, data: Any = None) -> None:
        if data is not None:
            data = {**data.dict(), "code": "".join(data.get("code", "").split()).replace("-", "")}
        super().__init__(data)


class EnquiryForm(PageForm[Enquiry]):
    """What somebody unknown asks; `website` is seen and filled in by robots alone."""

    time_zone = TimeZoneField(
        label=_("Time zone"),
        error_messages={"required": _("Choose a time zone.")},
        help_text=_("As your device says. Correct it where that is wrong."),
        widget=TimeZoneSelect(attrs={"data-guess-zone": True}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=lambda: [(code, endonym(code)) for code, _name in settings.LANGUAGES]
    )
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}), max_length=10_000
    )

    class Meta:
        model = Enquiry
        fields = ("full_name", "company", "email", "language", "time_zone", "about", "wishes")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "about": LinesInput(attrs={"rows": 4}),
            "wishes": LinesInput(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["full_name"].label = _("Your name")
        self.fields["email"].label = _("Your mail address")
        self.fields["email"].error_messages["invalid"] = _("Write a whole mail address, such as name@example.com.")
        self.fields["wishes"].help_text = _("When it would suit you, by phone or by video, and whatever else matters.")
        for name, filled in (("full_name", "name"), ("company", "organization"), ("email", "email")):
            self.fields[name].widget.attrs["autocomplete"] = filled

    @property
    def is_a_robots(self) -> bool:
        """Whether something stands in the box that people don't see."""
        return bool(self.data.get("website"))


@dataclass(frozen=True)
class Stamp:
    """When a form for a request was shown, and at whose page; signed, so that nobody else makes one."""

    key: uuid.UUID
    host: int
    shown_at: dt.datetime

    @classmethod
    def issued(cls, host: AccountManager, *, now: dt.datetime) -> str:
        """A new one, as the form sends it."""
        return signing.dumps({"key": str(uuid.uuid4()), "host": host.pk, "at": now.timestamp()}, salt=STAMP_SALT)

    @classmethod
    def read(cls, text: str) -> "Stamp | None":
        """The stamp that was sent; nothing where it is none of ours."""
        try:
            values = signing.loads(text, salt=STAMP_SALT)
        except signing.BadSignature:
            return None
        return cls(uuid.UUID(values["key"]), values["host"], dt.datetime.fromtimestamp(values["at"], dt.UTC))

    def problem(self, *, now: dt.datetime) -> str:
        """What is wrong with how long it took; mostly nothing."""
        age = now - self.shown_at
        if age < TOO_FAST:
            return gettext(
                "That was very fast. We wait three seconds, to tell people from robots: please send it again."
            )
        return gettext("This form has been open for more than a day. Please send it again.") if age > TOO_LATE else ""


class DeclineForm(forms.Form):
    """Whether whoever asked gets a polite mail, or hears nothing."""

    is_told = forms.BooleanField(required=False)
