"""Every route of the project, read from its URL configuration."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """A pattern with its full name; `path` has plausible values in place of its arguments."""

    name: str
    path: str
    view: Callable[..., Any]


VALUES = {"int": "1", "str": "x", "path": "clients/client", "slug": "x", "uuid": "0" * 32}


def routes() -> list[Route]:
    """All of them, those of libraries and of the administration too."""
    return list(_under(get_resolver(), "/", ""))


def _under(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + _filled(entry)
        if isinstance(entry, URLResolver):
            name = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _under(entry, path, name)
        else:
            yield Route(f"{namespace}{entry.name}", path, entry.callback)


def _filled(entry: URLPattern | URLResolver) -> str:
    """The route with values for its arguments; of a regular expression, what is left without its signs."""
    text = str(entry.pattern)
    for name, converter in entry.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            text = text.replace(written, VALUES.get(kind, "x"))
    return text.replace("^", "").replace("$", "").replace("\\Z", "")
