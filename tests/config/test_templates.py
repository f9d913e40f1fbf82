"""No template says anything in one language alone."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, TokenType

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
#: What ends text that is translated, or shown to nobody: a block for classes holds their names.
ENDS = {
    "blocktranslate": "endblocktranslate",
    "comment": "endcomment",
    "block main_class": "endblock main_class",
}
#: Attributes that are read out or shown.
SAID = {"alt", "aria-description", "aria-label", "aria-roledescription", "content", "label", "placeholder", "title"}
#: Names, which are the same in every language.
NAMES = re.compile("Dayband")
#: Elements without text for a reader.
MUTE = {"style", "script", "code", "kbd"}


class Words(HTMLParser):
    """Collects what a page says: its texts, and the attributes that are shown or read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._mute = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._mute += tag in MUTE
        # The content of a <meta> is for machines, but for descriptions.
        said = SAID - ({"content"} if ("name", "description") not in attrs else set())
        self.found += [value for name, value in attrs if name in said and value]

    def handle_endtag(self, tag: str) -> None:
        self._mute -= tag in MUTE

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self.found.append(data)


def hard_coded(template: str, *, is_html: bool = True) -> list[str]:
    """The words of a template that no translation changes."""
    text = "".join(_texts(template))
    if is_html:
        words = Words()
        words.feed(text)
        words.close()
        texts = words.found
    else:
        texts = text.splitlines()
    return [one.strip() for one in texts if any(map(str.isalpha, NAMES.sub("", one)))]


def _texts(template: str) -> Iterator[str]:
    """What stands outside of tags and variables; a variable is a figure here, which is no word."""
    end = ""
    for token in Lexer(template).tokenize():
        if token.token_type == TokenType.BLOCK:
            if token.contents == end:
                end = ""
            elif not end:
                end = next((ENDS[begin] for begin in ENDS if f"{token.contents} ".startswith(f"{begin} ")), "")
        elif not end and token.token_type == TokenType.TEXT:
            yield token.contents
        elif not end and token.token_type == TokenType.VAR:
            yield "0"


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.*")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_every_word_of_a_template_can_be_translated(path: Path) -> None:
    assert hard_coded(path.read_text(), is_html=path.suffix == ".html") == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("<p>Good morning</p>", ["Good morning"]),
        ('<p title="Good morning">{{ name }}</p>', ["Good morning"]),
        ('<input placeholder="Name" value="no word">', ["Name"]),
        ("{% if late %}late{% endif %}", ["late"]),
        ("{% blocktranslate %}Good morning{% endblocktranslate %} {# a note #}Dayband", []),
        ("{% comment %}Good morning{% endcomment %}<time datetime='x'>{{ time }}</time>", []),
        ('<meta name="viewport" content="width=device-width">', []),
    ],
)
def test_a_word_in_one_language_alone_is_found(template: str, found: list[str]) -> None:
    assert hard_coded(template) == found
