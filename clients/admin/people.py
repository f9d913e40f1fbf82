"""Account managers, contacts and their days off."""

from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import Group
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from clients.admin.audit import AuditedAdmin
from clients.admin.organisations import CountryFilter
from clients.fields import LanguageField, TimeZoneField
from clients.forms import PersonFields, contact_defaults
from clients.languages import endonym
from clients.models import AccountManager, Client, Contact, DayOff, Person
from clients.requests import reader_for
from clients.zones import city

PLACE: Any = (_("Language and place"), {"fields": ("language", "time_zone", "calendar", "clock", "week_start")})
HOURS: Any = (_("Hours, in the person’s own time"), {"fields": ("working_hours", "buffer_minutes")})
WISHES: Any = (
    _("Preferred and reachable hours"),
    {"classes": ("collapse",), "fields": ("preferred_hours", "reachable_hours")},
)
REMINDERS: Any = (_("Reminders"), {"fields": ("reminder_minutes",)})


def local_time_column(request: HttpRequest) -> Any:
    """A column of the people's local times, as the reader writes them."""
    reader, now = reader_for(request), timezone.now()

    @admin.display(description=_("local time"))
    def local_time(person: Person) -> str:
        return reader.in_zone(person.time_zone).moment(now)

    return local_time


def zone_column(request: HttpRequest) -> Any:
    """A column of the zones' cities in the reader's language."""
    language = reader_for(request).language

    @admin.display(description=_("time zone"), ordering="time_zone")
    def zone(person: Person) -> str:
        return city(person.time_zone, language)

    return zone


@admin.display(description=_("language"), ordering="language")
def language_column(person: Person) -> str:
    """The language's name in itself."""
    return endonym(person.language)


class DaysOffInline(admin.TabularInline[DayOff, Any]):
    model = DayOff
    fields = ("first_date", "last_date", "reason")
    extra = 1


class ContactDaysOffInline(DaysOffInline):
    fk_name = "contact"


class OwnDaysOffInline(DaysOffInline):
    fk_name = "account_manager"


class AccountManagerForm(PersonFields[AccountManager], UserChangeForm[AccountManager]):
    class Meta(UserChangeForm.Meta):
        model = AccountManager
        fields = "__all__"
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {}


class NewAccountManagerForm(AdminUserCreationForm[AccountManager]):
    language = LanguageField(label=_("Language"), initial="en")
    time_zone = TimeZoneField(label=_("Time zone"))

    class Meta:
        model = AccountManager
        fields = ("email", "full_name", "language", "time_zone")


admin.site.unregister(Group)
# A row there would be a second address to sign in by.
admin.site.unregister(EmailAddress)


@admin.register(AccountManager)
class AccountManagerAdmin(AuditedAdmin, UserAdmin[AccountManager]):
    form = AccountManagerForm
    add_form = NewAccountManagerForm
    list_display = ("full_name", "email", "is_staff", "is_active", language_column)
    list_filter = ("is_active", "is_staff", "teams")
    search_fields = ("full_name", "native_name", "email")
    ordering = ("full_name", "pk")
    filter_horizontal = ("teams",)
    autocomplete_fields = ("calendar",)
    inlines = (OwnDaysOffInline,)
    readonly_fields = ("last_login", "created_at")
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        (_("Rights"), {"fields": ("teams", "is_staff", "is_active")}),
        (_("Name"), {"fields": ("full_name", "address_as", "native_name", "phone")}),
        PLACE,
        HOURS,
        WISHES,
        REMINDERS,
        (_("Public page"), {"fields": ("has_page", "page_name")}),
        (_("Dates"), {"fields": ("last_login", "created_at")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    *("email", "full_name", "language", "time_zone"),
                    *("usable_password", "password1", "password2"),
                ),
            },
        ),
    )

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return *self.list_display, zone_column(request), local_time_column(request)

    def get_inlines(self, request: HttpRequest, obj: AccountManager | None) -> Any:
        return self.inlines if obj else ()


class ContactAdminForm(PersonFields[Contact]):
    """The fields of a day in the administration's own look."""


class ClientCountryFilter(CountryFilter):
    field = "client__country"


@admin.register(Contact)
class ContactAdmin(AuditedAdmin):
    form = ContactAdminForm
    list_display = ("full_name", "client", language_column)
    list_filter = (
        "client__team",
        ClientCountryFilter,
        "preferred_channel",
        ("email", admin.EmptyFieldListFilter),
    )
    list_select_related = ("client",)
    search_fields = ("full_name", "native_name", "email", "client__name", "client__city")
    search_help_text = _("Name, mail address, client or city")
    autocomplete_fields = ("client", "calendar")
    inlines = (ContactDaysOffInline,)
    readonly_fields = ("created_at", "personal_data")
    fieldsets = (
        (None, {"fields": ("client", "full_name", "address_as", "native_name", "job_title")}),
        (_("How to reach them"), {"fields": ("email", "phone", "preferred_channel", "formality")}),
        PLACE,
        HOURS,
        WISHES,
        REMINDERS,
        (None, {"fields": ("notes", "created_at", "personal_data")}),
    )

    def get_list_display(self, request: HttpRequest) -> tuple[Any, ...]:
        return *self.list_display, zone_column(request), local_time_column(request)

    def get_inlines(self, request: HttpRequest, obj: Contact | None) -> Any:
        return self.inlines if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """What is usual in the country of the client that the new contact is added to."""
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        number: str | None = initial.get("client")
        found = Client.objects.filter(pk=number).first() if number else None
        return {**contact_defaults(found), **initial} if found else initial

    def view_on_site(self, contact: Contact) -> str:
        return reverse("desk:client", args=[contact.client_id])

    def has_delete_permission(self, request: HttpRequest, obj: Contact | None = None) -> bool:
        """Nobody: erasing tells those who were to meet them, and leaves nothing behind."""
        return False

    @admin.display(description=_("Personal data"))
    def personal_data(self, contact: Contact) -> str:
        if contact.pk is None:
            return "—"
        url = reverse("personal_data:erase", args=[contact.pk])
        return format_html('<a href="{}">{}</a>', url, _("What is held about this person"))


class WhenFilter(admin.SimpleListFilter):
    """Days off by where today lies."""

    title = _("when")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("now", _("Today")), ("coming", _("Coming")), ("past", _("Past"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[DayOff]) -> QuerySet[DayOff]:
        today = reader_for(request).day_of(timezone.now())
        chosen = {
            "now": Q(first_date__lte=today, last_date__gte=today),
            "coming": Q(first_date__gt=today),
            "past": Q(last_date__lt=today),
        }.get(self.value() or "")
        return queryset.filter(chosen) if chosen is not None else queryset


@admin.register(DayOff)
class DayOffAdmin(AuditedAdmin):
    list_display = ("person", "first_date", "last_date", "reason")
    list_filter = (WhenFilter,)
    list_select_related = ("contact", "account_manager")
    search_fields = ("contact__full_name", "account_manager__full_name", "reason")
    autocomplete_fields = ("contact", "account_manager")
    fields = ("contact", "account_manager", "first_date", "last_date", "reason")

    @admin.display(description=_("person"))
    def person(self, day_off: DayOff) -> str:
        return str(day_off.contact or day_off.account_manager)
