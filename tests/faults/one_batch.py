"""A process that sends one batch and says which of its writes matched: `python -m tests.faults.one_batch`.

With `--without-token` nobody looks whose claim it is, as a negative control.
"""

import sys

import django
from django.db.models import QuerySet
from django.utils import timezone

django.setup()

from scheduling.outreach.models import Message  # noqa: E402  (needs Django set up)
from scheduling.outreach.services import claiming, deliver  # noqa: E402

_held = claiming._held  # noqa: SLF001


def _held_by_anybody(message: Message) -> QuerySet[Message]:
    return Message.objects.filter(pk=message.pk, state=Message.State.CLAIMED)


def _said(message: Message) -> QuerySet[Message]:
    rows = (_held_by_anybody if "--without-token" in sys.argv else _held)(message)
    print("matched" if rows.exists() else "matched no row", flush=True)
    return rows


if __name__ == "__main__":
    claiming._held = _said  # noqa: SLF001
    deliver(clock=timezone.now)
