"""How often something may happen, counted in the cache in PostgreSQL.

All processes share it, and no outage of Redis empties it.
"""

from django.core.cache import cache


def is_full(name: str, most: int) -> bool:
    """Whether all places of that name are taken."""
    return len(cache.get_many(_places(name, most))) == most


def take_place(name: str, most: int, seconds: int) -> bool:
    """Whether there was a place left; it is free again after so many seconds."""
    # Each place is taken once, however many ask at a time.
    return any(cache.add(place, True, seconds) for place in _places(name, most))


def _places(name: str, most: int) -> list[str]:
    return [f"{name}:{number}" for number in range(most)]
