from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "scheduling.outreach"
    verbose_name = _("Outreach")

    def ready(self) -> None:
        from scheduling.outreach import checks  # noqa: F401, PLC0415  (registers the system checks)
