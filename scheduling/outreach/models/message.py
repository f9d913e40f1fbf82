"""The outbox: every message that Dayband sends, has sent or could not send."""

from typing import cast

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.models import Attendance, Meeting, MeetingChange, Offer, OfferEvent
from scheduling.meetings.selectors import looks_after
from scheduling.outreach.models.approvals import ApprovalEvent
from scheduling.outreach.models.check_ins import Enrolment, Purpose
from scheduling.outreach.models.public_pages import Enquiry
from scheduling.outreach.models.surveys import Survey

# Whom or what a message may be about, apart from a contact, of whom most are.
SUBJECTS = (
    "meeting",
    "attendance",
    "account_manager",
    "change",
    "approval_event",
    "survey",
    "offer",
    "offer_event",
    "enquiry",
)


class Message(models.Model):
    """One mail to one person, or a check-in that goes by chat or is said; its words are found when it is sent."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Confirmation")
        UPDATE = "update", _("Update")
        CANCELLATION = "cancellation", _("Cancellation")
        REMINDER = "reminder", _("Reminder")
        CLOCK_CHANGE = "clock_change", _("Clock change")
        CHECK_IN = "check_in", _("Check-in")
        TEST = "test", _("Test of a check-in")
        APPROVAL = "approval", _("Request for approval")
        ANSWER = "answer", _("Answer to a request for approval")
        SURVEY = "survey", _("Survey")
        SUITS = "suits", _("Still suits you?")
        REPLY = "reply", _("Wish for another time")
        OFFER = "offer", _("Times to choose from")
        OFFER_REMINDER = "offer_remind", _("Reminder of times to choose from")
        OFFER_ADDED = "offer_added", _("Another time to choose from")
        OFFER_ENDED = "offer_ended", _("End of an offer")
        OFFER_NEWS = "offer_news", _("News of an offer")
        LINK = "link", _("New private link")
        CODE = "code", _("Code for a public page")
        ENQUIRY = "enquiry", _("Question whether a request is meant")
        DECLINED = "declined", _("Answer to a request")
        REQUEST = "request", _("New request")

    class State(models.TextChoices):
        PENDING = "pending", pgettext_lazy("of a message", "Waiting")
        CLAIMED = "claimed", pgettext_lazy("of a message", "Being sent")
        SENT = "sent", pgettext_lazy("of a message", "Sent")
        DEAD = "dead", pgettext_lazy("of a message", "Failed")
        EXPIRED = "expired", pgettext_lazy("of a message", "Too late to send")
        SUPERSEDED = "superseded", pgettext_lazy("of a message", "Overtaken")
        UNDELIVERABLE = "undeliverable", pgettext_lazy("of a message", "No mail address")
        DRAFT = "draft", pgettext_lazy("of a message", "To be read first")
        SUPPRESSED = "suppressed", pgettext_lazy("of a message", "Left out")
        TO_SAY = "to_say", pgettext_lazy("of a message", "To be said")
        SAID = "said", pgettext_lazy("of a message", "Said")

    class Channel(models.TextChoices):
        """How it reaches its reader; all but check-ins are mails."""

        EMAIL = "email", _("Mail")
        CHAT = "chat", _("Chat")
        PHONE = "phone", _("Phone")
        IN_PERSON = "in_person", _("In person")

    # What nobody sends: the account manager says it.
    SPOKEN = (Channel.PHONE, Channel.IN_PERSON)
    QUEUED = (State.PENDING, State.CLAIMED)
    # What speaks of nothing but when the meeting is.
    OF_THE_TIME = (Kind.REMINDER, Kind.CLOCK_CHANGE, Kind.SUITS)
    NEVER_SENT = (State.EXPIRED, State.SUPERSEDED, State.UNDELIVERABLE, State.SUPPRESSED)

    # What is to be said: the same occasion never makes a second message, however often it is planned.
    occurrence_key = models.CharField(max_length=120, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    # Who reads it: an attendee of a meeting, or else a contact or an account manager.
    meeting = models.ForeignKey(
        Meeting,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="messages",
        verbose_name=_("meeting"),
    )
    attendance = models.ForeignKey(
        Attendance,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="messages",
        verbose_name=_("attendee"),
    )
    contact = models.ForeignKey(
        Contact, models.CASCADE, null=True, blank=True, related_name="messages", verbose_name=_("contact")
    )
    account_manager = models.ForeignKey(
        AccountManager,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="messages",
        verbose_name=_("account manager"),
    )
    # The change that is told of; for a reminder, the one that fixed the start.
    change = models.ForeignKey(
        MeetingChange,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="messages",
        verbose_name=_("change"),
    )
    sequence = models.PositiveIntegerField(_("sequence"), null=True, blank=True)
    # Of a check-in: by which enrolment, for what, and on which date of the contact's own calendar.
    enrolment = models.ForeignKey(
        Enrolment,
        models.SET_NULL,
        null=True,
        blank=True,
        db_index=False,
        related_name="messages",
        verbose_name=_("contact of a plan"),
    )
    purposes = ArrayField(
        models.CharField(max_length=12, choices=Purpose.choices), default=list, blank=True, verbose_name=_("purposes")
    )
    local_date = models.DateField(_("date there"), null=True, blank=True)
    # What a contact is asked to approve, or what an account manager is told about it.
    approval_event = models.ForeignKey(
        ApprovalEvent,
        models.CASCADE,
        null=True,
        blank=True,
        db_index=False,
        related_name="messages",
        verbose_name=_("approval"),
    )
    # The question that a contact is asked.
    survey = models.ForeignKey(
        Survey, models.CASCADE, null=True, blank=True, db_index=False, related_name="messages", verbose_name=_("survey")
    )
    # The times that a contact is asked to choose from, or that there is news of.
    offer = models.ForeignKey(
        Offer, models.CASCADE, null=True, blank=True, db_index=False, related_name="messages", verbose_name=_("offer")
    )
    offer_event = models.ForeignKey(
        OfferEvent, models.CASCADE, null=True, blank=True, db_index=False, related_name="messages", editable=False
    )
    # Of somebody unknown, who reads what is asked or answered, unless an account manager is told of it.
    enquiry = models.ForeignKey(
        Enquiry, models.CASCADE, null=True, blank=True, db_index=False, related_name="messages", editable=False
    )
    # What the account manager wrote instead of the template's words; empty where those stand.
    own_subject = models.CharField(_("subject"), max_length=200, blank=True)
    own_text = models.TextField(_("text"), max_length=8000, blank=True)
    # The account manager has read why it would be left out, and lets it go: see `suppression.OVERRULED`.
    goes_anyway = models.BooleanField(_("goes anyway"), default=False, db_default=False)
    # `db_default`, because check-ins are written by the thousand, in SQL.
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL, db_default=Channel.EMAIL.value
    )
    # Why it is a mail although its reader prefers another channel: one of `reasons.py`.
    fallback_reason = models.CharField(_("why by mail"), max_length=200, blank=True, default="", db_default="")
    lead_minutes = models.PositiveIntegerField(_("minutes before"), null=True, blank=True)
    address = models.CharField(_("mail address"), max_length=254, blank=True)
    # One for every try, so that a mail program shows a repetition once.
    message_id = models.CharField("Message-ID", max_length=255, editable=False)

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
            # As constraints, since a unique text field has a second index, for LIKE.
            models.UniqueConstraint(fields=["occurrence_key"], name="message_once_an_occasion"),
            models.UniqueConstraint(fields=["message_id"], name="message_id_is_its_own"),
            models.CheckConstraint(
                name="message_other_than_mail_is_check_in", condition=Q(channel="email") | Q(kind="check_in")
            ),
            models.CheckConstraint(
                name="message_sent_with_its_bytes",
                condition=Q(state="sent", sent_at__isnull=False, raw__isnull=False)
                | (~Q(state="sent") & Q(sent_at__isnull=True, raw__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_has_an_address",
                condition=Q(state__in=["undeliverable", "suppressed"]) | ~Q(channel="email") | ~Q(address=""),
            ),
            models.CheckConstraint(
                name="message_claimed_by_a_token",
                condition=~Q(state="claimed") | Q(claimed_at__isnull=False, fencing_token__gt=0),
            ),
            models.CheckConstraint(
                name="message_reminds_with_a_lead",
                condition=Q(kind="reminder") ^ Q(lead_minutes__isnull=True),
            ),
            models.CheckConstraint(
                name="message_to_one_person",
                condition=Q(attendance__isnull=False, meeting__isnull=False, contact=None, account_manager=None)
                | Q(attendance=None, contact__isnull=False, account_manager=None)
                | Q(attendance=None, contact=None, account_manager__isnull=False)
                | Q(attendance=None, contact=None, account_manager=None, enquiry__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at", "id"], name="message_queue", condition=Q(state__in=["pending", "claimed"])
            ),
            models.Index(fields=["due_at", "id"], name="message_by_due"),
            models.Index(fields=["state", "due_at"], name="message_by_state"),
            models.Index(
                fields=["due_at"],
                name="message_to_say",
                condition=Q(channel__in=["phone", "in_person"], state__in=["pending", "claimed", "to_say"]),
            ),
            # By time as well: whether a later check-in is due is asked for each one that is claimed.
            models.Index(fields=["enrolment", "due_at"], name="message_of_enrolment"),
            # Of what most messages are not about: empty entries would only slow down the planning.
            *(
                models.Index(fields=[name], name=f"message_of_{name}", condition=Q((f"{name}__isnull", False)))
                for name in SUBJECTS
            ),
        ]

    def __str__(self) -> str:
        return self.occurrence_key

    @property
    def person(self) -> AccountManager | Contact:
        """Whoever reads it."""
        if self.attendance is not None:
            return self.attendance.person
        if self.enquiry is not None and self.account_manager is None:
            return self.enquiry.correspondent
        # The database holds exactly one of the two.
        return cast(AccountManager | Contact, self.contact or self.account_manager)

    @property
    def sender(self) -> AccountManager | None:
        """In whose name it goes, and who gets the answer; nobody where Dayband itself speaks to an account manager."""
        if self.kind in (self.Kind.REPLY, self.Kind.REQUEST):
            return None
        if self.meeting is not None:
            return self.meeting.organizer
        if self.approval_event is not None:
            return self.approval_event.approval.account_manager if self.contact is not None else None
        asked_by = self.survey or self.enquiry
        if asked_by is not None:
            return asked_by.account_manager
        if self.offer is not None:
            return self.offer.account_manager if self.contact is not None else None
        return self._whoever_looks_after

    @property
    def _whoever_looks_after(self) -> AccountManager | None:
        if self.contact is None:
            return None
        if self.enrolment is not None:
            planned_by = self.enrolment.plan.account_manager
            # Whoever has left writes to nobody, and could read no answer.
            return planned_by if planned_by.is_active else looks_after(self.contact) or planned_by
        if self.kind not in (self.Kind.LINK, self.Kind.CODE):
            return None
        return self.entry_code.account_manager if self.kind == self.Kind.CODE else looks_after(self.contact)

    @property
    def client(self) -> Client | None:
        """The client that it has to do with, where it has to do with one."""
        if self.meeting is not None:
            return self.meeting.client
        if self.approval_event is not None:
            return self.approval_event.approval.client
        if self.offer is not None:
            return self.offer.client
        return self.contact.client if self.contact is not None else None

    @property
    def about(self) -> str:
        """The title of the meeting or the approval, or what a check-in is for, for a line of a list."""
        if self.meeting is not None:
            return self.meeting.title
        if self.approval_event is not None:
            return self.approval_event.approval.title
        if self.survey is not None:
            return self.survey.about
        if self.offer is not None:
            return self.offer.title
        if self.kind in (self.Kind.LINK, self.Kind.CODE) or self.enquiry is not None:
            return str(self.Kind(self.kind).label)
        return " · ".join(str(Purpose(purpose).label) for purpose in self.purposes)

    @property
    def its_meeting(self) -> Meeting:
        """The meeting of a message that is about one. Raises: ValueError for any other."""
        if self.meeting is None:
            raise ValueError(f"message {self.pk} is about no meeting")
        return self.meeting

    @property
    def its_attendance(self) -> Attendance:
        """The attendance of a message to an attendee. Raises: ValueError for any other."""
        if self.attendance is None:
            raise ValueError(f"message {self.pk} is to no attendee")
        return self.attendance
