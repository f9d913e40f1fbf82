from django.db import models


class LinkRequest(models.Model):
    """Somebody's wish for a new private link to an address; whether we know the address is asked when it is planned.

    So asking is the same work for every address, and nobody learns which ones we know. The row is gone by then.
    """

    email = models.CharField(max_length=254)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
