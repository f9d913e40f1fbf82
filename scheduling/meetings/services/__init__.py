from scheduling.meetings.services.answering import answer
from scheduling.meetings.services.asking import ask_for_times
from scheduling.meetings.services.booking import book, cancel, edit, move
from scheduling.meetings.services.by_contacts import allowance_of, cancel_as_contact, move_as_contact
from scheduling.meetings.services.choosing import (
    choose,
    keep_time,
    let_time_go,
    refuse_all,
    undo_choice,
    vote,
    wish_for_times,
)
from scheduling.meetings.services.clocks import Followed, follow_tzdata, keep
from scheduling.meetings.services.following import cancel_following, edit_series, move_following
from scheduling.meetings.services.offers import add_time, close_due_offers, close_offer, send_offer, withdraw_offer
from scheduling.meetings.services.replies import answer_once, forget_replies
from scheduling.meetings.services.series import book_series

__all__ = [
    "Followed",
    "add_time",
    "allowance_of",
    "answer",
    "answer_once",
    "ask_for_times",
    "book",
    "book_series",
    "cancel",
    "cancel_as_contact",
    "cancel_following",
    "choose",
    "close_due_offers",
    "close_offer",
    "edit",
    "edit_series",
    "follow_tzdata",
    "forget_replies",
    "keep",
    "keep_time",
    "let_time_go",
    "move",
    "move_as_contact",
    "move_following",
    "refuse_all",
    "send_offer",
    "undo_choice",
    "vote",
    "wish_for_times",
    "withdraw_offer",
]
