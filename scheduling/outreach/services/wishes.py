"""What contacts themselves decide about the mail they get, each the actor of it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from clients.audit import audit
from clients.models import Contact
from clients.services import update_contact
from holidays_app.calendars import Calendar
from holidays_app.models import HolidayCalendar
from holidays_app.services import forget_personal_calendar, personal_calendar
from scheduling.meetings.selectors import attendee_key
from scheduling.outreach.models import Enrolment, MailWishes

Topic = MailWishes.Topic


@dataclass(frozen=True)
class Wishes:
    """What a contact wants; without a frequency their plan's rhythm stays as it is."""

    unwanted: frozenset[Topic]
    paused_until_date: dt.date | None
    frequency: Enrolment.Frequency | None = None


def wishes_of(contact: Contact) -> Wishes:
    """As stored; who has said nothing wants everything."""
    row = MailWishes.objects.filter(contact=contact).first()
    enrolment = Enrolment.objects.filter(contact=contact).first()
    return Wishes(
        unwanted=frozenset(Topic(topic) for topic in row.unwanted) if row else frozenset(),
        paused_until_date=row.paused_until_date if row else None,
        frequency=Enrolment.Frequency(enrolment.frequency) if enrolment else None,
    )


@transaction.atomic
def change_wishes(*, contact: Contact, wishes: Wishes, changed: Collection[str], now: dt.datetime) -> None:
    """Writes the wishes, and those fields of the contact that they changed.

    Raises: Contact.DoesNotExist where they have been deleted.
    """
    update_contact(actor=contact, contact=contact, changed=changed, now=now)
    _store(contact, wishes, now)


def stop_mail(*, contact: Contact, now: dt.datetime) -> None:
    """No check-ins and no questions any more; what is said of a meeting is still told."""
    _set_unwanted(contact, frozenset(Topic), now)


def resume_mail(*, contact: Contact, now: dt.datetime) -> None:
    """Check-ins and questions again."""
    _set_unwanted(contact, frozenset(), now)


@transaction.atomic
def _set_unwanted(contact: Contact, unwanted: frozenset[Topic], now: dt.datetime) -> None:
    Contact.objects.select_for_update().only("pk").get(pk=contact.pk)
    stored = wishes_of(contact)
    _store(contact, Wishes(unwanted, stored.paused_until_date, stored.frequency), now)


def _store(contact: Contact, wishes: Wishes, now: dt.datetime) -> None:
    """Writes what differs from what is stored, and nothing where nothing does. The caller has locked the contact."""
    stored = wishes_of(contact)
    fields = {"unwanted": sorted(wishes.unwanted), "paused_until_date": wishes.paused_until_date}
    changed = [name for name in fields if getattr(wishes, name) != getattr(stored, name)]
    if changed:
        row, _is_new = MailWishes.objects.update_or_create(contact=contact, defaults=fields)
        audit(actor=contact, action="update", subject=row, now=now, fields=changed)
    if wishes.frequency not in (None, stored.frequency):
        enrolment = Enrolment.objects.get(contact=contact)
        enrolment.frequency = wishes.frequency
        enrolment.save(update_fields=["frequency"])
        audit(actor=contact, action="update", subject=enrolment, now=now, fields=["frequency"])


@transaction.atomic
def keep_holidays(*, contact: Contact, place: Calendar, not_kept: Collection[dt.date], now: dt.datetime) -> None:
    """From now on the contact keeps the holidays of that place but for those dates.

    Raises: ValidationError where there is no such place; Contact.DoesNotExist where they have been deleted.
    """
    stored = Contact.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=contact.pk)
    calendar = personal_calendar(owner=attendee_key(contact), current=stored.calendar, place=place, not_kept=not_kept)
    _change_calendar(stored, calendar, now)


@transaction.atomic
def keep_no_holidays(*, contact: Contact, now: dt.datetime) -> None:
    """From now on the contact keeps no holidays. Raises: Contact.DoesNotExist."""
    stored = Contact.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=contact.pk)
    _change_calendar(stored, None, now)


def _change_calendar(contact: Contact, calendar: HolidayCalendar | None, now: dt.datetime) -> None:
    if calendar != contact.calendar:
        contact.calendar = calendar
        update_contact(actor=contact, contact=contact, changed=["calendar"], now=now)
    elif calendar is not None and calendar.is_personal:
        audit(actor=contact, action="update", subject=calendar, now=now)
    if calendar is None or not calendar.is_personal:
        forget_personal_calendar(attendee_key(contact))
