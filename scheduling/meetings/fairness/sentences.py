"""What the numbers come to, in the words of the page's reader."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from clients.models import Person
from clients.reader import Reader
from scheduling.meetings.fairness.bearers import Bearer
from scheduling.meetings.fairness.contributions import Contribution
from scheduling.meetings.fairness.measures import fairness_index
from scheduling.meetings.proposals.wording import bdi, index, points, share

# What is shown as nothing is nothing, and what is shown as even is even.
NOTICEABLE = 0.05
EVEN = 0.995


@dataclass(frozen=True)
class Index:
    """Jain's index now and at the beginning of the month, and what it says."""

    now: str
    before: str
    meaning: SafeString
    change: str


def fairness(bearers: Sequence[Bearer], reader: Reader) -> Index:
    """How evenly all is spread now, and since the month began."""
    burdens, before = [each.burden for each in bearers], [each.before for each in bearers]
    value, then = fairness_index(burdens), fairness_index(before)
    words = {"number": bdi(points(value * len(burdens), reader)), "people": bdi(points(len(burdens), reader))}
    if not any(burdens):
        meaning = conditional_escape(_("Nobody carries anything now."))
    elif len(burdens) == 1:
        meaning = conditional_escape(_("With one person there is nothing to share."))
    elif value > EVEN:
        meaning = format_html(_("All {people} people carry the same."), **words)
    else:
        meaning = format_html(
            _("As uneven as if {number} of {people} people carried everything in equal parts."), **words
        )
    shown, shown_then = index(value, reader), index(then, reader)
    if shown == shown_then:
        change = _("the same now")
    elif value > then:
        change = _("fairer now")
    else:
        change = _("less fair now")
    return Index(shown, shown_then, meaning, change)


def spared(bearers: Sequence[Bearer], reader: Reader, *, is_client: bool) -> SafeString:
    """Who has the highest load, and so is spared by the next proposal."""
    heaviest, by_load = bearers[0], max(bearers, key=lambda each: each.load)
    if heaviest.burden < NOTICEABLE:
        return conditional_escape(_("Nobody needs to be spared: what was carried has faded."))
    words = {
        "name": bdi(by_load.short_name),
        "points": bdi(points(by_load.burden, reader)),
        "load": bdi(points(by_load.load, reader)),
        "other": bdi(heaviest.short_name),
        "most": bdi(points(heaviest.burden, reader)),
    }
    if not is_client:
        return format_html(_("{other} carries most, {most} points, and is to be spared next."), **words)
    if by_load.is_client:
        sentence = format_html(
            _("{name} is to be spared next: a client’s {points} points count five times, which makes {load}."), **words
        )
    else:
        sentence = format_html(
            _("{name} is to be spared next: {points} points are more than any client’s, which count five times."),
            **words,
        )
    if heaviest is by_load:
        return sentence
    return format_html(
        _("{sentence} Where hours are shared evenly it is {other}, with {most} points."), sentence=sentence, **words
    )


def worst_off(bearers: Sequence[Bearer], top: Contribution | None, reader: Reader) -> SafeString:
    """How much more than others the heaviest burdened carries, and the meeting that most of it comes from."""
    worst, together = bearers[0], sum(each.burden for each in bearers)
    if top is None:
        return conditional_escape(_("What past meetings cost has faded to less than a tenth of a point each."))
    meeting = top.attendance.meeting
    words = {
        "name": bdi(worst.short_name),
        "share": bdi(share(worst.burden / together, reader)),
        "even": bdi(share(1 / len(bearers), reader)),
        "part": bdi(top.part),
        "title": bdi(meeting.title),
        "moment": _on_both_clocks(meeting.start_at, worst.person, reader),
        "sentence": SafeString(),
    }
    if len(bearers) > 1:
        words["sentence"] = format_html(
            _("{name} carries {share} of everything; {even} would be an even share."), **words
        )
    if top.is_visible:
        return format_html(_("{sentence} {part} of it comes from “{title}” on {moment}."), **words)
    return format_html(_("{sentence} {part} of it comes from a meeting with another client on {moment}."), **words)


def _on_both_clocks(at: dt.datetime, person: Person, reader: Reader) -> SafeString:
    theirs = reader.in_zone(person.time_zone)
    if theirs.moment(at) == reader.moment(at):
        return bdi(reader.moment(at))
    there = theirs.time(at) if theirs.day_of(at) == reader.day_of(at) else theirs.moment(at)
    return format_html(_("{moment} ({theirs} for them)"), moment=bdi(reader.moment(at)), theirs=bdi(there))


def comparison(of_manager: float, of_contact: float, reader: Reader) -> SafeString:
    """Which side carries more on average."""
    words = {"contact": bdi(points(of_contact, reader)), "manager": bdi(points(of_manager, reader))}
    if max(of_contact, of_manager) < NOTICEABLE:
        return conditional_escape(_("Neither side carries anything now."))
    if of_contact < of_manager:
        return format_html(
            _("An account manager carries {manager} points on average and a contact {contact}: clients are spared."),
            **words,
        )
    return format_html(
        _("A contact carries {contact} points on average and an account manager {manager}: clients carry more."),
        **words,
    )
