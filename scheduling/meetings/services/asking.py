"""Offers that contacts ask for themselves, of an account manager whose public page invites them to."""

import datetime as dt

from django.utils.translation import gettext as _

from clients.models import AccountManager, Contact
from holidays_app.calendars import UnsupportedYear
from scheduling.engine import MeetingRequest, propose
from scheduling.meetings.errors import InvalidBooking
from scheduling.meetings.models import Offer
from scheduling.meetings.models.offers import Invitee
from scheduling.meetings.offers.invited import STEP_MINUTES, is_bearable
from scheduling.meetings.selectors import attendees
from scheduling.meetings.services.choosing import NOTICE
from scheduling.meetings.services.offers import send_offer
from scheduling.meetings.services.transactions import booking_transaction, lock_people

#: So far ahead times are looked for, so many are offered, and so many are looked at for them.
AHEAD = dt.timedelta(days=14)
TIMES, LOOKED_AT = 3, 20


@booking_transaction
def ask_for_times(
    *, contact: Contact, account_manager: AccountManager, title: str, duration_minutes: int, now: dt.datetime
) -> Offer:
    """The account manager's offer of the fairest times, none far outside their own hours; the one that is open already,
    where there is one: nobody heaps up offers by asking.

    Raises: InvalidBooking where there is no such time; SlotBlocked, SlotTaken, TryAgain.
    """
    # Two requests at once find one offer.
    lock_people([contact, account_manager])
    if open_offer := _open_offer(contact, account_manager, now):
        return open_offer
    start_at = (now + NOTICE).replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
    end_at = start_at + AHEAD
    try:
        people = attendees(contacts=[contact], colleagues=[account_manager], start_at=start_at, end_at=end_at, now=now)
    except UnsupportedYear:
        people = []
    request = MeetingRequest(
        duration_minutes=duration_minutes,
        start_at=start_at,
        end_at=end_at,
        step_minutes=STEP_MINUTES,
        count=LOOKED_AT,
    )
    slots = propose(request, [one.participant for one in people]).slots if people else ()
    times = [slot.start_at for slot in slots if is_bearable(slot, people)][:TIMES]
    if not times:
        message = _("There is no good time for both of you in the next two weeks. Write to %(name)s instead.")
        raise InvalidBooking("duration_minutes", message % {"name": account_manager.full_name})
    return send_offer(
        actor=account_manager,
        asked_by=contact,
        contacts=[contact],
        colleagues=[account_manager],
        times=times,
        title=title,
        duration_minutes=duration_minutes,
        now=now,
    )


def _open_offer(contact: Contact, account_manager: AccountManager, now: dt.datetime) -> Offer | None:
    """The latest offer by this account manager to the contact alone, from which a time can still be chosen."""
    others = Invitee.objects.filter(contact__isnull=False).exclude(contact=contact)
    found = Offer.objects.filter(
        account_manager=account_manager,
        invitees__contact=contact,
        meeting__isnull=True,
        withdrawn_at__isnull=True,
        times__start_at__gt=now + NOTICE,
    )
    return found.exclude(invitees__in=others).order_by("-pk").first()
