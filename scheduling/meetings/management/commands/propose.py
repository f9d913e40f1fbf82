"""Proposes meeting times for cases in JSON, without a database."""

from typing import Any

from scheduling.engine import MeetingRequest, Participant, propose
from scheduling.meetings.cases import parse_case, result_json
from scheduling.meetings.management.cases import CasesCommand


class Command(CasesCommand):
    help = "Propose fair meeting times for each case; prints one result per line, in their order."
    read = staticmethod(parse_case)

    @staticmethod
    def answer(case: tuple[MeetingRequest, tuple[Participant, ...]]) -> dict[str, Any]:
        return result_json(propose(*case))
