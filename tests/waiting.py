import threading
import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    """Returns as soon as the condition holds.

    Raises: TimeoutError naming what was waited for.
    """
    until = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        if time.monotonic() > until:
            raise TimeoutError(f"not within {seconds} seconds: {what}")
        pause.wait(0.02)
