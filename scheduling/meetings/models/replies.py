from django.db import models
from django.db.models import Q

from clients.models import AccountManager, Contact


class IdempotentReply(models.Model):
    """What a request that writes was answered, so that its repetition is answered the same and does nothing."""

    key = models.UUIDField()
    # One of ours, or a contact behind a private link.
    actor = models.ForeignKey(AccountManager, models.CASCADE, null=True, related_name="+")
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="+")
    # SHA-256 of path and body: a key may not be used for another request.
    request_digest = models.CharField(max_length=64)
    location = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "contact", "key"], nulls_distinct=False, name="idempotent_reply_once_per_person"
            ),
            models.CheckConstraint(
                name="idempotent_reply_to_one_person", condition=Q(actor__isnull=True) ^ Q(contact__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)
