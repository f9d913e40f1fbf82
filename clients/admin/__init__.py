"""Administration of people and organisations; also the site that every app's administration hangs on."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from clients.admin.audit import AuditedAdmin, AuditEntryAdmin
from clients.admin.calendars import AuditedCalendarAdmin
from clients.admin.links import PrivateLinkAdmin
from clients.admin.organisations import ClientAdmin, TeamAdmin
from clients.admin.people import AccountManagerAdmin, ContactAdmin, DayOffAdmin
from clients.admin.read_only import ReadOnlyAdmin

__all__ = [
    "AccountManagerAdmin",
    "AuditEntryAdmin",
    "AuditedAdmin",
    "AuditedCalendarAdmin",
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

#: Pages whose addresses say what to ask the database for; Django checks of it only what its own links say.
ASKING_PAGES = ("_changelist", "autocomplete")
page_of_site = admin.site.admin_view


def admin_view(view: Callable[..., HttpResponseBase], cacheable: bool = False) -> Callable[..., HttpResponseBase]:
    """The page; 400 where a list is asked for what its columns can't hold, such as a NUL."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except (DataError, ValueError, OverflowError) as error:
            if request.resolver_match is None or not str(request.resolver_match.url_name).endswith(ASKING_PAGES):
                raise
            raise BadRequest from error

    return page_of_site(page, cacheable)


# Replaced on the one site, as `login` is, because every app's administration hangs on it already.
admin.site.admin_view = admin_view  # type: ignore[method-assign, assignment]
