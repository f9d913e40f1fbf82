"""Teams and the organisations they look after."""

import uuid

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.validators import validate_country, validate_plain_text


class Team(models.Model):
    name = models.CharField(_("name"), max_length=80, unique=True, validators=[validate_plain_text])
    # What contacts may do to a meeting by themselves, on their own pages.
    contact_moves = models.PositiveSmallIntegerField(
        _("how often contacts may move a meeting"),
        default=2,
        validators=[MaxValueValidator(20)],
        help_text=_("So often the contacts of one meeting move it by themselves, on their own page; 0 is never."),
    )
    contact_notice_hours = models.PositiveSmallIntegerField(
        _("hours before a meeting until which they may"),
        default=24,
        validators=[MaxValueValidator(720)],
        help_text=_("They may cancel until it begins. Times that they choose lie no nearer than this either."),
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name


class Client(models.Model):
    """An organisation; the people there are its contacts."""

    class Segment(models.TextChoices):
        KEY = "key", _("Key account")
        GROWTH = "growth", _("Growth")
        STANDARD = "standard", _("Standard")
        PARTNER = "partner", _("Partner")

    class Size(models.TextChoices):
        """Size classes by people employed. Source: OECD, Enterprises by business size."""

        MICRO = "micro", _("1–9 people")
        SMALL = "small", _("10–49 people")
        MEDIUM = "medium", _("50–249 people")
        LARGE = "large", _("250 people or more")

    name = models.CharField(_("name"), max_length=120, unique=True, validators=[validate_plain_text])
    team = models.ForeignKey(Team, models.PROTECT, related_name="clients", verbose_name=_("team"))
    segment = models.CharField(
        _("segment"), max_length=20, choices=Segment.choices, default=Segment.STANDARD, db_index=True
    )
    industry = models.CharField(_("industry"), max_length=80, blank=True, validators=[validate_plain_text])
    size = models.CharField(
        pgettext_lazy("of an organisation", "size"), max_length=20, choices=Size.choices, blank=True
    )
    country = models.CharField(_("country"), max_length=2, validators=[validate_country], db_index=True)
    city = models.CharField(_("city"), max_length=80, blank=True, validators=[validate_plain_text])
    superior_decides = models.BooleanField(
        _("decisions are taken by a superior"),
        default=False,
        help_text=_("Whoever is asked for an approval passes it up; leave time for that, and ask in writing."),
    )
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    # One per form that is shown, so that sending it twice creates one client.
    creation_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        ordering = ["name"]
        verbose_name = _("client")
        verbose_name_plural = _("clients")

    def __str__(self) -> str:
        return self.name
