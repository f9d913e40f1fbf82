"""One day of the reader's, hour by hour: a sky strip per person, the scale above them, and the same as a table."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.reader import Reader
from scheduling.engine import Assessment, Band, Cell, Reason, Slot
from scheduling.meetings.proposals import sky
from scheduling.meetings.proposals.company import part_of
from scheduling.meetings.proposals.exclusions import Block, Span, blocks_of, exclusions, free_spans, needed_cells, spans
from scheduling.meetings.proposals.moment import Moment
from scheduling.meetings.proposals.people import Portrait, west_to_east
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.proposals.sky import QUARTER, CivilDay, Mark, Scale, Stretch, Strip
from scheduling.meetings.proposals.wording import plain_listing, points, scale_hour, weekday_and_day
from scheduling.meetings.reasons import away_word, band_word, blocked_reason, reason_word

NOTE_SHARE = 1 / 6  # A day off shorter than this part of the strip goes without a note.
NAMED = 2
_LETTER_PIXELS, _PILL_PADDING = 7.2, 15


@dataclass(frozen=True)
class Pill:
    """The chosen time on the scale: the point it hangs from, and its box in pixels from there."""

    x: float
    left: float
    width: float
    label: str

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True)
class Axis:
    """The reader's hours, when everybody is free, and the chosen time."""

    ticks: tuple[Mark, ...]
    hours: tuple[Mark, ...]
    free: tuple[Stretch, ...]
    free_label: str
    free_label_x: float
    free_label_after: bool
    slot: Stretch | None
    pill: Pill | None


@dataclass(frozen=True)
class Reading:
    """The time shown on one person's wall, with the day where it is another than the reader's, and what it costs.

    Without a `band` the person cannot meet, for what `blocked_by` says in a word or two; whoever `is_away` is not
    needed then. The cost of somebody who need not come is empty, because it counts for nothing.
    """

    starts: str
    ends: str
    other_day: str
    band: Band | None
    cost: str
    blocked_by: str
    is_away: bool


@dataclass(frozen=True)
class RibbonRow:
    """One person's strip, and the time shown as it is there; `part` says that they need not come."""

    portrait: Portrait
    part: str
    offset: str
    strip: Strip
    reading: Reading | None


@dataclass(frozen=True)
class TableCell:
    time: str
    level: str


@dataclass(frozen=True)
class Start:
    """A time at which the meeting would begin, and what it costs all together or who cannot come."""

    at: dt.datetime
    words: str
    is_possible: bool


@dataclass(frozen=True)
class Ribbon:
    """What the page draws of one day; a quarter of an hour later is `step` further, below 0 from right to left."""

    day: CivilDay
    axis: Axis
    rows: tuple[RibbonRow, ...]
    table_hours: tuple[dt.datetime, ...]
    table: tuple[tuple[Portrait, tuple[TableCell, ...]], ...]
    rules: tuple[tuple[str, SafeString], ...]
    starts: tuple[Start, ...]
    step: float


def ribbon(
    *,
    day: CivilDay,
    cells: Mapping[Portrait, Sequence[Cell]],
    moment: Moment | None,
    assessment: Assessment,
    query: ProposalQuery,
    reader: Reader,
) -> Ribbon:
    """The day as the reader sees it, people from west to east.

    `cells` are those of the day and of what a slot that starts in it may reach beyond.
    """
    scale = Scale(day, mirrored=reader.text_direction == "rtl")
    of_day = {portrait: of_one[: len(day.quarters)] for portrait, of_one in cells.items()}
    people = west_to_east(cells, day.start_at + (day.end_at - day.start_at) / 2)
    in_the_way = needed_cells(of_day, query.pools)
    label = _("everybody free %(time)s") if query.is_for_all else _("enough people free %(time)s")
    return Ribbon(
        day=day,
        axis=_axis(scale, free_spans(in_the_way.values()), label, moment, reader),
        rows=tuple(_row(portrait, of_day[portrait], scale, moment, query, reader) for portrait in people),
        table_hours=tuple(at for at in day.quarters if reader.wall(at).minute == 0),
        table=tuple((portrait, _table_row(portrait, of_day[portrait], reader)) for portrait in people),
        rules=tuple((_when(block, day, reader), _why(block, reader)) for block in exclusions(day, in_the_way)),
        starts=_starts(day, cells, assessment, reader)
        if query.is_for_all
        else _starts_of_some(day, cells, assessment, reader),
        step=scale.point(day.start_at + QUARTER) - scale.point(day.start_at),
    )


def _row(
    portrait: Portrait,
    cells: Sequence[Cell],
    scale: Scale,
    moment: Moment | None,
    query: ProposalQuery,
    reader: Reader,
) -> RibbonRow:
    zone = portrait.participant.zone
    is_there = moment is not None and portrait.key not in moment.away_keys
    at = moment.start_at if moment else scale.day.start_at
    strip = Strip(
        bars=sky.bars(cells, scale),
        hours=sky.hours(zone, scale, reader),
        midnights=sky.midnights(zone, scale, reader),
        notes=_notes(portrait, cells, scale),
        slot=scale.stretch(moment.start_at, moment.end_at) if moment and is_there else None,
        sentence=_sentence(portrait, cells, moment, reader),
    )
    reading = _reading(portrait, moment, reader) if moment else None
    return RibbonRow(portrait, part_of(portrait, query), portrait.offset(at), strip, reading)


def _reading(portrait: Portrait, moment: Moment, reader: Reader) -> Reading:
    theirs = reader.in_zone(portrait.person.time_zone)
    explanation = moment.explanations[portrait.key]
    date = theirs.day_of(moment.start_at)
    return Reading(
        starts=theirs.time(moment.start_at),
        ends=theirs.time(moment.end_at),
        other_day="" if date == reader.day_of(moment.start_at) else weekday_and_day(date, reader),
        band=explanation.band,
        cost="" if explanation.cost is None or portrait.participant.optional else points(explanation.cost, reader),
        blocked_by=reason_word(_plainest(explanation.reasons)) if explanation.reasons else "",
        is_away=portrait.key in moment.away_keys,
    )


def _plainest(reasons: Sequence[Reason]) -> Reason:
    return next(reason for reason in (Reason.DAY_OFF, Reason.BUSY, Reason.UNREACHABLE) if reason in reasons)


def _notes(portrait: Portrait, cells: Sequence[Cell], scale: Scale) -> tuple[Mark, ...]:
    """The names of long days off, or else a word for them, where there is room."""
    notes = []
    for block in blocks_of(portrait, cells):
        place = scale.stretch(block.start_at, block.end_at)
        if block.away is None or place is None or place.width < NOTE_SHARE:
            continue
        texts = (block.away.name, away_word(block.away))
        text = next((text for text in texts if text and sky.fits(text, place.width)), None)
        if text:
            notes.append(Mark(place.middle, text))
    return tuple(notes)


def _sentence(portrait: Portrait, cells: Sequence[Cell], moment: Moment | None, reader: Reader) -> str:
    """What a strip shows, in words."""
    theirs = reader.in_zone(portrait.person.time_zone)
    words = {"name": portrait.name, "city": portrait.city}
    working = _working_spans(cells)
    if working:
        words["theirs"] = plain_listing((theirs.time_range(span.start_at, span.end_at) for span in working), reader)
        words["yours"] = plain_listing((reader.time_range(span.start_at, span.end_at) for span in working), reader)
        sentence = _("%(name)s, %(city)s: works %(theirs)s local time, which is %(yours)s for you.")
    else:
        sentence = _("%(name)s, %(city)s: no working hours on this day.")
    if moment:
        reading = _reading(portrait, moment, reader)
        level = band_word(reading.band).lower() if reading.band else reading.blocked_by
        words |= {"time": reader.span(reading.starts, reading.ends), "level": level, "cost": reading.cost}
        if reading.band and reading.cost:
            sentence += " " + _("The time shown is %(time)s there: %(level)s, cost %(cost)s.")
        else:
            sentence += " " + _("The time shown is %(time)s there: %(level)s.")
        if reading.is_away:
            sentence += " " + _("%(name)s stays away then.")
    return sentence % words


def _working_spans(cells: Sequence[Cell]) -> tuple[Span, ...]:
    return spans((cell.start_at, cell.band in {Band.IDEAL, Band.GOOD}) for cell in cells)


def _axis(scale: Scale, free: Sequence[Span], words: str, moment: Moment | None, reader: Reader) -> Axis:
    stretches = [(span, scale.stretch(span.start_at, span.end_at)) for span in free]
    placed = [(span, stretch) for span, stretch in stretches if stretch is not None]
    label, label_x, after = "", 0.0, False
    if placed:
        span, widest = max(placed, key=lambda pair: pair[1].width)
        label = words % {"time": reader.time_range(span.start_at, span.end_at)}
        # Beside its stretch, on the side that the text begins from, unless there is too little room.
        room = 1 - widest.end if scale.mirrored else widest.x
        after = room < 0.36
        leading = widest.end + 0.008 if scale.mirrored else widest.x - 0.008
        trailing = widest.x - 0.008 if scale.mirrored else widest.end + 0.008
        label_x = trailing if after else leading
        if after and (widest.x if scale.mirrored else 1 - widest.end) < 0.36:
            label = ""
    chosen = scale.stretch(moment.start_at, moment.end_at) if moment else None
    return Axis(
        ticks=sky.hours(reader.zone, scale, reader, every=1),
        hours=sky.hours(reader.zone, scale, reader, label=scale_hour),
        free=tuple(stretch for _span, stretch in placed),
        free_label=label,
        free_label_x=label_x,
        free_label_after=after,
        slot=chosen,
        pill=_pill(chosen, reader.time_range(moment.start_at, moment.end_at)) if moment and chosen else None,
    )


def _pill(slot: Stretch, label: str) -> Pill:
    width = _LETTER_PIXELS * len(label) + _PILL_PADDING
    # Near an edge it hangs to the side, or a phone would cut it off.
    reach = width / 2 / sky.NARROWEST_PIXELS
    left = -width / 2
    if slot.middle < reach:
        left = -_PILL_PADDING
    elif slot.middle > 1 - reach:
        left = _PILL_PADDING - width
    return Pill(slot.middle, left, width, label)


def _table_row(portrait: Portrait, cells: Sequence[Cell], reader: Reader) -> tuple[TableCell, ...]:
    theirs = reader.in_zone(portrait.person.time_zone)
    return tuple(
        TableCell(
            theirs.time(cell.start_at),
            band_word(cell.band)
            if cell.band
            else plain_listing((str(reason_word(reason)) for reason in cell.reasons), reader),
        )
        for cell in cells
        if reader.wall(cell.start_at).minute == 0
    )


def _starts(
    day: CivilDay, cells: Mapping[Portrait, Sequence[Cell]], assessment: Assessment, reader: Reader
) -> tuple[Start, ...]:
    """Every start of the day that leaves room for the meeting: its cost, or who cannot come."""
    width = assessment.request.duration_minutes // 15
    starts = []
    for position, at in _positions(day, assessment):
        taken = {portrait: of_one[position : position + width] for portrait, of_one in cells.items()}
        missing = [one.short_name for one, of_one in taken.items() if any(cell.reasons for cell in of_one)]
        cost = sum(cell.rate or 0.0 for of_one in taken.values() for cell in of_one) / 4
        starts.append(_start(at, missing, cost, reader))
    return tuple(starts)


def _starts_of_some(
    day: CivilDay, people: Iterable[Portrait], assessment: Assessment, reader: Reader
) -> tuple[Start, ...]:
    """The same where not everybody must come: who does is the engine's to say, start by start."""
    names = {portrait.key: portrait.short_name for portrait in people}
    starts = []
    for _position, at in _positions(day, assessment):
        found = assessment.slot_at(at)
        if isinstance(found, Slot):
            starts.append(_start(at, (), found.total_cost, reader))
        else:
            missing = list(dict.fromkeys(names[key] for key, _reason in found.blockers))
            starts.append(_start(at, missing, 0.0, reader))
    return tuple(starts)


def _positions(day: CivilDay, assessment: Assessment) -> Iterator[tuple[int, dt.datetime]]:
    request = assessment.request
    last_at = request.end_at - dt.timedelta(minutes=request.duration_minutes)
    return ((position, at) for position, at in enumerate(day.quarters) if request.start_at <= at <= last_at)


def _start(at: dt.datetime, missing: Sequence[str], cost: float, reader: Reader) -> Start:
    words = {"time": reader.time(at), "names": plain_listing(missing[:NAMED], reader)}
    if not missing:
        text = _("%(time)s, cost %(cost)s") % {**words, "cost": points(cost, reader)}
    elif len(missing) > NAMED:
        text = ngettext(
            "%(time)s, not possible for %(count)d person", "%(time)s, not possible for %(count)d people", len(missing)
        ) % {**words, "count": len(missing)}
    else:
        text = _("%(time)s, not possible for %(names)s") % words
    return Start(at, text, is_possible=not missing)


def _when(block: Block, day: CivilDay, reader: Reader) -> str:
    if block.start_at <= day.start_at and block.end_at >= day.end_at:
        return _("All day")
    if block.start_at <= day.start_at:
        return _("Before %(time)s") % {"time": reader.time(block.end_at)}
    if block.end_at >= day.end_at:
        return _("After %(time)s") % {"time": reader.time(block.start_at)}
    return reader.time_range(block.start_at, block.end_at)


def _why(block: Block, reader: Reader) -> SafeString:
    return blocked_reason(block.people, block.reason, block.date, block.away, reader)
