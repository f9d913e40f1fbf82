"""The project's own laws, which no linter knows, read from the source."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("config", "scheduling", "clients", "holidays_app")


@dataclass(frozen=True)
class Door:
    """Names that only the modules behind the door may use."""

    law: str
    names: tuple[str, ...]
    behind: tuple[str, ...] = ()

    def breaches(self, path: PurePath, source: str) -> list[str]:
        """Where the source uses one of the names from outside."""
        if any(path.match(pattern) for pattern in self.behind):
            return []
        return [
            f"{path}:{line}: {used}. {self.law}"
            for line, used in used_names(source)
            if any(used == name or used.startswith(f"{name}.") for name in self.names)
        ]


DOORS = [
    Door(
        "Only requests, tasks and commands read the clock; everything below takes `now`.",
        (
            "datetime.date.today",
            "datetime.datetime.now",
            "datetime.datetime.today",
            "datetime.datetime.utcnow",
            "django.db.models.functions.Now",
            "django.utils.timezone.localdate",
            "django.utils.timezone.localtime",
            "django.utils.timezone.now",
            "time.time",
        ),
        ("admin.py", "admin/*.py", "middleware.py", "views.py", "views/*.py", "tasks.py", "management/commands/*.py"),
    ),
    Door(
        "One tzdata, the wheel's: no other library's zones, and one place that says so.",
        ("dateutil", "pytz", "zoneinfo.reset_tzpath"),
        ("config/settings.py",),
    ),
    Door("One module sends mail.", ("django.core.mail", "smtplib"), ("scheduling/outreach/mail.py",)),
    Door(
        "There are no signals: what happens is called by its name.",
        ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals"),
    ),
]


@cache
def nodes(source: str) -> tuple[ast.AST, ...]:
    """Everything in a module; each law reads all of them."""
    return tuple(ast.walk(ast.parse(source)))


@cache
def used_names(source: str) -> tuple[tuple[int, str], ...]:
    """Line and full dotted name of all that a module imports, and of what it reaches through imports."""
    return tuple(_used_names(source))


def _used_names(source: str) -> Iterator[tuple[int, str]]:
    imported: dict[str, str] = {}
    for node in nodes(source):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.partition(".")[0]
                imported[local] = alias.name if alias.asname else local
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in nodes(source):
        if isinstance(node, ast.Attribute):
            first, *rest = _dotted(node)
            if first in imported:
                yield node.lineno, ".".join([imported[first], *rest])


def _dotted(node: ast.expr) -> list[str]:
    """The parts of `name.attribute.attribute`; the first is empty where it begins with no name."""
    rest: list[str] = []
    while isinstance(node, ast.Attribute):
        rest.insert(0, node.attr)
        node = node.value
    return [node.id if isinstance(node, ast.Name) else "", *rest]


def delays(source: str) -> Iterator[int]:
    """The lines that hand a task to the broker for later: as a keyword, or as a key of options."""
    for node in nodes(source):
        if isinstance(node, ast.keyword) and node.arg in ("eta", "countdown"):
            yield node.lineno
        elif isinstance(node, ast.Dict):
            for key in node.keys:
                if isinstance(key, ast.Constant) and key.value in ("eta", "countdown"):
                    yield key.lineno


# What Django has PostgreSQL do with AT TIME ZONE, by PostgreSQL's own tzdata.
ZONED_LOOKUP = re.compile(
    r"\w+__(date|time|year|iso_year|quarter|month|week|week_day|iso_week_day|day|hour|minute|second)(__\w+)?"
)
ZONED_SQL = re.compile(r"AT\s+TIME\s+ZONE|\btimezone\s*\(|\bdate_trunc\s*\(", re.IGNORECASE)
ZONED_FUNCTION = re.compile(r"django\.db\.models\.functions\.(Trunc\w*|Extract\w+)")


def zone_arithmetic(source: str) -> Iterator[int]:
    """The lines that have the database do arithmetic with time zones."""
    for line, used in used_names(source):
        if ZONED_FUNCTION.fullmatch(used):
            yield line
    for node in nodes(source):
        match node:
            case ast.keyword(arg=str(name)) if ZONED_LOOKUP.fullmatch(name):
                yield node.lineno
            case ast.Constant(value=str(text)) if ZONED_LOOKUP.fullmatch(text) or ZONED_SQL.search(text):
                yield node.lineno
            case ast.Call(func=ast.Name(id="Extract"), keywords=options) if any(one.arg == "tzinfo" for one in options):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="dates" | "datetimes"), args=[ast.Constant(), *_]):
                yield node.lineno
            case ast.Assign(targets=[ast.Name(id="date_hierarchy")]):
                yield node.lineno


@cache
def sources() -> dict[Path, str]:
    """Every module of the project but its tests."""
    paths = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    assert len(paths) > len(FLOORS)
    return {path.relative_to(ROOT): path.read_text("utf-8") for path in paths}


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.law)
def test_law_is_kept(door: Door) -> None:
    breaches = [breach for path, source in sources().items() for breach in door.breaches(path, source)]
    assert not breaches, "\n".join(breaches)


def test_no_task_waits_in_the_broker() -> None:
    late = [f"{path}:{line}" for path, source in sources().items() for line in delays(source)]
    assert not late, late


def test_the_database_knows_no_zones() -> None:
    found = [f"{path}:{line}" for path, source in sources().items() for line in zone_arithmetic(source)]
    assert not found, found


@pytest.mark.parametrize(
    "source",
    [
        "from django.db.models.functions import TruncDate",
        "from django.db.models import functions\nfunctions.ExtractHour('start_at')",
        "Extract('start_at', 'hour', tzinfo=zone)",
        "Meeting.objects.filter(start_at__date=day)",
        "Meeting.objects.filter(start_at__hour__gte=9)",
        "Meeting.objects.filter(**{'start_at__week_day': 2})",
        "Meeting.objects.order_by('start_at__time')",
        "Meeting.objects.datetimes('start_at', 'day')",
        "cursor.execute('SELECT start_at at time zone %s')",
        "RawSQL(\"date_trunc('day', start_at)\", [])",
        "class MeetingAdmin:\n    date_hierarchy = 'start_at'",
    ],
)
def test_zone_arithmetic_is_found(source: str) -> None:
    assert list(zone_arithmetic(source))


@pytest.mark.parametrize(
    "source",
    [
        "Extract(Value(now) - F('meeting__start_at'), 'epoch')",
        "Meeting.objects.filter(start_at__gte=at, start_date=day)",
        "Meeting.objects.filter(meeting__time_zone=name)",
    ],
)
def test_instants_and_stored_wall_times_pass(source: str) -> None:
    assert not list(zone_arithmetic(source))


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils import timezone\nat = timezone.now()",
        "from django.utils.timezone import now",
        "import datetime as dt\nat = dt.datetime.now(dt.UTC)",
        "from datetime import date\ntoday = date.today",
        "import time\nat = time.time()",
        "import django.core.mail",
        "from django.core import mail",
        "from smtplib import SMTP",
        "from django.db.models.signals import post_save",
        "from django import dispatch",
        "from dateutil.tz import gettz",
        "import zoneinfo\nzoneinfo.reset_tzpath(['/usr/share/zoneinfo'])",
    ],
)
def test_breach_is_found(source: str) -> None:
    assert any(door.breaches(PurePath("clients/services.py"), source) for door in DOORS)


@pytest.mark.parametrize(
    "source",
    [
        "task.apply_async(args, eta=at)",
        "task.apply_async((), countdown=5)",
        "options = {'countdown': 5}",
        "self.retry(eta=at)",
    ],
)
def test_delay_is_found(source: str) -> None:
    assert list(delays(source)) == [1]


def test_allowed_uses_pass() -> None:
    source = "from datetime import datetime\nfrom time import monotonic\nat = datetime.fromisoformat(text)"
    assert not any(door.breaches(PurePath("clients/services.py"), source) for door in DOORS)
    clock = "from django.utils import timezone\nat = timezone.now()"
    assert not any(door.breaches(PurePath("clients/views.py"), clock) for door in DOORS)
