"""Meetings, who attends them at what cost, and how they changed."""

from typing import cast

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from clients.models import AccountManager, Client, Contact
from clients.validators import validate_plain_text, validate_time_zone
from scheduling.engine import Band, Policy, Reason, Role
from scheduling.meetings.models.series import Series

BLOCKING = ("held", "confirmed")


class Status(models.TextChoices):
    HELD = "held", _("held")
    CONFIRMED = "confirmed", _("confirmed")
    CANCELLED = "cancelled", _("cancelled")


class Meeting(models.Model):
    """A call or visit: a wall time in an anchor zone; the instant is derived from it and the tzdata of the day."""

    class Channel(models.TextChoices):
        VIDEO = "video", _("Video call")
        PHONE = "phone", _("Phone")
        IN_PERSON = "in_person", _("In person")
        CHAT = "chat", _("Chat")

    POLICIES = (
        (Policy.CLIENT_FIRST.value, _("Clients first")),
        (Policy.SHARED.value, _("Shared evenly")),
        (Policy.LEAST_TOTAL.value, _("Least in total")),
    )

    client = models.ForeignKey(Client, models.PROTECT, related_name="meetings", verbose_name=_("client"))
    organizer = models.ForeignKey(
        AccountManager, models.PROTECT, related_name="organized_meetings", verbose_name=_("organizer")
    )
    title = models.CharField(_("title"), max_length=120, validators=[validate_plain_text])
    agenda = models.TextField(_("agenda"), blank=True, max_length=4000)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.VIDEO)
    location = models.CharField(
        _("link, number or place"), max_length=500, blank=True, validators=[validate_plain_text]
    )
    policy = models.CharField(_("policy"), max_length=12, choices=POLICIES, default=Policy.CLIENT_FIRST.value)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.CONFIRMED)
    # Of a held one; afterwards it blocks nobody, and the next booking of one of its people deletes it.
    held_until_at = models.DateTimeField(_("held until"), null=True, blank=True, editable=False)
    uid = models.CharField(max_length=255, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="meetings", verbose_name=_("series")
    )
    # The Monday of the week of the series that this is the occurrence of, wherever it was moved.
    series_week_date = models.DateField(null=True, blank=True, editable=False)

    # What was agreed
    start_date = models.DateField(_("date"))
    start_wall = models.TimeField(_("wall time"))
    fold = models.PositiveSmallIntegerField(default=0)  # 1: the second pass of an hour that occurs twice (PEP 495)
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))

    # What follows from it
    start_at = models.DateTimeField(_("start"), db_index=True)
    end_at = models.DateTimeField(_("end"))
    utc_offset_minutes = models.SmallIntegerField()
    tzdata_version = models.CharField(max_length=16)

    created_at = models.DateTimeField(_("created"))

    class Meta:
        ordering = ["start_at", "pk"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [
            models.Index(fields=["held_until_at"], name="meeting_holds", condition=Q(held_until_at__isnull=False))
        ]
        constraints = [
            models.CheckConstraint(name="meeting_ends_after_start", condition=Q(end_at__gt=F("start_at"))),
            models.CheckConstraint(
                name="meeting_has_its_week_of_the_series",
                condition=Q(series__isnull=True, series_week_date__isnull=True)
                | Q(series__isnull=False, series_week_date__isnull=False),
            ),
            models.CheckConstraint(
                name="meeting_held_until_an_hour", condition=Q(status="held") ^ Q(held_until_at__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["series", "series_week_date"],
                condition=Q(status__in=BLOCKING),
                name="meeting_once_per_week_of_the_series",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def attending(self) -> list["Attendance"]:
        """The attendances of all whom the meeting's time does not leave out."""
        return [row for row in self.attendances.all() if not self.leaves_out(row)]

    def leaves_out(self, attendance: "Attendance") -> bool:
        """Whether the meeting moved to a time that this optional attendee can't make, and takes place without them."""
        return attendance.status == Status.CANCELLED and self.status != Status.CANCELLED


# A law that moves a clock may move one meeting onto another: the only overlap that is stored, and shown until solved.
DOUBLE_BOOKED = Q(blockers__contains=[Reason.BUSY.value])


def _one_row_per_person(column: str) -> Func:
    # A range of one number has a GiST operator class in core PostgreSQL, so no extension is needed.
    return Func(F(column), F(column), Value("[]"), function="int8range")


def _busy_times(person: str, name: str) -> models.Index:
    # All that `busy_seconds` asks for, its expression included: PostgreSQL then answers without looking at the rows.
    return models.Index(
        F(person),
        Func(F("during"), function="upper"),
        Func(
            F("during"), template="timestamptz_send(lower(%(expressions)s)) || timestamptz_send(upper(%(expressions)s))"
        ),
        include=["during", "meeting"],
        condition=Q(status__in=BLOCKING, **{f"{person}__isnull": False}),
        name=name,
    )


class Attendance(models.Model):
    """One attendee of one meeting, the time it blocks for them and what it costs them."""

    class PartStat(models.TextChoices):
        """Source: RFC 5545, section 3.2.12."""

        NEEDS_ACTION = "NEEDS-ACTION", _("not answered")
        ACCEPTED = "ACCEPTED", _("accepted")
        DECLINED = "DECLINED", _("declined")
        TENTATIVE = "TENTATIVE", _("tentative")

    BANDS = tuple((band.value, band.value) for band in Band)
    BLOCKERS = tuple((reason.value, reason.value) for reason in Reason)
    ROLES = ((Role.CLIENT.value, _("client")), (Role.STAFF.value, _("staff")))

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendances")
    account_manager = models.ForeignKey(
        AccountManager, models.PROTECT, null=True, blank=True, related_name="attendances"
    )
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="attendances")
    role = models.CharField(max_length=6, choices=ROLES)
    # Invited where they can come: they never keep a time from being booked, and what they attend counts as no burden.
    is_optional = models.BooleanField(_("optional"), default=False)
    partstat = models.CharField(max_length=12, choices=PartStat.choices, default=PartStat.NEEDS_ACTION)
    # What they wrote with that answer; a new time, which asks everybody again, leaves it as it is.
    answer_words = models.CharField(_("words with the answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    cost = models.DecimalField(max_digits=12, decimal_places=6)
    band = models.CharField(max_length=10, choices=BANDS)
    # The meeting's own time and the attendee's buffer after it, half-open.
    during = DateTimeRangeField()
    # The attendee's own zone, and its offset at the start by `meeting.tzdata_version`: the wall time they were told.
    time_zone = models.CharField(max_length=64, blank=True)
    utc_offset_minutes = models.SmallIntegerField(null=True)
    # Why the attendee can't come since new tzdata moved the meeting; nobody books such a time.
    blockers = ArrayField(models.CharField(max_length=11, choices=BLOCKERS), default=list, blank=True)
    # The meeting's status, repeated because an exclusion constraint sees one table only; cancelled alone where the
    # meeting moved to a time that an optional attendee can't make.
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.CONFIRMED)

    class Meta:
        ordering = ["pk"]
        verbose_name = _("attendance")
        verbose_name_plural = _("attendances")
        indexes = [
            _busy_times("account_manager", "busy_times_of_account_managers"),
            _busy_times("contact", "busy_times_of_contacts"),
        ]
        constraints = [
            models.CheckConstraint(
                name="attendance_of_one_person",
                condition=Q(contact__isnull=True) ^ Q(account_manager__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["meeting", "account_manager"],
                condition=Q(account_manager__isnull=False),
                name="attendance_once_per_account_manager",
            ),
            models.UniqueConstraint(
                fields=["meeting", "contact"],
                condition=Q(contact__isnull=False),
                name="attendance_once_per_contact",
            ),
            models.CheckConstraint(
                name="attendance_during_is_finite",
                condition=Q(
                    during__isempty=False,
                    during__lower_inf=False,
                    during__upper_inf=False,
                    during__lower_inc=True,
                    during__upper_inc=False,
                )
                & Q(Func(Func(F("during"), function="lower"), function="isfinite", output_field=models.BooleanField()))
                & Q(Func(Func(F("during"), function="upper"), function="isfinite", output_field=models.BooleanField())),
            ),
            ExclusionConstraint(
                name="account_manager_in_one_meeting",
                expressions=[
                    (_one_row_per_person("account_manager_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=BLOCKING, account_manager__isnull=False) & ~DOUBLE_BOOKED,
            ),
            ExclusionConstraint(
                name="contact_in_one_meeting",
                expressions=[
                    (_one_row_per_person("contact_id"), RangeOperators.OVERLAPS),
                    ("during", RangeOperators.OVERLAPS),
                ],
                condition=Q(status__in=BLOCKING, contact__isnull=False) & ~DOUBLE_BOOKED,
            ),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def person(self) -> AccountManager | Contact:
        """The attendee, an account manager or a contact."""
        # The database holds exactly one of the two.
        return cast(AccountManager | Contact, self.account_manager or self.contact)


class MeetingChange(models.Model):
    """One step in a meeting's life; what attendees are told of is read from here."""

    class Kind(models.TextChoices):
        BOOKED = "booked", _("booked")
        MOVED = "moved", _("moved")
        EDITED = "edited", _("edited")
        CANCELLED = "cancelled", _("cancelled")
        # New tzdata: the same wall time is another instant, or another wall time for somebody elsewhere.
        CLOCKS = "clocks", _("new rules for clocks")

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    sequence = models.PositiveIntegerField()
    at = models.DateTimeField(db_index=True)
    # Who did it: one of ours, or a contact on a page of theirs; nobody where clocks did.
    actor = models.ForeignKey(AccountManager, models.PROTECT, null=True, related_name="+")
    contact = models.ForeignKey(Contact, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    previous_start_at = models.DateTimeField(null=True)
    # Where clocks changed: the UTC offsets in minutes that attendees knew, by attendance.
    previous_offsets = models.JSONField(default=dict, blank=True)
    # The series' sequence, where it was booked or changed as a whole: one message tells of all these changes.
    series_sequence = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["sequence", "pk"]
        verbose_name = _("meeting change")
        verbose_name_plural = _("meeting changes")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "sequence"], name="meeting_change_once_per_sequence"),
            models.CheckConstraint(
                name="meeting_change_by_one_person", condition=Q(actor__isnull=True) | Q(contact__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence}"

    @property
    def person(self) -> AccountManager | Contact | None:
        """Who did it; nobody where clocks did."""
        return self.actor or self.contact
