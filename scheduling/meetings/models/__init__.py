from scheduling.meetings.models.meeting import Attendance, Meeting, MeetingChange
from scheduling.meetings.models.replies import IdempotentReply

__all__ = ["Attendance", "IdempotentReply", "Meeting", "MeetingChange"]
