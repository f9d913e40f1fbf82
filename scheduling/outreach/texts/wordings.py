"""Which words are said: an admin's own, or else those that come with Dayband."""

from collections.abc import Mapping

from scheduling.outreach.models import MessageText
from scheduling.outreach.texts.purposes import NEAREST_FORMS
from scheduling.outreach.texts.shipped import Wording, shipped

#: The admins' texts by purpose, language and form of address.
OwnWordings = Mapping[tuple[str, str, str], Wording]


def own_wordings(language: str | None = None) -> OwnWordings:
    """The admins' texts, of one language or of all, in one query."""
    rows = MessageText.objects.all()
    if language is not None:
        rows = rows.filter(language=language)
    columns = rows.values_list("purpose", "language", "formality", "subject", "body")
    return {(purpose, code, form): Wording(subject, body) for purpose, code, form, subject, body in columns}


def wording(purpose: str, language: str, formality: str, own: OwnWordings) -> Wording:
    """What is said for a purpose, in the nearest form of address that somebody wrote; own words before shipped ones."""
    ours = shipped(language).wordings[purpose]
    for form in NEAREST_FORMS[formality]:
        if found := own.get((purpose, language, form)) or ours.get(form):
            return found
    raise LookupError(f"no words for {purpose} in {language}")
