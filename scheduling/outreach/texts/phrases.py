"""A few words with values in them, alike in the text and the HTML part of a mail."""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from scheduling.meetings.plain_text import one_line

_FIRST_STRONG_ISOLATE = "\u2068"
_POP_DIRECTIONAL_ISOLATE = "\u2069"
# They reach beyond the value that they stand in. Source: UAX #9, sections 2.1 to 2.5.
_BIDI_CONTROL = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True)
class Run:
    """Words of a text, or a value that was put into it."""

    text: str
    is_value: bool = False


@dataclass(frozen=True)
class Phrase:
    """Runs in a row, in a language of one direction; `url` where the whole is a link."""

    runs: tuple[Run, ...]
    is_right_to_left: bool = False
    url: str = ""

    @property
    def plain(self) -> str:
        """As text, with isolates round the values that would else be shown out of place."""
        return "".join(
            isolated(run.text, is_right_to_left=self.is_right_to_left) if run.is_value else run.text
            for run in self.runs
        )

    @property
    def html(self) -> SafeString:
        """As markup: everything escaped, values in a bdi element, line breaks kept."""
        marked = mark_safe("".join(_marked(run) for run in self.runs))  # noqa: S308  (each run is escaped)
        return format_html('<a class="link" href="{}">{}</a>', self.url, marked) if self.url else marked


def _marked(run: Run) -> SafeString:
    if run.is_value:
        return format_html("<bdi>{}</bdi>", run.text)
    return SafeString(escape(run.text).replace("\n", "<br>"))


def value(text: str) -> Run:
    """A value as it may stand in a mail: on one line, without characters that steer instead of being read."""
    return Run(_BIDI_CONTROL.sub("", one_line(text)), is_value=True)


def isolated(text: str, *, is_right_to_left: bool) -> str:
    """The text with isolates round it where it would else be shown out of place, or put its neighbours there.

    In a sentence from left to right that is where it holds letters from right to left; in the other direction always,
    for digits and times too. Source: UAX #9, section 2.4.
    """
    if not text or not (is_right_to_left or any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in text)):
        return text
    return f"{_FIRST_STRONG_ISOLATE}{text}{_POP_DIRECTIONAL_ISOLATE}"
