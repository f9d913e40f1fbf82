"""A case that asks for proposals, and its result."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from scheduling.engine import MeetingRequest, Participant, Policy, Proposal, Slot
from scheduling.meetings.cases.people import participants_of
from scheduling.meetings.cases.reading import JsonObject, inside, instant, json_value, one_of, utc, whole_number


def parse_case(text: str | bytes) -> tuple[MeetingRequest, tuple[Participant, ...]]:
    """The engine's values for a case.

    Raises:
        InvalidInput: naming the value by its path, as in `participants[0].working_hours.mon[1]`.
    """
    case = JsonObject(json_value(text), "")
    request = case.required("meeting", _meeting)

    def horizon(zone: ZoneInfo) -> tuple[date, date]:
        return request.start_at.astimezone(zone).date(), request.end_at.astimezone(zone).date()

    return request, participants_of(case, horizon)


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
    """A slot: when it is, and what it means for everybody."""
    return {
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
            }
            for person in slot.participants
        ],
    }


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
