"""Sends what is due."""

import datetime as dt
import logging
import random
from collections import Counter
from collections.abc import Callable, Sequence

from clients.links import link_for
from scheduling.outreach.errors import ConnectionLost, Refused, ServerUnreachable
from scheduling.outreach.letters import letter_of
from scheduling.outreach.linking import Linker
from scheduling.outreach.mail import Mail, MailServer, compose, mail_server
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import WAITING, waits_until
from scheduling.outreach.reasons import QUIET_HOURS
from scheduling.outreach.selectors import Correspondence, correspondences, with_content
from scheduling.outreach.services.claiming import BATCH, begin, claim, mark_failed, mark_sent, release
from scheduling.outreach.services.tallying import tally_sent

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]


def deliver(*, clock: Clock, size: int = BATCH) -> Counter[str]:
    """What became of one batch of due messages: how many were sent, failed or released; empty if none was due."""
    claimed = claim(now=clock(), size=size)
    if not claimed:
        return Counter()
    try:
        with mail_server() as server:
            results = _send(claimed, server, clock)
    except ServerUnreachable as error:
        logger.warning("The mail server can't be reached: %s", error)
        return _give_back(claimed, str(error), _later(clock()))
    tally_sent(claimed, now=clock())
    return results


def _send(claimed: Sequence[Message], server: MailServer, clock: Clock) -> Counter[str]:
    messages = with_content(Message.objects.filter(pk__in=[message.pk for message in claimed]))
    by_pk = {message.pk: message for message in messages}
    before = correspondences(claimed)
    results: Counter[str] = Counter()
    for position, claim_ in enumerate(claimed):
        message = by_pk.get(claim_.pk)
        # Gone with its meeting, or claimed by another worker since.
        if message is None or message.fencing_token != claim_.fencing_token:
            results["lost"] += 1
            continue
        if message.kind in WAITING and (later := waits_until(message, clock())):
            results += _give_back([message], QUIET_HOURS, later)
            continue
        if not begin(message):
            results["lost"] += 1
            continue
        try:
            results[_send_one(message, before[message.pk], server, clock)] += 1
        except ConnectionLost as error:
            mark_failed(message, reason=str(error), permanent=False, now=clock())
            results["failed"] += 1
            return results + _give_back(claimed[position + 1 :], str(error), clock())
        except ServerUnreachable as error:
            return results + _give_back(claimed[position:], str(error), _later(clock()))
    return results


def _send_one(message: Message, before: Correspondence, server: MailServer, clock: Clock) -> str:
    """“sent” or “failed”. Raises: ConnectionLost, ServerUnreachable."""
    try:
        mail = write(message, before, now=clock())
        server.send(mail)
    except (ConnectionLost, ServerUnreachable):
        raise
    except Refused as error:
        logger.info("Message %s was refused: %s", message.pk, error)
        mark_failed(message, reason=str(error), permanent=error.permanent, now=clock())
        return "failed"
    except Exception as error:
        # Whatever is wrong with this one must not hold up the others.
        logger.exception("Message %s can't be sent", message.pk)
        mark_failed(message, reason=f"{type(error).__name__}: {error}", permanent=False, now=clock())
        return "failed"
    mark_sent(message, raw=mail.raw, now=clock())
    return "sent"


def write(message: Message, before: Correspondence, *, now: dt.datetime, link: Linker = link_for) -> Mail:
    """The message as the mail that it is now, to somebody who got the mails before."""
    return compose(message, letter_of(message, before, now=now, link=link), thread=before.sent, now=now)


def _give_back(messages: Sequence[Message], reason: str, next_try_at: dt.datetime) -> Counter[str]:
    release(messages, reason=reason, next_try_at=next_try_at)
    return Counter(released=len(messages))


def _later(now: dt.datetime) -> dt.datetime:
    """Soon enough for the first mails after an outage, and not all at once."""
    return now + dt.timedelta(seconds=random.uniform(30, 150))  # noqa: S311
