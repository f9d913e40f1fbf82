from allauth.mfa.apps import MFAConfig
from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        # Here and not in the package's __init__: config.embedded must load before the settings can.
        import config.celery  # noqa: PLC0415  (shared tasks belong to this Celery application)
        import config.checks  # noqa: F401, PLC0415  (registers the system checks)


class SecondFactorsConfig(MFAConfig):
    # The library's "MFA" is abbreviated, and in Arabic mistaken for a ministry of foreign affairs.
    verbose_name = _("Second factors")
