"""Languages by BCP 47 tag: which one is meant, and what its speakers call it."""

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages

# Language, script, region and variants; extensions and private use say nothing about how to write to somebody.
_TAG: Final = re.compile(
    r"(?P<language>[A-Za-z]{2,3})(?:-(?P<script>[A-Za-z]{4}))?(?:-(?P<region>[A-Za-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*)"
)

#: Offered in pickers, each by its name in itself; any other tag can be typed.
#: Source: CLDR, written out because reading a hundred locales for their names takes a second.
COMMON_LANGUAGES: Final = MappingProxyType(
    {
        "am": "አማርኛ",
        "ar": "العربية",
        "ar-AE": "العربية (الإمارات العربية المتحدة)",
        "ar-EG": "العربية (مصر)",
        "ar-MA": "العربية (المغرب)",
        "ar-SA": "العربية (المملكة العربية السعودية)",
        "az": "azərbaycan",
        "bg": "български",
        "bn": "বাংলা",
        "bs": "bosanski",
        "ca": "català",
        "cs": "čeština",
        "da": "dansk",
        "de": "Deutsch",
        "de-AT": "Deutsch (Österreich)",
        "de-CH": "Deutsch (Schweiz)",
        "el": "Ελληνικά",
        "en": "English",
        "en-AU": "English (Australia)",
        "en-CA": "English (Canada)",
        "en-GB": "English (United Kingdom)",
        "en-IE": "English (Ireland)",
        "en-IN": "English (India)",
        "en-NZ": "English (New Zealand)",
        "en-US": "English (United States)",
        "en-ZA": "English (South Africa)",
        "es": "español",
        "es-AR": "español (Argentina)",
        "es-CL": "español (Chile)",
        "es-CO": "español (Colombia)",
        "es-ES": "español (España)",
        "es-MX": "español (México)",
        "es-PE": "español (Perú)",
        "es-US": "español (Estados Unidos)",
        "et": "eesti",
        "eu": "euskara",
        "fa": "فارسی",
        "fi": "suomi",
        "fil": "Filipino",
        "fr": "français",
        "fr-BE": "français (Belgique)",
        "fr-CA": "français (Canada)",
        "fr-CH": "français (Suisse)",
        "ga": "Gaeilge",
        "gl": "galego",
        "gu": "ગુજરાતી",
        "he": "עברית",
        "hi": "हिन्दी",
        "hr": "hrvatski",
        "hu": "magyar",
        "hy": "հայերեն",
        "id": "Indonesia",
        "is": "íslenska",
        "it": "italiano",
        "ja": "日本語",
        "ka": "ქართული",
        "kk": "қазақ тілі",
        "km": "ខ្មែរ",
        "kn": "ಕನ್ನಡ",
        "ko": "한국어",
        "ky": "кыргызча",
        "lo": "ລາວ",
        "lt": "lietuvių",
        "lv": "latviešu",
        "mi": "Māori",
        "mk": "македонски",
        "ml": "മലയാളം",
        "mn": "монгол",
        "mr": "मराठी",
        "ms": "Melayu",
        "mt": "Malti",
        "my": "မြန်မာ",
        "nb": "norsk bokmål",
        "ne": "नेपाली",
        "nl": "Nederlands",
        "nl-BE": "Nederlands (België)",
        "pa": "ਪੰਜਾਬੀ",
        "pl": "polski",
        "pt-BR": "português (Brasil)",
        "pt-PT": "português (Portugal)",
        "ro": "română",
        "ru": "русский",
        "si": "සිංහල",
        "sk": "slovenčina",
        "sl": "slovenščina",
        "so": "Soomaali",
        "sq": "shqip",
        "sr": "српски",
        "sv": "svenska",
        "sw": "Kiswahili",
        "ta": "தமிழ்",
        "te": "తెలుగు",
        "tg": "тоҷикӣ",
        "th": "ไทย",
        "tk": "türkmen dili",
        "to": "lea fakatonga",
        "tr": "Türkçe",
        "uk": "українська",
        "ur": "اردو",
        "uz": "o‘zbek",
        "vi": "Tiếng Việt",
        "zh-CN": "中文 (简体, 中国)",
        "zh-HK": "中文 (繁體, 中國香港特別行政區)",
        "zh-TW": "中文 (繁體, 台灣)",
        "zu": "isiZulu",
    }
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
    locale = Locale.parse(tag, sep="-")
    # Told by the language without its region, whose data is shared by all of its regions.
    teller = Locale(locale.language, script=locale.script)
    return locale.get_display_name(teller) or tag


def language_name(tag: str, teller: str) -> str:
    """The language's name in another one, such as “noruego bokmål” for nb-NO in es, without its region."""
    told_by = Locale.parse(teller, sep="-")
    return told_by.languages.get(base_language(tag)) or endonym(tag)


def base_language(tag: str) -> str:
    """The tag's primary language subtag, such as es of es-CO."""
    return tag.split("-", maxsplit=1)[0].lower()


def language_of_country(country: str) -> str | None:
    """The tag of the only official language of an ISO 3166-1 country, such as es-CO; None where there are several.

    Source: CLDR, territoryInfo.
    """
    official = get_official_languages(country)
    return canonical_language(f"{official[0].replace('_', '-')}-{country}") if len(official) == 1 else None
