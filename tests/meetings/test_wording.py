"""Durations as each language writes them."""

from typing import Literal

import pytest
from babel.units import format_unit
from django.conf import settings

from clients.reader import Reader
from scheduling.meetings.proposals.wording import duration


@pytest.mark.parametrize("language", [language for language, _name in settings.LANGUAGES])
def test_an_hour_and_a_half_is_one_hour_and_thirty_minutes_once(language: str) -> None:
    said = duration(90, Reader(language, "UTC"))
    length: Literal["short", "long"] = "short" if language == "ja" else "long"
    for count, unit in ((1, "duration-hour"), (30, "duration-minute")):
        assert said.count(format_unit(count, unit, length, locale=language)) == 1, said
