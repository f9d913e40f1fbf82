import threading
import time
from collections.abc import Callable

# Where waiting ends in a failure. It judges no speed: on a busy machine everything may take many times as long.
PATIENCE_SECONDS = 180


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = PATIENCE_SECONDS) -> None:
    """Returns soon after the condition holds: it is asked often at first, and less often the longer it takes.

    Raises: TimeoutError naming what was waited for.
    """
    began = time.monotonic()
    pause = threading.Event()
    while not condition():
        waited = time.monotonic() - began
        if waited > seconds:
            raise TimeoutError(f"not within {seconds} seconds: {what}")
        pause.wait(min(0.02 + waited / 20, 0.3))
