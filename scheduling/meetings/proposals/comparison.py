"""Two times side by side: who gains and who loses, now and in what everybody carries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.reader import Reader
from scheduling.engine import ParticipantSlot, Policy, Slot
from scheduling.meetings.proposals.company import counted_costs
from scheduling.meetings.proposals.options import shares_of
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.wording import bdi, listing, points, signed_points

#: In the place of a cost, of somebody who does not come.
AWAY = "–"


@dataclass(frozen=True)
class ComparedRow:
    """One person's costs and loads at both times; the bar goes from the middle, by its part of the whole width."""

    portrait: Portrait
    cost: str
    other_cost: str
    change: str
    load: str
    other_load: str
    x: float
    width: float
    gains: bool
    loses: bool


@dataclass(frozen=True)
class Comparison:
    """The time shown and another one; changes are what the other adds to the one shown, fewer points are better."""

    shown: Slot
    other: Slot
    rows: tuple[ComparedRow, ...]
    total: str
    other_total: str
    total_change: str
    verdict: SafeString
    fairness: SafeString
    url: str


def comparison(
    shown: Slot, other: Slot, people: Sequence[Portrait], policy: Policy, reader: Reader, url: str
) -> Comparison:
    """What it would mean to take the other time, from who gains most to who loses most; `url` shows that time."""
    ours, theirs = shares_of(shown), shares_of(other)
    our_costs, their_costs = counted_costs(shown, people), counted_costs(other, people)
    changes = {portrait: round(their_costs[portrait] - our_costs[portrait], 6) for portrait in people}
    largest = max(map(abs, changes.values())) or 1.0
    mirrored = reader.text_direction == "rtl"
    rows = []
    for portrait in sorted(people, key=lambda portrait: (changes[portrait], portrait.name)):
        change = changes[portrait]
        width = abs(change) / largest / 2
        to_the_right = (change > 0) != mirrored
        rows.append(
            ComparedRow(
                portrait,
                cost=points(our_costs[portrait], reader) if portrait.key in ours else AWAY,
                other_cost=points(their_costs[portrait], reader) if portrait.key in theirs else AWAY,
                change=signed_points(change, reader),
                load=points(_load(ours, portrait), reader),
                other_load=points(_load(theirs, portrait), reader),
                x=0.5 if to_the_right else 0.5 - width,
                width=width,
                gains=change < 0,
                loses=change > 0,
            )
        )
    return Comparison(
        shown,
        other,
        tuple(rows),
        total=points(shown.total_cost, reader),
        other_total=points(other.total_cost, reader),
        total_change=signed_points(other.total_cost - shown.total_cost, reader),
        verdict=_verdict(changes, reader),
        fairness=_fairer(shown, other, people, policy, reader),
        url=url,
    )


def _verdict(changes: Mapping[Portrait, float], reader: Reader) -> SafeString:
    gain = [portrait.short_name for portrait, change in changes.items() if change < 0]
    lose = [portrait.short_name for portrait, change in changes.items() if change > 0]
    if not gain and not lose:
        return conditional_escape(_("Both cost everybody the same."))
    if not lose:
        return format_html(_("Easier for {names}, harder for nobody."), names=listing(gain, reader))
    if not gain:
        return format_html(_("Harder for {names}, easier for nobody."), names=listing(lose, reader))
    return format_html(
        _("Easier for {winners}, harder for {losers}."), winners=listing(gain, reader), losers=listing(lose, reader)
    )


def _load(shares: Mapping[str, ParticipantSlot], portrait: Portrait) -> float:
    """What somebody carries with a slot; whoever stays away, which colleagues alone can, carries what they did."""
    share = shares.get(portrait.key)
    return portrait.participant.burden if share is None else share.load


def _fairer(shown: Slot, other: Slot, people: Sequence[Portrait], policy: Policy, reader: Reader) -> SafeString:
    first, second = fairness_of(shown, people, policy), fairness_of(other, people, policy)
    if first == second:
        return conditional_escape(_("Neither is fairer than the other."))
    fairer = shown if first < second else other
    return format_html(_("{moment} is fairer."), moment=bdi(reader.moment(fairer.start_at)))


def fairness_of(slot: Slot, people: Sequence[Portrait], policy: Policy) -> tuple[object, ...]:
    """What two slots are compared by, the fairer one lower, whenever they start; optional people decide last."""
    shares = shares_of(slot)
    loads = sorted((_load(shares, one) for one in people if not one.participant.optional), reverse=True)
    optional = [share.cost for share in slot.participants if share.optional]
    first, second = (slot.total_cost, loads) if policy is Policy.LEAST_TOTAL else (loads, slot.total_cost)
    return first, second, -len(optional), round(sum(optional), 6)
