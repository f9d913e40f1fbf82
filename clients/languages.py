"""Languages by BCP 47 tag: which one is meant, and what its speakers call it."""

import re
from functools import cache, lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

# Language, script, region and variants; extensions and private use say nothing about how to write to somebody.
_TAG: Final = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:-(?P<script>[A-Za-z]{4}))?(?:-(?P<region>[A-Za-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*)"
)

#: Offered in pickers; any other tag can be typed.
COMMON_LANGUAGES: Final = (
    *("am", "ar", "ar-AE", "ar-EG", "ar-MA", "ar-SA", "az", "bg", "bn", "bs", "ca", "cs", "da"),
    *("de", "de-AT", "de-CH", "el", "en", "en-AU", "en-CA", "en-GB", "en-IE", "en-IN", "en-NZ", "en-US", "en-ZA"),
    *("es", "es-AR", "es-CL", "es-CO", "es-ES", "es-MX", "es-PE", "es-US", "et", "eu", "fa", "fi", "fil"),
    *("fr", "fr-BE", "fr-CA", "fr-CH", "ga", "gl", "gu", "he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka"),
    *("kk", "km", "kn", "ko", "ky", "lo", "lt", "lv", "mi", "mk", "ml", "mn", "mr", "ms", "mt", "my", "nb", "ne"),
    *("nl", "nl-BE", "pa", "pl", "pt-BR", "pt-PT", "ro", "ru", "si", "sk", "sl", "so", "sq", "sr", "sv", "sw"),
    *("ta", "te", "tg", "th", "tk", "to", "tr", "uk", "ur", "uz", "vi", "zh-CN", "zh-HK", "zh-TW", "zu"),
)


def canonical_language(tag: str) -> str | None:
    """The tag as BCP 47 recommends to write it, such as en-GB for “EN-gb”; None where CLDR has no data for it.

    Source: RFC 5646, section 2.1.1.
    """
    match = _TAG.fullmatch(tag.strip())
    if match is None or match["language"].lower() == "und":
        return None
    try:
        Locale.parse(match[0], sep="-")
    except (UnknownLocaleError, ValueError):
        return None
    parts = [match["language"].lower()]
    if match["script"]:
        parts.append(match["script"].title())
    if match["region"]:
        parts.append(match["region"].upper())
    return "-".join(parts) + match["variants"].lower()


@lru_cache(maxsize=1024)
def endonym(tag: str) -> str:
    """The language's name in itself, such as “español (Colombia)” for es-CO; the tag where it has none."""
    return Locale.parse(tag, sep="-").get_display_name() or tag


@cache
def common_languages() -> tuple[tuple[str, str], ...]:
    """Tags with their endonyms, sorted by tag."""
    return tuple((tag, endonym(tag)) for tag in COMMON_LANGUAGES)


def language_of_country(country: str) -> str | None:
    """The tag of the only official language of an ISO 3166-1 country, such as es-CO; None where there are several.

    Source: CLDR, territoryInfo.
    """
    official = get_official_languages(country)
    return canonical_language(f"{official[0].replace('_', '-')}-{country}") if len(official) == 1 else None
