from anymail.signals import tracking
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OutreachConfig(AppConfig):
    name = "scheduling.outreach"
    verbose_name = _("Outreach")

    def ready(self) -> None:
        from scheduling.outreach import checks  # noqa: F401, PLC0415  (registers the system checks)
        from scheduling.outreach.views.bounces import hear  # noqa: PLC0415

        # A signal, though there are none of our own: it is how anymail hands over what a provider reports.
        tracking.connect(hear, dispatch_uid="outreach")
