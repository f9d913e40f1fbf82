from scheduling.desk.selectors.absences import DAYS_AHEAD, absences_of, groups, people_by_client
from scheduling.desk.selectors.accounts import sign_in_means
from scheduling.desk.selectors.profile import HOLIDAYS_KNOWN, client_profile
from scheduling.desk.selectors.today import today

__all__ = [
    "DAYS_AHEAD",
    "HOLIDAYS_KNOWN",
    "absences_of",
    "client_profile",
    "groups",
    "people_by_client",
    "sign_in_means",
    "today",
]
