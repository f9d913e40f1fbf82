"""What can go wrong with a message."""

from collections.abc import Sequence


class OutreachError(Exception):
    """A message that was not sent or not changed; the text says why."""


class NothingToRetry(OutreachError):
    """The message is not one that failed, or it is too late for it."""


class NotADraft(OutreachError):
    """The message waits for nobody any more: it went, was discarded or is too late."""


class HeldBack(OutreachError):
    """The draft would be left out at once; `reasons` (of `reasons.py`) say why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = reasons


class NoAddress(OutreachError):
    """The person still has no mail address."""


class Refused(OutreachError):
    """The mail server refused this one message."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


class ConnectionLost(OutreachError):
    """The connection broke while this message was on its way; it may have arrived."""


class ServerUnreachable(OutreachError):
    """The mail server can't be reached or does not take mail from us; that is no message's fault."""


class ChannelFailed(OutreachError):
    """A chat service did not take a message; the text is one of `reasons.py`."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class NotToSay(OutreachError):
    """There is nothing left to say: it was said, went as a mail, or its time is over."""


class BrokenText(OutreachError):
    """A text that can't be used; the message, in the reader's language, says what would be right."""


class EnquirySettled(Exception):
    """Somebody answered the request before, or it is not confirmed."""


class AlreadyAnswered(Exception):
    """The survey was answered otherwise, too long ago to change it."""


class NoScoreYet(Exception):
    """The survey has no answer that a comment could explain."""


class ApprovalError(Exception):
    """Nothing was decided."""


class AlreadyDecided(ApprovalError):
    """The approval was answered otherwise, or withdrawn, before."""


class NotTheirs(ApprovalError):
    """Somebody else decides: the approval was handed on."""


class HandedToThemselves(ApprovalError):
    """The address is that of the contact who hands it on."""
