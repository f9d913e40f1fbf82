"""The project's own laws, which no linter knows, read from the source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
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
            for line, used in used_names(ast.parse(source))
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
    Door("One module sends mail.", ("django.core.mail", "smtplib"), ("scheduling/outreach/mail.py",)),
    Door(
        "There are no signals: what happens is called by its name.",
        ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.contrib.auth.signals"),
    ),
]


def used_names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full dotted name of all that a module imports, and of what it reaches through imports."""
    imported: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                local = alias.asname or alias.name.partition(".")[0]
                imported[local] = alias.name if alias.asname else local
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            if first in imported:
                yield node.lineno, f"{imported[first]}.{rest}"


def delays(tree: ast.Module) -> Iterator[int]:
    """The lines that hand a task to the broker for later: as a keyword, or as a key of options."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in ("eta", "countdown"):
            yield node.lineno
        elif isinstance(node, ast.Dict):
            for key in node.keys:
                if isinstance(key, ast.Constant) and key.value in ("eta", "countdown"):
                    yield key.lineno


def sources() -> list[Path]:
    """Every module of the project but its tests."""
    found = [path for floor in FLOORS for path in sorted((ROOT / floor).rglob("*.py"))]
    assert len(found) > len(FLOORS)
    return found


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.law)
def test_law_is_kept(door: Door) -> None:
    breaches = [
        breach for path in sources() for breach in door.breaches(path.relative_to(ROOT), path.read_text("utf-8"))
    ]
    assert not breaches, "\n".join(breaches)


def test_no_task_waits_in_the_broker() -> None:
    late = [f"{path}:{line}" for path in sources() for line in delays(ast.parse(path.read_text("utf-8")))]
    assert not late, late


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
    assert list(delays(ast.parse(source))) == [1]


def test_allowed_uses_pass() -> None:
    source = "from datetime import datetime\nfrom time import monotonic\nat = datetime.fromisoformat(text)"
    assert not any(door.breaches(PurePath("clients/services.py"), source) for door in DOORS)
    clock = "from django.utils import timezone\nat = timezone.now()"
    assert not any(door.breaches(PurePath("clients/views.py"), clock) for door in DOORS)
