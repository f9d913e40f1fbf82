from scheduling.meetings.models.meeting import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.offers import Invitee, Offer, OfferedTime, OfferEvent, Vote
from scheduling.meetings.models.replies import IdempotentReply
from scheduling.meetings.models.series import Series

__all__ = [
    "Attendance",
    "IdempotentReply",
    "Invitee",
    "Meeting",
    "MeetingChange",
    "Offer",
    "OfferEvent",
    "OfferedTime",
    "Series",
    "Vote",
]
