"""How an answer is read: beside the client's own earlier ones and those of others in the same country.

Nothing is decided by where somebody lives. What counts is how this answer lies among answers that we have, and each
hint says which, and how many they are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scheduling.outreach.models import Survey
from scheduling.outreach.surveys.statistics import DETRACTOR, Scores

#: Of fewer earlier answers nobody has a usual one.
OWN_ANSWERS = 3
#: Of fewer answers a country's say nothing about the next one.
COUNTRY_ANSWERS = 20
#: An answer that no more than this part of the country's are as low as is rare there.
RARE = 0.1
#: So far below the client's usual answer is less than usual, on each scale.
NOTICEABLE = {Survey.Question.CSAT.value: 1.0, Survey.Question.NPS.value: 2.0}
#: What the scale itself calls low.
LOW = {Survey.Question.CSAT.value: 2, Survey.Question.NPS.value: DETRACTOR}


class Sign(StrEnum):
    """Why a call may be worth it."""

    LOW = "low"
    BELOW_OWN = "below_own"
    RARE_THERE = "rare_there"


@dataclass(frozen=True)
class Reading:
    """One answer beside others; `own` are the client's earlier ones, `country` those of other clients there."""

    survey: Survey
    own: Scores
    country: Scores

    @property
    def has_usual(self) -> bool:
        return self.own.count >= OWN_ANSWERS

    @property
    def has_baseline(self) -> bool:
        return self.country.count >= COUNTRY_ANSWERS

    @property
    def as_low_there(self) -> int:
        """How many of the country's answers are this low or lower."""
        return self.country.at_most(self.survey.score or 0)

    @property
    def signs(self) -> tuple[Sign, ...]:
        """Why a call may be worth it; none for an answer that is as good as the scale allows."""
        survey, score = self.survey, self.survey.score
        if score is None or score == survey.scores[-1]:
            return ()
        mean = self.own.mean
        holds: Mapping[Sign, bool] = {
            Sign.LOW: score <= LOW[survey.question],
            Sign.BELOW_OWN: self.has_usual and mean is not None and mean - score >= NOTICEABLE[survey.question],
            Sign.RARE_THERE: self.has_baseline and self.as_low_there <= RARE * self.country.count,
        }
        return tuple(sign for sign, is_so in holds.items() if is_so)

    @property
    def hint(self) -> tuple[Sign, ...]:
        """The signs, until somebody has dismissed them."""
        return () if self.survey.hint_dismissed_at else self.signs
