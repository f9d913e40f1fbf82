"""A language made of all: whatever fits in it fits in each."""

import unicodedata
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from config.catalogues import LANGUAGES, path_of

#: Lends its name, dates and plurals; nobody is offered it.
LANGUAGE = "fi"


def write_catalogue(folder: Path) -> None:
    """Writes a catalogue into the folder that has each text in the language whose words are the widest there."""
    catalogues = []
    for language in LANGUAGES:
        with path_of(language).open("rb") as file:
            catalogues.append(read_po(file, locale=language))
    widest = Catalog(LANGUAGE)
    for message in catalogues[0]:
        if isinstance(message.id, str) and message.id:
            found = [catalogue.get(message.id, message.context) for catalogue in catalogues]
            texts = [message.id, *(str(one.string) for one in found if one and one.string)]
            widest.add(message.id, max(texts, key=_width), context=message.context)
        elif message.id:
            # Forms differ in number between languages, and their words hardly in width.
            widest.add(message.id, message.id, context=message.context)
    path = folder / LANGUAGE / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, widest)


def _width(text: str) -> tuple[int, int]:
    """Columns of the widest word, which can't be broken, and then of the whole."""
    return max((_columns(word) for word in text.split()), default=0), _columns(text)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
