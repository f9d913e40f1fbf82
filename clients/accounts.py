from threading import Thread
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Admins create account managers; nobody signs up. Mails speak of the configured origin, not of a Host header."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in a mail for whoever forgot their password."""
        account, _, token = key.partition("-")
        return f"{settings.SITE_ORIGIN}{reverse('account_reset_password_from_key', args=[account, token])}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Sends a mail while the answer is on its way: waiting for the mail server would tell that it is sent."""
        site = {"name": "Dayband", "domain": settings.SITE_ORIGIN}
        mail = self.render_mail(template_prefix, email, {"email": email, "current_site": site, **context})
        Thread(target=mail.send).start()
