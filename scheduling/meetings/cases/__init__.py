"""Cases as JSON, for `manage.py propose` and `plan_series` (docs/fair-slots.md, "A case as JSON" and "A series")."""

from scheduling.meetings.cases.proposals import parse_case, result_json
from scheduling.meetings.cases.series import parse_series_case, plan_json

__all__ = ["parse_case", "parse_series_case", "plan_json", "result_json"]
