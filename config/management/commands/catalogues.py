import io
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.core.management.base import BaseCommand

from config.catalogues import LANGUAGES, catalogue_of, path_of, texts

HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Dayband\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


class Command(BaseCommand):
    """Brings the catalogues up to date, and says what is to be translated."""

    help = "Collects the texts of the sources into the catalogues, and drops those that are gone."

    def handle(self, **options: Any) -> None:
        wanted = texts()
        for language in LANGUAGES:
            path = path_of(language)
            catalog = _updated(path, catalogue_of(wanted, language), language)
            entries = io.BytesIO()
            write_po(entries, catalog, width=120, omit_header=True, include_lineno=False, ignore_obsolete=True)
            header = HEADER.format(language=language, plural_forms=catalog.plural_forms)
            path.write_bytes(header.encode() + entries.getvalue().strip() + b"\n")
            missing = sum(_is_missing(message) for message in catalog)
            self.stdout.write(f"{language}: {len(catalog)} texts, {missing} to translate")


def _updated(path: Path, wanted: Catalog, language: str) -> Catalog:
    """The translations of the file for the texts that are wanted, the others empty."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return wanted
    with path.open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    catalog.update(wanted, no_fuzzy_matching=True)
    return catalog


def _is_missing(message: Message) -> bool:
    """Whether one of its forms is empty."""
    forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
    return bool(message.id) and not all(forms)
