"""People whose day Dayband knows: account managers and the contacts at clients."""

import uuid
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from phonenumber_field.modelfields import PhoneNumberField

from clients.models.organisations import Client, Team
from clients.validators import (
    validate_language,
    validate_page_name,
    validate_plain_text,
    validate_time_zone,
    validate_weekly_hours,
)
from clients.zones import zone_named
from holidays_app.models import HolidayCalendar


def default_working_hours() -> dict[str, list[list[str]]]:
    """Monday to Friday, nine to five: the engine's own default, in the form that people edit."""
    return {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


def default_reachable_hours() -> dict[str, list[list[str]]]:
    """Six in the morning to eleven at night, every day."""
    return {day: [["06:00", "23:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def default_reminder_minutes() -> list[int]:
    """A day and an hour before a meeting."""
    return [1440, 60]


class Person(models.Model):
    """What is known of a person's day and of how to speak to them."""

    class Clock(models.TextChoices):
        BY_LANGUAGE = "", _("as usual in the language")
        HOURS_12 = "12", _("12 hours (2:30 pm)")
        HOURS_24 = "24", _("24 hours (14:30)")

    class WeekStart(models.TextChoices):
        BY_LANGUAGE = "", _("as usual in the language")
        MONDAY = "mon", _("Monday")
        SATURDAY = "sat", _("Saturday")
        SUNDAY = "sun", _("Sunday")

    full_name = models.CharField(_("full name"), max_length=120, validators=[validate_plain_text])
    address_as = models.CharField(
        _("addressed as"),
        max_length=120,
        blank=True,
        validators=[validate_plain_text],
        help_text=_("How a message greets this person, for example “Ms Okafor” or “Maya”."),
    )
    native_name = models.CharField(
        _("name in native script"), max_length=120, blank=True, validators=[validate_plain_text]
    )
    phone = PhoneNumberField(_("phone"), blank=True, help_text=_("With country code, for example +40 21 555 0100."))
    language = models.CharField(
        _("language"),
        max_length=35,
        default="en",
        validators=[validate_language],
        help_text=_("A BCP 47 tag, for example en-GB or es-CO."),
    )
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_time_zone])
    clock = models.CharField(_("clock"), max_length=2, choices=Clock.choices, blank=True)
    week_start = models.CharField(_("week starts on"), max_length=3, choices=WeekStart.choices, blank=True)
    working_hours = models.JSONField(
        _("working hours"), default=default_working_hours, blank=True, validators=[validate_weekly_hours]
    )
    preferred_hours = models.JSONField(
        _("preferred hours"), default=dict, blank=True, validators=[validate_weekly_hours]
    )
    reachable_hours = models.JSONField(
        _("reachable hours"), default=default_reachable_hours, blank=True, validators=[validate_weekly_hours]
    )
    buffer_minutes = models.PositiveSmallIntegerField(
        _("minutes free between meetings"), default=0, validators=[MaxValueValidator(240)]
    )
    calendar = models.ForeignKey(
        HolidayCalendar,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("holiday calendar"),
    )
    reminder_minutes = ArrayField(
        models.PositiveIntegerField(validators=[MinValueValidator(5), MaxValueValidator(20160)]),
        default=default_reminder_minutes,
        blank=True,
        size=5,
        verbose_name=_("reminders, minutes before"),
        help_text=_("1440 is a day and 60 an hour before a meeting; leave empty for none."),
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.full_name

    @property
    def zone(self) -> ZoneInfo:
        return zone_named(self.time_zone)

    @property
    def greeting_name(self) -> str:
        """How to address this person: as they wish, else by their full name, never by a guessed part of it."""
        return self.address_as or self.full_name


class AccountManagerManager(BaseUserManager["AccountManager"]):
    """Creates account managers by mail address; there is no user name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "AccountManager":
        """A saved account manager; without a password nobody can sign in as them."""
        user = self.model(email=self.model.normalize_username(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "AccountManager":
        """A saved account manager who is an admin."""
        return self.create_user(email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "AccountManager":
        """The account manager with this address, whatever its letter case."""
        return self.get(email__iexact=username)


class AccountManager(Person, AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in and looks after the clients of their teams."""

    email = models.EmailField(
        _("mail address"),
        unique=True,
        error_messages={"unique": _("There is an account manager with this mail address already.")},
    )
    teams = models.ManyToManyField(Team, related_name="members", blank=True, verbose_name=_("teams"))
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(
        _("admin"), default=False, help_text=_("Sees every client and may use the administration.")
    )
    # A page of theirs for everybody, at /with/<name>/.
    has_page = models.BooleanField(_("a public page"), default=False)
    page_name = models.CharField(
        _("name of the page"), max_length=30, blank=True, default="", validators=[validate_page_name]
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = AccountManagerManager()

    class Meta:
        ordering = ["full_name", "pk"]
        verbose_name = _("account manager")
        verbose_name_plural = _("account managers")
        constraints = [
            # Whoever signs in is looked up by the address in small letters.
            models.CheckConstraint(name="account_manager_email_lower_case", condition=models.Q(email=Lower("email"))),
            models.UniqueConstraint(
                fields=["page_name"],
                condition=~models.Q(page_name=""),
                name="account_manager_page_name",
                violation_error_message=_("Another public page has this name already."),
            ),
            models.CheckConstraint(
                name="account_manager_page_is_named",
                condition=models.Q(has_page=False) | ~models.Q(page_name=""),
                violation_error_message=_("Give the public page a name."),
            ),
        ]

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """The mail address as it is stored, whatever letters were typed."""
        return username.lower()

    def get_short_name(self) -> str:
        """How the administration greets whoever is signed in."""
        return self.greeting_name

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """There is one kind of admin: whoever may use the administration may do everything there."""
        return self.is_active and self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """As for `has_perm`."""
        return self.is_active and self.is_staff


class ContactManager(models.Manager["Contact"]):
    """All contacts of whom something is held: not those who were erased, whom past meetings alone refer to."""

    def get_queryset(self) -> models.QuerySet["Contact"]:
        return super().get_queryset().filter(erased_at=None)


class Contact(Person):
    """A person at a client; never signs in."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("Mail")
        PHONE = "phone", _("Phone")
        VIDEO = "video", _("Video call")
        CHAT = "chat", _("Chat or text message")
        IN_PERSON = "in_person", _("In person")

    class Formality(models.TextChoices):
        """How familiar the words of a letter are, such as Sie and du in German."""

        FORMAL = "formal", pgettext_lazy("form of address", "formal")
        NEUTRAL = "neutral", pgettext_lazy("form of address", "neutral")
        FAMILIAR = "familiar", pgettext_lazy("form of address", "familiar")

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts", verbose_name=_("client"))
    email = models.EmailField(_("mail address"), blank=True)
    formality = models.CharField(
        _("form of address"), max_length=10, choices=Formality.choices, default=Formality.NEUTRAL
    )
    job_title = models.CharField(_("role"), max_length=80, blank=True, validators=[validate_plain_text])
    preferred_channel = models.CharField(
        _("preferred channel"), max_length=10, choices=Channel.choices, default=Channel.EMAIL
    )
    notes = models.TextField(_("notes"), blank=True, max_length=4000)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    # Since then the row stands for somebody of whom nothing is held, because meetings and what they cost refer to it.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    # One per form that is shown, so that sending it twice creates one contact.
    creation_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)

    objects = ContactManager()
    everyone: models.Manager["Contact"] = models.Manager()

    class Meta:
        ordering = ["full_name", "pk"]
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")


class DayOff(models.Model):
    """Dates on which one person is away, both ends included."""

    MAX_DAYS = 366

    contact = models.ForeignKey(Contact, models.CASCADE, null=True, blank=True, related_name="days_off")
    account_manager = models.ForeignKey(AccountManager, models.CASCADE, null=True, blank=True, related_name="days_off")
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=80, blank=True, validators=[validate_plain_text])

    class Meta:
        ordering = ["first_date"]
        verbose_name = _("days off")
        verbose_name_plural = _("days off")
        constraints = [
            models.CheckConstraint(
                name="day_off_of_one_person",
                condition=models.Q(contact__isnull=True) ^ models.Q(account_manager__isnull=True),
                violation_error_message=_("Choose one person, either a contact or an account manager."),
            ),
            models.CheckConstraint(
                name="day_off_in_order",
                condition=models.Q(last_date__gte=models.F("first_date")),
                violation_error_message=_("The last day comes before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_date} – {self.last_date}"

    def clean(self) -> None:
        """Raises: ValidationError where the dates are reversed or more than a year apart."""
        # Empty fields are None here, and refused on their own.
        if self.first_date is None or self.last_date is None:  # type: ignore[redundant-expr]
            return
        if self.last_date < self.first_date:
            raise ValidationError({"last_date": _("The last day comes before the first day.")})
        if (self.last_date - self.first_date).days >= self.MAX_DAYS:
            raise ValidationError({"last_date": _("Days off last a year at most.")})
