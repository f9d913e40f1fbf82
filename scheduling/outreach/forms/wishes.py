"""What a contact says of the mail they want."""

import datetime as dt
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.fields import RemindersField, TimeZoneField
from clients.forms import MergingForm
from clients.hours import WeeklyHoursField, WeeklyHoursWidget
from clients.languages import endonym
from clients.models import Contact
from clients.reader import Reader
from clients.validators import validate_no_address
from scheduling.outreach.models import Enrolment
from scheduling.outreach.services.wishes import Topic, Wishes

MAX_PAUSE_DAYS = 366
#: Of somebody who is in no plan: what comes, comes when there is something to say.
WANTED = ("wanted", _("when there is something to say"))
NEVER = (Enrolment.Frequency.NONE.value, Enrolment.Frequency.NONE.label)


class WishesForm(MergingForm[Contact]):
    """The wishes of the contact who fills it in, read by `reader`; `today` is the date on their own wall."""

    check_ins = forms.ChoiceField(label=_("Check-ins"), widget=forms.RadioSelect)
    surveys = forms.BooleanField(label=_("Ask me now and then how it went"), required=False)
    paused_until_date = forms.DateField(
        label=_("Pause both until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("The last day on which nothing comes. Leave it empty for no pause."),
    )
    language = forms.ChoiceField(label=_("Language"))
    formality = forms.ChoiceField(
        label=_("How familiar may we be?"), choices=Contact.Formality.choices, widget=forms.RadioSelect
    )
    preferred_channel = forms.ChoiceField(
        label=_("Best way to reach you"), choices=Contact.Channel.choices, widget=forms.RadioSelect
    )
    reminder_minutes = RemindersField(
        label=_("Reminders before each meeting"),
        help_text=_("Five at most. Choose none to get none, nor the question whether the time still suits you."),
    )

    time_zone = TimeZoneField(label=_("Time zone"), error_messages={"required": _("Choose a time zone.")})
    working_hours = WeeklyHoursField(
        label=_("When you work"),
        help_text=_(
            "Leave a day empty when it is free. Hours that end before they start run past midnight, "
            "and 00:00 to 00:00 is the whole day."
        ),
    )
    preferred_hours = WeeklyHoursField(
        label=_("When a call suits you best"), help_text=_("Without any, all your working hours do.")
    )
    reachable_hours = WeeklyHoursField(
        label=_("When you can be reached at all"),
        help_text=_("We propose no call outside your working hours but in these, and write to you only in them."),
    )

    class Meta:
        model = Contact
        fields = (
            "full_name",
            "native_name",
            "address_as",
            "formality",
            "language",
            "time_zone",
            "clock",
            "week_start",
            "working_hours",
            "preferred_hours",
            "reachable_hours",
            "preferred_channel",
            "reminder_minutes",
        )

    def __init__(
        self, *args: Any, instance: Contact, wishes: Wishes, today: dt.date, reader: Reader, **kwargs: Any
    ) -> None:
        self._wishes, self._today = wishes, today
        rhythm = NEVER[0] if Topic.CHECK_INS in wishes.unwanted else (wishes.frequency or WANTED[0])
        initial = {
            "check_ins": str(rhythm),
            "surveys": Topic.SURVEYS not in wishes.unwanted,
            "paused_until_date": wishes.paused_until_date,
        }
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
        # What was shown can be sent back, whatever is stored by now.
        shown = self.initial
        rhythms = Enrolment.Frequency.values if wishes.frequency else [WANTED[0], NEVER[0]]
        cast(forms.ChoiceField, self.fields["check_ins"]).choices = [
            choice for choice in (WANTED, *Enrolment.Frequency.choices) if choice[0] in (*rhythms, shown["check_ins"])
        ]
        cast(forms.ChoiceField, self.fields["language"]).choices = language_choices(shown["language"])
        cast(RemindersField, self.fields["reminder_minutes"]).offer(shown["reminder_minutes"])
        for name in ("full_name", "native_name", "address_as"):
            self.fields[name].validators.append(validate_no_address)
        self.fields["full_name"].label = _("Your name")
        self.fields["native_name"].label = _("Your name in your own script")
        self.fields["clock"].label = _("Hours of the day")
        self.fields["week_start"].label = _("Your week starts on")
        cast(TimeZoneField, self.fields["time_zone"]).put_first(instance.client.country)
        for name in ("working_hours", "preferred_hours", "reachable_hours"):
            cast(WeeklyHoursWidget, self.fields[name].widget).first_weekday = reader.first_weekday
        self.fields["address_as"].label = _("How shall we address you?")
        self.fields["address_as"].help_text = _("For example “Ms Okafor” or “Maya”. Left empty, by your full name.")
        self.fields["paused_until_date"].widget.attrs |= {
            "min": today.isoformat(),
            "max": (today + dt.timedelta(days=MAX_PAUSE_DAYS)).isoformat(),
        }

    def clean_reminder_minutes(self) -> list[int]:
        minutes: list[int] = self.cleaned_data["reminder_minutes"]
        if len(minutes) > 5:
            raise ValidationError(_("Choose five at most."), code="too_many")
        return minutes

    def clean_paused_until_date(self) -> dt.date | None:
        until: dt.date | None = self.cleaned_data["paused_until_date"]
        # A pause that is over may stand as it was shown.
        if until is None or "paused_until_date" not in self.changed_data:
            return until
        if until < self._today:
            raise ValidationError(_("Choose today or a later day."), code="past")
        if until > self._today + dt.timedelta(days=MAX_PAUSE_DAYS):
            raise ValidationError(
                _("Choose a day within a year. To get nothing for good, choose “never” instead."), code="far"
            )
        return until

    @property
    def wishes(self) -> Wishes:
        """What was chosen; what this person left as it was shown is as it is stored by now."""
        unwanted, frequency = set(self._wishes.unwanted), self._wishes.frequency
        if "check_ins" in self.changed_data:
            rhythm = self.cleaned_data["check_ins"]
            unwanted = unwanted | {Topic.CHECK_INS} if rhythm == NEVER[0] else unwanted - {Topic.CHECK_INS}
            # Who wants none now and some later gets them in the rhythm of before.
            if rhythm != NEVER[0] and frequency is not None:
                frequency = Enrolment.Frequency(rhythm)
        if "surveys" in self.changed_data:
            unwanted = unwanted - {Topic.SURVEYS} if self.cleaned_data["surveys"] else unwanted | {Topic.SURVEYS}
        until = self._wishes.paused_until_date
        if "paused_until_date" in self.changed_data:
            until = self.cleaned_data["paused_until_date"]
        return Wishes(frozenset(unwanted), until, frequency)


def language_choices(current: str) -> list[tuple[str, str]]:
    """The languages that our mails are in, by their own names; the contact's own tag stands for its language."""
    tags = {tag.partition("-")[0]: tag for tag in (*dict(settings.LANGUAGES), current)}
    return sorted(((tag, endonym(tag)) for tag in tags.values()), key=lambda choice: choice[1].casefold())
