"""Plans of check-ins: begun, changed, a talk noted, a draft rewritten."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from clients.fields import LinesInput
from clients.forms import MergingForm, PageForm, RememberingForm
from clients.models import AccountManager, Client, Contact
from clients.validators import validate_plain_text
from scheduling.meetings.walltime import WallTime
from scheduling.outreach.models import CheckInPlan, Enrolment, PlanStep, PlanTemplate
from scheduling.outreach.services.check_ins import NewStep, Terms

MAX_STEPS = 10
#: In front of the names of the fields that say how often one contact is written to.
CONTACT = "contact-"


class StartForm(forms.Form):
    """What a client's plan begins with."""

    template = forms.ModelChoiceField(
        label=_("Steps to begin with"),
        queryset=PlanTemplate.objects.all(),
        empty_label=None,
        widget=forms.Select(attrs={"class": "input"}),
    )
    contacts = forms.ModelMultipleChoiceField(
        label=_("Who gets them"),
        queryset=Contact.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one contact.")},
    )
    is_approved_first = forms.BooleanField(
        label=CheckInPlan._meta.get_field("is_approved_first").verbose_name,
        help_text=CheckInPlan._meta.get_field("is_approved_first").help_text,
        required=False,
    )

    def __init__(self, *args: Any, client: Client, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        contacts = cast("forms.ModelMultipleChoiceField[Contact]", self.fields["contacts"])
        contacts.queryset = client.contacts.all()
        template = cast("forms.ModelChoiceField[PlanTemplate]", self.fields["template"])
        if not PlanTemplate.objects.exists():
            template.required = False
            template.widget = forms.HiddenInput()


class PlanForm(MergingForm[CheckInPlan]):
    """A plan's terms, and how often each contact of the client is written to: what was changed of both."""

    class Meta:
        model = CheckInPlan
        fields = ("account_manager", "quiet_days", "is_approved_first")

    def __init__(self, *args: Any, managers: Iterable[AccountManager], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._terms = Terms(self.instance.quiet_days, self.instance.is_approved_first)
        self._account_manager = self.instance.account_manager
        manager = cast("forms.ModelChoiceField[AccountManager]", self.fields["account_manager"])
        # Whoever it is now may have left the team.
        known = {one.pk for one in managers} | {self.instance.account_manager_id}
        manager.queryset = AccountManager.objects.filter(pk__in=known)
        manager.empty_label = None
        self._enrolled = dict(self.instance.enrolments.values_list("contact", "frequency"))
        self._contacts = list(self.instance.client.contacts.all())
        for contact in self._contacts:
            self.fields[f"{CONTACT}{contact.pk}"] = forms.ChoiceField(
                label=contact.full_name,
                required=False,
                choices=[("", _("not in this plan")), *Enrolment.Frequency.choices],
                widget=forms.Select(attrs={"class": "input"}),
            )
            self.initial[f"{CONTACT}{contact.pk}"] = self._enrolled.get(contact.pk, "")
        self.remember()

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self._contacts and not any((self._enrolled | self.frequencies).values()):
            raise ValidationError(
                _("Choose how often at least one contact gets check-ins, or pause the plan instead."), code="nobody"
            )
        return cleaned

    @property
    def frequencies(self) -> dict[int, str]:
        """How often contacts are to be written to for whom that is new; empty where they leave the plan."""
        names = {contact.pk: f"{CONTACT}{contact.pk}" for contact in self._contacts}
        return {pk: self.cleaned_data.get(name, "") for pk, name in names.items() if name in self.changed_data}

    @property
    def terms(self) -> Terms:
        said = {name: self.cleaned_data[name] for name in self.changed_fields if name != "account_manager"}
        return replace(self._terms, **said)

    @property
    def account_manager(self) -> AccountManager:
        chosen: AccountManager = self.cleaned_data["account_manager"]
        return chosen if "account_manager" in self.changed_fields else self._account_manager

    @property
    def contact_fields(self) -> list[forms.BoundField]:
        return [self[f"{CONTACT}{contact.pk}"] for contact in self._contacts]


class StepForm(PageForm[PlanStep]):
    """One step of a plan."""

    class Meta:
        model = PlanStep
        fields = ("weekday", "at_wall", "purpose", "channel", "on_day_off", "even_if_nothing_pending")
        widgets = {"at_wall": forms.TimeInput(format="%H:%M", attrs={"type": "time"})}

    @property
    def step(self) -> NewStep:
        return NewStep(**{name: self.cleaned_data[name] for name in self._meta.fields or ()})


class BaseStepFormSet(forms.BaseFormSet[StepForm]):
    """The steps of a plan, at least one and none twice; they are values, so that a form sent twice says the same."""

    def clean(self) -> None:
        super().clean()
        seen = [(step.weekday, step.at_wall, step.purpose) for step in self.steps]
        if len(seen) > len(set(seen)):
            raise ValidationError(_("Two steps are the same. Take one of them out."), code="twice")
        if not seen:
            raise ValidationError(_("A plan needs at least one step. To stop it for a while, pause it."), code="none")

    @property
    def steps(self) -> list[NewStep]:
        """Those that are filled in and not taken out."""
        kept = [form for form in self.forms if form not in self.deleted_forms]
        return [form.step for form in kept if form.is_valid() and form.cleaned_data]


StepFormSet = forms.formset_factory(
    StepForm,
    formset=BaseStepFormSet,
    extra=1,
    can_delete=True,
    max_num=MAX_STEPS,
    validate_max=True,
)


class TalkForm(forms.Form):
    """A talk that was held elsewhere, by the clock of whoever notes it."""

    date = forms.DateField(
        label=_("Day"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"class": "input", "type": "date"})
    )
    at_wall = forms.TimeField(
        label=_("Time, on your clock"),
        widget=forms.TimeInput(format="%H:%M", attrs={"class": "input", "type": "time"}),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"class": "input"}),
    )

    def __init__(self, *args: Any, time_zone: str, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._time_zone = time_zone
        self._now = now

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors and not 1900 < cleaned["date"].year < 2200:
            self.add_error("date", self.fields["date"].error_messages["invalid"])
        if not self.errors and self.at > self._now:
            self.add_error("at_wall", _("Note a talk once it has been held; meetings to come are booked."))
        return cleaned

    @property
    def at(self) -> dt.datetime:
        """The instant that was meant."""
        return WallTime(self.cleaned_data["date"], self.cleaned_data["at_wall"], 0, self._time_zone).instant


class DraftForm(RememberingForm, forms.Form):
    """The words of a check-in before it goes."""

    LONGEST = 8000

    subject = forms.CharField(
        label=_("Subject"),
        max_length=200,
        validators=[validate_plain_text],
        widget=forms.TextInput(attrs={"class": "input"}),
    )
    text = forms.CharField(
        label=_("Text"),
        help_text=_("Between the greeting and your name; an empty line begins a new paragraph."),
        widget=LinesInput(attrs={"class": "input", "rows": 14}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.remember()

    def clean_text(self) -> str:
        """As long as it was, where nobody touched it."""
        text: str = self.cleaned_data["text"]
        if "text" in self.changed_data:
            MaxLengthValidator(self.LONGEST)(text)
        return text

    @property
    def written(self) -> dict[str, str]:
        """The words that this person changed."""
        return {name: self.cleaned_data[name] for name in ("subject", "text") if name in self.changed_data}
