from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scheduling.outreach.models.addresses import MailAddress
from scheduling.outreach.models.message import Message


class BounceReport(models.Model):
    """Somebody's word that a mail of ours did not arrive, counted once however often it comes."""

    class Kind(models.TextChoices):
        HARD = "hard", pgettext_lazy("of a mail that came back", "for good")
        SOFT = "soft", pgettext_lazy("of a mail that came back", "for now")
        COMPLAINT = "complaint", _("reported as unwanted")

    # One for each message and kind: a mail comes back once, however often that is reported.
    report_key = models.CharField(max_length=64, unique=True, editable=False)
    address = models.ForeignKey(MailAddress, models.CASCADE, related_name="reports", verbose_name=_("mail address"))
    message = models.ForeignKey(Message, models.CASCADE, related_name="bounce_reports", verbose_name=_("message"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind.choices)
    # As in RFC 3463, such as 5.1.1; empty where the report has none.
    status = models.CharField(_("status"), max_length=12, blank=True)
    diagnostic = models.CharField(_("the server's words"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("reported"))

    class Meta:
        ordering = ["-reported_at", "-pk"]
        verbose_name = _("bounce report")
        verbose_name_plural = _("bounce reports")

    def __str__(self) -> str:
        return f"{self.address} {self.status or self.kind}"
