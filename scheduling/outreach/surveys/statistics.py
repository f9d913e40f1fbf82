"""Shares and scores with how sure they are: 95 % intervals that keep their promise for small numbers too."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

#: Two-sided 95 %.
Z = 1.959963984540054
SATISFIED = 4
PROMOTER, DETRACTOR = 9, 6
#: Of fewer answers, the page says that they are few.
FEW = 10


@dataclass(frozen=True)
class Estimate:
    """A figure from so many answers, and the interval that it lies in with 95 % confidence."""

    value: float
    low: float
    high: float
    count: int

    @property
    def is_few(self) -> bool:
        return self.count < FEW


@dataclass(frozen=True)
class Scores:
    """How many answers there are of each score."""

    counts: Mapping[int, int]

    @property
    def count(self) -> int:
        return sum(self.counts.values())

    @property
    def mean(self) -> float | None:
        """None without an answer."""
        return sum(score * count for score, count in self.counts.items()) / self.count if self.count else None

    def at_least(self, score: int) -> int:
        return sum(count for one, count in self.counts.items() if one >= score)

    def at_most(self, score: int) -> int:
        return sum(count for one, count in self.counts.items() if one <= score)

    @property
    def satisfied(self) -> Estimate | None:
        """Of answers from 1 to 5, the share of 4 and 5; None without an answer."""
        return wilson(self.at_least(SATISFIED), self.count) if self.count else None

    @property
    def nps(self) -> Estimate | None:
        """Of answers from 0 to 10, promoters (9, 10) less detractors (0 to 6), from -1 to 1; None without an answer."""
        return net(self.at_least(PROMOTER), self.at_most(DETRACTOR), self.count) if self.count else None


def wilson(hits: int, count: int) -> Estimate:
    """The share of hits among so many, one at least.

    Source: Wilson (1927), Probable inference, the law of succession, and statistical inference.
    """
    share = hits / count
    weight = Z * Z / count
    centre = (share + weight / 2) / (1 + weight)
    half = math.sqrt(share * (1 - share) * weight + weight * weight / 4) / (1 + weight)
    # Rounding must not leave the share itself outside.
    return Estimate(share, min(share, max(0.0, centre - half)), max(share, min(1.0, centre + half)), count)


def net(gains: int, losses: int, count: int) -> Estimate:
    """The share of gains less that of losses among so many, one at least.

    The interval adds one to each side, which serves small numbers and ones that all agree.
    Source: Bonett and Price (2012), Adjusted Wald confidence interval for a difference of binomial proportions based
    on paired data.
    """
    gain, loss = (gains + 1) / (count + 2), (losses + 1) / (count + 2)
    half = Z * math.sqrt((gain + loss - (gain - loss) ** 2) / (count + 2))
    centre = gain - loss
    return Estimate((gains - losses) / count, max(-1.0, centre - half), min(1.0, centre + half), count)
