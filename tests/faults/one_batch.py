"""A process that sends one batch and says which of its writes matched: `python -m tests.faults.one_batch`.

With `--without-token` nobody looks whose claim it is, as a negative control.
"""

import re
import sys
from typing import Any

import django
from django.utils import timezone

django.setup()

from scheduling.outreach.services import claiming, deliver  # noqa: E402  (needs Django set up)

_matched = claiming._matched  # noqa: SLF001


def _said(sql: str, **values: Any) -> bool:
    if "--without-token" in sys.argv:
        sql = re.sub(r"AND fencing_token = %\(\w+\)s", "", sql)
    found = _matched(sql, **values)
    print("matched" if found else "matched no row", flush=True)
    return found


if __name__ == "__main__":
    claiming._matched = _said  # noqa: SLF001
    deliver(clock=timezone.now)
