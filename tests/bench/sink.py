"""What the benchmark's mail server does with mails."""

from aiosmtpd import handlers
from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink(handlers.Sink):
    """Takes everything, keeps nothing, and hears several commands at once as most servers do (RFC 2920)."""

    async def handle_EHLO(  # noqa: N802  (aiosmtpd names its hooks after the command)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:1], "250-PIPELINING", *responses[1:]]
