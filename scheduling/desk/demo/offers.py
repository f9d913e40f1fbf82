"""Times that made-up clients are asked to choose from: one contact alone, and several who vote."""

import datetime as dt
from collections.abc import Sequence

from clients.models import AccountManager, Contact
from scheduling.engine import MeetingRequest, propose
from scheduling.meetings.models import Offer, Vote
from scheduling.meetings.selectors import attendees
from scheduling.meetings.services import send_offer, vote

DURATION_MINUTES = 45
DAY = dt.timedelta(days=1)


def offer_times(*, manager: AccountManager, contacts: Sequence[Contact], now: dt.datetime) -> None:
    """The three fairest times of the next two weeks for the first contact, and for all of them together."""
    _send(manager, contacts[:1], "Plans for the next quarter", now)
    offer = _send(manager, contacts, "Autumn fair", now)
    if offer is not None and offer.is_vote:
        times = offer.times.order_by("start_at").values_list("pk", flat=True)
        answers = dict(zip(times, (Vote.Answer.YES, Vote.Answer.IF_NEED_BE, Vote.Answer.NO), strict=False))
        vote(contact=contacts[0], offer=offer, answers=answers, words="Mornings are best for me.", now=now)


def _send(manager: AccountManager, contacts: Sequence[Contact], title: str, now: dt.datetime) -> Offer | None:
    start_at = (now + 2 * DAY).replace(minute=0, second=0, microsecond=0)
    end_at = start_at + 14 * DAY
    people = attendees(contacts=contacts, colleagues=[manager], start_at=start_at, end_at=end_at, now=now)
    request = MeetingRequest(duration_minutes=DURATION_MINUTES, start_at=start_at, end_at=end_at, count=3)
    slots = propose(request, [one.participant for one in people]).slots
    if not slots:
        return None
    return send_offer(
        actor=manager,
        contacts=contacts,
        colleagues=[manager],
        times=[slot.start_at for slot in slots],
        title=title,
        duration_minutes=DURATION_MINUTES,
        closing=Offer.Closing.ALL_ANSWERED,
        now=now,
    )
