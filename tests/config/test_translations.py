"""The Spanish catalogue says everything, and says it with the same names, numbers and markup."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

CATALOGUE = Path(__file__).resolve().parents[2] / "config/locale/es/LC_MESSAGES/django.po"
# %(name)s and %d of Python, {name} of str.format, and tags of HTML.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}|</?[a-z][^>]*>")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="es", abort_invalid=True)


def messages(catalogue: Catalog) -> list[Message]:
    """Every entry but the header."""
    return [message for message in catalogue if message.id]


def pairs(message: Message) -> list[tuple[str, str]]:
    """The text and its translation, once for each number that it has a form for."""
    texts = [message.id] if isinstance(message.id, str) else list(message.id)
    translations = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return [(text, translation or "") for text, translation in zip(texts, translations, strict=True)]


def edges(text: str) -> tuple[str, str]:
    """The white space around a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def test_the_catalogue_has_the_two_forms_of_spanish(catalogue: Catalog) -> None:
    assert catalogue.plural_forms == "nplurals=2; plural=(n != 1);"


def test_every_text_is_translated(catalogue: Catalog) -> None:
    found = messages(catalogue)
    assert found
    assert [text for message in found for text, translation in pairs(message) if not translation.strip()] == []


def test_no_translation_is_a_guess(catalogue: Catalog) -> None:
    assert [message.id for message in messages(catalogue) if message.fuzzy] == []


def test_no_translation_is_of_a_text_that_is_gone(catalogue: Catalog) -> None:
    assert list(catalogue.obsolete) == []


def test_a_translation_has_the_placeholders_and_tags_of_its_text(catalogue: Catalog) -> None:
    different = [
        (text, translation)
        for message in messages(catalogue)
        for text, translation in pairs(message)
        if set(PLACEHOLDER.findall(text)) != set(PLACEHOLDER.findall(translation))
    ]
    assert different == []


def test_a_translation_has_the_white_space_around_its_text(catalogue: Catalog) -> None:
    different = [
        (text, translation)
        for message in messages(catalogue)
        for text, translation in pairs(message)
        if edges(text) != edges(translation)
    ]
    assert different == []
