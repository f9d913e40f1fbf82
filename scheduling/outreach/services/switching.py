"""One switch for everything outgoing."""

import datetime as dt

from django.core.exceptions import PermissionDenied
from django.db import transaction

from clients.audit import audit
from clients.models import AccountManager
from scheduling.meetings.nudge import nudge_workers
from scheduling.outreach.models import DatabaseIdentity, OutreachSwitch


@transaction.atomic
def pause(*, actor: AccountManager | None, reason: str, now: dt.datetime) -> bool:
    """Whether it was not paused yet. From the commit on nothing is claimed, and no mail of a claimed batch begun.

    Without an actor it is whoever has the shell. Raises: PermissionDenied, but for admins.
    """
    switch = _locked(actor)
    if switch.paused_at is not None:
        return False
    switch.paused_at, switch.paused_by, switch.reason = now, actor, reason
    # Which database it is stays as it was: pausing a copy does not make it the original.
    switch.save(update_fields=["paused_at", "paused_by", "reason"])
    audit(actor=actor, action="outreach paused", subject=switch, now=now)
    return True


@transaction.atomic
def resume(*, actor: AccountManager | None, now: dt.datetime) -> bool:
    """Whether it was paused. What was due meanwhile goes out now, but for what would come too late.

    Raises: PermissionDenied, but for admins.
    """
    switch = _locked(actor)
    stopping = OutreachSwitch.stopping().first()
    if stopping is None:
        return False
    switch.paused_at, switch.paused_by, switch.reason = None, None, ""
    OutreachSwitch.objects.filter(pk=switch.pk).update(
        paused_at=None, paused_by=None, reason="", database_identity=DatabaseIdentity()
    )
    audit(actor=actor, action="outreach resumed", subject=switch, now=now, is_copy=stopping.is_copy)  # type: ignore[attr-defined]
    nudge_workers()
    return True


def _locked(actor: AccountManager | None) -> OutreachSwitch:
    """The row, which nobody else changes until the transaction ends."""
    if actor is not None and not actor.is_staff:
        raise PermissionDenied
    OutreachSwitch.objects.bulk_create([OutreachSwitch(database_identity=DatabaseIdentity())], ignore_conflicts=True)
    return OutreachSwitch.objects.select_for_update(of=("self",)).get()
