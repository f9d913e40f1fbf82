"""What a client is asked to approve, and everything that was said about it."""

import uuid
from pathlib import PurePath
from typing import Any

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import AccountManager, Client, Contact
from clients.validators import validate_plain_text

#: Below MEDIA_ROOT.
FOLDER = "approvals"


def stored_name(approval: Any, file_name: str) -> str:
    """Where a file is kept: under a name that nobody chose and nobody guesses."""
    return f"{FOLDER}/{uuid.uuid4()}{PurePath(file_name).suffix.lower()}"


class Approval(models.Model):
    """One thing that one contact is asked to decide."""

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("of an approval", "Pending")
        APPROVED = "approved", pgettext_lazy("of an approval", "Approved")
        NOT_YET = "not_yet", pgettext_lazy("of an approval", "Not yet")
        WITHDRAWN = "withdrawn", pgettext_lazy("of an approval", "Withdrawn")

    ANSWERED = (State.APPROVED, State.NOT_YET)

    client = models.ForeignKey(Client, models.CASCADE, related_name="approvals", verbose_name=_("client"))
    # Who decides; somebody else once it was handed on.
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="approvals", verbose_name=_("who decides"))
    account_manager = models.ForeignKey(
        AccountManager, models.PROTECT, related_name="approvals_asked", verbose_name=_("asked by")
    )
    title = models.CharField(_("what"), max_length=160, validators=[validate_plain_text])
    details = models.TextField(_("details"), max_length=4000, blank=True)
    needed_by_date = models.DateField(_("needed by"), null=True, blank=True)
    link = models.URLField(_("link"), max_length=500, blank=True, validators=[URLValidator(["http", "https"])])
    file = models.FileField(_("file"), upload_to=stored_name, max_length=100, blank=True)
    # What it was called where it came from, kept when the file is not.
    file_name = models.CharField(max_length=120, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    asked_at = models.DateTimeField(_("asked"))
    # One per form that is shown, so that sending it twice asks once.
    creation_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    class Meta:
        ordering = [models.F("needed_by_date").asc(nulls_last=True), "asked_at", "pk"]
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes = [
            models.Index(fields=["client", "-asked_at"], name="approval_of_client"),
            models.Index(fields=["contact"], name="approval_pending", condition=Q(state="pending")),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def last_event(self) -> "ApprovalEvent":
        """What happened last; without a query where the events were read with it."""
        return list(self.events.all())[-1]


class ApprovalEvent(models.Model):
    """What became of an approval, by a contact or by one of ours."""

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked")
        HANDED_ON = "handed_on", _("Handed on")
        DECIDER_NAMED = "named", _("Somebody else decides")
        APPROVED = "approved", pgettext_lazy("of an approval", "Approved")
        NOT_YET = "not_yet", pgettext_lazy("of an approval", "Not yet")
        WITHDRAWN = "withdrawn", pgettext_lazy("of an approval", "Withdrawn")

    #: What the account manager is told of.
    BY_CONTACTS = (Kind.HANDED_ON, Kind.DECIDER_NAMED, Kind.APPROVED, Kind.NOT_YET)

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="events", verbose_name=_("approval"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    at = models.DateTimeField(_("when"))
    # Who did it: one of the client's, or else one of ours.
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    account_manager = models.ForeignKey(
        AccountManager, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account manager")
    )
    # To whom it was handed on.
    decider = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who decides")
    )
    # Why not yet, or who decides, as the contact wrote it.
    words = models.TextField(_("words"), max_length=2000, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event of an approval")
        verbose_name_plural = _("events of approvals")
        constraints = [
            models.CheckConstraint(
                name="approval_event_says_why", condition=~Q(kind__in=["not_yet", "named"]) | ~Q(words="")
            ),
            # So an approval is decided once, whatever is sent at the same time.
            models.UniqueConstraint(
                fields=["approval"],
                condition=Q(kind__in=["approved", "not_yet", "withdrawn"]),
                name="approval_decided_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.approval}"
