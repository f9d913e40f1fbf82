"""An unsafe production is refused by every process that could serve it."""

import importlib.metadata
import importlib.resources
import io
import os
import subprocess
import sys
import tempfile
import zoneinfo
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from pytest_django import Settings

from config.checks import check_production, check_tzdata
from tests.waiting import PATIENCE_SECONDS

ROOT = Path(__file__).resolve().parents[2]
SAFE = {
    "PRODUCTION": "true",
    "DEBUG": "false",
    "SECRET_KEY": "a-key-of-the-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "dayband.example",
    "SITE_ORIGIN": "https://dayband.example",
}
COMMANDS = {
    "migrate": ["manage.py", "migrate"],
    "web": ["-m", "gunicorn", "config.wsgi", "--check-config"],
    "worker": ["-m", "celery", "--app=config", "worker"],
    "beat": ["-m", "celery", "--app=config", "beat", f"--schedule={tempfile.gettempdir()}/no-beat", "--pidfile="],
}


def start(command: list[str], **changes: str) -> subprocess.CompletedProcess[str]:
    """What a process says that is started as in production, but for the changes."""
    environment = {**os.environ, **SAFE, **changes}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


@pytest.fixture(scope="module")
def other_zones(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A directory for PYTHONTZPATH, with a London that keeps the time of Kathmandu."""
    directory = tmp_path_factory.mktemp("zones")
    (directory / "Europe").mkdir()
    kathmandu = importlib.resources.files("tzdata.zoneinfo.Asia") / "Kathmandu"
    (directory / "Europe" / "London").write_bytes(kathmandu.read_bytes())
    return str(directory)


def test_safe_production_starts_whatever_zones_the_system_has(other_zones: str) -> None:
    done = start(COMMANDS["web"], PYTHONTZPATH=other_zones)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_unsafe_production_is_refused_by_every_process(name: str) -> None:
    done = start(COMMANDS[name], DEBUG="true", ALLOWED_HOSTS="")
    assert done.returncode != 0
    assert "DEBUG is on in production." in done.stdout
    assert "ALLOWED_HOSTS is empty" in done.stdout


def test_sample_key_is_refused_in_production() -> None:
    done = start(["-c", "import os; del os.environ['SECRET_KEY']; import config.wsgi"])
    assert done.returncode != 0
    assert "SECRET_KEY is the sample key." in done.stdout


@pytest.fixture
def safe_production(settings: Settings) -> Settings:
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = SAFE["SECRET_KEY"]
    settings.ALLOWED_HOSTS = [SAFE["ALLOWED_HOSTS"]]
    settings.SITE_ORIGIN = SAFE["SITE_ORIGIN"]
    assert check_production(None) == []
    return settings


def test_checking_passes_a_safe_production_and_no_unsafe_one(safe_production: Settings) -> None:
    call_command("check", stdout=io.StringIO())
    safe_production.DEBUG = True
    safe_production.ALLOWED_HOSTS = []
    with pytest.raises(SystemCheckError, match=r"(?s)DEBUG is on in production.*ALLOWED_HOSTS is empty"):
        call_command("check")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DEBUG", True, "DEBUG is on"),
        ("SECRET_KEY", "short", "SECRET_KEY is too short"),
        ("SECRET_KEY", "a" * 60, "SECRET_KEY is too short or too uniform"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS is empty"),
        ("ALLOWED_HOSTS", ["dayband.example", "*"], "allows every host"),
        ("SITE_ORIGIN", "", "SITE_ORIGIN"),
        ("SITE_ORIGIN", "http://dayband.example", "not https"),
    ],
)
def test_each_unsafe_setting_is_named_alone(safe_production: Settings, name: str, value: object, sentence: str) -> None:
    setattr(safe_production, name, value)
    (error,) = check_production(None)
    assert sentence in error.msg
    assert name in str(error.hint)


def test_outside_production_nothing_is_refused(safe_production: Settings) -> None:
    safe_production.PRODUCTION = False
    safe_production.DEBUG = True
    assert check_production(None) == []


def test_zones_come_from_the_tzdata_wheel_alone() -> None:
    assert zoneinfo.TZPATH == ()
    assert check_tzdata(None) == []


def test_another_source_of_zones_is_an_error() -> None:
    zoneinfo.reset_tzpath(["/usr/share/zoneinfo"])
    try:
        (error,) = check_tzdata(None)
    finally:
        zoneinfo.reset_tzpath([])
    assert "/usr/share/zoneinfo" in error.msg


def test_half_installed_tzdata_is_an_error(tmp_path: Path) -> None:
    package = tmp_path / "tzdata" / "zoneinfo"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").touch()
    (package / "__init__.py").touch()
    (package / "tzdata.zi").write_text("# version 2019c\n")
    done = start(COMMANDS["web"], PYTHONPATH=str(tmp_path))
    assert done.returncode != 0
    assert "2019c" in done.stdout


def test_missing_tzdata_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def version(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", version)
    (error,) = check_tzdata(None)
    assert "not installed" in error.msg


def test_without_tzdata_no_process_starts() -> None:
    done = start(["-c", "import sys; sys.modules['tzdata'] = None; import config.wsgi"])
    assert done.returncode != 0
    assert "tzdata" in done.stdout


def test_zones_of_the_system_are_not_read_whatever_the_environment_says(other_zones: str) -> None:
    ask = "import datetime, zoneinfo; print(datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo('Europe/London')))"
    assert "+05:45" in start(["-c", ask], PYTHONTZPATH=other_zones).stdout
    for module in ("config.settings", "config.celery"):
        assert "+00:00" in start(["-c", f"import {module}; {ask}"], PYTHONTZPATH=other_zones).stdout


@pytest.mark.django_db
def test_the_database_is_asked_in_utc_so_that_its_own_tzdata_does_not_matter() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW TimeZone")
        assert cursor.fetchone() == ("UTC",)
