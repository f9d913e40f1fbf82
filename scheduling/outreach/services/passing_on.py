"""What is not a mail: handed to a team's chat channel, or to the account manager who says it."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Sequence

from clients.models import Contact
from scheduling.outreach import channels
from scheduling.outreach.check_ins.spoken import spoken_check_in
from scheduling.outreach.errors import ChannelFailed
from scheduling.outreach.models import Message, TeamChannel
from scheduling.outreach.quiet import reachable_until, waits_until
from scheduling.outreach.reasons import CHANNEL_SILENT, NO_CHANNEL
from scheduling.outreach.selectors import with_content
from scheduling.outreach.services.claiming import (
    Claimed,
    begin,
    fall_back,
    mark_failed,
    mark_sent,
    mark_to_say,
    put_off,
)

logger = logging.getLogger(__name__)

Clock = Callable[[], dt.datetime]
Channel = Message.Channel
#: So often a chat channel is tried before the message goes as a mail: it is read on the morning that it is meant for.
CHAT_TRIES = 3


def pass_on(claimed: Sequence[Claimed], *, clock: Clock) -> tuple[list[Claimed], Counter[str]]:
    """The claimed messages that are mails, and what became of the others."""
    others = {message.pk: message for message in claimed if message.channel != Channel.EMAIL}
    results: Counter[str] = Counter()
    if not others:
        return list(claimed), results
    rows = with_content(Message.objects.filter(pk__in=others)).order_by("due_at", "pk")
    by_team = _Channels()
    for message in rows:
        # Claimed by another worker since.
        if message.fencing_token != others[message.pk].fencing_token:
            continue
        results[_pass_on_one(message, by_team, clock)] += 1
    results["lost"] += len(others) - results.total()
    return [message for message in claimed if message.pk not in others], +results


def _pass_on_one(message: Message, by_team: "_Channels", clock: Clock) -> str:
    if later := waits_until(message, clock()):
        put_off(message, later)
        return "put off"
    if message.channel in Message.SPOKEN:
        until = reachable_until(message.person, clock()) if isinstance(message.person, Contact) else None
        return "to say" if mark_to_say(message, until=until) else "lost"
    if not begin(message):
        return "lost"
    try:
        raw = by_team.send(message, now=clock())
    except ChannelFailed as error:
        if error.permanent or message.tries >= CHAT_TRIES:
            fall_back(message, reason=error.reason, now=clock())
        else:
            mark_failed(message, reason=error.reason, permanent=False, now=clock())
        return "failed"
    except Exception as error:
        # Whatever is wrong with this one must not hold up the others.
        logger.exception("Message %s can't be passed on", message.pk)
        mark_failed(message, reason=f"{type(error).__name__}: {error}", permanent=False, now=clock())
        return "failed"
    mark_sent(message, raw=raw, now=clock())
    return "sent"


class _Channels:
    """The teams' channels for one batch; one that failed is not asked again in it."""

    def __init__(self) -> None:
        self._addresses: dict[int, str | None] = {}
        self._failed: dict[int | str, ChannelFailed] = {}

    def send(self, message: Message, *, now: dt.datetime) -> bytes:
        """What the message's team's channel took, as a mail without HTML. Raises: ChannelFailed."""
        spoken = spoken_check_in(message, now=now)
        team = spoken.contact.client.team_id
        if team not in self._addresses:
            stored = TeamChannel.objects.filter(team=team).values_list("address", flat=True)
            self._addresses[team] = stored.first()
        address = self._addresses[team]
        if address is None:
            raise ChannelFailed(NO_CHANNEL, permanent=True)
        to = channels.address_of(address, phone=str(spoken.contact.phone))
        for asked in (team, to):
            if asked in self._failed:
                raise self._failed[asked]
        # Everybody of the team reads its channel, so it says first whom it is for.
        subject = spoken.subject if to != address else f"{spoken.contact.full_name} · {spoken.subject}"
        try:
            channels.send(to, subject=subject, text=spoken.text)
        except ChannelFailed as error:
            # A number that is wrong says nothing of others; waiting for no answer takes too long to do it again.
            self._failed[team if error.reason == CHANNEL_SILENT else to] = error
            raise
        return spoken.raw
