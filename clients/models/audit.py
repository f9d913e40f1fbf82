from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """Who did what to which row. Append-only: the database refuses UPDATE and DELETE.

    Names rows and changed fields, never their contents, so that an erasure leaves nothing behind.
    """

    at = models.DateTimeField(_("at"), db_index=True)
    # Plain numbers, not foreign keys: the record outlives what it speaks of.
    actor_id = models.BigIntegerField(_("actor"), null=True)
    action = models.CharField(_("action"), max_length=40)
    subject_type = models.CharField(_("kind of row"), max_length=40)
    subject_id = models.BigIntegerField(_("row"))
    details = models.JSONField(_("details"), default=dict, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [models.Index(fields=["subject_type", "subject_id"], name="audit_subject")]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"
