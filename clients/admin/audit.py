"""The audit trail: what every administration page writes to it, and the page that shows it."""

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.db.models import BigIntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.admin.read_only import ReadOnlyAdmin
from clients.audit import audit
from clients.models import AccountManager, AuditEntry, Contact
from clients.requests import actor_of


class AuditedAdmin(admin.ModelAdmin[Any]):
    """Writes audit entries instead of Django's log, which would keep the names of what has been deleted."""

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What the address says of a new row, without numbers of related rows that are none."""
        return {
            name: value
            for name, value in super().get_changeform_initial_data(request).items()
            if not self._is_bad_number(name, value)
        }

    def _is_bad_number(self, name: str, value: Any) -> bool:
        related = [field.name for field in self.opts.get_fields() if field.is_relation]
        values = value if isinstance(value, list) else [value]
        return name in related and not all(str(number).isdecimal() for number in values)

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """The names of the changed fields, and of the tables below the form in which a row changed."""
        inlines = [formset.prefix for formset in formsets or () if formset.has_changed()]
        return sorted([*form.changed_data, *inlines])

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return self._audit(request, "create", obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> Any:
        return self._audit(request, "update", obj, fields=message)

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        return [self._audit(request, "delete", row) for row in queryset]

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponseRedirect:
        """The audit trail of this row."""
        query = urlencode({"subject_type": self.model._meta.label_lower, "subject_id": object_id})
        return HttpResponseRedirect(f"{reverse('admin:clients_auditentry_changelist')}?{query}")

    def _audit(self, request: HttpRequest, action: str, row: Model, **details: Any) -> AuditEntry:
        actor = actor_of(request)
        return audit(actor=actor, action=action, subject=row, now=timezone.now(), **details)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Read only: the database refuses changes too."""

    list_display = ("at", "actor", "action", "subject_type", "subject_id", "fields_changed")
    list_filter = ("action", "subject_type", "at")
    search_fields = ("=subject_id", "=actor_id", "actor_name")
    search_help_text = _("The number of a row or of a person, or a person’s name.")
    fields = ("at", "actor", "action", "subject_type", "subject_id", "details")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        entries: QuerySet[AuditEntry] = super().get_queryset(request)
        entries = entries.annotate(contact_id=Cast(KT("details__contact"), BigIntegerField()))
        managers = AccountManager.objects.filter(pk=OuterRef("actor_id")).values("full_name")
        contacts = Contact.everyone.filter(pk=OuterRef("contact_id")).values("full_name")
        return entries.annotate(actor_name=Coalesce(Subquery(managers), Subquery(contacts)))

    @admin.display(description=_("actor"), ordering="actor_name")
    def actor(self, entry: AuditEntry) -> str:
        # Annotated by `get_queryset`, which mypy can't know here.
        number = entry.actor_id or entry.contact_id  # type: ignore[attr-defined]
        if number is None:
            return "Dayband"
        return cast(str, entry.actor_name) or f"#{number}"  # type: ignore[attr-defined]

    @admin.display(description=_("fields"))
    def fields_changed(self, entry: AuditEntry) -> str:
        return " · ".join(entry.details.get("fields", ()))
