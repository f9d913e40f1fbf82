"""`make run` in a copy of the project, as somebody meets it who starts it, starts it again, and kills it."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil
import pytest

from config.embedded import LOOPBACK, free_port
from config.supervisor import Group, StartError, main
from tests.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Run:
    """One start of the supervisor, with what it prints; it ends with its block."""

    def __init__(self, checkout: Path, port: int | str) -> None:
        environment = {**os.environ, "PORT": str(port)}
        for name in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"):
            environment.pop(name, None)
        self.port = port
        self.output = ""
        self.started: list[psutil.Process] = []
        self._process = subprocess.Popen(
            [sys.executable, "-m", "config.supervisor"],
            cwd=checkout,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._process.poll() is None:
            self.send(signal.SIGINT)
        self._process.communicate()

    def until_it_answers(self) -> None:
        """Reads on until the run says that it is ready, and notes what it has started."""
        assert self._process.stdout
        for line in self._process.stdout:
            self.output += line
            if "Dayband is at" in line:
                self.started = psutil.Process(self._process.pid).children(recursive=True)
                return
        raise AssertionError(f"ended before it answered:\n{self.output}")

    def process(self, name: str) -> psutil.Process:
        """The process of the group with this word in its command, once it is started."""
        found: list[psutil.Process] = []

        def is_started() -> bool:
            assert self._process.poll() is None, "ended before"
            # Others come and go meanwhile.
            with suppress(psutil.NoSuchProcess):
                children = psutil.Process(self.pid).children()
                found.extend(child for child in children if name in child.cmdline())
            return bool(found)

        wait_until(is_started, f"{name} is started")
        return found[0]

    @property
    def pid(self) -> int:
        return self._process.pid

    def has_left_nothing(self) -> bool:
        """Whether all that the run started is gone before patience ends."""
        _, alive = psutil.wait_procs(self.started, timeout=PATIENCE_SECONDS)
        return not alive

    def send(self, signal_number: signal.Signals) -> None:
        """Sends a signal to the supervisor alone."""
        self._process.send_signal(signal_number)

    def end(self) -> int:
        """The exit status, once the run is over."""
        rest, _ = self._process.communicate(timeout=PATIENCE_SECONDS)
        self.output += rest
        return self._process.returncode


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project which has no data yet, under a name with a space."""
    checkout = tmp_path_factory.mktemp("check out") / "dayband"
    # What is compiled already spares its processes seconds; what another one is just writing goes away meanwhile.
    ignored = shutil.ignore_patterns(".*", "var", "tests", "*.pyc.*")
    shutil.copytree(ROOT, checkout, ignore=ignored)
    return checkout


def status(run: Run) -> int:
    connection = http.client.HTTPConnection(LOOPBACK, int(run.port), timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status
    finally:
        connection.close()


def test_run_answers_refuses_a_second_one_ends_what_a_killed_one_left_and_ends_with_its_worker(checkout: Path) -> None:
    """All upon one load of the demo, which takes longest."""
    port = free_port()
    with Run(checkout, port) as killed:
        killed.until_it_answers()
        assert "maya@dayband.example" in killed.output
        assert status(killed) == 200

        with Run(checkout, free_port()) as second:
            assert second.end() == 1
        assert second.output.startswith("Dayband is already running here (process ")
        assert f"http://localhost:{port}/" in second.output
        assert status(killed) == 200

        killed.send(signal.SIGKILL)
        killed.end()
        with Run(checkout, port) as run:
            run.until_it_answers()
            assert status(run) == 200
            assert killed.has_left_nothing()
            run.send(signal.SIGINT)
            assert run.end() == 0
    assert run.output.endswith("Stopped.\n")
    assert run.has_left_nothing()

    with Run(checkout, port) as run:
        worker = run.process("worker")
        run.started = psutil.Process(run.pid).children(recursive=True)
        worker.kill()
        assert run.end() == 1
    assert "Dayband does not run: worker ended (killed by SIGKILL)" in run.output
    assert run.has_left_nothing()


@pytest.mark.parametrize(
    ("ends", "how"),
    [(("-c", "import os; os.kill(os.getpid(), 9)"), "killed by SIGKILL"), (("-c", "exit(3)"), "exit status 3")],
)
def test_group_ends_with_a_service_and_names_it(ends: Sequence[str], how: str) -> None:
    service = subprocess.Popen([sys.executable, *ends])
    group = Group({}, {"PostgreSQL": service})
    with pytest.raises(StartError, match=rf"PostgreSQL ended \({how}\)"):
        group.watch(seconds=60)


def test_taken_port_is_named_before_anything_starts(checkout: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        with Run(checkout, port) as run:
            assert run.end() == 1
    assert f"cannot listen on 127.0.0.1:{port}" in run.output
    assert "make run PORT=" in run.output
    assert "Starting" not in run.output


@pytest.fixture
def _own_signals() -> Iterator[None]:
    """For `main` in this process, which sets what signals do."""
    numbers = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "８０００"])
@pytest.mark.usefixtures("_own_signals")
def test_port_that_is_none_is_refused(
    port: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", port)
    assert main() == 1
    assert capsys.readouterr() == (
        "",
        f"Dayband does not run: PORT must be a number from 1 to 65535, not {port!r}. Example: make run PORT=8001\n",
    )
