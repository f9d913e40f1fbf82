"""Every route of the project, read from its URL configuration."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Route:
    """A pattern with its full name, or else its path, and its arguments; `path` has plausible values in their place."""

    name: str
    path: str
    view: Callable[..., Any]
    arguments: tuple[str, ...] = ()


GROUP = re.compile(r"\(\?P<\w+>(?:\[[^]]*\]|[^)\]])*\)")
VALUES = {"int": "1", "str": "x", "path": "clients/client", "slug": "x", "uuid": "0" * 32}


def routes() -> list[Route]:
    """All of them, those of libraries and of the administration too."""
    return list(_under(get_resolver(), "/", "", ()))


def _under(resolver: URLResolver, prefix: str, namespace: str, arguments: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        path = prefix + _filled(entry)
        named = (*arguments, *entry.pattern.converters, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            name = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _under(entry, path, name, named)
        else:
            yield Route(f"{namespace}{entry.name or path}", path, entry.callback, tuple(dict.fromkeys(named)))


def _filled(entry: URLPattern | URLResolver) -> str:
    """The route with values for its arguments; of a regular expression, what is left without its signs."""
    text = GROUP.sub("x", str(entry.pattern))
    for name, converter in entry.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower().replace("string", "str")
        for written in (f"<{kind}:{name}>", f"<{name}>"):
            text = text.replace(written, VALUES.get(kind, "x"))
    return text.replace("^", "").replace("$", "").replace("\\Z", "")
