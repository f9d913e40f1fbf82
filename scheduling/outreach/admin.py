from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clients.admin import AuditedAdmin
from scheduling.outreach.models import Message, PlanTemplate, TemplateStep


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin[Message]):
    """Read-only: what was sent is a fact, and what is to be sent follows from the meetings."""

    list_display = ("kind", "person", "address", "state", "tries", "due_at", "sent_at")
    list_filter = ("state", "kind", "due_at")
    list_select_related = ("attendance__contact", "attendance__account_manager", "contact", "account_manager")
    search_fields = ("address", "message_id", "meeting__title", "reason")
    exclude = ("raw",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False


class TemplateStepInline(admin.TabularInline[TemplateStep, PlanTemplate]):
    model = TemplateStep
    min_num = 1
    extra = 1


@admin.register(PlanTemplate)
class PlanTemplateAdmin(AuditedAdmin):
    """What new plans begin with; plans that were made before keep their own steps."""

    list_display = ("name", "rhythm")
    search_fields = ("name",)
    inlines = (TemplateStepInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("steps")

    @admin.display(description=_("steps"))
    def rhythm(self, template: PlanTemplate) -> str:
        return ", ".join(str(step) for step in template.steps.all())
