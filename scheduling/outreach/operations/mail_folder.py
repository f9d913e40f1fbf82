"""A Maildir, into which a mail server or a fetching program puts the reports on mails that came back."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from scheduling.outreach.operations.delivery_status import MAX_BYTES


@dataclass(frozen=True)
class UnreadMail:
    """One mail of the folder; `raw` ends where a report would be absurdly long."""

    raw: bytes
    path: Path

    def mark_read(self) -> None:
        """Moves it to those that were read, which whoever owns the folder may delete."""
        with suppress(FileNotFoundError):  # another worker was as quick
            self.path.rename(self.path.parents[1] / "cur" / f"{self.path.name}:2,S")


def unread(directory: Path) -> Iterator[UnreadMail]:
    """The mails that nobody has read, by name. Raises: FileNotFoundError where there is no such folder."""
    if not ((directory / "new").is_dir() and (directory / "cur").is_dir()):
        raise FileNotFoundError(f"{directory} is no Maildir: it needs the directories “new” and “cur”")
    for path in sorted((directory / "new").iterdir()):
        with suppress(FileNotFoundError), path.open("rb") as file:
            yield UnreadMail(file.read(MAX_BYTES), path)
