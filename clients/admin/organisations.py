from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clients.admin.audit import AuditedAdmin
from clients.fields import CountryField
from clients.models import AccountManager, Client, Contact, Team
from clients.zones import city
from holidays_app.calendars import country_name
from holidays_app.forms import by_name
from holidays_app.services import ensure_place_calendar


class CountryFilter(admin.SimpleListFilter):
    """By country, with names in the reader's language."""

    title = _("country")
    parameter_name = "country"
    field = "country"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        language = get_language() or "en"
        codes = Client.objects.order_by().values_list("country", flat=True).distinct()
        return sorted(((code, country_name(code, language)) for code in codes), key=by_name)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{self.field: self.value()}) if self.value() else queryset


class MembersInline(admin.TabularInline[Any, Team]):
    model = AccountManager.teams.through
    autocomplete_fields = ("accountmanager",)
    extra = 1
    verbose_name = _("member")
    verbose_name_plural = _("members")


@admin.register(Team)
class TeamAdmin(AuditedAdmin):
    list_display = ("name", "member_count", "client_count")
    ordering = ("name",)
    search_fields = ("name",)
    inlines = (MembersInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        teams: QuerySet[Team] = super().get_queryset(request)
        return teams.annotate(
            member_count=Count("members", distinct=True), client_count=Count("clients", distinct=True)
        )

    @admin.display(description=_("members"), ordering="member_count")
    def member_count(self, team: Team) -> int:
        return int(team.member_count)  # type: ignore[attr-defined]

    @admin.display(description=_("clients"), ordering="client_count")
    def client_count(self, team: Team) -> int:
        return int(team.client_count)  # type: ignore[attr-defined]


class ContactLinks(admin.TabularInline[Contact, Client]):
    """The people at a client, each a link to their own page."""

    model = Contact
    fields = readonly_fields = ("name", "job_title", "email", "place")
    extra = 0
    can_delete = False
    verbose_name_plural = _("contacts")

    @admin.display(description=_("name"))
    def name(self, contact: Contact) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:clients_contact_change", args=[contact.pk]), contact.full_name
        )

    @admin.display(description=_("time zone"))
    def place(self, contact: Contact) -> str:
        return city(contact.time_zone, get_language() or "en")

    def has_add_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:
        return False


class ClientAdminForm(forms.ModelForm[Client]):
    country = CountryField(label=_("Country"))


@admin.register(Client)
class ClientAdmin(AuditedAdmin):
    form = ClientAdminForm
    list_display = ("name", "team", "segment", "country_shown", "city", "contact_count")
    list_filter = ("team", "segment", CountryFilter, "size")
    list_select_related = ("team",)
    ordering = ("name",)
    search_fields = ("name", "city", "industry", "contacts__full_name", "contacts__email")
    search_help_text = _("Name, city, industry or contact")
    autocomplete_fields = ("team",)
    inlines = (ContactLinks,)
    fieldsets = (
        (None, {"fields": ("name", "team", "segment", "industry", "size")}),
        (_("Place"), {"fields": ("country", "city")}),
        (None, {"fields": ("superior_decides", "notes", "add_contact")}),
    )
    readonly_fields = ("add_contact",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Client]:
        clients: QuerySet[Client] = super().get_queryset(request)
        known = Q(contacts__erased_at=None)
        return clients.annotate(contact_count=Count("contacts", filter=known, distinct=True))

    def view_on_site(self, client: Client) -> str:
        return reverse("desk:client", args=[client.pk])

    def has_delete_permission(self, request: HttpRequest, obj: Client | None = None) -> bool:
        """Nobody while there are contacts, who are erased and not deleted; past meetings refer to those who were."""
        has_contacts = obj is not None and Contact.everyone.filter(client=obj).exists()
        return super().has_delete_permission(request, obj) and not has_contacts

    def save_model(self, request: HttpRequest, obj: Client, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ensure_place_calendar(country=obj.country)

    @admin.display(description=_("country"), ordering="country")
    def country_shown(self, client: Client) -> str:
        return country_name(client.country, get_language() or "en")

    @admin.display(description=_("contacts"), ordering="contact_count")
    def contact_count(self, client: Client) -> int:
        return int(client.contact_count)  # type: ignore[attr-defined]

    @admin.display(description=_("people"))
    def add_contact(self, client: Client) -> str:
        if client.pk is None:
            return _("Save the client first, then add the people there.")
        url = f"{reverse('admin:clients_contact_add')}?client={client.pk}"
        return format_html('<a class="addlink" href="{}">{}</a>', url, _("Add a contact"))
