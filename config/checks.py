"""System checks: production does not start unsafe, and everybody reads the same tzdata."""

import importlib.metadata
import importlib.resources
import zoneinfo
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_MIN_LENGTH = 50
SECRET_KEY_MIN_UNIQUE = 5


@register(Tags.security)
def check_production(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """One error for each setting that must not reach production as it is."""
    if not settings.PRODUCTION:
        return []
    errors: list[CheckMessage] = []
    if settings.DEBUG:
        errors.append(Error("DEBUG is on in production.", hint="Remove DEBUG.", id="dayband.E001"))
    if settings.SECRET_KEY == settings.SAMPLE_SECRET_KEY:
        errors.append(
            Error(
                "SECRET_KEY is the sample key.",
                hint="Set SECRET_KEY to a secret of your own.",
                id="dayband.E002",
            )
        )
    elif len(settings.SECRET_KEY) < SECRET_KEY_MIN_LENGTH or len(set(settings.SECRET_KEY)) < SECRET_KEY_MIN_UNIQUE:
        errors.append(
            Error(
                "SECRET_KEY is too short or too uniform.",
                hint=f"Set SECRET_KEY to {SECRET_KEY_MIN_LENGTH} random characters or more.",
                id="dayband.E003",
            )
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        errors.append(
            Error(
                "ALLOWED_HOSTS is empty or allows every host.",
                hint="Set ALLOWED_HOSTS to the names this site answers to.",
                id="dayband.E004",
            )
        )
    if not settings.SITE_ORIGIN.startswith("https://"):
        errors.append(
            Error(
                "SITE_ORIGIN, with which links in mails start, is missing or not https.",
                hint="Set SITE_ORIGIN, for example to https://dayband.example.",
                id="dayband.E005",
            )
        )
    return errors


@register(Tags.compatibility)
def check_tzdata(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error unless every zone comes from the installed tzdata wheel and from nowhere else."""
    errors: list[CheckMessage] = []
    if zoneinfo.TZPATH:
        errors.append(
            Error(
                f"Time zones are read from {', '.join(zoneinfo.TZPATH)} before the tzdata wheel.",
                hint='Start with PYTHONTZPATH="" in the environment.',
                id="dayband.E006",
            )
        )
    installed, read = _installed_tzdata(), _read_tzdata()
    if not installed:
        errors.append(
            Error(
                "The tzdata wheel is not installed, so that nobody knows which rules clocks follow.",
                hint="Install the packages of requirements/production.txt.",
                id="dayband.E008",
            )
        )
    elif installed != read:
        errors.append(
            Error(
                f"The tzdata wheel is {installed}, but the zones that are read are {read}.",
                hint="Install tzdata again, and remove other copies from the import path.",
                id="dayband.E007",
            )
        )
    return errors


def refuse_unsafe_production() -> None:
    """For the entry points of servers, which run no system checks of their own.

    Raises: ImproperlyConfigured, with every finding.
    """
    if errors := [*check_production(None), *check_tzdata(None)]:
        findings = "\n".join(f"- {error.msg} {error.hint}" for error in errors)
        raise ImproperlyConfigured(f"Dayband does not start like this:\n{findings}")


def _installed_tzdata() -> str:
    """The IANA name (2026f) of the wheel's release (2026.6, or 2026.6.post1); empty where there is no wheel."""
    try:
        year, number, *_ = importlib.metadata.version("tzdata").split(".")
    except importlib.metadata.PackageNotFoundError:
        return ""
    return year + chr(ord("a") + int(number) - 1)


def _read_tzdata() -> str:
    first_line = (importlib.resources.files("tzdata.zoneinfo") / "tzdata.zi").read_text("utf-8").partition("\n")[0]
    return first_line.removeprefix("# version ").strip()
