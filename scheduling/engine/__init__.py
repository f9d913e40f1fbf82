"""Fair meeting times: values in, values out.

Knows no framework, no database and no clock. The rules are those of docs/fair-slots.md.
"""

from scheduling.engine.assessment import Assessment, assess, propose
from scheduling.engine.availability import Availability
from scheduling.engine.explain import explain
from scheduling.engine.relaxations import Relaxation, RelaxationKind, longer_reachable, relaxations
from scheduling.engine.series.occurrences import series_horizon
from scheduling.engine.series.plan import plan_series
from scheduling.engine.series.values import (
    MAX_WEEKS,
    FixedPlan,
    Occurrence,
    OccurrenceKind,
    SeriesPlan,
    SeriesRequest,
    WeeklyTime,
)
from scheduling.engine.values import (
    DEFAULT_REACHABLE_HOURS,
    DEFAULT_WORKING_HOURS,
    MAX_HORIZON_DAYS,
    MAX_PARTICIPANTS,
    NO_HOURS,
    WEEKDAYS,
    Absence,
    Band,
    Cell,
    DayHours,
    DayOutlook,
    Explanation,
    InvalidInput,
    MeetingRequest,
    NearMiss,
    Participant,
    ParticipantSlot,
    Policy,
    Position,
    Proposal,
    Reason,
    Role,
    Slot,
    WeeklyHours,
    weekly_hours,
)

__all__ = [
    "DEFAULT_REACHABLE_HOURS",
    "DEFAULT_WORKING_HOURS",
    "MAX_HORIZON_DAYS",
    "MAX_PARTICIPANTS",
    "MAX_WEEKS",
    "NO_HOURS",
    "WEEKDAYS",
    "Absence",
    "Assessment",
    "Availability",
    "Band",
    "Cell",
    "DayHours",
    "DayOutlook",
    "Explanation",
    "FixedPlan",
    "InvalidInput",
    "MeetingRequest",
    "NearMiss",
    "Occurrence",
    "OccurrenceKind",
    "Participant",
    "ParticipantSlot",
    "Policy",
    "Position",
    "Proposal",
    "Reason",
    "Relaxation",
    "RelaxationKind",
    "Role",
    "SeriesPlan",
    "SeriesRequest",
    "Slot",
    "WeeklyHours",
    "WeeklyTime",
    "assess",
    "explain",
    "longer_reachable",
    "plan_series",
    "propose",
    "relaxations",
    "series_horizon",
    "weekly_hours",
]
