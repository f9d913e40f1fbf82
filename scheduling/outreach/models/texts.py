"""An admin's own words, instead of those that come with Dayband."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from scheduling.outreach.errors import BrokenText
from scheduling.outreach.texts.placeholders import check_body, check_line, check_subject
from scheduling.outreach.texts.purposes import TextPurpose


class MessageText(models.Model):
    """What is said for one purpose in one language and form of address; without a row, the shipped words are."""

    purpose = models.CharField(_("purpose"), max_length=20, choices=TextPurpose.choices)
    language = models.CharField(_("language"), max_length=35, choices=settings.LANGUAGES)
    formality = models.CharField(_("form of address"), max_length=10, choices=Contact.Formality.choices)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=8000)

    class Meta:
        ordering = ["purpose", "language", "formality"]
        verbose_name = _("own text")
        verbose_name_plural = _("own texts")
        constraints = [
            models.UniqueConstraint(fields=["purpose", "language", "formality"], name="message_text_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} · {self.get_language_display()} · {self.get_formality_display()}"

    def clean(self) -> None:
        """Raises: ValidationError where a placeholder is unknown or a list is out of place."""
        _check(
            ("subject", lambda: check_subject(self.subject, self.purpose)),
            ("body", lambda: check_body(self.body, self.purpose)),
        )


class FrameText(models.Model):
    """What mails in one language and form of address begin and end with; without a row, the shipped lines."""

    LINES = ("greeting", "greeting_by_name", "opening", "closing")

    language = models.CharField(_("language"), max_length=35, choices=settings.LANGUAGES)
    formality = models.CharField(_("form of address"), max_length=10, choices=Contact.Formality.choices)
    greeting = models.CharField(
        _("greeting"), max_length=200, help_text=_("Of those who told us how they want to be addressed.")
    )
    greeting_by_name = models.CharField(
        _("greeting by the full name"), max_length=200, help_text=_("Of those of whom we know only the full name.")
    )
    opening = models.CharField(
        _("first sentence"), max_length=500, blank=True, help_text=_("Before what the mail is about; often none.")
    )
    closing = models.CharField(_("closing"), max_length=200, help_text=_("Before the sender’s name."))

    class Meta:
        ordering = ["language", "formality"]
        verbose_name = _("own greeting and closing")
        verbose_name_plural = _("own greetings and closings")
        constraints = [models.UniqueConstraint(fields=["language", "formality"], name="frame_text_once")]

    def __str__(self) -> str:
        return f"{self.get_language_display()} · {self.get_formality_display()}"

    def clean(self) -> None:
        """Raises: ValidationError where a placeholder is unknown."""
        _check(*((name, partial(check_line, getattr(self, name), name)) for name in self.LINES))


def _check(*checks: tuple[str, Callable[[], None]]) -> None:
    """Raises: ValidationError with the fields whose text is broken."""
    errors = {}
    for name, check in checks:
        try:
            check()
        except BrokenText as error:
            errors[name] = str(error)
    if errors:
        raise ValidationError(errors)
