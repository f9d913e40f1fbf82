from pathlib import Path

import pytest
from pytest_django import Settings

from tests.security.house import House, make_house


@pytest.fixture
def kestrel(db: None, settings: Settings, tmp_path: Path) -> House:
    settings.MEDIA_ROOT = tmp_path
    return make_house("Kestrel")


@pytest.fixture
def plover(kestrel: House) -> House:
    """Another team, with the same things."""
    return make_house("Plover")
