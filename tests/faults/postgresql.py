"""A PostgreSQL of its own that a test may restart, kill and starve, and the application in front of it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

from config.embedded import LOOPBACK, free_port, initialize_postgresql, postgresql_binary, unprivileged
from tests.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "of-this-test"


class PostgreSQL:
    """A server with one database `dayband`; what it has acknowledged survives its own end, though not a power cut."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._data = directory / "postgres"
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        initialize_postgresql(self._data, PASSWORD, durable=False)

    def url(self, database: str = "dayband") -> str:
        return f"postgresql://dayband:{PASSWORD}@{LOOPBACK}:{self._port}/{database}"

    def start(self, **settings: str) -> None:
        """Returns once it answers."""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self._port),
            "unix_socket_directories": "",
            # The kernel keeps what a killed server has written.
            "fsync": "off",
            **settings,
        }
        options = [f"--{name}={value}" for name, value in settings.items()]
        command = [*unprivileged(), str(postgresql_binary("postgres")), "-D", str(self._data), *options]

        def answers() -> bool:
            # While orphans of a killed one are still there, a new one refuses to start.
            if self._process is None or self._process.poll() is not None:
                self._process = self._launched(command)
            return self._answers()

        wait_until(answers, "PostgreSQL answers")

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Ends it at once: SIGINT ends sessions first, SIGQUIT ends as in a crash, SIGKILL is one."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            if how == signal.SIGKILL:
                (self._data / "postmaster.pid").unlink(missing_ok=True)
            self._process = None

    def copy(self, source_url: str, database: str = "dayband") -> None:
        """Makes a database by a dump of another one, as a restored backup is made."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
            connection.execute(f'CREATE DATABASE "{database}"')
        restore(dump(source_url), self.url(database))

    def _launched(self, command: Sequence[str]) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "LC_ALL": "C"}
        with (self._directory / "postgresql.log").open("ab") as log:
            return subprocess.Popen(command, cwd=self._directory, env=environment, stdout=log, stderr=log)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def dump(url: str) -> bytes:
    """A backup of a database in pg_dump's own format."""
    return subprocess.run(
        [postgresql_binary("pg_dump"), "--format=custom", f"--dbname={url}"], check=True, capture_output=True
    ).stdout


def restore(backup: bytes, url: str, *options: str) -> None:
    command = [str(postgresql_binary("pg_restore")), "--no-owner", *options, f"--dbname={url}"]
    subprocess.run(command, check=True, input=backup, capture_output=True)


@contextmanager
def running_application(url: str, *, processes: int, threads: int, **environment: str) -> Iterator[int]:
    """The port of a gunicorn in front of the database."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{LOOPBACK}:{port}"]
    command += ["--workers", str(processes), "--threads", str(threads), "--log-level", "critical"]
    command += ["--timeout", str(PATIENCE_SECONDS)]
    # Faults are what this is about: nobody wants to read a page of each.
    environment = {**os.environ, "DATABASE_URL": url, "LOG_LEVEL": "CRITICAL", **environment}
    with subprocess.Popen(command, cwd=ROOT, env=environment) as process:
        try:
            yield port
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)
