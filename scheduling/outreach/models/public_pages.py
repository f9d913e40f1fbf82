"""What comes in through account managers' public pages: codes to be recognised by, and requests of people unknown."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.languages import endonym
from clients.models import AccountManager, Client, Contact
from clients.validators import validate_language, validate_no_address, validate_plain_text, validate_time_zone


class EntryCode(models.Model):
    """A code that was asked for at a public page, whoever's address was given there.

    Whether it is a contact's is asked by the worker who plans the mail, and once more when the code is typed. The code
    is derived from the seed with the secret key, so that the table tells none.
    """

    account_manager = models.ForeignKey(AccountManager, models.CASCADE, related_name="entry_codes")
    email = models.CharField(max_length=254)
    seed = models.BinaryField(max_length=32, editable=False)
    asked_at = models.DateTimeField()
    is_planned = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    message = models.OneToOneField(
        "outreach.Message", models.SET_NULL, null=True, blank=True, related_name="entry_code"
    )

    class Meta:
        indexes = [models.Index(fields=["id"], name="entry_code_to_plan", condition=Q(is_planned=False))]

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"


class Enquiry(models.Model):
    """What somebody unknown asks of an account manager, who hears of it once the mail address is confirmed."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", pgettext_lazy("of a request", "Address not confirmed")
        WAITING = "waiting", pgettext_lazy("of a request", "Waiting for an answer")
        ACCEPTED = "accepted", pgettext_lazy("of a request", "Became a client")
        DECLINED = "declined", pgettext_lazy("of a request", "Declined")

    account_manager = models.ForeignKey(
        AccountManager, models.CASCADE, related_name="enquiries", verbose_name=_("account manager")
    )
    full_name = models.CharField(_("name"), max_length=120, validators=[validate_plain_text, validate_no_address])
    company = models.CharField(
        _("company"), max_length=120, blank=True, validators=[validate_plain_text, validate_no_address]
    )
    email = models.EmailField(_("mail address"))
    language = models.CharField(_("language"), max_length=35, validators=[validate_language])
    time_zone = models.CharField(_("time zone"), max_length=64, validators=[validate_time_zone])
    about = models.TextField(_("what it is about"), max_length=2000)
    wishes = models.TextField(_("wishes"), max_length=1000, blank=True)

    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    # Of the link by which the address is confirmed, as for private links.
    seed = models.BinaryField(max_length=32, editable=False)
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    # One per form that is shown, so that sending it twice leaves one request.
    creation_key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("created"))
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    decided_at = models.DateTimeField(_("answered"), null=True, blank=True)
    client = models.ForeignKey(
        Client, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("client")
    )

    class Meta:
        ordering = ["-confirmed_at", "-pk"]
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(
                name="enquiry_is_told_once_confirmed", condition=Q(state="unconfirmed") ^ Q(confirmed_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def language_name(self) -> str:
        """In itself."""
        return endonym(self.language)

    @property
    def correspondent(self) -> Contact:
        """Whoever asks, as mails speak to people: nobody's contact, and not stored."""
        return Contact(
            client=Client(name=self.company or self.full_name),
            full_name=self.full_name,
            email=self.email,
            language=self.language,
            time_zone=self.time_zone,
            formality=Contact.Formality.FORMAL,
        )
