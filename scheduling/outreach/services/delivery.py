"""Sends what is due."""

import datetime as dt
import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from clients.links import Purpose, link_for
from clients.models import Contact
from scheduling.outreach.errors import ConnectionLost, Refused, ServerUnreachable
from scheduling.outreach.letters import Supplies, letter_of
from scheduling.outreach.linking import linker_for
from scheduling.outreach.mail import Mail, MailServer, compose, mail_server
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import WAITING, waits_until
from scheduling.outreach.reasons import QUIET_HOURS
from scheduling.outreach.selectors import Correspondence, correspondences, with_content
from scheduling.outreach.services.claiming import (
    BATCH,
    begin,
    claim,
    mark_failed,
    mark_sent,
    mark_sent_and_begin,
    release,
)
from scheduling.outreach.services.passing_on import pass_on
from scheduling.outreach.services.tallying import tally_sent
from scheduling.outreach.texts.wordings import own_texts

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]
Kind = Message.Kind
#: Which links stand in mails of a kind to a contact; in others it is the one to the contact's own page.
LINKS: Mapping[str, Sequence[Purpose]] = dict.fromkeys(
    (Kind.CHECK_IN, Kind.SURVEY), (Purpose.HOME, Purpose.WISHES, Purpose.UNSUBSCRIBE)
)
#: For a letter that is of no batch.
ALONE = Supplies(link_for)


def deliver(*, clock: Clock, size: int = BATCH) -> Counter[str]:
    """What became of one batch of due messages: how many were sent, failed or released; empty if none was due."""
    claimed = claim(now=clock(), size=size)
    if not claimed:
        return Counter()
    mails, results = pass_on(claimed, clock=clock)
    try:
        if mails:
            with mail_server() as server:
                results += _send(mails, server, clock)
    except ServerUnreachable as error:
        logger.warning("The mail server can't be reached: %s", error)
        results += _give_back(mails, str(error), _later(clock()))
    tally_sent(claimed, now=clock())
    return results


def _send(claimed: Sequence[Message], server: MailServer, clock: Clock) -> Counter[str]:
    found = Message.objects.filter(pk__in=[message.pk for message in claimed])
    by_pk = {message.pk: message for message in with_content(found, kinds={message.kind for message in claimed})}
    # Gone with its meeting, or claimed by another worker since.
    held = [one for claim_ in claimed if (one := by_pk.get(claim_.pk)) and one.fencing_token == claim_.fencing_token]
    results = Counter(lost=len(claimed) - len(held))
    before, supplies = correspondences(held), _supplies(held, clock())
    is_begun = False
    for position, message in enumerate(held):
        if not is_begun:
            if later := _waits_until(message, clock):
                results += _give_back([message], QUIET_HOURS, later)
                continue
            if not begin(message):
                results["lost"] += 1
                continue
        is_begun = False
        try:
            mail = _send_one(message, before[message.pk], supplies, server, clock)
        except ConnectionLost as error:
            mark_failed(message, reason=str(error), permanent=False, now=clock())
            results["failed"] += 1
            return results + _give_back(held[position + 1 :], str(error), clock())
        except ServerUnreachable as error:
            message.tries -= 1
            return results + _give_back(held[position:], str(error), _later(clock()))
        if mail is None:
            results["failed"] += 1
            continue
        results["sent"] += 1
        following = held[position + 1] if position + 1 < len(held) else None
        if following is None or _waits_until(following, clock):
            mark_sent(message, raw=mail.raw, now=clock())
        else:
            is_begun = mark_sent_and_begin(message, following, raw=mail.raw, now=clock())
    return +results


def _waits_until(message: Message, clock: Clock) -> dt.datetime | None:
    return waits_until(message, clock()) if message.kind in WAITING else None


def _supplies(messages: Sequence[Message], now: dt.datetime) -> Supplies:
    """What these letters share."""
    wanted = [
        (contact, purpose)
        for message in messages
        # Who leaves a request is no contact of ours, and has no page.
        if message.enquiry_id is None and isinstance(contact := message.person, Contact)
        for purpose in LINKS.get(message.kind, (Purpose.HOME,))
    ]
    is_worded = any(message.kind in LINKS for message in messages)
    return Supplies(linker_for(wanted, now=now), own_texts() if is_worded else None)


def _send_one(
    message: Message, before: Correspondence, supplies: Supplies, server: MailServer, clock: Clock
) -> Mail | None:
    """The mail that was sent; none where it failed, which is then marked. Raises: ConnectionLost, ServerUnreachable."""
    try:
        mail = write(message, before, now=clock(), supplies=supplies)
        server.send(mail)
    except (ConnectionLost, ServerUnreachable):
        raise
    except Refused as error:
        logger.info("Message %s was refused: %s", message.pk, error)
        mark_failed(message, reason=str(error), permanent=error.permanent, now=clock())
        return None
    except Exception as error:
        # Whatever is wrong with this one must not hold up the others.
        logger.exception("Message %s can't be sent", message.pk)
        mark_failed(message, reason=f"{type(error).__name__}: {error}", permanent=False, now=clock())
        return None
    return mail


def write(message: Message, before: Correspondence, *, now: dt.datetime, supplies: Supplies = ALONE) -> Mail:
    """The message as the mail that it is now, to somebody who got the mails before."""
    return compose(message, letter_of(message, before, now=now, supplies=supplies), thread=before.sent, now=now)


def _give_back(messages: Sequence[Message], reason: str, next_try_at: dt.datetime) -> Counter[str]:
    release(messages, reason=reason, next_try_at=next_try_at)
    return Counter(released=len(messages))


def _later(now: dt.datetime) -> dt.datetime:
    """Soon enough for the first mails after an outage, and not all at once."""
    return now + dt.timedelta(seconds=random.uniform(30, 150))  # noqa: S311  (jitter, nothing secret)
