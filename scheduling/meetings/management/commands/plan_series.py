"""Plans weekly series for cases in JSON, without a database."""

from typing import Any

from scheduling.engine import Participant, SeriesRequest, plan_series
from scheduling.meetings.cases import parse_series_case, plan_json
from scheduling.meetings.management.cases import CasesCommand


class Command(CasesCommand):
    help = "Plan a weekly series for each case; prints one plan per line, in their order."
    read = staticmethod(parse_series_case)

    @staticmethod
    def answer(case: tuple[SeriesRequest, tuple[Participant, ...]]) -> dict[str, Any]:
        return plan_json(plan_series(*case))
