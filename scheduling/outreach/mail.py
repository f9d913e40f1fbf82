"""The one door through which mail leaves, over whatever backend `EMAIL_URL` names."""

import datetime as dt
import re
import smtplib
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from email import charset
from email.errors import HeaderParseError
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, parseaddr
from functools import cache, partial
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.utils import translation
from django.utils.translation import gettext as _

from clients.models import AccountManager
from clients.reader import text_language
from scheduling.meetings.plain_text import one_line
from scheduling.outreach.content import Letter
from scheduling.outreach.errors import ConnectionLost, Refused, ServerUnreachable
from scheduling.outreach.models import Message

START_MAIL_INPUT, OK, SERVICE_NOT_AVAILABLE = 354, 250, 421
#: To the sender's name and the size of the mail. Source: RFC 1870, section 6.
TOO_LARGE = 552
#: While the server thinks there is something else to do, on the same thread.
IN_PARTS = {"django.core.mail.backends.smtp.EmailBackend": "scheduling.outreach.mail.EmailBackend"}
# Seven bits and short lines pass every mail server as they are.
_QUOTED_PRINTABLE = charset.Charset("utf-8")
_QUOTED_PRINTABLE.body_encoding = charset.QP


class Mail(EmailMultiAlternatives):
    """A mail whose bytes are made once, so that what is stored is what was sent."""

    encoding = _QUOTED_PRINTABLE
    _made: Any = None

    def message(self, **options: Any) -> Any:
        """The same object each time, and with it the same boundaries between the parts."""
        if self._made is None:
            self._made = super().message(**options)
            # Folded with room for its own name, which programs would else show as a leading space.
            self._made.replace_header("Subject", Header(str(self.subject), "utf-8", header_name="Subject"))
            # For the server and for what is stored: to make them takes a third of what there is to do for a mail.
            self._made.as_bytes = cache(self._made.as_bytes)
        return self._made

    @property
    def raw(self) -> bytes:
        """The mail as it goes over the wire."""
        raw: bytes = self.message().as_bytes(linesep="\r\n")
        return raw


def compose(message: Message, letter: Letter, *, thread: Sequence[str], now: dt.datetime) -> Mail:
    """The letter as a mail; `thread` are the Message-IDs of what this person got about the same before, oldest first.

    Raises: Refused where the address is none.
    """
    sender = message.sender
    headers = {
        "To": _mailbox(message.person.full_name, message.address),
        "Date": format_datetime(now),
        "Message-ID": message.message_id,
        "Content-Language": letter.language,
        # Answered by people only. Source: RFC 3834, section 5; MS-OXCMAIL, section 2.2.3.2.14.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    if thread:
        headers["In-Reply-To"] = thread[-1]
        headers["References"] = " ".join(thread)
    if sender is not None and sender != message.person:
        headers["Reply-To"] = _mailbox(sender.full_name, sender.email)
    if letter.unsubscribe_url:
        # Source: RFC 8058, section 3.1.
        headers["List-Unsubscribe"] = f"<{letter.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = Mail(
        subject=one_line(letter.subject),
        body=letter.text,
        from_email=_from(sender, letter.language),
        to=[message.address],
        headers=headers,
    )
    mail.attach_alternative(letter.html, "text/html")
    if letter.calendar is not None:
        mail.attach_alternative(letter.calendar.decode(), f"text/calendar; method={letter.method}")
        # Programs that do not look at the alternatives still offer a file.
        mail.attach("invite.ics", letter.calendar, 'application/ics; name="invite.ics"')
    return mail


def _from(sender: AccountManager | None, language: str) -> str:
    """The service's own address, under the name of whoever sends through it."""
    service: str = settings.DEFAULT_FROM_EMAIL
    if sender is None:
        return service
    _service_name, address = parseaddr(service)
    with translation.override(text_language(language)):
        name = _("%(name)s via Dayband") % {"name": one_line(sender.full_name)}
    return _mailbox(name, address)


def message_id_domain() -> str:
    """What stands after the @ of our Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]


def new_message_id() -> str:
    """One that no other message has, at our own domain."""
    return f"<{uuid.uuid4()}@{message_id_domain()}>"


def _mailbox(name: str, address: str) -> str:
    try:
        return str(Address(display_name=one_line(name), addr_spec=address))
    except (ValueError, IndexError, HeaderParseError) as error:
        raise Refused(f"“{one_line(address)}” is not a mail address", permanent=True) from error


class _InParts(smtplib.SMTP):
    """A conversation in which others can do something between a mail's envelope, its words, and the server's answer."""

    #: How many answers to what was announced are to come.
    _unheard = 0

    def announce(self, sender: str, recipient: str) -> None:
        """Says whom the next mail is from and for, where the server takes commands before it has answered others.

        Raises: OSError, as smtplib's errors are.
        """
        self.ehlo_or_helo_if_needed()
        envelope = f"mail FROM:{smtplib.quoteaddr(sender)}\r\nrcpt TO:{smtplib.quoteaddr(recipient)}\r\n"
        # Source: RFC 2920, section 3.1.
        if self.has_extn("pipelining") and envelope.isascii():
            self.send(envelope)
            self._unheard = 2

    def recall(self) -> None:
        """Takes back what was announced. Raises: OSError."""
        if self._unheard:
            while self._unheard:
                self._heard()
            self.rset()

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """As in smtplib, or the answer to what was announced."""
        return self._heard() if self._unheard else super().mail(sender, options)

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """As in smtplib, or the answer to what was announced."""
        return self._heard() if self._unheard else super().rcpt(recip, options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As in smtplib, but for the server's answer to the mail, in whose place stands that there was none yet."""
        self.putcmd("data")
        code, words = self.getreply()
        if code != START_MAIL_INPUT:
            raise self._ended(code, words)
        # Source: RFC 5321, section 4.5.2: a line of one period ends the mail.
        self.send(re.sub(rb"(?m)^\.", b"..", msg).removesuffix(b"\r\n") + b"\r\n.\r\n")
        return OK, b""

    def answer(self) -> None:
        """Waits for what the server says of the mail. Raises: smtplib.SMTPDataError, SMTPServerDisconnected."""
        code, words = self.getreply()
        if code != OK:
            raise self._ended(code, words)

    def close(self) -> None:
        """As in smtplib; nothing is to come any more."""
        self._unheard = 0
        super().close()

    def _heard(self) -> tuple[int, bytes]:
        self._unheard -= 1
        return self.getreply()

    def _ended(self, code: int, words: bytes) -> smtplib.SMTPDataError:
        """The refusal, once the mail that it meets is out of the way of the next."""
        if code == SERVICE_NOT_AVAILABLE:
            self.close()
        else:
            with suppress(smtplib.SMTPServerDisconnected):
                self.rset()
        return smtplib.SMTPDataError(code, words)


class _InPartsOverTls(_InParts, smtplib.SMTP_SSL):
    pass


class EmailBackend(SmtpBackend):
    """Django's for SMTP in parts: `send_messages` hands a mail over, `answer` says whether it is accepted."""

    @property
    def connection_class(self) -> type[_InParts]:
        """Over TLS from the beginning, or not."""
        return _InPartsOverTls if self.use_ssl else _InParts

    @property
    def conversation(self) -> _InParts:
        """The open one. Raises: smtplib.SMTPServerDisconnected."""
        if not isinstance(self.connection, _InParts):
            raise smtplib.SMTPServerDisconnected("there is no connection")
        return self.connection


class MailServer:
    """An open connection; obtained from `mail_server()`."""

    def __init__(self) -> None:
        self._announced: Mail | None = None
        self._connection = get_connection(IN_PARTS.get(settings.EMAIL_BACKEND))
        try:
            self._connection.open()
        except OSError as error:  # smtplib's errors are OSErrors too
            raise ServerUnreachable(_words(error)) from error

    def announce(self, mail: Mail) -> None:
        """Says whom the mail is from and for that may come next, for the server to think of meanwhile."""
        self._recall()
        if isinstance(self._connection, EmailBackend):
            # What is wrong with the connection is found by the mail that is handed over.
            with suppress(OSError):
                self._connection.conversation.announce(mail.from_email, mail.to[0])
                self._announced = mail

    def hand_over(self, mail: Mail) -> Callable[[], None]:
        """What returns once the server has accepted the mail; until then, it takes no other.

        That raises whatever went wrong, also with the bytes of the mail: Refused, ConnectionLost, ServerUnreachable.
        """
        if mail is not self._announced:
            self._recall()
        self._announced = None
        try:
            with _our_errors():
                if self._connection.send_messages([mail]) == 0:
                    raise Refused("the mail backend did not send it", permanent=False)  # noqa: TRY301  (like the server's)
        except Exception as error:  # noqa: BLE001  (it is raised later)
            return partial(_raise, error)
        return self._answer

    def send(self, mail: Mail) -> None:
        """Returns once the server has accepted the mail. Raises: Refused, ConnectionLost, ServerUnreachable."""
        self.hand_over(mail)()

    def _recall(self) -> None:
        """The next mail has other ends than what was announced and did not go."""
        if isinstance(self._connection, EmailBackend):
            with suppress(OSError):
                self._connection.conversation.recall()

    def _answer(self) -> None:
        if isinstance(self._connection, EmailBackend):
            with _our_errors():
                self._connection.conversation.answer()

    def close(self) -> None:
        """Says goodbye where somebody listens."""
        with suppress(OSError):
            self._connection.close()


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, text = next(iter(error.recipients.values()))
        raise _refusal(code, text) from error
    except smtplib.SMTPDataError as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except (smtplib.SMTPResponseException, smtplib.SMTPNotSupportedError) as error:
        if isinstance(error, smtplib.SMTPSenderRefused) and error.smtp_code == TOO_LARGE:
            raise _refusal(error.smtp_code, error.smtp_error) from error
        # It refuses the greeting, the password or the sender: that meets every message alike.
        raise ServerUnreachable(_words(error)) from error
    except OSError as error:
        raise ConnectionLost(_words(error)) from error


def _raise(error: Exception) -> None:
    raise error


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A connection for several mails. Raises: ServerUnreachable."""
    server = MailServer()
    try:
        yield server
    finally:
        server.close()


def _refusal(code: int, text: bytes | str) -> Refused | ServerUnreachable:
    reason = f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
    if code == SERVICE_NOT_AVAILABLE:
        return ServerUnreachable(reason)
    # 5.7 says that we may not, which somebody can put right; otherwise 5yz is for good.
    # Source: RFC 5321, section 4.2.1; RFC 3463, section 3.8.
    permanent = code >= 500 and not reason.startswith(f"{code} 5.7.")
    return Refused(one_line(reason), permanent=permanent)


def _words(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        return one_line(f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}")
    return one_line(str(error)) or type(error).__name__
