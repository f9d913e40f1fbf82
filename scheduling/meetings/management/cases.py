"""What the commands that take cases in JSON have in common."""

import json
from abc import abstractmethod
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scheduling.engine import InvalidInput


class CasesCommand(BaseCommand):
    """Answers each case with one line of JSON, in their order, and needs no database."""

    requires_system_checks = ()

    @staticmethod
    @abstractmethod
    def read(text: bytes) -> Any:
        """The engine's values for a case.

        Raises:
            InvalidInput: the case breaks a rule.
        """

    @staticmethod
    @abstractmethod
    def answer(case: Any) -> dict[str, Any]:
        """The result for what `read` has returned."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="+", metavar="CASE.json", type=Path)

    def handle(self, *, cases: list[Path], **options: Any) -> None:
        # All cases are read before the first result is printed: a refused one leaves nothing half done.
        for case in [self._read(path) for path in cases]:
            self.stdout.write(json.dumps(self.answer(case)))

    def _read(self, path: Path) -> Any:
        try:
            return self.read(path.read_bytes())
        except InvalidInput as error:
            raise CommandError(f"{path}: {error}", returncode=2) from error
        except OSError as error:
            raise CommandError(f"{path}: cannot be read: {error.strerror}", returncode=2) from error
