"""What is known of addresses from which mail came back."""

from collections.abc import Iterable

from scheduling.outreach.models import MailAddress


def doubtful_addresses(emails: Iterable[str]) -> dict[str, MailAddress]:
    """Those of the addresses from which mail came back, by the address in lower case."""
    wanted = {email.lower() for email in emails if email}
    return {row.email: row for row in MailAddress.objects.filter(email__in=wanted, bounce_score__gt=0)}
