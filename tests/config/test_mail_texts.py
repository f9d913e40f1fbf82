"""Every language of mails has every text that a mail may take, as found in the sources."""

import io
import re
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from pytest_django import Settings

from config.mail_texts import Text, mail_texts

PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[sd]|</?[a-z][^>]*>")
# English is in the sources.
LANGUAGES = [code for code, _name in settings.MAIL_LANGUAGES if code != "en"]
ONLY_MAILS = [code for code in LANGUAGES if code not in dict(settings.LANGUAGES)]


def path_of(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0], language, "LC_MESSAGES", "django.po")


def catalogue(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    return mail_texts()


def entries(texts: list[Text], language: str) -> list[tuple[Text, Message | None]]:
    """Each text with its entry in the catalogue."""
    translated = catalogue(language)
    return [(text, translated.get(text.id, text.context)) for text in texts]


def strings(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def test_texts_are_found_in_modules_templates_and_names_of_choices(texts: list[Text]) -> None:
    found = {text.id for text in texts}
    assert {"%(name)s via Dayband", "Open the meeting", "Video call", "%(city)s on %(day)s"} <= found
    series = (
        "Confirmed: %(title)s, %(count)d meeting on %(day)s",
        "Confirmed: %(title)s, %(count)d meetings from %(day)s",
    )
    assert series in found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_a_mail_is_translated_and_none_is_a_guess(texts: list[Text], language: str) -> None:
    missing = [
        text.id
        for text, entry in entries(texts, language)
        if entry is None or entry.fuzzy or not all(string.strip() for string in strings(entry))
    ]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_placeholders_and_tags_of_its_text(texts: list[Text], language: str) -> None:
    different = []
    for text, entry in entries(texts, language):
        forms = [text.id] if isinstance(text.id, str) else list(text.id)
        wanted = set(PLACEHOLDER.findall(forms[0]))
        # A form for one number alone may say it as a word.
        optional = {"%(count)d"} if len(forms) > 1 else set()
        for string in strings(entry) if entry else ():
            found = set(PLACEHOLDER.findall(string))
            if not wanted - optional <= found <= wanted:
                different.append(string)
    assert different == []


@pytest.mark.parametrize("language", ONLY_MAILS)
def test_a_language_has_a_form_for_each_of_its_plurals(language: str) -> None:
    categories = set(Locale.parse(language).plural_form.tags) | {"other"}
    # Of millions only.
    categories -= {"many"} if language == "fr" else set()
    found = catalogue(language)
    assert found.num_plurals == len(categories)
    plurals = [strings(entry) for entry in found if isinstance(entry.id, tuple)]
    assert {len(forms) for forms in plurals} == {found.num_plurals}


@pytest.mark.parametrize("language", ONLY_MAILS)
def test_no_translation_is_of_a_text_that_is_gone(texts: list[Text], language: str) -> None:
    used = {(text.context, text.id) for text in texts}
    assert [entry.id for entry in catalogue(language) if entry.id and (entry.context, entry.id) not in used] == []


def test_collecting_keeps_translations_and_asks_for_what_is_new(
    texts: list[Text], tmp_path: Path, settings: Settings
) -> None:
    settings.LOCALE_PATHS = [tmp_path]
    call_command("mailmessages", stdout=io.StringIO())
    german = tmp_path / "de" / "LC_MESSAGES" / "django.po"
    german.write_text(german.read_text().replace('msgid "Agenda"\nmsgstr ""', 'msgid "Agenda"\nmsgstr "Themen"'))
    said = io.StringIO()
    call_command("mailmessages", stdout=said)
    with german.open("rb") as file:
        assert read_po(file, locale="de")["Agenda"].string == "Themen"
    assert f"de: {len(texts)} texts, {len(texts) - 1} to translate" in said.getvalue()
