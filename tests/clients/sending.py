"""What is read from a page: what a browser sends for the form that was served, and what it was refused for."""

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

Sent = dict[str, list[str]]


class _Form(HTMLParser):
    """Collects the successful controls of the POST form inside `<main>`, or of the administration's main form."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: Sent = {}
        self._inside = False
        self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._textarea = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._inside = named.get("method", "get").lower() == "post" and named.get("id") != "logout-form"
        if not self._inside:
            return
        name = named.get("name", "")
        if tag == "select":
            self._select, self._options = name, []
        elif tag == "option" and self._select:
            self._options.append((named.get("value", ""), "selected" in named))
        elif tag == "textarea":
            self._textarea, self._text = name, []
        elif tag == "input" and name and "disabled" not in named:
            kind = named.get("type", "text")
            if kind in ("submit", "button", "file") or (kind in ("checkbox", "radio") and "checked" not in named):
                return
            self._send(name, named.get("value", "on" if kind == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "select" and self._select:
            chosen = [value for value, is_selected in self._options if is_selected]
            for value in chosen or [value for value, _ in self._options[:1]]:
                self._send(self._select, value)
            self._select = ""
        elif tag == "textarea" and self._text is not None:
            self._send(self._textarea, "".join(self._text).removeprefix("\n"))
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def _send(self, name: str, value: str) -> None:
        self.sent.setdefault(name, []).append(value)


def sent_by(response: Any, **changes: str | list[str] | None) -> Sent:
    """The fields of the page's form as they were served, with `changes`; None leaves a field out."""
    form = _Form()
    form.feed(response.content.decode())
    assert form.sent, "the page has no form that writes"
    return changed(form.sent, **changes)


def changed(sent: Mapping[str, list[str]], **changes: str | list[str] | None) -> Sent:
    """The fields with some of them changed; None leaves one out."""
    merged = dict(sent)
    for name, value in changes.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = value if isinstance(value, list) else [value]
    return merged


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 422, response.status_code
    return dict(response.context["form"].errors)
