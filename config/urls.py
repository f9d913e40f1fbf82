from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from clients.views.private import private_link
from config.health import healthz, readyz
from scheduling.outreach.urls import (
    approval_patterns,
    check_in_patterns,
    enquiry_patterns,
    personal_data_patterns,
    public_patterns,
    survey_patterns,
    you_patterns,
)
from scheduling.outreach.views.metrics import metrics
from scheduling.outreach.views.wishes import one_click

urlpatterns = [
    path("", include("scheduling.desk.urls")),
    path("meetings/", include("scheduling.meetings.urls")),
    path("approvals/", include((approval_patterns, "approvals"))),
    path("surveys/", include((survey_patterns, "surveys"))),
    path("requests/", include((enquiry_patterns, "enquiries"))),
    path("outbox/", include("scheduling.outreach.urls")),
    path("clients/<int:pk>/check-ins/", include((check_in_patterns, "check_ins"))),
    path("clients/contacts/<int:pk>/data/", include((personal_data_patterns, "personal_data"))),
    path("clients/", include("clients.urls")),
    path("calendars/", include("holidays_app.urls")),
    # An account manager's mail address is who they are here; admins change it.
    path("accounts/email/", RedirectView.as_view(pattern_name="desk:account")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("p/<str:token>/", private_link, name="private_link"),
    path("p/<str:token>/unsubscribe/", one_click, name="one_click"),
    path("with/", include((public_patterns, "public"))),
    path("you/", include((you_patterns, "you"))),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]

handler500 = "config.errors.server_error"
