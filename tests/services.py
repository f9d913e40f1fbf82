"""PostgreSQL and Redis for a test session, up before Django reads its settings (`-p tests.services`).

Each session has servers and a directory of its own, so that sessions may run side by side; what a killed
session left behind is cleared away by the next one.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from config.embedded import DirectoryInUseError, embedded_services, exclusive

SESSIONS_DIR = Path(__file__).resolve().parent.parent / "var" / "test"


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    # As a wrapper this runs before pytest-django's own hook, which reads the settings.
    options = early_config.known_args_namespace
    if not (options.help or options.version):
        session = ExitStack()
        early_config.add_cleanup(session.close)
        os.environ.update(_start(session))
    return (yield)


def _start(session: ExitStack) -> dict[str, str]:
    SESSIONS_DIR.mkdir(parents=True, exist_ok=True)
    with (SESSIONS_DIR / "turn").open("w") as turn:
        # One session begins at a time, lest one clears away what another has just made.
        fcntl.flock(turn, fcntl.LOCK_EX)
        for killed in filter(Path.is_dir, SESSIONS_DIR.iterdir()):
            with suppress(DirectoryInUseError), exclusive(killed, "being cleared away"):
                shutil.rmtree(killed, ignore_errors=True)
        directory = Path(tempfile.mkdtemp(dir=SESSIONS_DIR))
        # Another session that begins just then clears it away as well.
        session.callback(shutil.rmtree, directory, ignore_errors=True)
        session.enter_context(exclusive(directory, f"test session, process {os.getpid()}"))
    return session.enter_context(embedded_services(directory, durable=False)).urls
