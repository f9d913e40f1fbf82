"""Account managers' public pages: whose there are, whom they know, and what their mails carry."""

import hashlib

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.crypto import salted_hmac

from clients.links import derived_token
from clients.models import AccountManager, Contact
from scheduling.outreach.models import Enquiry, EntryCode


def hosts() -> QuerySet[AccountManager]:
    """The account managers who have a public page."""
    return AccountManager.objects.filter(is_active=True, has_page=True)


def hosts_of(contact: Contact) -> QuerySet[AccountManager]:
    """Those who have a public page and look after the contact's client, of whom the contact may ask for times."""
    return hosts().filter(teams=contact.client.team_id).order_by("full_name", "pk")


def known_at(host: AccountManager, email: str) -> Contact | None:
    """The contact with that address, of a client that the host's own teams look after; the first of several."""
    found = Contact.objects.filter(client__team__in=host.teams.all(), email__iexact=email)
    return found.select_related("client").order_by("pk").first()


def code_of(entry_code: EntryCode) -> str:
    """Six digits, which only the seed and the secret key together tell."""
    seed = bytes(entry_code.seed)
    derived = salted_hmac("outreach.entry_codes", seed, secret=settings.SECRET_KEY, algorithm="sha256")
    return f"{int.from_bytes(derived.digest()) % 1_000_000:06}"


def confirm_url(enquiry: Enquiry) -> str:
    """The absolute address at which whoever asks says that it was them."""
    token = derived_token(bytes(enquiry.seed), settings.SECRET_KEY)
    return f"{settings.SITE_ORIGIN}{reverse('public:link', args=[token])}"


def digest(email: str) -> str:
    """An address as the name of what is counted for it."""
    return hashlib.sha256(email.lower().encode()).hexdigest()
