"""Weekly series: what was agreed; the occurrences are meetings."""

import datetime as dt

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import AccountManager, Client
from clients.validators import validate_plain_text, validate_time_zone
from scheduling.engine import WEEKDAYS, Policy, WeeklyTime


class Series(models.Model):
    """A meeting every week at one of a few weekly times on the anchor's wall; each occurrence is a `Meeting`.

    Weeks run from Monday to Sunday on that wall, from the week of `start_date` on.
    """

    client = models.ForeignKey(Client, models.PROTECT, related_name="series", verbose_name=_("client"))
    organizer = models.ForeignKey(
        AccountManager, models.PROTECT, related_name="organized_series", verbose_name=_("organizer")
    )
    title = models.CharField(_("title"), max_length=120, validators=[validate_plain_text])
    agenda = models.TextField(_("agenda"), blank=True, max_length=4000)
    channel = models.CharField(_("channel"), max_length=10)
    location = models.CharField(
        _("link, number or place"), max_length=500, blank=True, validators=[validate_plain_text]
    )
    policy = models.CharField(_("policy"), max_length=12, default=Policy.CLIENT_FIRST.value)
    # Of the calendar file that holds the whole series; rises when the series, or all of it that follows, changes.
    uid = models.CharField(max_length=255, unique=True, editable=False)
    sequence = models.PositiveIntegerField(default=0, editable=False)

    start_date = models.DateField(_("first week"))
    weeks = models.PositiveSmallIntegerField(_("weeks"))
    weekdays = ArrayField(models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)]), verbose_name=_("days"))
    max_times = models.PositiveSmallIntegerField(_("different times"))
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"))
    # The weekly times kept now, such as “tue 16:00”, on the wall of `time_zone`.
    weekly_times = ArrayField(models.CharField(max_length=9), verbose_name=_("weekly times"))
    # The one that calendars repeat, fixed when the series is booked; empty where its times rotated from the start.
    rule_time = models.CharField(max_length=9, blank=True, editable=False)

    created_at = models.DateTimeField(_("created"))

    class Meta:
        ordering = ["start_date", "pk"]
        verbose_name = _("series")
        verbose_name_plural = _("series")

    def __str__(self) -> str:
        return self.title

    @property
    def times(self) -> tuple[WeeklyTime, ...]:
        """The weekly times kept now."""
        return tuple(parse_weekly_time(text) for text in self.weekly_times)

    @property
    def rule(self) -> WeeklyTime | None:
        """The weekly time that calendars repeat, where there is one."""
        return parse_weekly_time(self.rule_time) if self.rule_time else None

    @property
    def week_dates(self) -> tuple[dt.date, ...]:
        """The Monday of every week."""
        monday = monday_of(self.start_date)
        return tuple(monday + dt.timedelta(weeks=week) for week in range(self.weeks))


def monday_of(date: dt.date) -> dt.date:
    """The Monday of a date's week."""
    return date - dt.timedelta(days=date.weekday())


def weekly_time_text(weekly: WeeklyTime) -> str:
    """“tue 16:00”."""
    return f"{WEEKDAYS[weekly.weekday]} {weekly.wall:%H:%M}"


def parse_weekly_time(text: str) -> WeeklyTime:
    """The weekly time written so. Raises: ValueError."""
    day, wall = text.split(" ")
    return WeeklyTime(WEEKDAYS.index(day), dt.time.fromisoformat(wall))
