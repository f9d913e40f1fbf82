from scheduling.meetings.services.answering import answer
from scheduling.meetings.services.booking import book, cancel, edit, move
from scheduling.meetings.services.clocks import Followed, follow_tzdata, keep
from scheduling.meetings.services.following import cancel_following, edit_series, move_following
from scheduling.meetings.services.replies import answer_once, forget_replies
from scheduling.meetings.services.series import book_series

__all__ = [
    "Followed",
    "answer",
    "answer_once",
    "book",
    "book_series",
    "cancel",
    "cancel_following",
    "edit",
    "edit_series",
    "follow_tzdata",
    "forget_replies",
    "keep",
    "move",
    "move_following",
]
