"""Proposes meeting times for cases in JSON, without a database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scheduling.engine import InvalidInput, MeetingRequest, Participant, propose
from scheduling.meetings.cases import parse_case, result_json


class Command(BaseCommand):
    help = "Propose fair meeting times for each case; prints one result per line, in their order."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", nargs="+", metavar="CASE.json", type=Path)

    def handle(self, *, cases: list[Path], **options: Any) -> None:
        # All cases are read before the first result is printed: a refused one leaves nothing half done.
        read = [_case(path) for path in cases]
        for request, participants in read:
            self.stdout.write(json.dumps(result_json(propose(request, participants))))


def _case(path: Path) -> tuple[MeetingRequest, tuple[Participant, ...]]:
    try:
        return parse_case(path.read_bytes())
    except InvalidInput as error:
        raise CommandError(f"{path}: {error}", returncode=2) from error
    except OSError as error:
        raise CommandError(f"{path}: cannot be read: {error.strerror}", returncode=2) from error
