"""Each language's catalogue says everything, and says it with the same names, numbers and markup."""

import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from pytest_django import Settings

from config.catalogues import CODE, LANGUAGES, Text, path_of, texts

# %(name)s and %d of Python, {name} of str.format, and tags of HTML.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|\{\w*\}|</?[a-z][^>]*>")

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture(scope="module")
def sources() -> list[Text]:
    return texts()


def catalogue(language: str) -> Catalog:
    return read(language, path_of(language).read_bytes())


@cache
def read(language: str, content: bytes) -> Catalog:
    """A catalogue, read once for all tests of it."""
    return read_po(io.BytesIO(content), locale=language, abort_invalid=True)


def messages(language: str) -> list[Message]:
    """Every entry but the header."""
    return [message for message in catalogue(language) if message.id]


def pairs(message: Message) -> list[tuple[str, str]]:
    """Each form of the translation, beside the text of which it is one."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[1], form) for form in message.string or ()]


def forms_of_one_number(language: str) -> int:
    """How many of the first plural forms stand for a single number, as none, one and two do in Arabic."""
    rule = Locale.parse(language).plural_form
    return sum(numbers == 1 for numbers in Counter(map(rule, range(200))).values())


def edges(text: str) -> tuple[str, str]:
    """The white space around a text."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


@in_each_language
def test_every_text_of_the_sources_is_translated(sources: list[Text], language: str) -> None:
    translated = {
        (message.id, message.context)
        for message in messages(language)
        if all(form.strip() for _text, form in pairs(message))
    }
    assert [text.id for text in sources if (text.id, text.context) not in translated] == []


@in_each_language
def test_no_translation_is_of_a_text_that_is_gone(sources: list[Text], language: str) -> None:
    used = {(text.id, text.context) for text in sources}
    assert [message.id for message in messages(language) if (message.id, message.context) not in used] == []
    assert list(catalogue(language).obsolete) == []


@in_each_language
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in messages(language) if message.fuzzy] == []


@in_each_language
def test_a_language_has_a_form_for_each_of_its_plurals(language: str) -> None:
    categories = set(Locale.parse(language).plural_form.tags) | {"other"}
    # Of millions only.
    categories -= {"many"} if language in ("es", "fr") else set()
    found = catalogue(language)
    assert found.num_plurals == len(categories)
    forms = {len(message.string or ()) for message in messages(language) if isinstance(message.id, tuple)}
    assert forms == {found.num_plurals}


@in_each_language
def test_a_translation_has_the_placeholders_and_tags_of_its_text(language: str) -> None:
    different = []
    last = catalogue(language).num_plurals - 1
    for message in messages(language):
        forms = (message.id,) if isinstance(message.id, str) else message.id
        # Where the text itself says “one” in words, and where the form is for one number alone, no number need stand.
        wanted, needed = set(PLACEHOLDER.findall(forms[-1])), set(PLACEHOLDER.findall(forms[0]))
        for number, (text, translation) in enumerate(pairs(message)):
            given = set(PLACEHOLDER.findall(translation))
            if len(forms) > 1 and number < forms_of_one_number(language):
                least = set()
            else:
                least = wanted if len(forms) == 1 or number == last else wanted & needed
            if not least <= given <= wanted:
                different.append((text, translation))
    assert different == []


@in_each_language
def test_a_translation_has_the_white_space_around_its_text(language: str) -> None:
    assert [pair for message in messages(language) for pair in pairs(message) if edges(pair[0]) != edges(pair[1])] == []


@in_each_language
def test_babel_has_nothing_to_say_when_it_compiles(language: str) -> None:
    found = [f"{message.id}: {error}" for message, errors in catalogue(language).check() for error in errors]
    assert not found, "\n".join(found)


def test_collecting_keeps_translations_and_asks_for_what_is_new(tmp_path: Path, settings: Settings) -> None:
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    for folder in (*CODE, "templates"):
        (tmp_path / folder).mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}{% translate 'Agenda' %} {% blocktranslate count days=days %}a day{% plural %}{{ days }} days"
        "{% endblocktranslate %}"
    )
    code = tmp_path / "clients" / "words.py"
    code.write_text("gone = gettext('gone'); month = pgettext_lazy('of the year', 'May')")
    call_command("catalogues", stdout=io.StringIO())

    path = path_of("de")
    path.write_text(path.read_text().replace('msgid "Agenda"\nmsgstr ""', 'msgid "Agenda"\nmsgstr "Themen"'))
    code.write_text("month = pgettext_lazy('of the year', 'May')")
    said = io.StringIO()
    call_command("catalogues", stdout=said)

    assert "de: 3 texts, 2 to translate" in said.getvalue()
    found = catalogue("de")
    assert found["Agenda"].string == "Themen"
    assert [message.id for message in found if message.context == "of the year"] == ["May"]
    assert found[("a day", "%(days)s days")].string == ("", "")


def test_there_is_a_catalogue_for_each_language_that_we_offer() -> None:
    assert {path.parents[1].name for path in Path(settings.LOCALE_PATHS[0]).rglob("django.po")} == set(LANGUAGES)
