"""Values that are worked out when they are first looked at."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import TypeVar, overload

T = TypeVar("T")


class LazyTuple(Sequence[T]):
    """A tuple, in all but the moment at which its items are worked out."""

    def __init__(self, work_out: Callable[[], Iterable[T]]) -> None:
        self._work_out = work_out

    @cached_property
    def _items(self) -> tuple[T, ...]:
        return tuple(self._work_out())

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self._items[place]

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        return self._items == (other._items if isinstance(other, LazyTuple) else other)

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return repr(self._items)
