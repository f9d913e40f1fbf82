"""A real SMTP server on loopback that keeps what it receives and can be told to refuse."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from config.embedded import LOOPBACK, free_port


@dataclass(frozen=True)
class Delivery:
    """One accepted message with its envelope, as the server saw it."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @cached_property
    def message(self) -> EmailMessage:
        """Read when it is asked for: that takes longer than receiving it."""
        message = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return message


class SmtpServer:
    """What the tests say to the server, and what it received; safe to use from any thread."""

    def __init__(self, *, pipelining: bool) -> None:
        self._extensions = ["250-PIPELINING"] if pipelining else []
        self.host = LOOPBACK
        self.port = free_port()
        self._changed = threading.Condition()
        self._deliveries: list[Delivery] = []
        self._replies: dict[str, str] = {}
        self._data_reply: str | None = None
        self._open = threading.Event()
        self._open.set()
        self._held = 0

    @property
    def url(self) -> str:
        """The value of `EMAIL_URL` that sends here."""
        return f"smtp://{self.host}:{self.port}"

    @property
    def deliveries(self) -> list[Delivery]:
        """Everything accepted so far, oldest first."""
        with self._changed:
            return list(self._deliveries)

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages accepted so far, oldest first."""
        return [delivery.message for delivery in self.deliveries]

    def wait_for(self, count: int, *, seconds: float = 20) -> list[EmailMessage]:
        """The messages, once there are at least `count`. Raises: TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._deliveries) >= count, seconds):
                raise TimeoutError(f"{len(self._deliveries)} of {count} messages within {seconds} s")
        return self.messages

    def refuse(self, *recipients: str) -> None:
        """From now on these addresses do not exist (550), whether they write or are written to."""
        self._answer(recipients, "550 5.1.1 No such mailbox")

    def defer(self, *recipients: str) -> None:
        """From now on these addresses are to be tried again later (451)."""
        self._answer(recipients, "451 4.3.0 Try again later")

    def accept(self, *recipients: str) -> None:
        """From now on these addresses are accepted again."""
        with self._changed:
            for recipient in recipients:
                self._replies.pop(recipient.lower(), None)

    def answer_data(self, reply: str | None) -> None:
        """From now on every message itself is answered with this reply and not kept; `None` accepts again."""
        with self._changed:
            self._data_reply = reply

    def hold(self) -> None:
        """From now on whoever has sent a message waits for the reply."""
        self._open.clear()

    def let_go(self) -> None:
        """Everybody gets the reply that they wait for."""
        self._open.set()

    @property
    def held(self) -> int:
        """How many wait for a reply."""
        with self._changed:
            return self._held

    def _answer(self, recipients: tuple[str, ...], reply: str) -> None:
        with self._changed:
            self._replies |= {recipient.lower(): reply for recipient in recipients}

    async def handle_EHLO(  # noqa: N802  (aiosmtpd names its hooks after the command)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:1], *self._extensions, *responses[1:]]

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        with self._changed:
            reply = self._replies.get(address.lower())
        if reply is None:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return reply or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        with self._changed:
            reply = self._replies.get(address.lower())
        if reply is None:
            envelope.rcpt_tos.append(address)
        return reply or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        with self._changed:
            self._held += 1
        if not self._open.is_set():
            # A thread's event, since whoever lets go is in another thread.
            await asyncio.to_thread(self._open.wait)
        with self._changed:
            self._held -= 1
            if self._data_reply is not None:
                return self._data_reply
            delivery = Delivery(envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.content)
            self._deliveries.append(delivery)
            self._changed.notify_all()
        return "250 OK"


@contextmanager
def running_smtp_server(*, pipelining: bool = True) -> Iterator[SmtpServer]:
    """A server that listens until the block ends, to several commands in one go as most do (RFC 2920), or not."""
    server = SmtpServer(pipelining=pipelining)
    # With a name of its own it asks no name server for one whenever somebody connects.
    controller = Controller(
        server, hostname=server.host, port=server.port, server_hostname="localhost", enable_SMTPUTF8=True
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
