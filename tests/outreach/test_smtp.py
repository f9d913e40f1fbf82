"""The conversation with a mail server, one that hears both ends of a mail before it answers or one that does not."""

import smtplib
import socket
import threading
from collections.abc import Iterator

import pytest
from django.core.mail import BadHeaderError
from pytest_django import Settings

from config.embedded import LOOPBACK
from scheduling.outreach.errors import ConnectionLost, Refused, ServerUnreachable
from scheduling.outreach.mail import EmailBackend, Mail, MailServer, mail_server
from tests.smtp import SmtpServer, running_smtp_server
from tests.waiting import wait_until

AT_ONCE_OR_NOT = pytest.mark.parametrize("smtp_server", [True, False], indirect=True, ids=["at once", "one by one"])


def mail_to(name: str, *, sender: str = "us@dayband.example") -> Mail:
    return Mail(f"To {name}", ".\n..\n.end\n.", sender, [f"{name}@client.example"])


@AT_ONCE_OR_NOT
def test_lines_of_periods_arrive_as_they_were_written(smtp_server: SmtpServer) -> None:
    """In SMTP a line of one period ends the mail."""
    mail = mail_to("ana")
    with mail_server() as server:
        for _ in range(2):
            server.announce(mail)
            server.send(mail)
    assert [delivery.raw for delivery in smtp_server.deliveries] == [mail.raw + b"\r\n"] * 2
    assert b"\r\n\r\n.\r\n..\r\n.end\r\n." in mail.raw


@AT_ONCE_OR_NOT
def test_a_mail_is_accepted_once_the_server_says_so_and_not_before(smtp_server: SmtpServer) -> None:
    mail = mail_to("ana")
    smtp_server.hold()
    with mail_server() as server:
        server.announce(mail)
        answer = server.hand_over(mail)
        wait_until(lambda: smtp_server.held == 1, "the server has the mail")
        smtp_server.answer_data("554 5.6.0 No")
        smtp_server.let_go()
        with pytest.raises(Refused, match="554"):
            answer()
        # The conversation goes on behind the refusal.
        smtp_server.answer_data(None)
        server.send(mail)
    assert len(smtp_server.deliveries) == 1


@pytest.fixture
def heard(request: pytest.FixtureRequest, settings: Settings) -> Iterator[list[list[bytes]]]:
    """The commands that a server hears, those together that came at once; it hears several if told so."""
    listener = socket.create_server((LOOPBACK, 0))
    heard: list[list[bytes]] = []
    answers = {
        b"EHLO": b"250-here\r\n250 PIPELINING\r\n" if request.param else b"250 here\r\n",
        b"DATA": b"354 go on\r\n",
        b"QUIT": b"221 bye\r\n",
    }

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"220 ready\r\n")
            while said := connection.recv(4096):
                commands = [line[:4].upper() for line in said.splitlines()]
                heard.append(commands)
                connection.sendall(b"".join(answers.get(command, b"250 ok\r\n") for command in commands))
                if commands == [b"DATA"]:
                    while not said.endswith(b"\r\n.\r\n"):
                        said = connection.recv(4096)
                    connection.sendall(b"250 ok\r\n")

    thread = threading.Thread(target=serve)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()
    yield heard
    thread.join()
    listener.close()


@pytest.mark.parametrize(
    ("heard", "ends"),
    [(True, [[b"MAIL", b"RCPT"]]), (False, [[b"MAIL"], [b"RCPT"]])],
    indirect=["heard"],
    ids=["at once", "one by one"],
)
def test_both_ends_of_a_mail_are_said_at_once_where_the_server_hears_them_so(
    heard: list[list[bytes]], ends: list[list[bytes]]
) -> None:
    with mail_server() as server:
        for name in ("ana", "ben"):
            mail = mail_to(name)
            server.announce(mail)
            server.send(mail)
    assert heard == [[b"EHLO"], *ends, [b"DATA"], *ends, [b"DATA"], [b"QUIT"]]


def test_a_server_that_is_gone_when_the_mail_comes_is_lost_and_stays_so(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with running_smtp_server() as smtp_server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = smtp_server.host, smtp_server.port
        server = MailServer()
        mail = mail_to("ana")
        server.announce(mail)
    for _ in range(2):
        with pytest.raises(ConnectionLost):
            server.send(mail)


@AT_ONCE_OR_NOT
def test_what_was_announced_and_does_not_come_leaves_nothing_behind(smtp_server: SmtpServer) -> None:
    with mail_server() as server:
        server.announce(mail_to("ana"))
        server.send(mail_to("ben"))
        server.announce(mail_to("cid"))
        dan = mail_to("dan")
        server.announce(dan)
        server.send(dan)
        server.announce(mail_to("eve"))
    assert [one.recipients for one in smtp_server.deliveries] == [("ben@client.example",), ("dan@client.example",)]


@AT_ONCE_OR_NOT
def test_a_mail_that_cannot_be_written_leaves_its_recipient_to_no_other(smtp_server: SmtpServer) -> None:
    broken = mail_to("ana")
    broken.extra_headers["To"] = "two\nlines"
    with mail_server() as server:
        server.announce(broken)
        with pytest.raises(BadHeaderError):
            server.send(broken)
        server.send(mail_to("ben"))
    assert [one.recipients for one in smtp_server.deliveries] == [("ben@client.example",)]


@AT_ONCE_OR_NOT
def test_the_conversation_goes_on_behind_a_sender_or_a_recipient_who_is_refused(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("them@dayband.example", "ben@client.example")
    with mail_server() as server:
        for mail, error in (
            (mail_to("ana", sender="them@dayband.example"), ServerUnreachable),
            (mail_to("ben"), Refused),
        ):
            server.announce(mail)
            with pytest.raises(error, match="550"):
                server.send(mail)
        server.send(mail_to("cid"))
    assert [(one.sender, *one.recipients) for one in smtp_server.deliveries] == [
        ("us@dayband.example", "cid@client.example")
    ]


@AT_ONCE_OR_NOT
def test_an_address_in_other_letters_is_written_as_the_server_knows_it(smtp_server: SmtpServer) -> None:
    mail = Mail("Hello", "Hello", "us@dayband.example", ["ana@müller.example"])
    with mail_server() as server:
        server.announce(mail)
        server.send(mail)
    assert [one.recipients for one in smtp_server.deliveries] == [("ana@xn--mller-kva.example",)]


def test_a_server_that_wants_tls_from_the_beginning_is_spoken_to_in_the_same_parts() -> None:
    assert issubclass(EmailBackend(use_ssl=True).connection_class, smtplib.SMTP_SSL)
    assert hasattr(EmailBackend(use_ssl=True).connection_class, "announce")
