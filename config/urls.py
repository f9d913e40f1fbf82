from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from config.health import healthz

urlpatterns = [
    path("", include("scheduling.desk.urls")),
    path("meetings/", include("scheduling.meetings.urls")),
    path("outbox/", include("scheduling.outreach.urls")),
    path("clients/", include("clients.urls")),
    path("calendars/", include("holidays_app.urls")),
    # An account manager's mail address is who they are here; admins change it.
    path("accounts/email/", RedirectView.as_view(pattern_name="desk:account")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
]
