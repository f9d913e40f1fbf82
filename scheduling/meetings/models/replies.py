from django.db import models

from clients.models import AccountManager


class IdempotentReply(models.Model):
    """What a request that writes was answered, so that its repetition is answered the same and does nothing."""

    key = models.UUIDField()
    actor = models.ForeignKey(AccountManager, models.CASCADE, related_name="+")
    # SHA-256 of path and body: a key may not be used for another request.
    request_digest = models.CharField(max_length=64)
    location = models.CharField(max_length=500)
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotent_reply_once")]

    def __str__(self) -> str:
        return str(self.key)
