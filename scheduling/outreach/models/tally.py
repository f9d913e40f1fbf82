from django.db import models


class Tally(models.Model):
    """How often something has happened, and when last; what would else have to be counted over all messages."""

    TICK = "tick"
    SENT = "sent"

    # What happened, with the kind of message where there are several: `tick`, `sent:reminder`.
    name = models.CharField(max_length=40, primary_key=True)
    count = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
