"""The texts that come with Dayband: one file for each language in `shipped/`."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from scheduling.outreach.texts.purposes import NEAREST_FORMS, TextPurpose

FOLDER = Path(__file__).parent / "shipped"


@dataclass(frozen=True)
class Wording:
    """What is said for one purpose, with placeholders; the body's paragraphs are divided by empty lines."""

    subject: str
    body: str


@dataclass(frozen=True)
class Frame:
    """What stands round every text, however many parts the mail has.

    `greeting_by_name` greets those of whom only the full name is known; `opening` is what a letter begins with where
    the language asks for it.
    """

    greeting: str
    greeting_by_name: str
    closing: str
    why: str
    opening: str = ""


@dataclass(frozen=True)
class Sample:
    """Made-up names for previews."""

    contact: str
    client: str
    approvals: Sequence[str]
    meeting: str


@dataclass(frozen=True)
class Shipped:
    """The texts of one language, by form of address where that makes a difference."""

    frames: Mapping[str, Frame]
    wordings: Mapping[str, Mapping[str, Wording]]
    # What each purpose is called in a mail that has several, as in the middle of a sentence.
    topics: Mapping[str, str]
    # Entries of lists, with names of their own in braces.
    entries: Mapping[str, str]
    labels: Mapping[str, str]
    sample: Sample

    def frame(self, formality: str) -> Frame:
        """The frame in the nearest form of address that there is."""
        return self.frames[nearest(formality, self.frames)]


def nearest(formality: str, available: Mapping[str, object]) -> str:
    """The form of address among those available that serves best."""
    return next(form for form in NEAREST_FORMS[formality] if form in available)


@cache
def shipped(language: str) -> Shipped:
    """The texts of a language of `settings.LANGUAGES`."""
    if language not in dict(settings.LANGUAGES):
        raise ValueError(f"there are no texts in “{language}”")
    with (FOLDER / f"{language}.toml").open("rb") as file:
        read = tomllib.load(file)
    return Shipped(
        frames={form: _frame(words) for form, words in read["frame"].items()},
        wordings={purpose: {form: _wording(words) for form, words in read[purpose].items()} for purpose in TextPurpose},
        topics=read["topics"],
        entries=read["entries"],
        labels=read["labels"],
        sample=Sample(**read["sample"]),
    )


def _frame(words: dict[str, str]) -> Frame:
    return Frame(**{"greeting_by_name": words["greeting"], **words})


def _wording(words: dict[str, Any]) -> Wording:
    return Wording(subject=words["subject"], body="\n\n".join(words["paragraphs"]))
