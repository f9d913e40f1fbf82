"""What can go wrong with a message."""


class OutreachError(Exception):
    """A message that was not sent or not changed; the text says why."""


class NothingToRetry(OutreachError):
    """The message is not one that failed, or it is too late for it."""


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
