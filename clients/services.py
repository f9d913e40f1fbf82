"""Writes: clients, contacts, one's own profile and days off, each with its audit entry.

Rows come here valid (`full_clean`); an update writes the fields it names and no others, so that two people who
edit different things do not undo each other.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from django.db import IntegrityError, transaction

from clients.audit import audit
from clients.creation import contents, insert_once
from clients.errors import KeyReused, NameTaken
from clients.models import AccountManager, Client, Contact, DayOff, Person
from holidays_app.services import ensure_place_calendar


@transaction.atomic
def create_client(*, actor: AccountManager, client: Client, now: dt.datetime) -> Client:
    """The stored client, or the one that was stored when the same form came first.

    The calendar of its country exists afterwards, so that its contacts can be given it.

    Raises: KeyReused where that form had other contents; NameTaken.
    """
    try:
        stored = insert_once(client)
    except IntegrityError as error:
        raise NameTaken from error
    if stored is client:
        ensure_place_calendar(country=client.country)
        audit(actor=actor, action="create", subject=client, now=now)
    return stored


@transaction.atomic
def update_client(*, actor: AccountManager, client: Client, changed: Collection[str], now: dt.datetime) -> None:
    """Writes the changed fields of a client.

    Raises: NameTaken; Client.DoesNotExist where it has been deleted.
    """
    Client.objects.select_for_update().only("pk").get(pk=client.pk)
    if not changed:
        return
    if "country" in changed:
        ensure_place_calendar(country=client.country)
    try:
        with transaction.atomic():
            client.save(update_fields=changed)
    except IntegrityError as error:
        raise NameTaken from error
    audit(actor=actor, action="update", subject=client, now=now, fields=sorted(changed))


@transaction.atomic
def create_contact(
    *, actor: AccountManager, contact: Contact, days_off: Iterable[DayOff] = (), now: dt.datetime
) -> Contact:
    """The stored contact with their days off, or the one that was stored when the same form came first.

    Raises: KeyReused where that form had other contents.
    """
    days_off = list(days_off)
    stored = insert_once(contact)
    if stored is contact:
        audit(actor=actor, action="create", subject=contact, now=now)
        for day_off in days_off:
            day_off.contact = contact
            _save_day_off(actor, day_off, now)
    elif [*map(contents, days_off)] != [*map(contents, stored.days_off.order_by("pk"))]:
        raise KeyReused
    return stored


@transaction.atomic
def update_contact(
    *,
    actor: Person,
    contact: Contact,
    changed: Collection[str],
    days_off: Iterable[DayOff] = (),
    days_on: Iterable[DayOff] = (),
    now: dt.datetime,
) -> None:
    """Writes the changed fields of a contact and the days off given, and deletes `days_on`, days off no longer.

    The actor may be the contact themselves, behind a private link.

    Raises: Contact.DoesNotExist where they have been deleted.
    """
    Contact.objects.select_for_update().only("pk").get(pk=contact.pk)
    _update_person(actor=actor, person=contact, changed=changed, days_off=days_off, days_on=days_on, now=now)


@transaction.atomic
def update_profile(
    *,
    actor: AccountManager,
    changed: Collection[str],
    days_off: Iterable[DayOff] = (),
    days_on: Iterable[DayOff] = (),
    now: dt.datetime,
) -> None:
    """Writes the changed fields of the actor's own day, and their days off as for a contact.

    Raises: NameTaken where somebody else's public page has got the name meanwhile.
    """
    try:
        with transaction.atomic():
            _update_person(actor=actor, person=actor, changed=changed, days_off=days_off, days_on=days_on, now=now)
    except IntegrityError as error:
        raise NameTaken from error


def _update_person(
    *,
    actor: Person,
    person: AccountManager | Contact,
    changed: Collection[str],
    days_off: Iterable[DayOff],
    days_on: Iterable[DayOff],
    now: dt.datetime,
) -> None:
    if changed:
        person.save(update_fields=changed)
        audit(actor=actor, action="update", subject=person, now=now, fields=sorted(changed))
    for day_off in days_off:
        if isinstance(person, Contact):
            day_off.contact = person
        else:
            day_off.account_manager = person
        _save_day_off(actor, day_off, now)
    for day_off in days_on:
        audit(actor=actor, action="delete", subject=day_off, now=now)
        day_off.delete()


def _save_day_off(actor: Person, day_off: DayOff, now: dt.datetime) -> None:
    is_stored = DayOff.objects.filter(pk=day_off.pk).exists()
    day_off.save()
    audit(actor=actor, action="update" if is_stored else "create", subject=day_off, now=now)
