"""Times that contacts are asked to choose from, what they say of them, and what became of it."""

import datetime as dt
from typing import cast

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.models import AccountManager, Client, Contact
from clients.validators import validate_plain_text, validate_time_zone
from scheduling.meetings.models.meeting import Meeting

MOST_TIMES = 5


class Offer(models.Model):
    """A few times for one meeting: whoever is asked alone books one by a tap; several people vote on them."""

    class Closing(models.TextChoices):
        """What ends a vote; the choice of one contact alone needs no rule."""

        CHOICE = "choice", _("with the contact’s choice")
        BY_HAND = "by_hand", _("when I choose")
        ALL_ANSWERED = "all_answered", _("when all have answered")
        DEADLINE = "deadline", _("at a time that I set")

    client = models.ForeignKey(Client, models.PROTECT, related_name="offers", verbose_name=_("client"))
    account_manager = models.ForeignKey(
        AccountManager, models.PROTECT, related_name="offers", verbose_name=_("account manager")
    )

    # What the meeting is to be
    title = models.CharField(_("title"), max_length=120, validators=[validate_plain_text])
    agenda = models.TextField(_("agenda"), blank=True, max_length=4000)
    channel = models.CharField(
        _("channel"), max_length=10, choices=Meeting.Channel.choices, default=Meeting.Channel.VIDEO
    )
    location = models.CharField(
        _("link, number or place"), max_length=500, blank=True, validators=[validate_plain_text]
    )
    policy = models.CharField(_("policy"), max_length=12, choices=Meeting.POLICIES)
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))
    # So many of the invitees who are “any of these” come.
    take = models.PositiveSmallIntegerField(_("how many of “any of these” come"), default=1)

    words = models.TextField(_("words for the client"), blank=True, max_length=1000)
    closing = models.CharField(_("closes"), max_length=12, choices=Closing.choices, default=Closing.CHOICE)
    # On the wall of the first contact who must come: their Friday noon.
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    answer_by_at = models.DateTimeField(_("answers wanted by"), null=True, blank=True)
    hold_until_at = models.DateTimeField(_("times are kept until"), null=True, blank=True)
    created_at = models.DateTimeField(_("sent"))

    # What became of it
    meeting = models.OneToOneField(
        Meeting, models.PROTECT, null=True, blank=True, related_name="offer", verbose_name=_("meeting")
    )
    booked_at = models.DateTimeField(_("booked"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    # Nobody is told by mail that it was withdrawn.
    is_withdrawn_silently = models.BooleanField(_("withdrawn silently"), default=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        constraints = [
            models.CheckConstraint(
                name="offer_booked_with_its_meeting", condition=Q(meeting__isnull=True) ^ Q(booked_at__isnull=False)
            ),
            models.CheckConstraint(
                name="offer_booked_or_withdrawn", condition=Q(meeting__isnull=True) | Q(withdrawn_at__isnull=True)
            ),
            models.CheckConstraint(
                name="offer_with_a_deadline_where_that_closes_it",
                condition=~Q(closing="deadline") | Q(answer_by_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_vote(self) -> bool:
        """Whether several contacts say which times suit them, instead of one who books."""
        return self.closing != self.Closing.CHOICE

    @property
    def is_settled(self) -> bool:
        """Whether nothing can be chosen any more, until a booking is undone."""
        return self.meeting_id is not None or self.withdrawn_at is not None


class Invitee(models.Model):
    """Somebody who is to come, or may, to the meeting that is offered; contacts say which times suit them."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="invitees")
    account_manager = models.ForeignKey(AccountManager, models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="invited_by")
    is_optional = models.BooleanField(_("optional"), default=False)
    # One of the colleagues of whom only so many come.
    is_any_of = models.BooleanField(_("any of these"), default=False)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("invitee")
        verbose_name_plural = _("invitees")
        constraints = [
            models.CheckConstraint(
                name="invitee_is_one_person", condition=Q(contact__isnull=True) ^ Q(account_manager__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["offer", "contact", "account_manager"], nulls_distinct=False, name="invitee_once"
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def person(self) -> AccountManager | Contact:
        """The invitee, an account manager or a contact."""
        # The database holds exactly one of the two.
        return cast(AccountManager | Contact, self.account_manager or self.contact)


class OfferedTime(models.Model):
    """A time that is offered, or that a contact found among others; `hold` is the meeting that keeps it."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="times")
    start_at = models.DateTimeField(_("start"))
    hold = models.OneToOneField(Meeting, models.SET_NULL, null=True, blank=True, related_name="held_for")
    # Who keeps it for a while, or in a vote wishes for it, until it is offered to all.
    found_by = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["start_at", "pk"]
        verbose_name = _("offered time")
        verbose_name_plural = _("offered times")
        constraints = [
            # Several contacts may wish for the same time.
            models.UniqueConstraint(
                fields=["offer", "start_at", "found_by"], nulls_distinct=False, name="offered_time_once"
            )
        ]

    def __str__(self) -> str:
        return self.start_at.isoformat()

    @property
    def end_at(self) -> dt.datetime:
        return self.start_at + dt.timedelta(minutes=self.offer.duration_minutes)


class Vote(models.Model):
    """What one contact says of one offered time."""

    class Answer(models.TextChoices):
        YES = "yes", pgettext_lazy("of an offered time", "yes")
        IF_NEED_BE = "if_need_be", pgettext_lazy("of an offered time", "if need be")
        NO = "no", pgettext_lazy("of an offered time", "no")

    invitee = models.ForeignKey(Invitee, models.CASCADE, related_name="votes")
    time = models.ForeignKey(OfferedTime, models.CASCADE, related_name="votes")
    answer = models.CharField(_("answer"), max_length=10, choices=Answer.choices)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [models.UniqueConstraint(fields=["invitee", "time"], name="vote_once")]

    def __str__(self) -> str:
        return self.answer


class OfferEvent(models.Model):
    """One step in an offer's life; what people are told of is read from here."""

    class Kind(models.TextChoices):
        SENT = "sent", pgettext_lazy("of an offer", "sent")
        CHOSEN = "chosen", pgettext_lazy("of an offer", "time chosen")
        UNDONE = "undone", pgettext_lazy("of an offer", "choice undone")
        ANSWERED = "answered", pgettext_lazy("of an offer", "answered")
        NONE_SUITS = "none_suits", pgettext_lazy("of an offer", "none suits")
        WISHED = "wished", pgettext_lazy("of an offer", "another time wished for")
        ADDED = "added", pgettext_lazy("of an offer", "time added")
        KEPT = "kept", pgettext_lazy("of an offer", "another time kept")
        LET_GO = "let_go", pgettext_lazy("of an offer", "time let go")
        ALL_ANSWERED = "all_answered", pgettext_lazy("of an offer", "all have answered")
        CLOSED = "closed", pgettext_lazy("of an offer", "closed and booked")
        UNDECIDED = "undecided", pgettext_lazy("of an offer", "no time to book")
        WITHDRAWN = "withdrawn", pgettext_lazy("of an offer", "withdrawn")

    #: Of these the account manager gets a mail; a booking is told of as every booking is.
    TOLD = (Kind.NONE_SUITS, Kind.WISHED, Kind.ALL_ANSWERED, Kind.UNDECIDED)

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    at = models.DateTimeField(db_index=True)
    # Who did it; nobody where a rule did.
    actor = models.ForeignKey(AccountManager, models.PROTECT, null=True, blank=True, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="+")
    start_at = models.DateTimeField(null=True, blank=True)
    words = models.CharField(_("words"), max_length=1000, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        verbose_name = _("event of an offer")
        verbose_name_plural = _("events of offers")
        constraints = [
            models.CheckConstraint(
                name="offer_event_by_one_person", condition=Q(actor__isnull=True) | Q(contact__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    @property
    def person(self) -> AccountManager | Contact | None:
        """Who did it; nobody where a rule did."""
        return self.actor or self.contact
