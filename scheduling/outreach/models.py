"""The outbox: every message that Dayband sends, has sent or could not send."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from scheduling.meetings.models import Attendance, Meeting, MeetingChange


class Message(models.Model):
    """One mail to one attendee; its words are found when it is sent."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Confirmation")
        UPDATE = "update", _("Update")
        CANCELLATION = "cancellation", _("Cancellation")
        REMINDER = "reminder", _("Reminder")
        CLOCK_CHANGE = "clock_change", _("Clock change")

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("of a message", "Waiting")
        CLAIMED = "claimed", pgettext_lazy("of a message", "Being sent")
        SENT = "sent", pgettext_lazy("of a message", "Sent")
        DEAD = "dead", pgettext_lazy("of a message", "Failed")
        EXPIRED = "expired", pgettext_lazy("of a message", "Too late to send")
        SUPERSEDED = "superseded", pgettext_lazy("of a message", "Overtaken")
        UNDELIVERABLE = "undeliverable", pgettext_lazy("of a message", "No mail address")

    QUEUED = (State.PENDING, State.CLAIMED)
    # What speaks of nothing but when the meeting is.
    OF_THE_TIME = (Kind.REMINDER, Kind.CLOCK_CHANGE)
    NEVER_SENT = (State.EXPIRED, State.SUPERSEDED, State.UNDELIVERABLE)

    # What is to be said: the same occasion never makes a second message, however often it is planned.
    occurrence_key = models.CharField(max_length=120, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="messages", verbose_name=_("meeting"))
    attendance = models.ForeignKey(Attendance, models.CASCADE, related_name="messages", verbose_name=_("attendee"))
    # The change that is told of; for a reminder, the one that fixed the start.
    change = models.ForeignKey(
        MeetingChange, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("change")
    )
    sequence = models.PositiveIntegerField(_("sequence"))
    lead_minutes = models.PositiveIntegerField(_("minutes before"), null=True, blank=True)
    address = models.CharField(_("mail address"), max_length=254, blank=True)
    # One for every try, so that a mail program shows a repetition once.
    message_id = models.CharField("Message-ID", max_length=255, unique=True, editable=False)

    created_at = models.DateTimeField(_("planned"))
    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("not sent after"))

    state = models.CharField(_("state"), max_length=13, choices=State.choices, default=State.PENDING)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    # When a worker may take it: once due, after a failure, or when the worker that holds it must have died.
    next_try_at = models.DateTimeField(_("next try"))
    # Rises with every claim; a worker writes only while the number is still the one it got.
    fencing_token = models.PositiveIntegerField(default=0, editable=False)
    claimed_at = models.DateTimeField(_("claimed"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # The bytes that the mail server accepted.
    raw = models.BinaryField(null=True, editable=False)

    class Meta:
        ordering = ["-due_at", "-pk"]
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.CheckConstraint(
                name="message_sent_with_its_bytes",
                condition=Q(state="sent", sent_at__isnull=False, raw__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True, raw__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_has_an_address",
                condition=Q(state="undeliverable") | ~Q(address=""),
            ),
            models.CheckConstraint(
                name="message_claimed_by_a_token",
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False, fencing_token__gt=0),
            ),
            models.CheckConstraint(
                name="message_reminds_with_a_lead",
                condition=Q(kind="reminder") ^ Q(lead_minutes__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], name="message_queue", condition=Q(state__in=["pending", "claimed"])
            ),
            models.Index(fields=["due_at", "id"], name="message_by_due"),
            models.Index(fields=["state", "due_at"], name="message_by_state"),
        ]

    def __str__(self) -> str:
        return self.occurrence_key
