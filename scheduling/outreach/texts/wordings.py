"""Which words are said: an admin's own, or else those that come with Dayband."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scheduling.outreach.models import FrameText, MessageText
from scheduling.outreach.texts.purposes import NEAREST_FORMS
from scheduling.outreach.texts.shipped import Frame, Wording, shipped


@dataclass(frozen=True)
class OwnTexts:
    """The admins' texts: by purpose, language and form of address, and what mails begin and end with by the latter."""

    wordings: Mapping[tuple[str, str, str], Wording] = field(default_factory=dict)
    frames: Mapping[tuple[str, str], Frame] = field(default_factory=dict)

    def wording(self, purpose: str, language: str, formality: str) -> Wording:
        """What is said for a purpose, in the nearest form of address that somebody wrote; own words come first."""
        ours = shipped(language).wordings[purpose]
        for form in NEAREST_FORMS[formality]:
            if found := self.wordings.get((purpose, language, form)) or ours.get(form):
                return found
        raise LookupError(f"no words for {purpose} in {language}")

    def frame(self, language: str, formality: str) -> Frame:
        """What a mail begins and ends with, in the nearest form of address; own lines come first."""
        ours = shipped(language).frames
        for form in NEAREST_FORMS[formality]:
            if found := self.frames.get((language, form)) or ours.get(form):
                return found
        raise LookupError(f"no greeting in {language}")


def own_texts(language: str | None = None) -> OwnTexts:
    """The admins' texts, in one language or in all, in two queries."""
    rows = MessageText.objects.all()
    if language is not None:
        rows = rows.filter(language=language)
    columns = rows.values_list("purpose", "language", "formality", "subject", "body")
    wordings = {(purpose, code, form): Wording(subject, body) for purpose, code, form, subject, body in columns}
    return OwnTexts(wordings, own_frames(language).frames)


def own_frames(language: str | None = None) -> OwnTexts:
    """What admins let mails begin and end with alone, in one query."""
    rows = FrameText.objects.all()
    if language is not None:
        rows = rows.filter(language=language)
    return OwnTexts(frames={(row.language, row.formality): _frame(row) for row in rows})


def _frame(row: FrameText) -> Frame:
    # Who writes and why is always said as it was shipped.
    ours = shipped(row.language).frame(row.formality)
    return replace(ours, **{name: getattr(row, name) for name in FrameText.LINES})
