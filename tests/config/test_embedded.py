"""The embedded servers, each time in a directory of their own, and broken in every way we know."""

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from config.embedded import (
    DirectoryInUseError,
    Services,
    embedded_services,
    exclusive,
    start_child,
    stop_children,
    stop_leftovers,
)
from tests.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _no_services_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory in which the tests run their servers one after the other."""
    return tmp_path_factory.mktemp("used")


@contextmanager
def running(directory: Path, *, durable: bool = False) -> Iterator[Services]:
    with exclusive(directory, "a test"), embedded_services(directory, durable=durable) as services:
        yield services


def scalar(services: Services, query: str) -> object:
    with psycopg.connect(services.urls["DATABASE_URL"], autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


# A run that is killed: it says that it is up and then only waits.
KILLED_RUN = """
import sys
from pathlib import Path
from config.embedded import embedded_services, exclusive
directory = Path(sys.argv[1])
with exclusive(directory, "killed"), embedded_services(directory) as services:
    print(*(child.pid for child in services.children.values()), flush=True)
    sys.stdin.read()
"""


def start_run(directory: Path) -> tuple[subprocess.Popen[str], list[psutil.Process]]:
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED_RUN, str(directory)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout
    return run, [psutil.Process(int(pid)) for pid in run.stdout.readline().split()]


def kill(run: subprocess.Popen[str]) -> None:
    with run:
        run.kill()


def is_over(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_servers_run_in_a_deep_directory_with_spaces_and_keep_their_data(tmp_path: Path) -> None:
    directory = tmp_path / "it's a désk" / ("deep " * 40).strip() / "var"
    with running(directory, durable=True) as services:
        scalar(services, "CREATE TABLE kept AS SELECT 42 AS answer")
        with redis.Redis.from_url(services.urls["REDIS_URL"]) as client:
            assert client.ping()
        first = [psutil.Process(child.pid) for child in services.children.values()]
    assert all(map(is_over, first))

    with running(directory, durable=True) as services:
        assert scalar(services, "SELECT answer FROM kept") == 42
        assert scalar(services, "SHOW fsync") == "on"


def test_servers_listen_on_loopback_only_and_ask_for_a_password(used: Path) -> None:
    with running(used) as services:
        for child in services.children.values():
            listening = [c.laddr for c in psutil.Process(child.pid).net_connections("inet") if c.status == "LISTEN"]
            assert {address.ip for address in listening} == {"127.0.0.1"}
        password = (used / "password").read_text()
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(services.urls["DATABASE_URL"].replace(password, "guess"))
        with pytest.raises(redis.AuthenticationError):
            redis.Redis.from_url(services.urls["REDIS_URL"].replace(password, "guess")).ping()


def test_addresses_are_in_a_private_file_while_the_servers_run(used: Path) -> None:
    services_file = used / "services.env"
    with running(used) as services:
        assert services_file.read_text().splitlines() == [f"{k}={v}" for k, v in services.urls.items()]
        assert stat.S_IMODE(services_file.stat().st_mode) == 0o600
    assert not services_file.exists()


def test_server_that_the_environment_names_is_used_and_not_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/dayband")
    with running(tmp_path) as services:
        assert services.urls["DATABASE_URL"] == "postgres://elsewhere/dayband"
        assert list(services.children) == ["Redis"]
        assert not (tmp_path / "postgres").exists()


def test_second_run_of_a_directory_is_refused_and_told_who_holds_it(used: Path) -> None:
    with running(used) as services:
        with (
            pytest.raises(DirectoryInUseError, match=r"already running \(a test\)"),
            exclusive(used, "second"),
        ):
            pass
        assert scalar(services, "SELECT 1") == 1


def test_run_after_a_killed_one_stops_its_servers_and_finds_its_data(used: Path) -> None:
    run, left = start_run(used)
    kill(run)
    assert not any(map(is_over, left))

    with running(used) as services:
        assert all(map(is_over, left))
        assert scalar(services, "SELECT 1") == 1


def test_run_after_everything_was_killed_at_once_starts(used: Path) -> None:
    run, left = start_run(used)
    for process in left:
        process.kill()
    kill(run)
    assert (used / "postgres" / "postmaster.pid").exists()

    with running(used) as services:
        assert scalar(services, "SELECT 1") == 1


def test_pid_file_of_a_killed_server_that_names_somebody_else_is_no_obstacle(used: Path) -> None:
    run, left = start_run(used)
    for process in left:
        process.kill()
    kill(run)
    pid_file = used / "postgres" / "postmaster.pid"
    _, _, rest = pid_file.read_text().partition("\n")
    pid_file.write_text(f"{os.getpid()}\n{rest}")

    with running(used) as services:
        assert scalar(services, "SELECT 1") == 1


def test_interrupted_first_start_is_begun_again(tmp_path: Path) -> None:
    unfinished = tmp_path / "postgres.unfinished"
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")

    with running(tmp_path) as services:
        assert scalar(services, "SELECT 1") == 1
    assert not unfinished.exists()


def test_process_that_got_the_number_of_a_killed_one_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True)
    with stranger:
        started_at = psutil.Process(stranger.pid).create_time()
        (tmp_path / "processes").write_text(f"{stranger.pid} {started_at - 3600}\n")
        stop_leftovers(tmp_path)
        assert stranger.poll() is None
        stranger.kill()


def test_group_is_stopped_although_its_leader_is_gone(tmp_path: Path) -> None:
    leader = 'import subprocess; print(subprocess.Popen(["sleep", "600"]).pid, flush=True)'
    with start_child(tmp_path, [sys.executable, "-c", leader], stdout=subprocess.PIPE) as child:
        assert child.stdout
        orphan = psutil.Process(int(child.stdout.readline()))
    assert not is_over(orphan)
    stop_leftovers(tmp_path)
    assert is_over(orphan)


def test_child_that_ignores_the_request_to_end_is_killed_with_its_group(tmp_path: Path) -> None:
    deaf = """
import signal, subprocess, sys
signal.signal(signal.SIGINT, signal.SIG_IGN)
helper = subprocess.Popen(["sleep", "600"])
print(helper.pid, flush=True)
signal.pause()
"""
    child = start_child(tmp_path, [sys.executable, "-c", deaf], stdout=subprocess.PIPE)
    assert child.stdout
    helper = psutil.Process(int(child.stdout.readline()))
    stop_children([child], seconds=0.5)
    assert child.returncode == -signal.SIGKILL
    helper.wait(timeout=PATIENCE_SECONDS)
    child.stdout.close()
