"""Who comes to a time where not everybody must, and why these and not those."""

from collections.abc import Mapping, Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.reader import Reader
from scheduling.engine import Apart, Slot, Why
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.query import ProposalQuery, iso_utc
from scheduling.meetings.proposals.ways_out import why_not
from scheduling.meetings.proposals.wording import bdi, listing, points

NAMED = 2


def part_of(portrait: Portrait, query: ProposalQuery) -> str:
    """“optional” or “any of these”; nothing for somebody who must come."""
    if portrait.participant.optional:
        return _("optional")
    return _("any of these") if portrait.key in _pooled(query) else ""


def counted_costs(slot: Slot, people: Sequence[Portrait]) -> dict[Portrait, float]:
    """What a slot costs each of the people as far as it counts: whoever stays away or need not come carries nothing."""
    costs = {share.id: share.cost for share in slot.participants if not share.optional}
    return {portrait: costs.get(portrait.key, 0.0) for portrait in people}


def who_comes(slot: Slot, people: Sequence[Portrait], query: ProposalQuery, reader: Reader) -> tuple[SafeString, ...]:
    """Short sentences for beside a slot; none where everybody comes."""
    if query.is_for_all:
        return ()
    sentences = []
    coming = {share.id for share in slot.participants}
    chosen = [portrait.short_name for portrait in people if portrait.key in _pooled(query) & coming]
    if chosen:
        comes = ngettext("{names} comes.", "{names} come.", len(chosen))
        sentences.append(format_html(comes, names=listing(chosen, reader)))
    away = list(stays_away(slot, people, query, reader).values())
    sentences += away[:NAMED]
    if more := len(away) - NAMED if len(away) > NAMED else 0:
        sentences.append(
            format_html(ngettext("{count} more stays away.", "{count} more stay away.", more), count=bdi(str(more)))
        )
    return tuple(sentences)


def stays_away(
    slot: Slot, people: Sequence[Portrait], query: ProposalQuery, reader: Reader
) -> Mapping[str, SafeString]:
    """Why each of those who stay away does, by key."""
    by_key = {portrait.key: portrait for portrait in people}
    return {one.id: _why(one, slot, by_key, query, reader) for one in slot.stays_away}


def booking_value(slot: Slot, query: ProposalQuery) -> str:
    """The slot as a form posts it: its start, with those who come then where not everybody must."""
    if query.is_for_all or query.meeting_id is not None:
        return slot.start_at.isoformat()
    return ";".join([iso_utc(slot.start_at), *(share.id for share in slot.participants)])


def _why(one: Apart, slot: Slot, people: Mapping[str, Portrait], query: ProposalQuery, reader: Reader) -> SafeString:
    portrait = people[one.id]
    name = bdi(portrait.short_name)
    if one.why is Why.BLOCKED:
        reason = why_not(portrait, one.reasons, slot.start_at, slot.end_at, reader)
        is_optional = portrait.participant.optional
        return format_html(_("{reason} It works without {name}."), reason=reason, name=name) if is_optional else reason
    chosen = _pooled(query) & {share.id for share in slot.participants}
    has_carried_most = all(portrait.participant.burden > people[key].participant.burden for key in chosen)
    return format_html(
        _sentence(one, has_carried_most=has_carried_most),
        name=name,
        load=bdi(points(one.highest_load or 0.0, reader)),
        chosen=bdi(points(one.chosen_highest_load or 0.0, reader)),
    )


def _sentence(one: Apart, *, has_carried_most: bool) -> str:
    match one.why:
        case Why.SPARED:
            return _("{name} stays free, having carried more lately.")
        case Why.CARRIES_MORE if has_carried_most:
            return _("{name} stays free, having carried more lately.")
        case Why.CARRIES_MORE if one.highest_load != one.chosen_highest_load:
            return _("{name} stays free: otherwise the heaviest load would be {load} points, not {chosen}.")
        case Why.CARRIES_MORE:
            return _("{name} stays free, so that the loads are shared more evenly.")
        case Why.COSTS_MORE:
            return _("{name} stays free, for whom this time is harder.")
        case _:
            return _("{name} stays free: all else is equal, and others stand first in the list.")


def _pooled(query: ProposalQuery) -> set[str]:
    return {key for pool in query.pools for key in pool.ids}
