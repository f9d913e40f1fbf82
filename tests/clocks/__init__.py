"""Zones by earlier releases of tzdata; README.md says which."""

from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

HERE = Path(__file__).parent


@cache
def zones_of(release: str) -> dict[str, ZoneInfo]:
    """The zones of an IANA release that differ from the current one, by name."""
    directory = HERE / release
    names = sorted(path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file())
    return {name: _read(release, name) for name in names}


def _read(release: str, name: str) -> ZoneInfo:
    with (HERE / release / name).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)
