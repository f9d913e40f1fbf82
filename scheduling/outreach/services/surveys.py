"""What contacts answer, and what account managers decide about asking."""

import datetime as dt

from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager, Client, Contact
from scheduling.outreach.errors import AlreadyAnswered, NoScoreYet
from scheduling.outreach.models import Survey, SurveyRule

#: So long an answer can be changed: a finger slips.
CHANGEABLE = dt.timedelta(hours=1)


@transaction.atomic
def answer_survey(*, contact: Contact, survey: Survey, score: int, now: dt.datetime) -> None:
    """Once more, it changes nothing; another answer replaces the first within an hour. Raises: AlreadyAnswered."""
    stored = _locked(contact, survey)
    if stored.score == score:
        return
    if stored.answered_at is not None and not is_changeable(stored, now):
        raise AlreadyAnswered
    # The hour runs from the first answer.
    stored.score, stored.answered_at = score, stored.answered_at or now
    # What was dismissed was said of another answer.
    stored.hint_dismissed_at = None
    stored.save(update_fields=["score", "answered_at", "hint_dismissed_at"])
    audit(actor=contact, action="answer", subject=stored, now=now, fields=["score"])


@transaction.atomic
def comment_survey(*, contact: Contact, survey: Survey, words: str, now: dt.datetime) -> None:
    """The first comment at any time, another one within an hour of the answer. Raises: AlreadyAnswered, NoScoreYet."""
    stored = _locked(contact, survey)
    if stored.score is None:
        raise NoScoreYet
    if stored.comment == words:
        return
    if stored.comment and not is_changeable(stored, now):
        raise AlreadyAnswered
    stored.comment = words
    stored.save(update_fields=["comment"])
    audit(actor=contact, action="answer", subject=stored, now=now, fields=["comment"])


def is_changeable(survey: Survey, now: dt.datetime) -> bool:
    """Whether the answer may still become another one."""
    return survey.answered_at is None or now - survey.answered_at <= CHANGEABLE


@transaction.atomic
def set_survey_rule(*, actor: AccountManager, client: Client, every: int, asks_nps: bool, now: dt.datetime) -> None:
    """How often the client's contacts are asked from now on."""
    fields = {"every": every, "asks_nps": asks_nps}
    rule, _is_new = SurveyRule.objects.update_or_create(client=client, defaults=fields)
    audit(actor=actor, action="update", subject=rule, now=now, fields=sorted(fields))


@transaction.atomic
def dismiss_hint(*, actor: AccountManager, survey: Survey, now: dt.datetime) -> None:
    """The hint that a call may be worth it is shown no more; once more, it changes nothing."""
    waiting = Survey.objects.filter(pk=survey.pk, hint_dismissed_at=None)
    if waiting.update(hint_dismissed_at=now):
        audit(actor=actor, action="dismiss_hint", subject=survey, now=now)


def _locked(contact: Contact, survey: Survey) -> Survey:
    """The survey as it is now, the caller's alone until its transaction ends."""
    return Survey.objects.select_for_update(of=("self",)).get(pk=survey.pk, contact=contact)
