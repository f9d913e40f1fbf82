"""`make run`: PostgreSQL, Redis, web, worker and beat as one group that starts and ends together."""

import http.client
import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import NoReturn

from config.embedded import (
    LOOPBACK,
    DirectoryInUseError,
    ServiceError,
    embedded_services,
    exclusive,
    start_child,
    stop_children,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  (compared with what the user asked for, never a default)
ANSWER_SECONDS = 60


def main() -> int:
    """The exit status: 0 after Ctrl-C; 1, with a sentence on stderr, when something did not start or last."""
    for signal_number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(signal_number, _interrupt)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        host, port = _address()
        url = f"http://{'localhost' if host in (LOOPBACK, ANY_ADDRESS) else host}:{port}/"
        with exclusive(VAR_DIR, f"process {os.getpid()}, {url}"):
            _require_free(host, port)
            _run(host, port, url)
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    except DirectoryInUseError as error:
        print(
            f"Dayband is already running here ({error.holder}). End that run first (Ctrl-C there).",
            file=sys.stderr,
        )
    except (ServiceError, StartError) as error:
        print(f"Dayband does not run: {error}", file=sys.stderr)
    return 1


class StartError(Exception):
    """The group cannot start or go on; the message says why and what to do."""


def say(text: str) -> None:
    print(text, flush=True)


def _interrupt(signal_number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def _address() -> tuple[str, int]:
    host, port = os.environ.get("HOST") or LOOPBACK, os.environ.get("PORT") or "8000"
    if not port.isascii() or not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise StartError(f"PORT must be a number from 1 to 65535, not {port!r}. Example: make run PORT=8001")
    return host, int(port)


def _require_free(host: str, port: int) -> None:
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise StartError(
                f"cannot listen on {host}:{port} ({error.strerror}). "
                "Choose another port, for example: make run PORT=8001"
            ) from None


def _run(host: str, port: int, url: str) -> None:
    say("Starting PostgreSQL and Redis …")
    with embedded_services(VAR_DIR) as services:
        environment = {"SITE_ORIGIN": url.rstrip("/"), **os.environ, **services.urls}
        environment |= {"PYTHONUNBUFFERED": "1", "PYTHONTZPATH": ""}
        if host != LOOPBACK:
            # Whoever opens a demonstration to the network reaches it under names that nobody knows here.
            environment.setdefault("ALLOWED_HOSTS", "*")
        # Root is all there is in many a container, and this group is for trying.
        environment["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser"
        say("Bringing the database up to date, and loading the demonstration if it is not there yet …")
        accounts = _manage(environment, "prepare")
        with ExitStack() as children:
            group = Group(environment, services.children)
            children.callback(group.stop)
            group.start("web", _gunicorn(host, port))
            group.start("worker", [*_celery(), "worker", "--concurrency=2"])
            group.start("beat", [*_celery(), "beat", f"--schedule={VAR_DIR / 'celerybeat-schedule'}", "--pidfile="])
            deadline = time.monotonic() + ANSWER_SECONDS
            while not _answers(host, port):
                if time.monotonic() > deadline:
                    raise StartError(f"{url} did not answer within {ANSWER_SECONDS} seconds; see the lines above")
                group.watch(seconds=0.2)
            say(f"\n{accounts}\nDayband is at {url} (Ctrl-C ends it)\n")
            group.watch(seconds=math.inf)


def _manage(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise StartError(f"`manage.py {arguments[0]}` failed; its own words are above")
    return done.stdout


def _gunicorn(host: str, port: int) -> list[str]:
    options = ["--workers=2", "--worker-class=gthread", "--threads=4", "--no-control-socket", "--preload"]
    log = "--logger-class=config.server_log.ServerLog"
    return [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={host}:{port}", log, *options]


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "--app=config", "--quiet"]


def _answers(host: str, port: int) -> bool:
    with suppress(OSError, http.client.HTTPException):
        connection = http.client.HTTPConnection(LOOPBACK if host == ANY_ADDRESS else host, port, timeout=5)
        try:
            connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
            return connection.getresponse().status < 500
        finally:
            connection.close()
    return False


class Group:
    """Processes whose lines are shown under their names and of which none outlives another."""

    def __init__(self, environment: dict[str, str], services: dict[str, subprocess.Popen[bytes]]) -> None:
        self._environment = environment
        self._services = services
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._relays: list[threading.Thread] = []

    def start(self, name: str, command: Sequence[str]) -> None:
        """Adds a process to the group."""
        child = start_child(
            VAR_DIR,
            command,
            cwd=BASE_DIR,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        self._children[name] = child
        relay = threading.Thread(target=_relay, args=(name, child), daemon=True)
        self._relays.append(relay)
        relay.start()

    def watch(self, seconds: float) -> None:
        """Waits. Raises: StartError, as soon as one of the processes or of the services ends."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for name, child in (self._services | self._children).items():
                if (status := child.poll()) is not None:
                    how = f"exit status {status}" if status >= 0 else f"killed by {signal.Signals(-status).name}"
                    raise StartError(f"{name} ended ({how}), and everything else with it")
            time.sleep(0.2)

    def stop(self) -> None:
        """Ends every process of the group but the services, and shows what they said last."""
        say("Stopping …")
        stop_children(list(self._children.values()))
        for relay in self._relays:
            relay.join(timeout=2)


def _relay(name: str, child: subprocess.Popen[bytes]) -> None:
    for line in child.stdout or ():
        say(f"{name:>6} | {line.decode(errors='replace').rstrip()}")


if __name__ == "__main__":
    sys.exit(main())
