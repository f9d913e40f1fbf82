from scheduling.meetings.services.booking import book, cancel, edit, move
from scheduling.meetings.services.clocks import Followed, follow_tzdata
from scheduling.meetings.services.following import cancel_following, move_following
from scheduling.meetings.services.replies import answer_once, forget_replies
from scheduling.meetings.services.series import book_series

__all__ = [
    "Followed",
    "answer_once",
    "book",
    "book_series",
    "cancel",
    "cancel_following",
    "edit",
    "follow_tzdata",
    "forget_replies",
    "move",
    "move_following",
]
