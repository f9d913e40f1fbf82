"""Who has carried the awkward hours so far, and what the time shown adds."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.reader import Reader
from scheduling.engine import Slot
from scheduling.meetings.proposals.company import counted_costs
from scheduling.meetings.proposals.people import Portrait
from scheduling.meetings.proposals.wording import bdi, points, share

# A sentence names this many people.
NAMED = 2
_GAP = 0.006  # between what was carried and what is new, so that they are told apart without colour


@dataclass(frozen=True)
class BurdenRow:
    """One person's bar: parts of its width, and the numbers."""

    portrait: Portrait
    past: float
    new: float
    new_x: float
    numbers: str


@dataclass(frozen=True)
class Burdens:
    """Everybody's bars from the heaviest, and what they come to."""

    rows: tuple[BurdenRow, ...]
    sentence: SafeString


def burdens(shown: Slot | None, other: Slot | None, people: Sequence[Portrait], reader: Reader) -> Burdens:
    """What everybody has carried and would carry with the time shown; `other` is the time it is compared with."""
    totals = _totals(shown, people)
    ordered = sorted(people, key=lambda portrait: (-totals[portrait], portrait.name))
    heaviest = max(totals.values())
    mirrored = reader.text_direction == "rtl"
    rows = []
    for portrait in ordered:
        burden = portrait.participant.burden
        cost = totals[portrait] - burden
        past, new = (value / heaviest * (1 - _GAP) if heaviest else 0.0 for value in (burden, cost))
        new_x = past + (_GAP if past else 0.0)
        numbers = points(burden, reader)
        if round(cost, 1):
            numbers = _("%(burden)s + %(cost)s") % {"burden": numbers, "cost": points(cost, reader)}
        rows.append(BurdenRow(portrait, past, new, 1 - new_x - new if mirrored else new_x, numbers))
    return Burdens(tuple(rows), _sentence(shown, other, ordered, reader))


def _totals(slot: Slot | None, people: Sequence[Portrait]) -> dict[Portrait, float]:
    costs = counted_costs(slot, people) if slot else dict.fromkeys(people, 0.0)
    return {portrait: portrait.participant.burden + costs[portrait] for portrait in people}


def _sentence(shown: Slot | None, other: Slot | None, ordered: Sequence[Portrait], reader: Reader) -> SafeString:
    totals = _totals(shown, ordered)
    together = sum(totals.values())
    if not together:
        return conditional_escape(_("Nobody carries anything: all past calls were at good times, or there were none."))
    if len(ordered) < NAMED:
        return SafeString()
    first, second = ordered[:NAMED]
    with_shown = [share(totals[portrait] / together, reader) for portrait in (first, second)]
    words = {
        "first": bdi(first.short_name),
        "first_share": bdi(with_shown[0]),
        "second": bdi(second.short_name),
        "second_share": bdi(with_shown[1]),
    }
    if shown is None:
        return format_html(_("So far {first} has carried {first_share} and {second} {second_share}."), **words)
    sentence = format_html(_("With this call {first} carries {first_share} and {second} {second_share}."), **words)
    totals_then = _totals(other, ordered)
    together_then = sum(totals_then.values())
    if other is None or not together_then:
        return sentence
    with_other = [share(totals_then[portrait] / together_then, reader) for portrait in (first, second)]
    day = bdi(reader.moment(other.start_at))
    if with_other == with_shown:
        return format_html(_("{sentence} On {day} the shares would be the same."), sentence=sentence, day=day)
    return format_html(
        _("{sentence} On {day} it would be {first_share} and {second_share}."),
        sentence=sentence,
        day=day,
        first_share=bdi(with_other[0]),
        second_share=bdi(with_other[1]),
    )
