"""Sends what is due."""

import datetime as dt
import logging
import random
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from clients.links import Purpose, link_for
from clients.models import Contact
from scheduling.outreach.check_ins.quoted import quoted_in
from scheduling.outreach.errors import ConnectionLost, OutreachError, Refused, ServerUnreachable
from scheduling.outreach.letters import Supplies, letter_of
from scheduling.outreach.linking import linker_for
from scheduling.outreach.mail import Mail, MailServer, compose, mail_server
from scheduling.outreach.models import Message
from scheduling.outreach.quiet import WAITING, waits_until
from scheduling.outreach.selectors import Correspondence, correspondences, with_content
from scheduling.outreach.services.claiming import (
    BATCH,
    Claim,
    Claimed,
    begin,
    claim,
    go_on,
    mark_failed,
    mark_sent,
    put_off,
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


def _send(claimed: Sequence[Claimed], server: MailServer, clock: Clock) -> Counter[str]:
    found = Message.objects.filter(pk__in=[message.pk for message in claimed])
    by_pk = {message.pk: message for message in with_content(found, kinds={message.kind for message in claimed})}
    # Gone with its meeting, or claimed by another worker since.
    held = [one for claim_ in claimed if (one := by_pk.get(claim_.pk)) and one.fencing_token == claim_.fencing_token]
    results = _Round(held, server, clock).go()
    return +(results + Counter(lost=len(claimed) - len(held)))


@dataclass(frozen=True)
class _OnItsWay:
    """A mail that was handed over, with the mail server's answer to come."""

    message: Message
    mail: Mail
    answer: Callable[[], None]


class _Round:
    """Messages that go one after the other: while the mail server takes one, the next is written.

    The try is counted before a message is written, in case that kills the worker. Whether the message may still go is
    asked once more before it is handed over: a killed worker leaves one mail in doubt, a pause stops the next one.
    """

    def __init__(self, messages: Sequence[Message], server: MailServer, clock: Clock) -> None:
        self._left = deque(messages)
        self._before, self._supplies = correspondences(messages), _supplies(messages, clock())
        self._server = server
        self._clock = clock
        self._begun: Message | None = None
        self._on_its_way: _OnItsWay | None = None
        self._results: Counter[str] = Counter()

    def go(self) -> Counter[str]:
        """What became of the messages."""
        try:
            while self._left:
                message = self._left[0]
                mail = self._written(message) if self._is_begun(message) else None
                if mail is not None and self._is_next(message, mail):
                    self._on_its_way = _OnItsWay(message, mail, self._server.hand_over(mail))
                self._left.popleft()
            if arrived := self._arrived():
                mark_sent(arrived.message, raw=arrived.mail.raw, now=self._clock())
        except (ConnectionLost, ServerUnreachable) as error:
            if self._begun is not None:
                self._begun.tries -= 1
            at = self._clock() if isinstance(error, ConnectionLost) else _later(self._clock())
            self._results += _give_back(self._left, str(error), at)
        return self._results

    def _is_begun(self, message: Message) -> bool:
        if message is self._begun:
            return True
        if later := _waits_until(message, self._clock):
            put_off(message, later)
            self._results["put off"] += 1
            return False
        if not begin(message):
            self._results["lost"] += 1
            return False
        self._begun = message
        return True

    def _written(self, message: Message) -> Mail | None:
        try:
            return write(message, self._before[message.pk], now=self._clock(), supplies=self._supplies)
        except Exception as error:  # noqa: BLE001  (it is logged there)
            self._failed(message, error)
            return None

    def _is_next(self, message: Message, mail: Mail) -> bool:
        """Whether the message may go, once it is known what became of the one before it."""
        arrived = self._arrived()
        following = self._left[1] if len(self._left) > 1 else None
        if following is not None and _waits_until(following, self._clock):
            following = None
        self._server.announce(mail)
        found = go_on(
            message,
            sent=arrived.message if arrived else None,
            raw=arrived.mail.raw if arrived else b"",
            following=following,
            now=self._clock(),
            meanwhile=partial(_make_bytes, mail),
        )
        self._begun = following if found.is_begun else None
        if not found.may_go:
            # Where it is ours, there is a pause, and it was not tried.
            message.tries -= 1
            release([message], reason=message.reason, next_try_at=self._clock())
            self._results["lost"] += 1
        return found.may_go

    def _arrived(self) -> _OnItsWay | None:
        """What was on its way, if the mail server has taken it. Raises: ConnectionLost, ServerUnreachable."""
        handed_over, self._on_its_way = self._on_its_way, None
        if handed_over is None:
            return None
        message = handed_over.message
        try:
            handed_over.answer()
        except ServerUnreachable:
            message.tries -= 1
            self._left.appendleft(message)
            raise
        except Exception as error:
            self._failed(message, error)
            if isinstance(error, ConnectionLost):
                raise
            return None
        self._results["sent"] += 1
        return handed_over

    def _failed(self, message: Message, error: Exception) -> None:
        """Whatever is wrong with this one must not hold up the others."""
        if isinstance(error, OutreachError):
            reason = str(error)
            logger.info("Message %s was not sent: %s", message.pk, reason)
        else:
            reason = f"{type(error).__name__}: {error}"
            logger.error("Message %s can't be sent", message.pk, exc_info=error)
        permanent = isinstance(error, Refused) and error.permanent
        mark_failed(message, reason=reason, permanent=permanent, now=self._clock())
        self._results["failed"] += 1


def _make_bytes(mail: Mail) -> None:
    # Whoever sends it finds out what is wrong with it.
    with suppress(Exception):
        _ = mail.raw


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
    check_ins = [message for message in messages if message.kind == Message.Kind.CHECK_IN]
    facts = quoted_in(check_ins, now=now) if check_ins else None
    return Supplies(linker_for(wanted, now=now), own_texts() if is_worded else None, facts)


def write(message: Message, before: Correspondence, *, now: dt.datetime, supplies: Supplies = ALONE) -> Mail:
    """The message as the mail that it is now, to somebody who got the mails before."""
    return compose(message, letter_of(message, before, now=now, supplies=supplies), thread=before.sent, now=now)


def _give_back(messages: Collection[Claim], reason: str, next_try_at: dt.datetime) -> Counter[str]:
    release(messages, reason=reason, next_try_at=next_try_at)
    return Counter(released=len(messages))


def _later(now: dt.datetime) -> dt.datetime:
    """Soon enough for the first mails after an outage, and not all at once."""
    return now + dt.timedelta(seconds=random.uniform(30, 150))  # noqa: S311  (jitter, nothing secret)
