"""Plans of check-ins: what is said on which weekday, to whom, and how often."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Func
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from clients.models import AccountManager, Client, Contact
from clients.validators import validate_plain_text


class Purpose(models.TextChoices):
    """What a check-in is for."""

    PRIORITIES = "priorities", _("Priorities of the week")
    APPROVALS = "approvals", _("Pending approvals")
    DATES = "dates", _("Dates agreed, and what comes next")


class Step(models.Model):
    """One thing that is said in the week, on the contact's own wall."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    class OnDayOff(models.TextChoices):
        """Where the contact is off on that day."""

        NEXT = "next", _("the next working day")
        PREVIOUS = "previous", _("the working day before")
        SKIP = "skip", _("not that week")

    class Channel(models.TextChoices):
        PREFERRED = "preferred", _("as the contact prefers")
        EMAIL = "email", _("mail")

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday.choices)
    at_wall = models.TimeField(_("local time"))
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose.choices)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices, default=Channel.PREFERRED)
    on_day_off = models.CharField(_("on a day off"), max_length=10, choices=OnDayOff.choices, default=OnDayOff.NEXT)
    # A hello that quotes pending approvals stays away where there is nothing to quote, unless this says otherwise.
    even_if_nothing_pending = models.BooleanField(_("also when nothing is pending"), default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.at_wall:%H:%M} {self.get_purpose_display()}"


class PlanTemplate(models.Model):
    """Steps that a new plan begins with, kept by admins."""

    name = models.CharField(_("name"), max_length=80, unique=True, validators=[validate_plain_text])

    class Meta:
        ordering = ["name"]
        verbose_name = _("check-in template")
        verbose_name_plural = _("check-in templates")

    def __str__(self) -> str:
        return self.name


class TemplateStep(Step):
    template = models.ForeignKey(PlanTemplate, models.CASCADE, related_name="steps")

    class Meta:
        ordering = ["weekday", "at_wall", "pk"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["template", "weekday", "at_wall", "purpose"], name="template_step_once"),
        ]


class CheckInPlan(models.Model):
    """How we keep in touch with one client between meetings."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="check_in_plan", verbose_name=_("client"))
    # Whose name the check-ins bear, and who gets the answers.
    account_manager = models.ForeignKey(
        AccountManager, models.PROTECT, related_name="check_in_plans", verbose_name=_("account manager")
    )
    # Nothing is sent where somebody of ours spoke with the client in so many days before; 0 sends always.
    quiet_days = models.PositiveSmallIntegerField(
        _("silent for so many days after a talk"), default=2, validators=[MaxValueValidator(60)]
    )
    is_approved_first = models.BooleanField(
        _("I read each check-in before it goes"),
        default=False,
        help_text=_("Drafts wait for you; one that you don't open is not sent."),
    )
    is_paused = models.BooleanField(_("paused"), default=False)
    # The same for plans whose steps have the same days, times, purposes and rules, and empty where there are none: the
    # dates of a million plans are found for a few rhythms.
    rhythm = models.CharField(max_length=32, blank=True, editable=False, db_index=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        ordering = ["client__name"]
        verbose_name = _("check-in plan")
        verbose_name_plural = _("check-in plans")

    def __str__(self) -> str:
        return str(self.client)


class PlanStep(Step):
    plan = models.ForeignKey(CheckInPlan, models.CASCADE, related_name="steps")

    class Meta:
        ordering = ["weekday", "at_wall", "pk"]
        verbose_name = _("step")
        verbose_name_plural = _("steps")


def _days_after_a_monday(column: str) -> Func:
    # 1 January 2001 was one. A date has no zone, so nothing is asked here of what PostgreSQL knows of them.
    template = "mod(%(expressions)s - DATE '2001-01-01', 7)"
    return Func(F(column), template=template, output_field=models.IntegerField())


class Enrolment(models.Model):
    """A contact who gets the check-ins of their client's plan."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", _("every week")
        FORTNIGHTLY = "fortnightly", _("every two weeks")
        MONTHLY = "monthly", _("in the first full week of the month")
        NONE = "none", _("never")

    plan = models.ForeignKey(CheckInPlan, models.CASCADE, related_name="enrolments")
    contact = models.OneToOneField(Contact, models.CASCADE, related_name="enrolment", verbose_name=_("contact"))
    frequency = models.CharField(_("frequency"), max_length=12, choices=Frequency.choices, default=Frequency.WEEKLY)
    # The Monday of the first week; every two weeks count from it.
    first_week_date = models.DateField(_("first week"))

    class Meta:
        ordering = ["contact__full_name", "pk"]
        verbose_name = _("contact of a plan")
        verbose_name_plural = _("contacts of a plan")
        constraints = [
            models.CheckConstraint(
                name="enrolment_begins_on_a_monday", condition=Exact(_days_after_a_monday("first_week_date"), 0)
            )
        ]

    def __str__(self) -> str:
        return str(self.contact)

    def clean(self) -> None:
        """Raises: ValidationError where the contact is of another client."""
        if self.contact.client_id != self.plan.client_id:
            raise ValidationError({"contact": _("Choose a contact of this client.")})


class LoggedTalk(models.Model):
    """A call or a meeting with a client that was not booked here, noted by whoever held it."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="logged_talks", verbose_name=_("client"))
    account_manager = models.ForeignKey(
        AccountManager, models.PROTECT, related_name="+", verbose_name=_("account manager")
    )
    at = models.DateTimeField(_("when"))
    note = models.CharField(_("note"), max_length=500, blank=True, validators=[validate_plain_text])

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("logged talk")
        verbose_name_plural = _("logged talks")
        indexes = [models.Index(fields=["client", "at"], name="logged_talk_of_client")]

    def __str__(self) -> str:
        return f"{self.client} {self.at:%Y-%m-%d}"
