"""The sky strip and what goes with it, drawn as SVG; colours and sizes that are the same everywhere are the CSS's."""

from collections.abc import Sequence
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe

from scheduling.engine import Band
from scheduling.meetings.proposals.burdens import BurdenRow
from scheduling.meetings.proposals.comparison import ComparedRow
from scheduling.meetings.proposals.options import Bite
from scheduling.meetings.proposals.ribbon import Axis
from scheduling.meetings.proposals.sky import BLOCKED, HEIGHTS, LEVELS, Bar, Strip
from scheduling.meetings.reasons import band_word

register = template.Library()

SWATCH_GROUND, SWATCH_HEIGHT = 20.0, 18.0
BITE_GROUND, BITE_HEIGHT = 27.0, 23.0
# More initials than this stand in each other's way.
MOST_INITIALS = 8


@register.filter
def percent(fraction: float) -> str:
    """A fraction as an SVG length, whatever the language: 0.125 is “12.5%”."""
    return f"{_number(100 * fraction, 3)}%"


@register.filter
def pixels(length: float) -> str:
    """A length for an SVG attribute, whatever the language: “29.9”."""
    return _number(length, 1)


@register.filter
def rect(bar: Bar) -> SafeString:
    """A bar as an SVG element; there are hundreds on a page, too many for the template's own pace."""
    corner = "" if bar.level == BLOCKED else ' rx="2"'
    x, width, top, height = percent(bar.place.x), percent(bar.place.width), pixels(bar.top), pixels(bar.height)
    return mark_safe(  # noqa: S308 - numbers and a class of our own
        f'<rect class="{bar.level}" x="{x}" y="{top}" width="{width}" height="{height}"{corner} />'
    )


@register.inclusion_tag("meetings/sky/strip.html")
def sky_strip(strip: Strip) -> dict[str, Any]:
    """One person's hours over a day."""
    return {"strip": strip}


@register.inclusion_tag("meetings/sky/axis.html")
def sky_axis(axis: Axis) -> dict[str, Any]:
    """The reader's hours above the strips."""
    return {"axis": axis}


@register.inclusion_tag("meetings/sky/swatch.html")
def band_swatch(band: Band | str) -> dict[str, Any]:
    """The colour and height of a band, for beside its name; without a band, that of a time never offered."""
    if not band:
        return {"level": "bz", "top": SWATCH_GROUND - 2, "height": 2.0}
    height = SWATCH_HEIGHT * _SWATCH_HEIGHTS[Band(band)]
    return {"level": LEVELS[Band(band)], "top": SWATCH_GROUND - height, "height": height}


# Steps wide enough to be seen at 18 pixels.
_SWATCH_HEIGHTS = {Band.IDEAL: 1.0, Band.GOOD: 5 / 6, Band.STRETCH: 0.64, Band.HARD: 0.44, Band.VERY_HARD: 0.28}


@register.inclusion_tag("meetings/sky/mini.html")
def mini_bars(bites: Sequence[Bite], *, mirrored: bool = False) -> dict[str, Any]:
    """Everybody's band at one time, in the order of the strips."""
    each = 0.96 / len(bites)
    drawn = []
    for position, bite in enumerate(bites):
        left = 0.02 + each * (position + 0.125)
        width = each * 0.75
        height = BITE_HEIGHT * HEIGHTS[bite.band] if bite.band else 2.0
        x = 1 - left - width if mirrored else left
        drawn.append(
            {
                "portrait": bite.portrait,
                "level": LEVELS[bite.band] if bite.band else BLOCKED,
                "x": x,
                "middle": x + width / 2,
                "width": width,
                "top": BITE_GROUND - height,
                "height": height,
            }
        )
    return {"bites": drawn, "has_initials": len(bites) <= MOST_INITIALS}


@register.inclusion_tag("meetings/sky/load.html")
def load_bar(row: BurdenRow, *, mirrored: bool = False) -> dict[str, Any]:
    """What somebody has carried, and what is added."""
    return {"row": row, "past_x": 1 - row.past if mirrored else 0.0}


@register.inclusion_tag("meetings/sky/change.html")
def change_bar(row: ComparedRow) -> dict[str, Any]:
    """What somebody gains or loses, from the middle towards either side."""
    return {"row": row}


@register.filter
def word(band: Band | str) -> str:
    """The name of a band."""
    return band_word(Band(band))


def _number(value: float, places: int) -> str:
    return f"{value:.{places}f}".rstrip("0").rstrip(".")
