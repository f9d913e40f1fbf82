"""A process that sends one batch and says what it was told: `python -m tests.faults.one_batch`.

With `--without-token` nobody looks whose claim it is, as a negative control.
"""

import re
import sys
from collections.abc import Callable
from typing import Any

import django
from django.utils import timezone

django.setup()

from scheduling.outreach.services import claiming, deliver, delivery  # noqa: E402  (needs Django set up)


def aloud(name: str) -> Callable[..., Any]:
    """The function of that name, which also prints what it finds."""
    quiet = getattr(delivery, name)

    def said(*args: Any, **values: Any) -> Any:
        found = quiet(*args, **values)
        print(f"{name}: {found}", flush=True)
        return found

    return said


if __name__ == "__main__":
    if "--without-token" in sys.argv:
        for name in ("_BEGIN", "_MARK_SENT", "_GO_ON"):
            setattr(claiming, name, re.sub(r"AND fencing_token = %\(\w+\)s", "", getattr(claiming, name)))
    for name in ("begin", "go_on", "mark_sent"):
        setattr(delivery, name, aloud(name))
    deliver(clock=timezone.now)
