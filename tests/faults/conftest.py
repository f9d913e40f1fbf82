"""Real workers, a real beat and a Redis that can be killed, for rows of the reliability table.

The short forms keep `make test` short; `make faults` runs the sizes of the table.
"""

import datetime as dt
import logging
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import psutil
import pytest
import redis
from django.db import connection
from django.utils import timezone

from clients.models import Contact
from clients.reader import WEEKDAYS
from config.embedded import LOOPBACK, free_port, redis_binary
from scheduling.meetings.models import Attendance, Meeting, MeetingChange
from scheduling.meetings.walltime import tzdata_version, wall_time_of
from tests.people import make_account_manager, make_client, make_team
from tests.smtp import SmtpServer
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
FULL = os.environ.get("FAULTS") == "full"
HOUR = dt.timedelta(hours=1)
# `make faults` has the machine for itself and is held to the seconds that are promised; the short forms run beside
# other tests on whatever there is.
SLOWER = 1 if FULL else 6
# Tells the workers' sessions in PostgreSQL from those of a server that another test keeps up.
APPLICATION_NAME = "workers of a test"


def make_meetings(
    count: int,
    *,
    booked_at: dt.datetime | None = None,
    every: dt.timedelta = HOUR,
    organizers: int = 1,
    reminder_minutes: Sequence[int] = (),
) -> list[Meeting]:
    """Confirmed meetings from the day after tomorrow, each of its own contact with an organizer: two messages each."""
    booked_at = booked_at or timezone.now()
    first_at = booked_at + 48 * HOUR
    client = make_client(make_team())
    managers = [make_account_manager(client.team, reminder_minutes=[]) for _ in range(organizers)]
    contacts = Contact.objects.bulk_create(
        Contact(
            client=client,
            full_name=f"Contact {number}",
            email=f"contact{number}@client.example",
            language="es" if number % 2 else "en",
            time_zone="America/Bogota" if number % 3 else "Asia/Kathmandu",
            reminder_minutes=list(reminder_minutes),
            # No quiet hours: what is due is due at once.
            reachable_hours={day: [["00:00", "00:00"]] for day in WEEKDAYS},
        )
        for number in range(count)
    )
    meetings = []
    for number, contact in enumerate(contacts):
        wall = wall_time_of(first_at + number * every, contact.time_zone)
        meetings.append(
            Meeting(
                client=client,
                organizer=managers[number % organizers],
                title=f"Review {number}",
                uid=str(uuid.uuid4()),
                start_date=wall.start_date,
                start_wall=wall.start_wall,
                fold=wall.fold,
                time_zone=wall.time_zone,
                duration_minutes=45,
                start_at=wall.instant,
                end_at=wall.instant + dt.timedelta(minutes=45),
                utc_offset_minutes=wall.utc_offset_minutes,
                tzdata_version=tzdata_version(),
                created_at=booked_at,
            )
        )
    Meeting.objects.bulk_create(meetings)
    attendance = {"cost": Decimal(0), "band": "ideal"}
    Attendance.objects.bulk_create(
        Attendance(meeting=meeting, during=(meeting.start_at, meeting.end_at), **person, **attendance)
        for meeting, contact in zip(meetings, contacts, strict=True)
        for person in ({"contact": contact, "role": "client"}, {"account_manager": meeting.organizer, "role": "staff"})
    )
    MeetingChange.objects.bulk_create(
        MeetingChange(meeting=meeting, kind="booked", sequence=0, at=booked_at, actor=meeting.organizer)
        for meeting in meetings
    )
    return meetings


class Redis:
    """A Redis of its own that keeps nothing on disk, so that killing it loses everything."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{LOOPBACK}:{self._port}/0"

    def start(self) -> None:
        options = ["--bind", LOOPBACK, "--port", str(self._port), "--save", "", "--appendonly", "no"]
        with (self._directory / "redis.log").open("ab") as log:
            self._process = subprocess.Popen([redis_binary(), *options], cwd=self._directory, stdout=log, stderr=log)
        wait_until(self._answers, "Redis answers")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    @property
    def queued(self) -> int:
        """How many jobs wait to be taken by a worker."""
        with redis.Redis.from_url(self.url) as client:
            return int(client.llen("celery"))

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


class Workers:
    """Celery processes on the test's database."""

    def __init__(self, directory: Path, environment: dict[str, str]) -> None:
        self._directory = directory
        self._environment = environment
        self._running: list[subprocess.Popen[bytes]] = []
        self._started = 0
        self._beat: subprocess.Popen[bytes] | None = None

    def start(self, count: int = 1) -> None:
        """Adds workers, each with one process that works, which are ready once this returns."""
        logs = []
        for _ in range(count):
            self._started += 1
            log = self._directory / f"worker{self._started}.log"
            options = ["worker", "--concurrency=1", "--loglevel=INFO", f"--hostname=w{self._started}@%h"]
            # Workers that listen to each other's events and gossip only take time here.
            self._run(log, [*options, "--without-gossip", "--without-mingle", "--without-heartbeat"])
            logs.append(log)
        wait_until(lambda: all(b" ready." in log.read_bytes() for log in logs), f"workers are ready ({logs})")

    def start_beat(self) -> None:
        schedule = self._directory / "schedule"
        self._run(
            self._directory / "beat.log", ["beat", f"--schedule={schedule}", "--pidfile=", "--loglevel=INFO"], beat=True
        )

    def _run(self, log: Path, options: list[str], *, beat: bool = False) -> None:
        command = [sys.executable, "-m", "celery", "--app=config", *options]
        with log.open("ab") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=output, stderr=output, start_new_session=True
            )
        if not beat:
            self._running.append(process)
        else:
            self._beat = process

    def working(self) -> list[psutil.Process]:
        """The processes that run jobs, one for each worker that has it up."""
        return [
            child
            for worker in self._running
            if worker.poll() is None
            for child in psutil.Process(worker.pid).children()
        ]

    def alive(self) -> int:
        """How many of the started workers have not ended."""
        return sum(worker.poll() is None for worker in self._running)

    def kill_whole(self) -> None:
        """Kills the oldest worker with all its processes."""
        os.killpg(self._running[0].pid, signal.SIGKILL)
        self._running.pop(0).wait()

    def signal(self, number: signal.Signals) -> None:
        for worker in self._running:
            os.killpg(worker.pid, number)

    def stop(self) -> None:
        everything = [*self._running, *([self._beat] if self._beat else [])]
        for process in everything:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for process in everything:
            process.wait()
        # A killed process's session in PostgreSQL ends when the server notices.
        wait_until(lambda: _workers_sessions() == 0, "the workers' database sessions have ended")


def _workers_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", [APPLICATION_NAME])
        return int(cursor.fetchone()[0])


def database_url() -> str:
    """The URL of the database that this test session uses, for another process."""
    values = connection.settings_dict
    return f"postgresql://{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT']}/{values['NAME']}"


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Without the mail server's line for every line that it hears."""
    caplog.set_level(logging.WARNING, "mail.log")


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    server = Redis(tmp_path)
    server.start()
    try:
        yield server
    finally:
        server.kill()


@pytest.fixture
def workers(transactional_db: None, tmp_path: Path, smtp_server: SmtpServer, own_redis: Redis) -> Iterator[Workers]:
    """No workers yet; those that the test starts send to the test's mail server and are killed at its end."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url(),
        "REDIS_URL": own_redis.url,
        "EMAIL_URL": smtp_server.url,
        "TICK_SECONDS": "1",
        "OUTBOX_LEASE_SECONDS": "10",
        "PGAPPNAME": APPLICATION_NAME,
        "PYTHONWARNINGS": "ignore",
        "PYTHONTZPATH": "",
    }
    found = Workers(tmp_path, environment)
    try:
        yield found
    finally:
        found.stop()


@contextmanager
def counted(what: str) -> Iterator[dict[str, object]]:
    """Figures for the record, printed with the time they took."""
    began = timezone.now()
    figures: dict[str, object] = {}
    yield figures
    seconds = (timezone.now() - began).total_seconds()
    print(f"{what}: {', '.join(f'{name} {value}' for name, value in figures.items())}, in {seconds:.1f} s")
