from django.contrib import admin
from django.http import HttpRequest

from scheduling.outreach.models import Message


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin[Message]):
    """Read-only: what was sent is a fact, and what is to be sent follows from the meetings."""

    list_display = ("kind", "attendance", "address", "state", "tries", "due_at", "sent_at")
    list_filter = ("state", "kind", "due_at")
    list_select_related = ("attendance__contact", "attendance__account_manager")
    search_fields = ("address", "message_id", "meeting__title", "reason")
    exclude = ("raw",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
