from django.contrib import admin

from clients.admin.audit import AuditedAdmin
from holidays_app.admin import HolidayCalendarAdmin
from holidays_app.models import HolidayCalendar


@admin.register(HolidayCalendar)
class AuditedCalendarAdmin(AuditedAdmin, HolidayCalendarAdmin):
    """Calendars with the audit trail, of which their own floor knows nothing."""
