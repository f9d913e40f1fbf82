"""What a proposal is asked for: people, duration, days and policy, read from the page's address."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from clients.models import AccountManager, Client, Contact, Person
from clients.reader import Reader
from clients.selectors import clients_for, colleagues_for, contacts_for
from scheduling.engine import MAX_HORIZON_DAYS, Policy
from scheduling.meetings.forms.booking import InstantField
from scheduling.meetings.models import Meeting
from scheduling.meetings.proposals.sky import CivilDay
from scheduling.meetings.services.rows import FURTHEST, LONGEST_MINUTES

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

STEP_MINUTES = 15
DEFAULT_MINUTES = 45
DEFAULT_DAYS = 14
# More strips than this are no picture any more.
MOST_PEOPLE = 50
MOST_CLIENTS_LISTED = 300
_LARGEST_ID = 2**63 - 1

POLICY_EXPLANATIONS = {
    Policy.CLIENT_FIRST: _("A client’s awkward hour weighs five times as much as a colleague’s."),
    Policy.SHARED: _("Everybody weighs the same; whoever has carried most is spared first."),
    Policy.LEAST_TOTAL: _("The smallest sum of awkward hours, whoever carries them."),
}


@dataclass(frozen=True)
class Choices:
    """Whom the actor can choose from: colleagues, the contacts at hand, and clients whose contacts can be added."""

    contacts: Sequence[Contact]
    colleagues: Sequence[AccountManager]
    clients: Sequence[tuple[int, str]]
    client: Client | None = None
    unknown_client: bool = False

    @property
    def client_ids(self) -> set[int]:
        """The clients of the contacts at hand."""
        return {contact.client_id for contact in self.contacts}

    @property
    def is_cut(self) -> bool:
        """Whether there are more clients than are listed."""
        return len(self.clients) == MOST_CLIENTS_LISTED

    @property
    def contacts_by_client(self) -> list[tuple[Client, list[Contact]]]:
        """The contacts at hand under their clients, both by name."""
        return [(client, list(contacts)) for client, contacts in groupby(self.contacts, lambda contact: contact.client)]


def choices_for(actor: AccountManager, data: QueryDict) -> Choices:
    """The people to choose from: contacts are those of the chosen contacts' clients, and of the client asked for."""
    contact_ids = _ids(data.getlist("contacts"))
    client_ids = _ids([data.get("client", "")])
    of_chosen = contacts_for(actor).filter(pk__in=contact_ids).order_by().values("client")
    contacts = (
        contacts_for(actor)
        .filter(Q(client__in=of_chosen) | Q(client__in=client_ids))
        .select_related("client", "calendar")
        .order_by("client__name", "full_name", "pk")
    )
    client = clients_for(actor).filter(pk__in=client_ids).first() if client_ids else None
    return Choices(
        contacts=list(contacts),
        colleagues=list(colleagues_for(actor).select_related("calendar")),
        clients=list(clients_for(actor).values_list("pk", "name")[:MOST_CLIENTS_LISTED]),
        client=client,
        unknown_client=bool(data.get("client")) and client is None,
    )


def _ids(values: Iterable[str]) -> list[int]:
    numbers = (int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 20)
    return [number for number in numbers if number <= _LARGEST_ID]


@dataclass(frozen=True)
class PolicyChoice:
    value: str
    label: "StrOrPromise"
    explanation: "StrOrPromise"
    is_chosen: bool


class PeopleField(forms.Field):
    """People by primary key, in the order given, each once; somebody else's and unknown ones are told alike."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"unknown": _("Choose among the people you look after; one of these is not among them.")}

    def __init__(self, people: Iterable[Person], **options: Any) -> None:
        super().__init__(**options)
        self.people = {str(person.pk): person for person in people}

    def to_python(self, value: Any) -> list[Person]:
        """The people; Raises: ValidationError."""
        try:
            return [self.people[key] for key in dict.fromkeys(value or ())]
        except KeyError:
            raise ValidationError(self.error_messages["unknown"], code="unknown") from None


def date_field(label: "StrOrPromise", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "input"}),
        error_messages={"required": _("Choose a day."), "invalid": _("Choose a day, such as 2026-12-08.")},
    )


def _check_duration(minutes: int) -> None:
    if not STEP_MINUTES <= minutes <= LONGEST_MINUTES or minutes % STEP_MINUTES:
        raise ValidationError(_DURATION, code="duration")


_DURATION = _("Choose a duration of 15, 30, 45 … up to 480 minutes.")


class ProposalForm(forms.Form):
    """Who meets, for how long, when and by which policy; or when a meeting is moved to, by its own people."""

    duration = forms.IntegerField(
        label=_("Minutes"),
        widget=forms.NumberInput(
            attrs={"class": "input", "min": STEP_MINUTES, "max": LONGEST_MINUTES, "step": STEP_MINUTES}
        ),
        validators=[_check_duration],
        error_messages={"required": _DURATION, "invalid": _DURATION},
    )
    first = date_field(_("First day"))
    last = date_field(_("Last day"))
    policy = forms.TypedChoiceField(
        label=_("Whose comfort counts"),
        choices=Meeting.POLICIES,
        coerce=Policy,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose whose comfort counts."),
            "invalid_choice": _("Choose one of these; “%(value)s” is none of them."),
        },
    )
    day = date_field(_("Day shown"), required=False)
    at = InstantField(label=_("Time shown"), required=False)
    compare = InstantField(label=_("Time compared"), required=False)
    ways = forms.BooleanField(required=False)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        actor: AccountManager,
        choices: Choices,
        reader: Reader,
        now: dt.datetime,
        meeting: Meeting | None = None,
    ) -> None:
        self.actor = actor
        self.choices = choices
        self.reader = reader
        self.now = now
        self.today = reader.day_of(now)
        self.meeting = meeting
        super().__init__(data, initial=defaults(self.today, meeting))
        if meeting is not None:
            del self.fields["policy"]
            return
        self.fields |= {
            "contacts": PeopleField(
                choices.contacts,
                label=_("Contacts"),
                error_messages={"required": _("Choose at least one contact.")},
            ),
            "colleagues": PeopleField(
                choices.colleagues,
                label=_("Colleagues"),
                error_messages={"required": _("Choose at least one colleague to hold the meeting.")},
            ),
        }

    def clean(self) -> dict[str, Any]:
        """The values; with errors where the people are too many or the days make no horizon."""
        values = super().clean() or {}
        if self.choices.unknown_client:
            self.add_error(None, ValidationError(_("Choose a client that you look after."), code="unknown"))
        self._check_people(values)
        first_date, last_date = values.get("first"), values.get("last")
        if first_date is not None and last_date is not None:
            self._check_days(first_date, last_date)
        if not self.errors:
            self._check_shown(values)
        return values

    def _check_people(self, values: dict[str, Any]) -> None:
        count = len(values.get("contacts", ())) + len(values.get("colleagues", ()))
        if count > MOST_PEOPLE:
            message = _("Choose at most %(most)d people; these are %(count)d.")
            self._refuse("contacts", message, most=MOST_PEOPLE, count=count)

    def _check_days(self, first_date: dt.date, last_date: dt.date) -> None:
        furthest_date = self.today + FURTHEST - dt.timedelta(days=1)
        if first_date < self.today:
            self._refuse("first", _("Choose a day from today on."))
        elif last_date < first_date:
            self._refuse("last", _("Choose a last day that is not before the first day."))
        elif (last_date - first_date).days >= MAX_HORIZON_DAYS:
            self._refuse("last", _("Choose at most %(most)d days; these are more."), most=MAX_HORIZON_DAYS)
        elif last_date > furthest_date:
            furthest = self.reader.medium_date(furthest_date)
            self._refuse("last", _("Choose a day no later than %(furthest)s."), furthest=furthest)
        else:
            self.opens_at, self.closes_at = horizon(first_date, last_date, self.reader, self.now)
            duration = dt.timedelta(minutes=self.cleaned_data.get("duration", 0))
            if self.closes_at - self.opens_at < duration:
                self._refuse("last", _("Too little is left of these days for the meeting. Choose a later last day."))

    def _check_shown(self, values: dict[str, Any]) -> None:
        date = values["day"]
        for name in ("at", "compare"):
            at = values[name]
            if at is not None and at.timestamp() % (STEP_MINUTES * 60):
                self._refuse(name, _("Choose a start on a quarter of an hour."))
            if at is not None and not self.opens_at <= at < self.closes_at:
                self._refuse(name, _("This time lies outside of the days chosen."))
        if date is not None and not values["first"] <= date <= values["last"]:
            self._refuse("day", _("This day is none of the days chosen."))

    def _refuse(self, name: str, message: "StrOrPromise", **words: object) -> None:
        self.add_error(name, ValidationError(message, params=words))

    @property
    def chosen_contact_ids(self) -> set[int]:
        """The contacts that are ticked, whether the form is right or not."""
        return self._chosen("contacts", self.choices.contacts)

    @property
    def chosen_colleague_ids(self) -> set[int]:
        """The colleagues that are ticked; in a form not sent yet the one who reads it."""
        return self._chosen("colleagues", self.choices.colleagues) if self.is_bound else {self.actor.pk}

    @property
    def chosen_clients(self) -> list[Client]:
        """The organisations of the ticked contacts, by name."""
        chosen = self.chosen_contact_ids
        clients = {contact.client: None for contact in self.choices.contacts if contact.pk in chosen}
        return list(clients)

    @property
    def is_adding(self) -> bool:
        """Whether somebody of a client just asked for may still be ticked."""
        client = self.choices.client
        return client is not None and any(
            contact.client_id == client.pk and contact.pk not in self.chosen_contact_ids
            for contact in self.choices.contacts
        )

    @property
    def policies(self) -> list[PolicyChoice]:
        """The policies with what each one means."""
        chosen = self["policy"].value()
        return [
            PolicyChoice(value, label, POLICY_EXPLANATIONS[Policy(value)], is_chosen=value == chosen)
            for value, label in Meeting.POLICIES
        ]

    def _chosen(self, name: str, people: Sequence[Person]) -> set[int]:
        values = set(self.data.getlist(name)) if isinstance(self.data, QueryDict) else set()
        return {person.pk for person in people if str(person.pk) in values}

    @property
    def is_about_unknown_people(self) -> bool:
        """Whether what is wrong is somebody whom the actor cannot see."""
        return any(error.code == "unknown" for errors in self.errors.as_data().values() for error in errors)


def asked_data(
    data: QueryDict, choices: Choices, actor: AccountManager, today: dt.date, meeting: Meeting | None = None
) -> QueryDict:
    """The data with its gaps filled; a client named alone stands for its contacts, with the actor."""
    filled = data.copy()
    for name, value in defaults(today, meeting).items():
        if name not in filled:
            filled[name] = str(value)
    client = choices.client
    if client is not None and not data.getlist("contacts"):
        filled.setlist("contacts", [str(contact.pk) for contact in choices.contacts if contact.client == client])
        if not data.getlist("colleagues"):
            filled.setlist("colleagues", [str(actor.pk)])
    return filled


def defaults(today: dt.date, meeting: Meeting | None = None) -> dict[str, object]:
    """What is proposed where nothing else is said: the next two weeks, from tomorrow on."""
    return {
        "duration": meeting.duration_minutes if meeting else DEFAULT_MINUTES,
        "first": today + dt.timedelta(days=1),
        "last": today + dt.timedelta(days=DEFAULT_DAYS),
        "policy": meeting.policy if meeting else Policy.CLIENT_FIRST.value,
    }


def horizon(
    first_date: dt.date, last_date: dt.date, reader: Reader, now: dt.datetime
) -> tuple[dt.datetime, dt.datetime]:
    """The instants between which a meeting may lie: the days on the reader's wall, as far as they are to come."""
    next_quarter_at = dt.datetime.fromtimestamp((now.timestamp() // 900 + 1) * 900, dt.UTC)
    start_at = max(CivilDay.of(first_date, reader.zone).start_at, next_quarter_at)
    # 366 days with a clock change in them may be an hour longer than the engine looks ahead.
    end_at = min(CivilDay.of(last_date, reader.zone).end_at, start_at + dt.timedelta(days=MAX_HORIZON_DAYS))
    return start_at, end_at
