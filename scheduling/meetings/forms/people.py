"""Who is to meet: the people to choose from, and which of them must come."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.models import AccountManager, Client, Contact, Person
from clients.selectors import clients_for, colleagues_for, contacts_for
from scheduling.engine import MAX_TEAMS
from scheduling.meetings.selectors import attendee_key

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise as StrOrPromise

# More strips than this are no picture any more.
MOST_PEOPLE = 50
MOST_CLIENTS_LISTED = 300
PEOPLE_FIELDS = ("contacts", "colleagues", "optional", "any_of", "take")
_LARGEST_ID = 2**63 - 1


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


class PeopleField(forms.Field):
    """People by key, in the order given, each once; somebody else's and unknown ones are told alike."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"unknown": _("Choose among the people you look after; one of these is not among them.")}

    def __init__(self, people: Mapping[str, Person], **options: Any) -> None:
        super().__init__(**options)
        self.people = people

    def to_python(self, value: Any) -> list[Person]:
        """The people; Raises: ValidationError."""
        try:
            return [self.people[key] for key in dict.fromkeys(value or ())]
        except KeyError:
            raise ValidationError(self.error_messages["unknown"], code="unknown") from None


_TAKE = _("Choose how many of them come: a number from 1 on.")


class PartsForm(forms.BaseForm):
    """A form that says which people can't be what they are chosen as."""

    def check_optional(
        self,
        optional: Sequence[Person],
        contacts: Sequence[Person],
        colleagues: Sequence[Person],
        any_of: Sequence[Person],
    ) -> None:
        """Adds errors where somebody can't be optional."""
        for person in optional:
            if person in any_of:
                self.refuse(
                    "optional", _("%(name)s can’t be both “optional” and “any of these”."), name=person.full_name
                )
            if person not in contacts and person not in colleagues:
                message = _("%(name)s is marked as optional, but not chosen. Choose this person first.")
                self.refuse("optional", message, name=person.full_name)
        for people, message in (
            (contacts, _("At least one contact must come; not all can be optional.")),
            (colleagues, _("At least one colleague must come; not all can be optional.")),
        ):
            if all(person in optional for person in people):
                self.refuse("optional", message)

    def check_pool(self, any_of: Sequence[Person], take: int | None) -> None:
        """Adds an error where not so many of these can be chosen."""
        count = len(any_of)
        if count == 1:
            self.refuse("any_of", _("Mark at least two colleagues as “any of these”: with one there is no choice."))
        elif take is not None and take >= count:
            message = ngettext(
                "Of %(count)d person choose at most %(most)d, or else all of them must come.",
                "Of %(count)d people choose at most %(most)d, or else all of them must come.",
                count,
            )
            self.refuse("take", message, count=count, most=count - 1)
        elif take is not None and math.comb(count, take) > MAX_TEAMS:
            message = ngettext(
                "%(take)d of %(count)d person are too many teams to compare. Mark fewer as “any of these”.",
                "%(take)d of %(count)d people are too many teams to compare. Mark fewer as “any of these”.",
                count,
            )
            self.refuse("any_of", message, take=take, count=count)

    def refuse(self, field: str, message: "StrOrPromise", **words: object) -> None:
        """Adds an error at a field."""
        self.add_error(field, ValidationError(message, params=words))


class PeopleForm(PartsForm, forms.Form):
    """Who meets: contacts and colleagues, and which of them are `optional` or of `any_of` whom only `take` come."""

    #: Whether everybody chosen must come.
    is_for_all = False

    def __init__(self, data: QueryDict | None, *, actor: AccountManager, choices: Choices, **options: Any) -> None:
        self.actor = actor
        self.choices = choices
        super().__init__(data, **options)
        people = [*choices.contacts, *choices.colleagues]
        self.fields |= {
            "contacts": PeopleField(
                {str(contact.pk): contact for contact in choices.contacts},
                label=_("Contacts"),
                error_messages={"required": _("Choose at least one contact.")},
            ),
            "colleagues": PeopleField(
                {str(colleague.pk): colleague for colleague in choices.colleagues},
                label=_("Colleagues"),
                error_messages={"required": _("Choose at least one colleague to hold the meeting.")},
            ),
        }
        if not self.is_for_all:
            self.fields |= {
                "optional": PeopleField({attendee_key(person): person for person in people}, required=False),
                "any_of": PeopleField(
                    {str(colleague.pk): colleague for colleague in choices.colleagues}, required=False
                ),
                "take": forms.IntegerField(
                    label=_("How many of “any of these” come"),
                    required=False,
                    initial=1,
                    min_value=1,
                    widget=forms.NumberInput(attrs={"class": "input", "min": 1}),
                    error_messages={"invalid": _TAKE, "min_value": _TAKE},
                ),
            }

    def check_people(self, values: dict[str, Any]) -> None:
        """Adds errors where they are too many, or cannot all be what they are chosen as."""
        if self.choices.unknown_client:
            self.add_error(None, ValidationError(_("Choose a client that you look after."), code="unknown"))
        contacts, colleagues = values.get("contacts", []), values.get("colleagues", [])
        count = len(contacts) + len(colleagues)
        if count > MOST_PEOPLE:
            message = ngettext(
                "Choose at most %(most)d person; these are %(count)d.",
                "Choose at most %(most)d people; these are %(count)d.",
                MOST_PEOPLE,
            )
            self.refuse("contacts", message, most=MOST_PEOPLE, count=count)
        if values.get("optional") and contacts and colleagues:
            self.check_optional(values["optional"], contacts, colleagues, values.get("any_of", []))
        if values.get("any_of"):
            self.check_pool(values["any_of"], values.get("take"))

    @property
    def chosen_contact_ids(self) -> set[int]:
        """The contacts that are ticked, whether the form is right or not."""
        return self._chosen("contacts", self.choices.contacts)

    @property
    def chosen_colleague_ids(self) -> set[int]:
        """The colleagues that are ticked; in a form not sent yet the one who reads it."""
        return self._chosen("colleagues", self.choices.colleagues) if self.is_bound else {self.actor.pk}

    @property
    def optional_keys(self) -> set[str]:
        """Who is marked as optional, whether the form is right or not."""
        return set(self._given("optional"))

    @property
    def any_of_ids(self) -> set[int]:
        """The colleagues of whom only some come, whether the form is right or not."""
        return self._chosen("any_of", self.choices.colleagues)

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
    def is_about_unknown_people(self) -> bool:
        """Whether what is wrong is somebody whom the actor cannot see."""
        return any(error.code == "unknown" for errors in self.errors.as_data().values() for error in errors)

    def _chosen(self, name: str, people: Sequence[Person]) -> set[int]:
        values = set(self._given(name))
        return {person.pk for person in people if str(person.pk) in values}

    def _given(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, QueryDict) else []


def fill_people(data: QueryDict, choices: Choices, actor: AccountManager) -> None:
    """Fills the gaps: a client named alone stands for its contacts, with the actor; whoever is in the pool is chosen.

    The form's marks beside people, such as `mark=optional:contact-5`, become the fields that they stand for.
    """
    client = choices.client
    if client is not None and not data.getlist("contacts"):
        data.setlist("contacts", [str(contact.pk) for contact in choices.contacts if contact.client == client])
        if not data.getlist("colleagues") and not data.getlist("any_of"):
            data.setlist("colleagues", [str(actor.pk)])
    chosen = {f"contact-{pk}" for pk in data.getlist("contacts")} | {f"staff-{pk}" for pk in data.getlist("colleagues")}
    for mark in data.pop("mark", []):
        name, _colon, key = str(mark).partition(":")
        # Beside somebody who is not ticked a mark is out of sight, and means nothing.
        if key in chosen and name == "any_of":
            data.appendlist("any_of", key.removeprefix("staff-"))
        elif key in chosen:
            data.appendlist("optional", key)
    if not data.get("take"):
        data["take"] = "1"
    known = {str(colleague.pk) for colleague in choices.colleagues}
    for pk in data.getlist("any_of"):
        if pk in known and pk not in data.getlist("colleagues"):
            data.appendlist("colleagues", pk)
