from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clients.models.people import Contact


class PrivateLink(models.Model):
    """An address that only its contact knows, for one purpose and, where that is about one thing, for that thing.

    The token is derived from the seed with the secret key, so that the same address can be written into every mail,
    and whoever reads the table alone learns none.
    """

    class Purpose(models.TextChoices):
        HOME = "home", _("Their own page, and all that leads on from it")
        WISHES = "wishes", _("Wishes about mail")
        UNSUBSCRIBE = "unsubscribe", _("Unsubscribe")
        APPROVAL = "approval", _("Approval")
        SURVEY = "survey", _("Survey")
        MEETING = "meeting", _("Answer to a meeting")
        OFFER = "offer", _("Offered times")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="private_links", verbose_name=_("contact"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    # The row that it opens, where the purpose has several.
    subject_id = models.BigIntegerField(_("row"), null=True, blank=True)
    seed = models.BinaryField(max_length=32, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    # To which it was sent: once the contact has another, the link opens nothing.
    email = models.CharField(_("mail address"), max_length=254, blank=True)
    created_at = models.DateTimeField(_("created"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    class Meta:
        ordering = ["contact", "purpose", "pk"]
        verbose_name = _("private link")
        verbose_name_plural = _("private links")
        constraints = [
            models.UniqueConstraint(
                fields=["contact", "purpose", "subject_id"], nulls_distinct=False, name="private_link_once"
            ),
            models.CheckConstraint(name="private_link_has_a_seed", condition=~Q(seed=b"")),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_id or ''}".strip()
