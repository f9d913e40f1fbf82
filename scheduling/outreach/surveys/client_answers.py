"""Reads: what the contacts of one client answered of late, for its page."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Window
from django.db.models.functions import RowNumber

from clients.models import Client
from scheduling.outreach.models import Survey, SurveyRule
from scheduling.outreach.surveys.statistics import Scores

SHOWN = 5
#: The last so many answers about meetings are set against as many before them.
LATELY = 5
#: A smaller difference of means is called none.
NOTICEABLE = 0.2


@dataclass(frozen=True)
class ClientAnswers:
    """The latest answers; `lately` and `before` count those about meetings. Without a rule nobody is asked."""

    rule: SurveyRule | None
    latest: tuple[Survey, ...]
    lately: Scores
    before: Scores

    @property
    def trend(self) -> int | None:
        """1 upwards, -1 downwards, 0 level; None without enough answers."""
        if self.lately.mean is None or self.before.mean is None or self.before.count < LATELY:
            return None
        change = self.lately.mean - self.before.mean
        return 0 if abs(change) < NOTICEABLE else 1 if change > 0 else -1


def answers_of(client: Client) -> ClientAnswers:
    """Two queries."""
    newest = ("-answered_at", "-pk")
    # So many of each question: those of a quarter, which come all at once, hide none about meetings.
    place = Window(RowNumber(), partition_by="question", order_by=newest)
    answered = Survey.objects.filter(contact__client=client, score__isnull=False).annotate(place=place)
    latest = list(answered.filter(place__lte=2 * LATELY).select_related("contact", "meeting").order_by(*newest))
    scores = [survey.score or 0 for survey in latest if survey.question == Survey.Question.CSAT]
    return ClientAnswers(
        rule=SurveyRule.objects.filter(client=client).first(),
        latest=tuple(latest[:SHOWN]),
        lately=Scores(Counter(scores[:LATELY])),
        before=Scores(Counter(scores[LATELY : 2 * LATELY])),
    )
