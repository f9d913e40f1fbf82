"""A case that asks for proposals, and its result."""

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.engine import Apart, MeetingRequest, Participant, Policy, Pool, Proposal, Slot, check_pools
from scheduling.meetings.cases.people import participants_of
from scheduling.meetings.cases.reading import (
    JsonObject,
    inside,
    instant,
    json_value,
    list_of,
    nonempty_text,
    one_of,
    utc,
    whole_number,
)


def parse_case(text: str | bytes) -> tuple[MeetingRequest, tuple[Participant, ...]]:
    """The engine's values for a case.

    Raises:
        InvalidInput: naming the value by its path, as in `participants[0].working_hours.mon[1]`.
    """
    case = JsonObject(json_value(text), "")
    request = case.required("meeting", _meeting)

    def horizon(zone: ZoneInfo) -> tuple[date, date]:
        return request.start_at.astimezone(zone).date(), request.end_at.astimezone(zone).date()

    participants = participants_of(case, horizon)
    request = replace(request, pools=tuple(case.optional("pools", list_of(_pool), [])))
    check_pools(request.pools, participants)
    return request, participants


def result_json(proposal: Proposal) -> dict[str, Any]:
    """The result of a case, ready for `json.dumps`."""
    return {
        "feasible": proposal.feasible,
        "slots": [slot_json(slot) for slot in proposal.slots],
        "near_misses": [
            {
                "start": utc(near_miss.start_at),
                "blockers": [[participant_id, reason.value] for participant_id, reason in near_miss.blockers],
            }
            for near_miss in proposal.near_misses
        ],
    }


def slot_json(slot: Slot) -> dict[str, Any]:
    """A slot: when it is, what it means for everybody who comes, and why others stay away."""
    told: dict[str, Any] = {
        "start": utc(slot.start_at),
        "end": utc(slot.end_at),
        "participants": [
            {
                "id": person.id,
                "local_start": person.local_start.isoformat(),
                "local_end": person.local_end.isoformat(),
                "band": person.band.value,
                "cost": person.cost,
                "load": person.load,
                **({"optional": True} if person.optional else {}),
            }
            for person in slot.participants
        ],
    }
    if slot.stays_away:
        told["stays_away"] = [_apart_json(apart) for apart in slot.stays_away]
    return told


def _apart_json(apart: Apart) -> dict[str, Any]:
    told: dict[str, Any] = {"id": apart.id, "why": apart.why.value}
    if apart.reasons:
        told["reasons"] = [reason.value for reason in apart.reasons]
    if apart.highest_load is not None:
        told |= {"highest_load": apart.highest_load, "chosen_highest_load": apart.chosen_highest_load}
    return told


def _pool(value: Any, path: str) -> Pool:
    pool = JsonObject(value, path)
    with inside(path):
        return Pool(
            ids=tuple(pool.required("of", list_of(nonempty_text))),
            take=pool.optional("take", whole_number, 1),
        )


def _meeting(value: Any, path: str) -> MeetingRequest:
    meeting = JsonObject(value, path)
    with inside(path):
        return MeetingRequest(
            duration_minutes=meeting.required("duration_minutes", whole_number),
            start_at=meeting.required("from", instant),
            end_at=meeting.required("until", instant),
            step_minutes=meeting.optional("step_minutes", whole_number, 15),
            policy=meeting.optional("policy", one_of(Policy), Policy.CLIENT_FIRST),
            count=meeting.optional("count", whole_number, 5),
        )
