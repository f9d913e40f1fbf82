"""The texts to translate, found in the sources, and the catalogues with their translations."""

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation.template import templatize

# English is in the sources.
LANGUAGES = [code for code, _name in settings.LANGUAGES if code != "en"]
CODE = ("clients", "config", "holidays_app", "scheduling")
TEMPLATES = "templates"
KEYWORDS = {
    "_": None,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}


@dataclass(frozen=True)
class Text:
    """A text to translate: `id` has two where it has a plural, `sources` are relative to the project."""

    id: str | tuple[str, ...]
    context: str | None
    sources: tuple[str, ...]


def texts() -> list[Text]:
    """Every text to translate, in the order of their sources."""
    found: dict[tuple[str | tuple[str, ...], str | None], dict[str, None]] = defaultdict(dict)
    for path, code in _sources():
        where = path.relative_to(settings.BASE_DIR).as_posix()
        for _line, text, _comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
            found[text, context][where] = None
    return [Text(text, context, tuple(sources)) for (text, context), sources in found.items()]


def catalogue_of(texts: Iterable[Text], language: str) -> Catalog:
    """The texts without translations."""
    catalog = Catalog(language)
    for text in texts:
        forms = "" if isinstance(text.id, str) else ("",) * catalog.num_plurals
        catalog.add(text.id, forms, locations=[(source, 0) for source in text.sources], context=text.context)
    return catalog


def path_of(language: str) -> Path:
    """Where the language's catalogue is."""
    return Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", "django.po")


def _sources() -> Iterator[tuple[Path, str]]:
    """Every file that may have texts to translate, as Python code; most modules have none, and tokens take a while."""
    for folder in CODE:
        for path in sorted(Path(settings.BASE_DIR, folder).rglob("*.py")):
            if "gettext" in (code := path.read_text()):
                yield path, code
    for path in sorted(Path(settings.BASE_DIR, TEMPLATES).rglob("*.*")):
        # Python's tokens begin at the margin.
        yield path, "\n".join(line.strip() for line in templatize(path.read_text()).splitlines())
