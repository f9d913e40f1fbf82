"""When everybody is free on one day, and who keeps the rest of it from being offered."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduling.engine import Cell, Pool, Reason
from scheduling.meetings.proposals.people import Away, Leave, Portrait
from scheduling.meetings.proposals.sky import QUARTER, CivilDay


@dataclass(frozen=True)
class Span:
    """A half-open stretch of time."""

    start_at: dt.datetime
    end_at: dt.datetime


@dataclass(frozen=True)
class Block:
    """A stretch in which the same people cannot meet for the same reason; of a day off also its date and why."""

    start_at: dt.datetime
    end_at: dt.datetime
    people: tuple[Portrait, ...]
    reason: Reason
    date: dt.date | None = None
    away: Away | None = None


def spans(quarters: Iterable[tuple[dt.datetime, bool]]) -> tuple[Span, ...]:
    """The stretches of those quarters that hold, joined where they meet; quarters come in order of time."""
    found: list[Span] = []
    for start_at, holds in quarters:
        if holds and found and found[-1].end_at == start_at:
            found[-1] = replace(found[-1], end_at=start_at + QUARTER)
        elif holds:
            found.append(Span(start_at, start_at + QUARTER))
    return tuple(found)


def free_spans(cells: Iterable[Sequence[Cell]]) -> tuple[Span, ...]:
    """When nobody is blocked: sorted, disjoint; each person's cells cover the same time."""
    return spans(
        (together[0].start_at, not any(cell.reasons for cell in together)) for together in zip(*cells, strict=True)
    )


def needed_cells(cells: Mapping[Portrait, Sequence[Cell]], pools: Sequence[Pool]) -> Mapping[Portrait, Sequence[Cell]]:
    """The cells of all who must come; those of a pool are blocked only where too few of it are free."""
    needed = {portrait: of_one for portrait, of_one in cells.items() if not portrait.participant.optional}
    for pool in pools:
        members = [portrait for portrait in needed if portrait.key in pool.ids]
        together = list(zip(*(needed[portrait] for portrait in members), strict=True))
        enough = [sum(not cell.reasons for cell in row) >= pool.take for row in together]
        for portrait in members:
            needed[portrait] = [
                replace(cell, reasons=()) if is_enough else cell
                for cell, is_enough in zip(needed[portrait], enough, strict=True)
            ]
    return needed


def blocks_of(portrait: Portrait, cells: Sequence[Cell]) -> tuple[Block, ...]:
    """When one person cannot meet, cut where the reason changes."""
    blocks: list[Block] = []
    for cell in cells:
        if not cell.reasons:
            continue
        reason = next(reason for reason in (Reason.DAY_OFF, Reason.BUSY, Reason.UNREACHABLE) if reason in cell.reasons)
        date, away = None, None
        if reason is Reason.DAY_OFF:
            date = cell.start_at.astimezone(portrait.participant.zone).date()
            away = portrait.away_on(date) or Away(Leave.WEEKLY_REST)
        last = blocks[-1] if blocks else None
        if last and last.end_at == cell.start_at and (last.reason, last.date) == (reason, date):
            blocks[-1] = replace(last, end_at=cell.start_at + QUARTER)
        else:
            blocks.append(Block(cell.start_at, cell.start_at + QUARTER, (portrait,), reason, date, away))
    return tuple(blocks)


def exclusions(day: CivilDay, cells: Mapping[Portrait, Sequence[Cell]]) -> tuple[Block, ...]:
    """Few blocks, in order of time, that together cover all of the day that cannot be offered.

    Each is told in full, so it may reach past the time that it is needed for.
    """
    blocks = _joined(block for portrait, of_one in cells.items() for block in blocks_of(portrait, of_one))
    chosen: list[Block] = []
    for gap in _gaps(day, free_spans(cells.values())):
        reached_at = gap.start_at
        while reached_at < gap.end_at:
            # Of the blocks that go on from here, the one that reaches furthest.
            going_on = (block for block in blocks if block.start_at <= reached_at < block.end_at)
            block = max(going_on, key=lambda block: block.end_at)
            chosen.append(block)
            reached_at = block.end_at
    return tuple(dict.fromkeys(chosen))


def _joined(blocks: Iterable[Block]) -> list[Block]:
    """The blocks, those of several people for the same time and reason as one."""
    joined: dict[Block, tuple[Portrait, ...]] = {}
    for block in blocks:
        alike = replace(block, people=())
        joined[alike] = joined.get(alike, ()) + block.people
    return [replace(alike, people=people) for alike, people in joined.items()]


def _gaps(day: CivilDay, free: Sequence[Span]) -> list[Span]:
    edges = [day.start_at, *(edge for span in free for edge in (span.start_at, span.end_at)), day.end_at]
    return [
        Span(start_at, end_at) for start_at, end_at in zip(edges[::2], edges[1::2], strict=True) if start_at < end_at
    ]
