from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from scheduling.outreach import services


class Command(BaseCommand):
    help = "Pauses everything outgoing, until an admin resumes it on the outbox's page or resume_outreach is run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="", help="what everybody reads on every page meanwhile")

    def handle(self, *args: Any, reason: str, **options: Any) -> None:
        is_new = services.pause(actor=None, reason=reason[:300], now=timezone.now())
        self.stdout.write("Paused." if is_new else "It was paused already.")
