from scheduling.meetings.services.booking import book, cancel, edit, move
from scheduling.meetings.services.replies import answer_once

__all__ = ["answer_once", "book", "cancel", "edit", "move"]
