from django.db import models
from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class MailAddress(models.Model):
    """What is known of an address that mail came back from; addresses without a row are taken to work."""

    # In lower case: whoever has the address at two clients has it once.
    email = models.CharField(_("mail address"), max_length=254, unique=True)
    # Rises with every report of a mail that came back, and is nought again once an admin says that it works.
    bounce_score = models.PositiveSmallIntegerField(_("bounces"), default=0)
    # Nothing is sent there from then on.
    suppressed_at = models.DateTimeField(_("not used since"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["email"]
        verbose_name = _("mail address")
        verbose_name_plural = _("mail addresses")
        constraints = [
            models.CheckConstraint(name="mail_address_in_lower_case", condition=models.Q(email=Lower(F("email"))))
        ]

    def __str__(self) -> str:
        return self.email
