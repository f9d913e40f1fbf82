from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clients.models import AccountManager


class DatabaseIdentity(models.Func):
    """Which database this is: the cluster's number, and those of the database and of the switch's own table in it.

    A restored backup has other ones, however it was restored, unless the cluster was copied file by file.
    """

    template = (
        "(SELECT concat_ws('/', system_identifier, (SELECT oid FROM pg_database WHERE datname = current_database()),"
        " 'outreach_outreachswitch'::regclass::oid) FROM pg_control_system())"
    )
    output_field = models.CharField()
    arity = 0


class OutreachSwitch(models.Model):
    """The one row that stops everything outgoing, by somebody's wish or because this is a copy of the database."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    # Nobody, where it was a command.
    paused_by = models.ForeignKey(
        AccountManager, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Of the database for which somebody last said that it may send.
    database_identity = models.CharField(max_length=80, editable=False)

    class Meta:
        verbose_name = _("switch")
        verbose_name_plural = _("switches")
        constraints = [
            models.CheckConstraint(name="outreach_has_one_switch", condition=Q(id=1)),
            models.CheckConstraint(
                name="switch_paused_by_when", condition=Q(paused_at__isnull=False) | Q(paused_by=None, reason="")
            ),
        ]

    def __str__(self) -> str:
        return str(_("paused") if self.paused_at else _("running"))

    @classmethod
    def stopping(cls) -> models.QuerySet["OutreachSwitch"]:
        """The row where it stops everything, with `is_copy`; no row in a database in which nobody ever used it."""
        is_copy = ~Q(database_identity=F("here"))
        rows = cls.objects.annotate(here=DatabaseIdentity()).annotate(
            is_copy=models.ExpressionWrapper(is_copy, output_field=models.BooleanField())
        )
        return rows.filter(Q(paused_at__isnull=False) | is_copy)
