"""What the editor of texts edits: the words of a purpose, or what mails begin and end with."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.conf import settings
from django.forms import ModelForm
from django.http import Http404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clients.models import AccountManager, Contact
from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach import services
from scheduling.outreach.forms.texts import FrameTextForm, MessageTextForm
from scheduling.outreach.models import FrameText, MessageText
from scheduling.outreach.texts.overview import sample_words
from scheduling.outreach.texts.placeholders import check_line
from scheduling.outreach.texts.purposes import FRAME_PLACEHOLDERS, PLACEHOLDERS, TextPurpose
from scheduling.outreach.texts.rendering import Words
from scheduling.outreach.texts.shipped import Frame, Wording, shipped
from scheduling.outreach.texts.wordings import own_frames, own_texts

#: In addresses, where else a purpose stands.
GREETING = "greeting"


@dataclass(frozen=True)
class Place(ABC):
    """Which text an address names."""

    language: str
    formality: Contact.Formality

    @property
    @abstractmethod
    def slug(self) -> str:
        """What stands in its address."""

    @property
    @abstractmethod
    def title(self) -> str | Promise:
        """What it is called on the page."""

    @property
    @abstractmethod
    def placeholders(self) -> Collection[str]:
        """The names that may stand in it."""

    @property
    @abstractmethod
    def hint(self) -> str | Promise:
        """How placeholders are used here."""

    @property
    @abstractmethod
    def is_own(self) -> bool:
        """Whether an admin has written it."""

    @abstractmethod
    def form(self, posted: Any = None) -> ModelForm[Any]:
        """The editor, with what is typed or else with what is said today."""

    @abstractmethod
    def save(self, typed: Mapping[str, str], *, actor: AccountManager, now: dt.datetime) -> None:
        """Says this from now on."""

    @abstractmethod
    def reset(self, *, actor: AccountManager, now: dt.datetime) -> bool:
        """Whether there were own words; the shipped ones are said again."""

    @abstractmethod
    def sample(self, typed: Mapping[str, str], *, sender: AccountManager, now: dt.datetime) -> dict[str, Words]:
        """A mail that says what is typed, for the template. Raises: BrokenText."""

    @property
    def key(self) -> dict[str, str]:
        return {"language": self.language, "formality": self.formality.value}

    @property
    def address(self) -> str:
        return self._reverse("text")

    @property
    def preview_address(self) -> str:
        return self._reverse("preview_text")

    @property
    def reset_address(self) -> str:
        return self._reverse("reset_text")

    def _reverse(self, name: str) -> str:
        return reverse(f"outreach:{name}", args=[self.slug, self.language, self.formality.value])


@dataclass(frozen=True)
class WordsOfPurpose(Place):
    """Subject and text of one purpose."""

    purpose: TextPurpose

    @property
    def slug(self) -> str:
        return self.purpose.value

    @property
    def title(self) -> str | Promise:
        return self.purpose.label

    @property
    def placeholders(self) -> Collection[str]:
        return PLACEHOLDERS[self.purpose]

    @property
    def hint(self) -> str | Promise:
        return _(
            "These are filled in for each mail. A list stands alone in its paragraph; an empty line begins a new one."
        )

    @property
    def key(self) -> dict[str, str]:
        return {"purpose": self.purpose.value, **super().key}

    @property
    def is_own(self) -> bool:
        return MessageText.objects.filter(**self.key).exists()

    def form(self, posted: Any = None) -> MessageTextForm:
        said = own_texts(self.language).wording(self.purpose, self.language, self.formality)
        return MessageTextForm(posted, instance=MessageText(**self.key, **asdict(said)))

    def save(self, typed: Mapping[str, str], *, actor: AccountManager, now: dt.datetime) -> None:
        services.save_text(actor=actor, **self.key, subject=typed["subject"], body=typed["body"], now=now)

    def reset(self, *, actor: AccountManager, now: dt.datetime) -> bool:
        return services.reset_text(actor=actor, **self.key, now=now)

    def sample(self, typed: Mapping[str, str], *, sender: AccountManager, now: dt.datetime) -> dict[str, Words]:
        said = Wording(one_line(typed.get("subject", "")), lines(typed.get("body", "")))
        own = replace(
            own_frames(self.language), wordings={(self.purpose.value, self.language, self.formality.value): said}
        )
        words = sample_words(self.language, self.formality, own=own, purpose=self.purpose, sender=sender, now=now)
        return {"words": words}


@dataclass(frozen=True)
class GreetingAndClosing(Place):
    """What every mail begins and ends with."""

    @property
    def slug(self) -> str:
        return GREETING

    @property
    def title(self) -> str | Promise:
        return _("Greeting and closing")

    @property
    def placeholders(self) -> Collection[str]:
        return FRAME_PLACEHOLDERS["closing"]

    @property
    def hint(self) -> str | Promise:
        return _("These are filled in for each mail. The greetings can hold {contact} alone.")

    @property
    def is_own(self) -> bool:
        return FrameText.objects.filter(**self.key).exists()

    def form(self, posted: Any = None) -> FrameTextForm:
        said = own_frames(self.language).frame(self.language, self.formality)
        return FrameTextForm(
            posted, instance=FrameText(**self.key, **{name: getattr(said, name) for name in FrameText.LINES})
        )

    def save(self, typed: Mapping[str, str], *, actor: AccountManager, now: dt.datetime) -> None:
        services.save_frame(actor=actor, **self.key, lines={name: typed[name] for name in FrameText.LINES}, now=now)

    def reset(self, *, actor: AccountManager, now: dt.datetime) -> bool:
        return services.reset_frame(actor=actor, **self.key, now=now)

    def sample(self, typed: Mapping[str, str], *, sender: AccountManager, now: dt.datetime) -> dict[str, Words]:
        said = {name: one_line(typed.get(name, "")) for name in FrameText.LINES}
        for name, text in said.items():
            check_line(text, name)
        around = Frame(**said, why=shipped(self.language).frame(self.formality).why)
        own = replace(own_texts(self.language), frames={(self.language, self.formality.value): around})
        chosen: Any = {"own": own, "sender": sender, "now": now}
        return {
            "words": sample_words(self.language, self.formality, **chosen),
            "by_name": sample_words(self.language, self.formality, **chosen, by_name=True),
        }


def place_at(slug: str, language: str, formality: str) -> Place:
    """The text that an address names. Raises: Http404 where there is none."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    try:
        form = Contact.Formality(formality)
        return (
            GreetingAndClosing(language, form)
            if slug == GREETING
            else WordsOfPurpose(language, form, TextPurpose(slug))
        )
    except ValueError as error:
        raise Http404 from error
