"""Administration of what is sent and asked: texts have an editor of their own, and what happened is only read."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.admin import AuditedAdmin, ReadOnlyAdmin
from scheduling.outreach.forms.check_ins import MAX_STEPS
from scheduling.outreach.models import (
    Approval,
    ApprovalEvent,
    Message,
    PlanTemplate,
    Survey,
    SurveyRule,
    TeamChannel,
    TemplateStep,
)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """What was sent is a fact, and what is to be sent follows from the meetings."""

    list_display = ("kind", "person", "address", "state", "tries", "due_at", "sent_at")
    list_filter = ("state", "kind", "due_at")
    list_select_related = (
        "attendance__contact",
        "attendance__account_manager",
        "contact",
        "account_manager",
        "enquiry",
    )
    search_fields = ("address", "message_id", "meeting__title", "reason")
    exclude = ("raw",)


class ApprovalEventInline(admin.TabularInline[ApprovalEvent, Approval]):
    model = ApprovalEvent
    fields = ("kind", "at", "contact", "account_manager", "decider", "words")
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """Asked and withdrawn on pages of their own, and decided by contacts alone."""

    list_display = ("title", "client", "contact", "account_manager", "state", "asked_at", "needed_by_date")
    list_filter = ("state", "asked_at", "needed_by_date")
    list_select_related = ("client", "contact", "account_manager")
    search_fields = ("title", "client__name", "contact__full_name")
    search_help_text = _("What it is about, or the name of a client or of a contact")
    fields = (
        *("client", "contact", "account_manager", "title", "details", "needed_by_date"),
        *("link", "attached", "state", "asked_at"),
    )
    readonly_fields = ("attached",)
    inlines = (ApprovalEventInline,)

    @admin.display(description=_("file"))
    def attached(self, approval: Approval) -> str:
        return approval.file_name

    def view_on_site(self, approval: Approval) -> str:
        return reverse("approvals:detail", args=[approval.pk])


@admin.register(SurveyRule)
class SurveyRuleAdmin(ReadOnlyAdmin):
    list_display = ("client", "every", "asks_nps")
    list_filter = ("asks_nps",)
    list_select_related = ("client",)
    search_fields = ("client__name",)
    search_help_text = _("The name of a client")

    def view_on_site(self, rule: SurveyRule) -> str:
        return reverse("surveys:rule", args=[rule.client_id])


@admin.register(Survey)
class SurveyAdmin(ReadOnlyAdmin):
    list_display = ("contact", "question", "meeting", "asked_at", "score", "answered_at")
    list_filter = ("question", ("answered_at", admin.EmptyFieldListFilter), "score", "asked_at")
    list_select_related = ("contact", "meeting")
    search_fields = ("contact__full_name", "contact__client__name", "comment")
    search_help_text = _("Words of a comment, or the name of a contact or of a client")


class TeamChannelForm(forms.ModelForm[TeamChannel]):
    """An address is written and never shown again: the box of a stored one is empty, and left empty it stays."""

    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "class": "vTextField"}),
        help_text=_(
            "An Apprise address such as slack://…, or for text messages twilio://…/{phone}. It is not shown again; "
            "leave it empty to keep it."
        ),
    )

    class Meta:
        model = TeamChannel
        fields = ("team", "name", "address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.pop("address", None)
        self.fields["address"].required = self.instance.pk is None
        self._stored = self.instance.address

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        return address or self._stored


@admin.register(TeamChannel)
class TeamChannelAdmin(AuditedAdmin):
    """Where check-ins go whose readers prefer chat, for each team."""

    form = TeamChannelForm
    list_display = ("team", "name", "service")
    list_select_related = ("team",)
    search_fields = ("team__name", "name")
    autocomplete_fields = ("team",)

    @admin.display(description=_("service"))
    def service(self, channel: TeamChannel) -> str:
        return f"{channel.scheme}://••••"


class TemplateStepInline(admin.TabularInline[TemplateStep, PlanTemplate]):
    model = TemplateStep
    min_num = 1
    max_num = MAX_STEPS
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, validate_max=True, **kwargs)


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
        return " · ".join(str(step) for step in template.steps.all())
