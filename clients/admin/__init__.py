"""Administration of people and organisations; also the site that every app's administration hangs on."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from clients.admin.audit import AuditedAdmin, AuditEntryAdmin
from clients.admin.links import PrivateLinkAdmin
from clients.admin.organisations import ClientAdmin, TeamAdmin
from clients.admin.people import AccountManagerAdmin, ContactAdmin, DayOffAdmin
from clients.admin.read_only import ReadOnlyAdmin

__all__ = [
    "AccountManagerAdmin",
    "AuditEntryAdmin",
    "AuditedAdmin",
    "ClientAdmin",
    "ContactAdmin",
    "DayOffAdmin",
    "PrivateLinkAdmin",
    "ReadOnlyAdmin",
    "TeamAdmin",
]

admin.site.site_header = admin.site.site_title = "Dayband"
admin.site.index_title = _("Administration")
# One way in for everybody, so that a second factor can't be walked around.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
