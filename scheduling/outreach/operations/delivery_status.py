"""Reads the reports of mail servers on mails that they could not deliver. Source: RFC 3464 and RFC 3463."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string, policy
from email.message import Message as MailPart

from scheduling.meetings.plain_text import one_line
from scheduling.outreach.models import BounceReport

Kind = BounceReport.Kind

#: What a report may weigh; some servers send the whole mail back.
MAX_BYTES = 10_000_000
# Three numbers, and not part of an IP address; whatever follows them is the server's own.
_STATUS = re.compile(r"(?<![.\d])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)")
# A full mailbox is emptied and a policy changed, so that the address may work again, though the code says 5.
# Source: RFC 3463, sections 3.3 and 3.8; mail.py tells refusals apart likewise.
_PASSING = re.compile(r"5\.(2\.2|7\.\d{1,3})$")


@dataclass(frozen=True)
class Failure:
    """One mail that a server says it could not deliver."""

    # Of the mail that came back, in angle brackets.
    message_id: str
    kind: BounceReport.Kind
    status: str
    diagnostic: str


def failures(raw: bytes) -> list[Failure]:
    """What the report says could not be delivered; nothing where it is none, or does not say which mail came back."""
    try:
        # The old policy reads even what breaks all rules, and leaves the values as they are.
        report = message_from_bytes(raw[:MAX_BYTES], policy=policy.compat32)
        kind = str(report.get_param("report-type", "") or "").lower()
        if report.get_content_type() != "multipart/report" or kind != "delivery-status":
            return []
        message_id = _returned_message_id(report)
        return list(_failed(report, message_id)) if message_id else []
    except RecursionError:
        # Parts within parts within parts, thousands deep: no mail server writes that.
        return []


def kind_of(status: str) -> BounceReport.Kind:
    """Whether a code of RFC 3463 means for good or for now."""
    return Kind.HARD if status.startswith("5") and not _PASSING.match(status) else Kind.SOFT


def status_in(text: str) -> str:
    """The first code of RFC 3463 in a server's words, or nothing."""
    found = _STATUS.search(text)
    return found[0] if found else ""


def _failed(report: MailPart, message_id: str) -> Iterator[Failure]:
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        groups = part.get_payload()
        # The first group of fields is about the report itself, each other one about a recipient.
        for fields in groups[1:] if isinstance(groups, list) else []:
            if not isinstance(fields, MailPart) or _field(fields, "Action").lower() != "failed":
                continue
            diagnostic = _field(fields, "Diagnostic-Code").partition(";")[2]
            status = status_in(_field(fields, "Status")) or status_in(diagnostic)
            yield Failure(message_id, kind_of(status), status, one_line(diagnostic)[:500])


def _field(fields: MailPart, name: str) -> str:
    return one_line(str(fields.get(name, "")))


def _returned_message_id(report: MailPart) -> str:
    """The Message-ID of the mail that came back, whole or in its headers alone."""
    for part in report.walk():
        returned: MailPart | None = None
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            first = part.get_payload(0)
            returned = first if isinstance(first, MailPart) else None
        elif part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            returned = message_from_string(payload.decode("utf-8", "replace") if isinstance(payload, bytes) else "")
        if returned is not None and (found := _field(returned, "Message-ID").strip()):
            return found
    return ""
