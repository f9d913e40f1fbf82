"""Questions about how it went: when a client's contacts are asked, and what they answered."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils.translation import gettext_lazy as _

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.models import Meeting

#: From one question to a contact to the next one, whatever it is about.
DAYS_BETWEEN = 30


class SurveyRule(models.Model):
    """How often the contacts of a client are asked; where there is no row, never."""

    MOST_MEETINGS = 50

    client = models.OneToOneField(Client, models.CASCADE, related_name="survey_rule", verbose_name=_("client"))
    # 0 is never, 1 after each meeting, 3 after each third one.
    every = models.PositiveSmallIntegerField(
        _("ask after every so many meetings"),
        default=0,
        validators=[MaxValueValidator(MOST_MEETINGS)],
        help_text=_("1 is after each meeting, 3 after each third one, 0 never."),
    )
    asks_nps = models.BooleanField(_("ask each quarter whether they would recommend us"), default=False)

    class Meta:
        verbose_name = _("rule for surveys")
        verbose_name_plural = _("rules for surveys")

    def __str__(self) -> str:
        return str(self.client)


class Survey(models.Model):
    """One question to one contact: about a meeting, or each quarter about all that we do for them."""

    class Question(models.TextChoices):
        CSAT = "csat", _("How satisfied they were with a meeting")
        NPS = "nps", _("Whether they would recommend us")

    #: The lowest and the highest answer.
    SCALES = {Question.CSAT.value: (1, 5), Question.NPS.value: (0, 10)}

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="surveys", verbose_name=_("contact"))
    question = models.CharField(_("question"), max_length=4, choices=Question.choices)
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, null=True, blank=True, related_name="surveys", verbose_name=_("meeting")
    )
    # When the meeting began on the contact's own wall.
    local_hour = models.PositiveSmallIntegerField(_("hour there"), null=True, blank=True)
    # In whose name it is asked.
    account_manager = models.ForeignKey(
        AccountManager, models.PROTECT, related_name="surveys", verbose_name=_("account manager")
    )
    asked_at = models.DateTimeField(_("asked"))
    # The date of that on the contact's own wall.
    asked_date = models.DateField(_("date there"))
    expires_at = models.DateTimeField(_("expires"))
    score = models.PositiveSmallIntegerField(_("answer"), null=True, blank=True)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    # Somebody has read the hint that a call may be worth it.
    hint_dismissed_at = models.DateTimeField(_("hint dismissed"), null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.CheckConstraint(
                name="survey_score_on_its_scale",
                condition=Q(score=None)
                | Q(question="csat", score__gte=1, score__lte=5)
                | Q(question="nps", score__gte=0, score__lte=10),
            ),
            models.CheckConstraint(
                name="survey_about_a_meeting_or_not",
                condition=Q(question="csat", meeting__isnull=False, local_hour__isnull=False, local_hour__lte=23)
                | Q(question="nps", meeting=None, local_hour=None),
            ),
            models.CheckConstraint(
                name="survey_answered_at_a_time",
                condition=Q(score=None, answered_at=None, comment="")
                | Q(score__isnull=False, answered_at__isnull=False),
            ),
            models.UniqueConstraint(fields=["contact", "meeting"], name="survey_once_per_meeting"),
            # Whatever plans at the same time, nobody is asked twice in so many days.
            ExclusionConstraint(
                name="survey_never_two_in_30_days",
                expressions=[
                    # A range of one number has a GiST operator class in core PostgreSQL, so no extension is needed.
                    (
                        Func(F("contact_id"), F("contact_id"), Value("[]"), function="int8range"),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        Func(
                            F("asked_date"),
                            template=f"daterange(%(expressions)s, %(expressions)s + {DAYS_BETWEEN})",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]
        indexes = [
            models.Index(
                fields=["contact", "question", "asked_date"], name="survey_answered", condition=Q(score__isnull=False)
            ),
            models.Index(fields=["answered_at"], name="survey_by_answer", condition=Q(score__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def about(self) -> str:
        """The title of the meeting, or what the question is."""
        return self.meeting.title if self.meeting is not None else str(self.Question(self.question).label)

    @property
    def scores(self) -> range:
        """Every answer that there is."""
        lowest, highest = self.SCALES[self.question]
        return range(lowest, highest + 1)
