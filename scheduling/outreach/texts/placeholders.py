"""The only markup of a text: {names} from a list. Nothing else in braces is understood, and nothing is evaluated."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Formatter

from babel.lists import format_list
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from scheduling.outreach.errors import BrokenText
from scheduling.outreach.texts.phrases import Run
from scheduling.outreach.texts.purposes import FRAME_PLACEHOLDERS, LISTS, PLACEHOLDERS


@dataclass(frozen=True)
class Piece:
    """Words as they stand, or the name of the value that stands there."""

    text: str
    is_name: bool = False


def parse(text: str, allowed: Collection[str]) -> tuple[Piece, ...]:
    """The text cut at its placeholders; doubled braces are braces.

    Raises: BrokenText where a brace is alone, or where something in braces is not one of the `allowed` names.
    """
    pieces = []
    try:
        for words, name, spec, conversion in Formatter().parse(text):
            if words:
                pieces.append(Piece(words))
            if name is None:
                continue
            if spec or conversion or name not in allowed:
                written = name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
                raise _unknown(written, allowed)
            pieces.append(Piece(name, is_name=True))
    except ValueError as error:
        raise BrokenText(
            _("A brace stands alone. Write placeholders such as {contact}, and {{ or }} for a brace itself.")
        ) from error
    return tuple(pieces)


def fill(pieces: Collection[Piece], values: Mapping[str, Run]) -> tuple[Run, ...]:
    """The pieces with a value for each name; a value is never read for placeholders again."""
    return tuple(values[piece.text] if piece.is_name else Run(piece.text) for piece in pieces)


def check_subject(text: str, purpose: str) -> None:
    """Raises: BrokenText where the subject of a purpose can't be used."""
    parse(text, [name for name in PLACEHOLDERS[purpose] if name not in LISTS])


def check_body(text: str, purpose: str) -> None:
    """Raises: BrokenText where the body of a purpose can't be used."""
    paragraphs = [parse(one, PLACEHOLDERS[purpose]) for one in paragraphs_of(text)]
    for pieces in paragraphs:
        for piece in pieces:
            if piece.is_name and piece.text in LISTS and len(pieces) > 1:
                raise BrokenText(
                    _("{%(name)s} is a list: let it stand alone in its paragraph, with an empty line before and after.")
                    % {"name": piece.text}
                )
    for name in LISTS.intersection(PLACEHOLDERS[purpose]):
        if (Piece(name, is_name=True),) not in paragraphs:
            raise BrokenText(
                _("{%(name)s} is missing: without it the mail doesn’t say what it is about.") % {"name": name}
            )


def check_line(text: str, name: str) -> None:
    """Raises: BrokenText where one of the lines that begin and end a mail can't be used."""
    parse(text, FRAME_PLACEHOLDERS[name])


def paragraphs_of(text: str) -> list[str]:
    """The text cut at its empty lines."""
    return [paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip()]


def in_braces(names: Collection[str]) -> str:
    """“{contact}, {sender} and {client}”, in the language of the page."""
    return format_list([f"{{{name}}}" for name in names], locale=(get_language() or "en").replace("-", "_"))


def _unknown(written: str, allowed: Collection[str]) -> BrokenText:
    return BrokenText(
        _("{%(name)s} is no placeholder here. You can use %(allowed)s.")
        % {"name": written, "allowed": in_braces(allowed)}
    )
