from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Team
from clients.validators import validate_plain_text
from scheduling.outreach.channels import validate_address


class TeamChannel(models.Model):
    """Where the check-ins of a team's clients go who prefer chat: a chat service, one of text messages to
    their own phones, or a receiver of one's own.
    """

    team = models.OneToOneField(Team, models.CASCADE, related_name="channel", verbose_name=_("team"))
    name = models.CharField(
        _("name"),
        max_length=80,
        validators=[validate_plain_text],
        help_text=_("What the outbox calls it, for example “#sunrise in Slack”."),
    )
    # Holds tokens: written by admins, read by the worker that sends, and shown to nobody.
    address = models.CharField(_("address"), max_length=2000, validators=[validate_address])

    class Meta:
        ordering = ["team__name"]
        verbose_name = _("chat channel of a team")
        verbose_name_plural = _("chat channels of teams")

    def __str__(self) -> str:
        return self.name

    @property
    def scheme(self) -> str:
        """The one part of the address that is no secret."""
        return self.address.partition("://")[0]
