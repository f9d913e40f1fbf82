"""Files of approvals: none stays on the disk when nobody asks about it any more."""

import datetime as dt
from pathlib import PurePath

from django.db import transaction

from scheduling.outreach.models import Approval
from scheduling.outreach.models.approvals import FOLDER

#: So long a file may lie there before its row is committed.
UPLOAD = dt.timedelta(hours=1)

_storage = Approval._meta.get_field("file").storage


def forget_file(approval: Approval) -> None:
    """Takes the file from the approval, and from the disk once that is committed; its name stays."""
    name = approval.file.name
    if not name:
        return
    approval.file = ""
    approval.save(update_fields=["file"])
    transaction.on_commit(lambda: _storage.delete(name))


def sweep_files(*, now: dt.datetime) -> int:
    """How many files were deleted that no approval has: of clients that were deleted, of uploads that were cut off."""
    try:
        _folders, names = _storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    paths = [str(PurePath(FOLDER) / name) for name in names]
    # Listed before the rows are read, so that a file with a row is never taken for one without.
    kept = set(Approval.objects.filter(file__in=paths).values_list("file", flat=True))
    stray = [path for path in paths if path not in kept and _storage.get_modified_time(path) <= now - UPLOAD]
    for path in stray:
        _storage.delete(path)
    return len(stray)
