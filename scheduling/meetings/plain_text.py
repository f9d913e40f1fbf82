"""Texts that people wrote, made safe for the line-based formats: iCalendar and mail headers."""

import re

# CR LF counts once; the others are breaks to some reader of a line-based format.
_BREAK = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What is left of C0 and C1, and lone surrogates, which have no encoding.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def one_line(text: str) -> str:
    """The text without control characters, on one line."""
    return _CONTROL.sub("", _BREAK.sub(" ", text).replace("\t", " ")).strip()


def lines(text: str) -> str:
    """The text without control characters other than tabs, its lines divided by a newline."""
    return _CONTROL.sub("", _BREAK.sub("\n", text)).strip()
