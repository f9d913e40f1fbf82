"""Private links: who has which, and ending them; what would open one is shown nowhere."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.admin.read_only import ReadOnlyAdmin
from clients.links import end_links
from clients.models import PrivateLink
from clients.requests import actor_of


@admin.register(PrivateLink)
class PrivateLinkAdmin(ReadOnlyAdmin):
    list_display = ("contact", "purpose", "email", "created_at", "expires_at")
    list_filter = ("purpose", "created_at", "expires_at")
    list_select_related = ("contact",)
    search_fields = ("contact__full_name", "contact__client__name", "email")
    search_help_text = _("Name, mail address or client")
    # By name, so that a column to come is not shown by itself.
    fields = ("contact", "purpose", "subject_id", "email", "created_at", "expires_at")
    actions = ("end",)

    def has_end_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @admin.action(description=_("End the chosen links"), permissions=["end"])
    def end(self, request: HttpRequest, links: QuerySet[PrivateLink]) -> None:
        """Whoever opens one is told that it has ended; the mails to come carry others."""
        ended = end_links(actor=actor_of(request), links=links, now=timezone.now())
        text = ngettext(
            "%(number)d link has ended. Mails to come carry another one.",
            "%(number)d links have ended. Mails to come carry others.",
            ended,
        )
        messages.success(request, text % {"number": ended})
