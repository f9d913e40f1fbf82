"""An admin's own words, instead of those that come with Dayband."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact
from scheduling.outreach.errors import BrokenText
from scheduling.outreach.texts.placeholders import check_body, check_subject
from scheduling.outreach.texts.purposes import TextPurpose


class MessageText(models.Model):
    """What is said for one purpose in one language and form of address; without a row, the shipped words are."""

    purpose = models.CharField(_("purpose"), max_length=20, choices=TextPurpose.choices)
    language = models.CharField(_("language"), max_length=35, choices=settings.MAIL_LANGUAGES)
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
        errors = {}
        for name, text, check in (("subject", self.subject, check_subject), ("body", self.body, check_body)):
            try:
                check(text, self.purpose)
            except BrokenText as error:
                errors[name] = str(error)
        if errors:
            raise ValidationError(errors)
