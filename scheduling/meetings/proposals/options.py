"""The times offered, each with one true sentence on why it is fair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.reader import Reader
from scheduling.engine import Band, ParticipantSlot, Policy, Slot
from scheduling.meetings.proposals.company import booking_value, counted_costs, who_comes
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.wording import bdi, listing, points

NAMED = 2
INSIDE_HOURS = frozenset({Band.IDEAL, Band.GOOD})


@dataclass(frozen=True)
class Bite:
    """What a time means for one person, for the small bars; without a band they stay away."""

    portrait: Portrait
    band: Band | None


@dataclass(frozen=True)
class Option:
    """A time that can be chosen; `company` says who comes where not everybody must."""

    slot: Slot
    rank: int | None
    url: str
    compare_url: str
    is_shown: bool
    total_cost: str
    worst_cost: str
    worst_off: SafeString
    bites: tuple[Bite, ...]
    sentence: SafeString
    company: tuple[SafeString, ...]
    booking_value: str


def options(
    *,
    slots: Sequence[Slot],
    shown: Slot | None,
    people: Sequence[Portrait],
    policy: Policy,
    query: ProposalQuery,
    reader: Reader,
) -> tuple[Option, ...]:
    """The slots from the fairest; a slot shown that is none of them comes first, without a rank."""
    ranked: list[tuple[int | None, Slot]] = list(enumerate(slots, start=1))
    if shown is not None and all(slot.start_at != shown.start_at for slot in slots):
        ranked.insert(0, (None, shown))
    return tuple(
        Option(
            slot=slot,
            rank=rank,
            url=query.url(at=slot.start_at),
            compare_url=query.url(at=shown.start_at, compare=slot.start_at) if shown else "",
            is_shown=shown is not None and slot.start_at == shown.start_at,
            total_cost=points(slot.total_cost, reader),
            worst_cost=points(max(counted_costs(slot, people).values()), reader),
            worst_off=_worst_off(slot, people, reader),
            bites=_bites(slot, people),
            sentence=fairness(slot, slots, people, policy, reader),
            company=who_comes(slot, people, query, reader),
            booking_value=booking_value(slot, query),
        )
        for rank, slot in ranked
    )


def shares_of(slot: Slot) -> Mapping[str, ParticipantSlot]:
    """What a slot means for each of those who come, by key."""
    return {share.id: share for share in slot.participants}


def _bites(slot: Slot, people: Sequence[Portrait]) -> tuple[Bite, ...]:
    bands = {share.id: share.band for share in slot.participants}
    return tuple(Bite(portrait, bands.get(portrait.key)) for portrait in people)


def fairness(
    slot: Slot, slots: Sequence[Slot], people: Sequence[Portrait], policy: Policy, reader: Reader
) -> SafeString:
    """Who meets outside working hours, and how the slot compares with the fairest one."""
    sentences = [_who_is_outside(slot, people, reader)]
    if slot.start_at == slots[0].start_at:
        if slot.total_cost:
            sentences.insert(0, _why_fairest(policy))
    else:
        sentences.append(_compared(slot, slots[0], people))
    return format_html("{} {}", *sentences) if len(sentences) > 1 else sentences[0]


def _why_fairest(policy: Policy) -> SafeString:
    return conditional_escape(
        {
            Policy.CLIENT_FIRST: _("Fairest: keeps the heaviest load lowest, with clients’ loads counting most."),
            Policy.SHARED: _("Fairest: keeps the heaviest load of all as low as possible."),
            Policy.LEAST_TOTAL: _("No other time costs less in total."),
        }[policy]
    )


def _who_is_outside(slot: Slot, people: Sequence[Portrait], reader: Reader) -> SafeString:
    shares = shares_of(slot)
    coming = [portrait for portrait in people if portrait.key in shares]
    outside = [portrait for portrait in coming if shares[portrait.key].band not in INSIDE_HOURS]
    if not any(share.cost for share in slot.participants):
        return conditional_escape(_("Ideal for everybody."))
    if not outside:
        return conditional_escape(_("Nobody is outside working hours."))
    if len(outside) > NAMED:
        return conditional_escape(
            ngettext(
                "%(count)d person meets outside working hours.",
                "%(count)d people meet outside working hours.",
                len(outside),
            )
            % {"count": len(outside)}
        )
    names = listing((portrait.short_name for portrait in outside), reader)
    return format_html(
        ngettext("Only {names} meets outside working hours.", "Only {names} meet outside working hours.", len(outside)),
        names=names,
    )


def _compared(slot: Slot, fairest: Slot, people: Sequence[Portrait]) -> SafeString:
    """For whom the slot is easier than the fairest one, and for whom it is harder."""
    costs, best = counted_costs(slot, people), counted_costs(fairest, people)
    gains = {portrait: best[portrait] - costs[portrait] for portrait in people}
    winner = max(people, key=gains.__getitem__)
    loser = min(people, key=gains.__getitem__)
    if gains[winner] <= 0 and gains[loser] >= 0:
        return conditional_escape(_("Costs everybody the same as the fairest time."))
    if gains[winner] <= 0:
        return format_html(_("Harder for {loser} than the fairest time."), loser=bdi(loser.short_name))
    burdens = {portrait: portrait.participant.burden for portrait in people}
    heaviest = max(people, key=burdens.__getitem__)
    if gains[heaviest] > 0 and sum(burden >= burdens[heaviest] for burden in burdens.values()) == 1:
        # The one person whose relief is worth the most words.
        if gains[loser] < 0:
            return format_html(
                _("Gives relief to {heaviest}, who has carried most; harder for {loser}."),
                heaviest=bdi(heaviest.short_name),
                loser=bdi(loser.short_name),
            )
        return format_html(_("Gives relief to {heaviest}, who has carried most."), heaviest=bdi(heaviest.short_name))
    if gains[loser] >= 0:
        return format_html(_("Easier for {winner} than the fairest time."), winner=bdi(winner.short_name))
    return format_html(
        _("Easier for {winner} than the fairest time, harder for {loser}."),
        winner=bdi(winner.short_name),
        loser=bdi(loser.short_name),
    )


def _worst_off(slot: Slot, people: Sequence[Portrait], reader: Reader) -> SafeString:
    """Those who pay the most, by name as far as there is room."""
    costs = counted_costs(slot, people)
    worst = max(costs.values())
    if not worst:
        return conditional_escape(_("nobody pays"))
    names = [portrait.short_name for portrait in people if costs[portrait] == worst]
    if len(names) > NAMED:
        return conditional_escape(
            ngettext("worst: %(count)d person", "worst: %(count)d people", len(names)) % {"count": len(names)}
        )
    return format_html(_("worst: {names}"), names=listing(names, reader))
