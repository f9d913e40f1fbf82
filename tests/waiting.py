import threading
import time
from collections.abc import Callable


def wait_until(condition: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
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
