"""The time chosen, possible or not: what it means for everybody, with the reasons."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from clients.reader import Reader
from scheduling.engine import Explanation, NearMiss, Slot, explain
from scheduling.meetings.proposals.company import stays_away
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.wording import points, weekday_and_day
from scheduling.meetings.reasons import cost_reason, why_blocked


@dataclass(frozen=True)
class Moment:
    """A time with its explanation for each attendee by key; `slot` is None where somebody is blocked."""

    start_at: dt.datetime
    end_at: dt.datetime
    slot: Slot | None
    explanations: Mapping[str, Explanation]

    @property
    def away_keys(self) -> set[str]:
        """Those who stay away from a time that is possible."""
        return {one.id for one in self.slot.stays_away} if self.slot else set()


@dataclass(frozen=True)
class WhyRow:
    """What a time means for one person, and why; `cost` is empty for somebody who does not come, or need not."""

    portrait: Portrait
    local_time: str
    local_day: str
    reason: SafeString
    cost: str
    is_blocked: bool
    is_away: bool


def moment_of(asked: Slot | NearMiss, minutes: int, people: Sequence[Portrait]) -> Moment:
    """The time of a slot or of a near miss."""
    end_at = asked.start_at + dt.timedelta(minutes=minutes)
    return Moment(
        asked.start_at,
        end_at,
        asked if isinstance(asked, Slot) else None,
        {portrait.key: explain(portrait.participant, asked.start_at, end_at) for portrait in people},
    )


def why_rows(moment: Moment, people: Sequence[Portrait], query: ProposalQuery, reader: Reader) -> tuple[WhyRow, ...]:
    """First whoever is blocked, then whoever pays most; last whoever stays away from a time that is possible."""
    away = stays_away(moment.slot, people, query, reader) if moment.slot else {}

    def weight(portrait: Portrait) -> tuple[bool, bool, float]:
        cost = moment.explanations[portrait.key].cost
        return portrait.key in away, cost is not None, -(cost or 0.0)

    rows = []
    for portrait in sorted(people, key=weight):
        explanation = moment.explanations[portrait.key]
        starts, ends = (at.astimezone(portrait.participant.zone) for at in (moment.start_at, moment.end_at))
        other_day = starts.date() != reader.day_of(moment.start_at)
        is_away = portrait.key in away
        if is_away and explanation.cost is not None:
            reason, cost = away[portrait.key], ""
        elif explanation.cost is None:
            reason, cost = why_blocked(portrait, explanation, reader), ""
        else:
            reason = cost_reason(starts, ends, explanation, reader)
            cost = "" if portrait.participant.optional else points(explanation.cost, reader)
        rows.append(
            WhyRow(
                portrait,
                local_time=reader.wall_time(starts.time()),
                local_day=weekday_and_day(starts.date(), reader) if other_day else "",
                reason=reason,
                cost=f"+{cost}" if cost and explanation.cost else cost,
                is_blocked=explanation.cost is None,
                is_away=is_away,
            )
        )
    return tuple(rows)
