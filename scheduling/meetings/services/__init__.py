from scheduling.meetings.services.booking import book, cancel, edit, move
from scheduling.meetings.services.replies import answer_once, forget_replies

__all__ = ["answer_once", "book", "cancel", "edit", "forget_replies", "move"]
