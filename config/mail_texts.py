"""The texts that mails take from the catalogues, found in the sources that write mails.

Pages are in `settings.LANGUAGES`, mails in `settings.MAIL_LANGUAGES` too: the catalogues of those hold what mails need.
"""

import ast
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from django.conf import settings
from django.utils.translation import override
from django.utils.translation.template import templatize

from scheduling.meetings.models import Meeting

# From these, every module is reached that has a word in a mail.
WRITERS = ("scheduling.outreach.letters", "scheduling.outreach.mail")
# Names of choices that mails show.
LABELS = (Meeting.Channel,)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


@dataclass(frozen=True)
class Text:
    """One text of a mail: `id` has two where it has a plural, `sources` are relative to the project."""

    id: str | tuple[str, ...]
    context: str | None
    sources: tuple[str, ...]


def mail_texts() -> list[Text]:
    """Every text that a mail may take, in the order of their sources."""
    found: dict[tuple[str | tuple[str, ...], str | None], dict[str, None]] = defaultdict(dict)
    codes = {source: source.read_text() for source in sorted(_speaking_modules())}
    templates = sorted((settings.BASE_DIR / "templates" / "mail").iterdir())
    codes |= {template: templatize(template.read_text()) for template in templates}
    for source, code in codes.items():
        where = source.relative_to(settings.BASE_DIR).as_posix()
        for _line, text, _comments, context in extract("python", io.BytesIO(code.encode()), KEYWORDS):
            found[text, context][where] = None
    with override(None):
        for choices in LABELS:
            for label in choices.labels:
                found[str(label), None][choices.__module__.replace(".", "/") + ".py"] = None
    return [Text(text, context, tuple(sources)) for (text, context), sources in found.items()]


def catalog_of(texts: Iterable[Text], language: str) -> Catalog:
    """The texts as a catalogue without translations."""
    catalog = Catalog(language, project="Dayband")
    for text in texts:
        forms = "" if isinstance(text.id, str) else ("",) * catalog.num_plurals
        catalog.add(text.id, forms, locations=[(source, 0) for source in text.sources], context=text.context)
    return catalog


def _speaking_modules() -> set[Path]:
    """The modules that writing a mail reaches and that look texts up while they run."""
    reached: set[str] = set()
    waiting = list(WRITERS)
    speaking = set()
    while waiting:
        module = waiting.pop()
        path = _path(module)
        if module in reached or path is None:
            continue
        reached.add(module)
        imported = set(_imports(ast.parse(path.read_text())))
        waiting += imported
        if any(f"django.utils.translation.{name}" in imported for name in KEYWORDS):
            speaking.add(path)
    return speaking


def _imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _path(module: str) -> Path | None:
    """Where a module of the project is; None for anybody else's."""
    place = settings.BASE_DIR.joinpath(*module.split("."))
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)
