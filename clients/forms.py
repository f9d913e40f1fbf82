"""Forms of the pages: the client list's filter, clients, contacts, and one's own day."""

import datetime as dt
import json
import uuid
from contextlib import suppress
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.fields import CalendarField, CountryField, LanguageField, LinesInput, RemindersField, TimeZoneField
from clients.hours import WeeklyHoursField, WeeklyHoursWidget
from clients.languages import language_of_country
from clients.models import AccountManager, Client, Contact, DayOff, Person, Team
from clients.models.people import default_reachable_hours, default_reminder_minutes, default_working_hours
from clients.reader import Reader
from clients.selectors import teams_for
from clients.zones import zone_of_country
from holidays_app import calendars
from holidays_app.calendars import country_name
from holidays_app.forms import by_name
from holidays_app.models import HolidayCalendar

M = TypeVar("M", bound=Model)

PERSON_FIELDS = (
    "full_name",
    "address_as",
    "native_name",
    "phone",
    "language",
    "time_zone",
    "clock",
    "week_start",
    "working_hours",
    "preferred_hours",
    "reachable_hours",
    "buffer_minutes",
    "calendar",
    "reminder_minutes",
)


class ShownSerializer:
    """Field values as JSON; what JSON does not know is told as text, which fields compare with as well."""

    def dumps(self, values: Any) -> bytes:
        return json.dumps(values, default=str).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class PageForm(forms.ModelForm[M]):
    """A form in the look of the pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # A checkbox is an Input too, but no box to fill in.
            is_box = isinstance(field.widget, forms.Textarea | forms.Select | forms.widgets.Input)
            if is_box and not isinstance(field.widget, forms.CheckboxInput | forms.HiddenInput):
                field.widget.attrs.setdefault("class", "input")


class RememberingForm(forms.BaseForm):
    """A form that remembers what it showed, so that saving it undoes nothing that somebody else changed meanwhile."""

    def remember(self) -> None:
        """From here on `changed_data` is what differs from what was shown, not from what is stored by now."""
        shown = {name: self.initial[name] for name in self.fields if name in self.initial and name != "shown"}
        self.fields["shown"] = forms.CharField(required=False, widget=forms.HiddenInput)
        self.initial["shown"] = signing.dumps(shown, serializer=ShownSerializer, compress=True)
        with suppress(signing.BadSignature):
            self.initial |= signing.loads(self.data.get("shown", ""), serializer=ShownSerializer)


class MergingForm(PageForm[M], RememberingForm):
    """A model's form that remembers what it showed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.remember()

    @property
    def changed_fields(self) -> list[str]:
        """The model's fields that this person changed, in the order of the form."""
        return [name for name in self.changed_data if name in self._meta.fields]  # type: ignore[operator]


KEY_REUSED = _("This form was sent before with other contents. Nothing was done; please send it again.")


class CreationKeyField(forms.UUIDField):
    """A key of its own for every form shown, also for one that comes back with errors."""

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial


class CreationForm(forms.Form):
    """A form that creates one row however often it is sent."""

    creation_key = CreationKeyField(initial=uuid.uuid4, widget=forms.HiddenInput)


class ClientForm(MergingForm[Client]):
    """An organisation, in one of the teams that the actor looks after."""

    country = CountryField(label=_("Country"))

    class Meta:
        model = Client
        fields = ("name", "team", "segment", "industry", "size", "country", "city", "superior_decides", "notes")
        widgets: ClassVar[dict[str, forms.Widget]] = {"notes": LinesInput(attrs={"rows": 4})}

    def __init__(self, *args: Any, actor: AccountManager, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = cast("forms.ModelChoiceField[Team]", self.fields["team"])
        teams.queryset = teams_for(actor)
        if teams.queryset.count() == 1:
            teams.empty_label = None


class NewClientForm(CreationForm, ClientForm):
    def validate_unique(self) -> None:
        # The same form sent again is answered as the first time, not told that its own name is taken.
        key: uuid.UUID | None = self.cleaned_data.get("creation_key")
        if key is None or not Client.objects.filter(creation_key=key).exists():
            super().validate_unique()

    def save(self, commit: bool = True) -> Client:
        self.instance.creation_key = self.cleaned_data["creation_key"]
        return super().save(commit)


class PersonFields(forms.ModelForm[M]):
    """The fields that describe a person's day, for the pages and for the administration."""

    language = LanguageField(
        label=_("Language"),
        initial="en",
        help_text=_("What messages are written in. Choose one, or type a BCP 47 tag such as es-CO."),
    )
    time_zone = TimeZoneField(label=_("Time zone"))
    working_hours = WeeklyHoursField(
        label=_("Working hours"),
        initial=default_working_hours,
        help_text=_(
            "Leave a day empty when it is free. Hours that end before they start run past midnight, "
            "and 00:00 to 00:00 is the whole day."
        ),
    )
    preferred_hours = WeeklyHoursField(
        label=_("Preferred hours"),
        initial=dict,
        help_text=_("When calls are most welcome. Without any, all working hours are."),
    )
    reachable_hours = WeeklyHoursField(
        label=_("Reachable hours"),
        initial=default_reachable_hours,
        help_text=_("A call outside working hours is never proposed outside these."),
    )
    reminder_minutes = RemindersField(
        label=_("Reminders"),
        initial=default_reminder_minutes,
        help_text=_("Sent by mail before each meeting. Choose none to send none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        person = cast(Person, self.instance)
        if "reminder_minutes" in self.fields:
            cast(RemindersField, self.fields["reminder_minutes"]).offer(person.reminder_minutes)
        if "calendar" in self.fields:
            # Nobody is given the calendar that somebody else keeps for themselves.
            offered = HolidayCalendar.objects.filter(Q(is_personal=False) | Q(pk=person.calendar_id))
            cast(CalendarField, self.fields["calendar"]).queryset = offered

    def clean_reminder_minutes(self) -> list[int]:
        minutes: list[int] = self.cleaned_data["reminder_minutes"]
        if len(minutes) > 5:
            raise ValidationError(_("Choose five at most."), code="too_many")
        return minutes


class PersonForm(MergingForm[M], PersonFields[M]):
    """A person's day in the look of the pages; `reader` is whoever fills it in."""

    calendar = CalendarField(label=_("Holiday calendar"), required=False)

    def __init__(self, *args: Any, reader: Reader, country: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(TimeZoneField, self.fields["time_zone"]).put_first(country)
        self.fields["phone"].region = country or None  # type: ignore[attr-defined]
        self.fields["buffer_minutes"].widget.attrs |= {"min": 0, "max": 240, "step": 5, "class": "input input--short"}
        for name in ("working_hours", "preferred_hours", "reachable_hours"):
            cast(WeeklyHoursWidget, self.fields[name].widget).first_weekday = reader.first_weekday


class ContactForm(PersonForm[Contact]):
    """A person at a client."""

    class Meta:
        model = Contact
        fields = (*PERSON_FIELDS, "email", "formality", "job_title", "preferred_channel", "notes")
        widgets: ClassVar[dict[str, forms.Widget]] = {"notes": LinesInput(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _("Without an address this person gets no confirmations and no reminders.")


class NewContactForm(CreationForm, ContactForm):
    """A contact whose day begins as is usual in their client's country."""

    def __init__(self, *args: Any, client: Client, reader: Reader, **kwargs: Any) -> None:
        kwargs["initial"] = {**contact_defaults(client), **(kwargs.get("initial") or {})}
        super().__init__(*args, reader=reader, country=client.country, **kwargs)
        self.instance.client = client

    def save(self, commit: bool = True) -> Contact:
        self.instance.creation_key = self.cleaned_data["creation_key"]
        return super().save(commit)


class ProfileForm(PersonForm[AccountManager]):
    """An account manager's own day; the mail address and the teams are the admins' to change."""

    class Meta:
        model = AccountManager
        fields = (*PERSON_FIELDS, "has_page", "page_name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["has_page"].label = _("I have a public page")
        name = self.fields["page_name"]
        name.help_text = _("What its address ends in, such as “maya-lind”.")
        name.widget.attrs |= {"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or self.cleaned_data
        name = values.get("page_name")
        if values.get("has_page") and name == "":
            self.add_error("page_name", _("Give the public page a name."))
        elif name and AccountManager.objects.exclude(pk=self.instance.pk).filter(page_name=name).exists():
            self.add_error("page_name", _("Another public page has this name already."))
        return values


def contact_defaults(client: Client) -> dict[str, Any]:
    """What a new contact starts with where the client's country says it: hours, zone, language and calendar."""
    defaults: dict[str, Any] = {
        "working_hours": calendars.default_working_hours(client.country),
        "time_zone": zone_of_country(client.country, client.city) or "",
        "calendar": HolidayCalendar.objects.filter(country=client.country, subdivision="", name="").first(),
    }
    if language := language_of_country(client.country):
        defaults["language"] = language
    return defaults


class DayOffForm(PageForm[DayOff]):
    class Meta:
        model = DayOff
        fields = ("first_date", "last_date", "reason")
        widgets: ClassVar[dict[str, forms.Widget]] = {
            # The native picker sends and expects ISO 8601, whatever it shows.
            "first_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
            "last_date": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["last_date"].required = False
        self.fields["last_date"].help_text = _("Leave empty for a single day.")

    def clean(self) -> dict[str, Any] | None:
        values = super().clean() or self.cleaned_data
        if values.get("first_date") and not values.get("last_date") and "last_date" not in self.errors:
            values["last_date"] = self.instance.last_date = values["first_date"]
        return values


class DaysOff(forms.BaseInlineFormSet[DayOff, M, DayOffForm]):
    """A person's days off since the first day of last year; those before stay as they are."""

    def __init__(self, data: Any = None, *, today: dt.date, **kwargs: Any) -> None:
        shown = DayOff.objects.filter(last_date__gte=dt.date(today.year - 1, 1, 1))
        super().__init__(data, queryset=shown, **kwargs)


# Django reads 1,000 fields: six of each row, and some hundred of the person's. And however many rows somebody says to
# send, only so many are read.
MOST_ROWS, MOST_READ = 120, 200
ContactDaysOff = forms.inlineformset_factory(
    Contact, DayOff, DayOffForm, DaysOff, fk_name="contact", extra=1, max_num=MOST_ROWS, absolute_max=MOST_READ
)
OwnDaysOff = forms.inlineformset_factory(
    AccountManager,
    DayOff,
    DayOffForm,
    DaysOff,
    fk_name="account_manager",
    extra=1,
    max_num=MOST_ROWS,
    absolute_max=MOST_READ,
)


class ClientFilterForm(forms.Form):
    """What the client list is narrowed to; a value it does not know narrows nothing."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "class": "input", "placeholder": _("Client, contact or city")}),
    )
    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), required=False, empty_label=_("All teams"))
    country = forms.ChoiceField(label=_("Country"), required=False)
    segment = forms.ChoiceField(
        label=_("Segment"), required=False, choices=[("", _("All segments")), *Client.Segment.choices]
    )

    def __init__(self, *args: Any, actor: AccountManager, countries: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Team]", self.fields["team"]).queryset = teams_for(actor)
        language = get_language() or "en"
        named = sorted(((code, country_name(code, language)) for code in countries), key=by_name)
        cast(forms.ChoiceField, self.fields["country"]).choices = [("", _("All countries")), *named]
        for name in ("team", "country", "segment"):
            self.fields[name].widget.attrs["class"] = "input"
