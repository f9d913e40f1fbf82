"""What a mail server may say at each point of a conversation, and what it means for the mail and for the next one."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pytest_django import Settings

from config.embedded import LOOPBACK
from scheduling.outreach.errors import ConnectionLost, OutreachError, Refused, ServerUnreachable
from scheduling.outreach.mail import Mail, MailServer, mail_server

MAIL, RCPT, DATA, RSET, EHLO, WORDS = b"MAIL", b"RCPT", b"DATA", b"RSET", b"EHLO", b"the words"
SILENCE = b""
OF_ITS_OWN = {DATA: b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}
FOR_GOOD, FOR_NOW = True, False


@dataclass
class StrictServer:
    """One that wants the commands in the order of RFC 5321, and says once what it is told to instead of its own."""

    listener: socket.socket
    pipelining: bool
    instead: dict[bytes, bytes | None] = field(default_factory=dict)
    accepted: list[bytes] = field(default_factory=list)

    def serve(self) -> None:
        """One conversation, until either side ends it."""
        connection, _ = self.listener.accept()
        with connection, connection.makefile("rb") as said:
            connection.sendall(b"220 ready\r\n")
            under_way: list[bytes] = []
            answer: bytes | None = b""
            while line := said.readline():
                point = line[:4].upper()
                if answer and answer.startswith(b"354"):
                    point = WORDS
                    while line != b".\r\n":
                        line = said.readline()
                answer = self._answer(point, line, under_way)
                if answer == SILENCE:
                    said.read()
                if not answer:
                    return
                connection.sendall(answer)
                if answer.startswith((b"421", b"221")):
                    return

    def _answer(self, point: bytes, line: bytes, under_way: list[bytes]) -> bytes | None:
        """The reply, `SILENCE` for ever, or `None` to hang up. A refusal of anything but the words changes nothing."""
        if {MAIL: 0, RCPT: 1, DATA: 2}.get(point, len(under_way)) != len(under_way):
            return b"503 5.5.1 not now\r\n"
        answer = self.instead.pop(point, OF_ITS_OWN.get(point, b"250 ok\r\n"))
        is_taken = answer is not None and answer.startswith(b"2")
        if point in (MAIL, RCPT) and is_taken:
            under_way.append(line.strip())
        if point == WORDS and is_taken:
            self.accepted.append(under_way[1])
        if point == WORDS or (point in (RSET, EHLO) and is_taken):
            under_way.clear()
        return b"250-here\r\n250 PIPELINING\r\n" if point == EHLO and is_taken and self.pipelining else answer


@pytest.fixture(params=[True, False], ids=["at once", "one by one"])
def strict_server(request: pytest.FixtureRequest, settings: Settings) -> Iterator[StrictServer]:
    """One that hears several commands at once, or not."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = 5
    with socket.create_server((LOOPBACK, 0)) as listener:
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
        server = StrictServer(listener, request.param)
        thread = threading.Thread(target=server.serve)
        thread.start()
        yield server
        thread.join()


def send(server: MailServer, name: str) -> None:
    """Says that the mail comes, and hands it over."""
    mail = Mail(f"To {name}", "Hello", "us@dayband.example", [f"{name}@client.example"])
    server.announce(mail)
    server.send(mail)


@pytest.mark.parametrize(
    ("point", "answer", "error", "permanent"),
    [
        (MAIL, b"451 4.3.0 busy\r\n", ServerUnreachable, None),
        # No room for anybody's mail, as Postfix says it.
        (MAIL, b"452 4.3.1 Insufficient system storage\r\n", ServerUnreachable, None),
        (MAIL, b"552 5.3.4 too large\r\n", Refused, FOR_GOOD),
        (RCPT, b"450 4.2.1 later\r\n", Refused, FOR_NOW),
        (RCPT, b"550-5.1.1 no\r\n550 5.1.1 such mailbox\r\n", Refused, FOR_GOOD),
        (DATA, b"451 4.3.0 later\r\n", Refused, FOR_NOW),
        (DATA, b"554 5.5.1 no\r\n", Refused, FOR_GOOD),
        (WORDS, b"451-4.3.0 later\r\n451 4.3.0 please\r\n", Refused, FOR_NOW),
        (WORDS, b"554 5.6.0 no\r\n", Refused, FOR_GOOD),
        (WORDS, b"550 5.7.1 not from there\r\n", Refused, FOR_NOW),
    ],
    ids=lambda value: value[:7].decode().strip() if isinstance(value, bytes) else None,
)
def test_what_is_refused_stands_in_nobody_elses_way(
    strict_server: StrictServer, point: bytes, answer: bytes, error: type[OutreachError], permanent: bool | None
) -> None:
    strict_server.instead[point] = answer
    with mail_server() as server:
        with pytest.raises(error, match=answer[:3].decode()) as refusal:
            send(server, "ana")
        assert getattr(refusal.value, "permanent", None) == permanent
        send(server, "ben")
    assert strict_server.accepted == [b"rcpt TO:<ben@client.example>"]


@pytest.mark.parametrize("point", [MAIL, RCPT, DATA, WORDS], ids=bytes.decode)
def test_a_server_that_closes_down_is_not_spoken_to_again(strict_server: StrictServer, point: bytes) -> None:
    strict_server.instead[point] = b"421 4.3.2 closing down\r\n"
    with mail_server() as server:
        with pytest.raises(ServerUnreachable, match="421"):
            send(server, "ana")
        with pytest.raises(ConnectionLost):
            send(server, "ben")
    assert strict_server.accepted == []


@pytest.mark.parametrize("point", [MAIL, RCPT, DATA, WORDS], ids=bytes.decode)
def test_a_server_that_hangs_up_loses_the_connection(strict_server: StrictServer, point: bytes) -> None:
    strict_server.instead[point] = None
    with mail_server() as server:
        for name in ("ana", "ben"):
            with pytest.raises(ConnectionLost):
                send(server, name)
    assert strict_server.accepted == []


@pytest.mark.parametrize("point", [MAIL, RCPT, DATA, WORDS], ids=bytes.decode)
def test_a_server_that_says_nothing_is_waited_for_no_longer_than_the_time_set(
    strict_server: StrictServer, settings: Settings, point: bytes
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    strict_server.instead[point] = SILENCE
    with mail_server() as server, pytest.raises(ConnectionLost, match="timed out"):
        send(server, "ana")
    assert strict_server.accepted == []


@pytest.mark.parametrize(
    ("point", "answer"),
    [(MAIL, b"250-go\r\n250 on\r\n"), (RCPT, b"250-go\r\n250 on\r\n"), (EHLO, b"502 what?\r\n")],
    ids=["MAIL in lines", "RCPT in lines", "no EHLO"],
)
def test_a_server_that_answers_in_its_own_way_gets_its_mail(
    strict_server: StrictServer, point: bytes, answer: bytes
) -> None:
    strict_server.instead[point] = answer
    with mail_server() as server:
        for name in ("ana", "ben"):
            send(server, name)
    assert strict_server.accepted == [b"rcpt TO:<ana@client.example>", b"rcpt TO:<ben@client.example>"]


def test_a_server_that_does_not_reset_when_asked_is_asked_again_and_left_in_step(strict_server: StrictServer) -> None:
    strict_server.instead = {RCPT: b"550 5.1.1 no\r\n", RSET: b"451 4.3.0 not now\r\n"}
    with mail_server() as server:
        for name, error in (("ana", Refused), ("ben", ServerUnreachable)):
            with pytest.raises(error):
                send(server, name)
        send(server, "cid")
    assert strict_server.accepted == [b"rcpt TO:<cid@client.example>"]
