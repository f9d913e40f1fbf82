"""The time chosen, possible or not: what it means for everybody, with the reasons."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from clients.reader import Reader
from scheduling.engine import Explanation, NearMiss, Slot, explain
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.wording import points, weekday_and_day
from scheduling.meetings.reasons import cost_reason, why_blocked


@dataclass(frozen=True)
class Moment:
    """A time with its explanation for each attendee by key; `slot` is None where somebody is blocked."""

    start_at: dt.datetime
    end_at: dt.datetime
    slot: Slot | None
    explanations: Mapping[str, Explanation]


@dataclass(frozen=True)
class WhyRow:
    """What a time means for one person, and why; `cost` is empty for somebody who is blocked."""

    portrait: Portrait
    local_time: str
    local_day: str
    reason: SafeString
    cost: str
    is_blocked: bool


def moment_of(asked: Slot | NearMiss, minutes: int, people: Sequence[Portrait]) -> Moment:
    """The time of a slot or of a near miss."""
    end_at = asked.start_at + dt.timedelta(minutes=minutes)
    return Moment(
        asked.start_at,
        end_at,
        asked if isinstance(asked, Slot) else None,
        {portrait.key: explain(portrait.participant, asked.start_at, end_at) for portrait in people},
    )


def why_rows(moment: Moment, people: Sequence[Portrait], reader: Reader) -> tuple[WhyRow, ...]:
    """First whoever is blocked, then whoever pays most."""

    def weight(portrait: Portrait) -> tuple[bool, float]:
        cost = moment.explanations[portrait.key].cost
        return cost is not None, -(cost or 0.0)

    rows = []
    for portrait in sorted(people, key=weight):
        explanation = moment.explanations[portrait.key]
        starts, ends = (at.astimezone(portrait.participant.zone) for at in (moment.start_at, moment.end_at))
        other_day = starts.date() != reader.day_of(moment.start_at)
        if explanation.cost is None:
            reason, cost = why_blocked(portrait, explanation, reader), ""
        else:
            reason = cost_reason(starts, ends, explanation, reader)
            cost = points(explanation.cost, reader)
        rows.append(
            WhyRow(
                portrait,
                local_time=reader.wall_time(starts.time()),
                local_day=weekday_and_day(starts.date(), reader) if other_day else "",
                reason=reason,
                cost=f"+{cost}" if explanation.cost else cost,
                is_blocked=explanation.cost is None,
            )
        )
    return tuple(rows)
