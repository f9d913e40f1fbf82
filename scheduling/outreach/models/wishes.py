from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Contact


class MailWishes(models.Model):
    """What a contact wants of our mails; who has no row wants them all."""

    class Topic(models.TextChoices):
        """What can be wanted or not; what is said of a meeting itself is always told."""

        CHECK_INS = "check_ins", _("Check-ins")
        SURVEYS = "surveys", _("Questions about how it went")

    contact = models.OneToOneField(Contact, models.CASCADE, related_name="mail_wishes", verbose_name=_("contact"))
    unwanted = ArrayField(
        models.CharField(max_length=10, choices=Topic.choices), default=list, blank=True, verbose_name=_("not wanted")
    )
    # The last day of the pause, on the contact's own calendar.
    paused_until_date = models.DateField(_("paused until"), null=True, blank=True)

    class Meta:
        verbose_name = _("wishes about mail")
        verbose_name_plural = _("wishes about mail")

    def __str__(self) -> str:
        return str(self.contact)
