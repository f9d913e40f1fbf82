from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from scheduling.outreach import services


class Command(BaseCommand):
    help = "Reads the reports on mails that came back from a Maildir, and marks each as read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("maildir", type=Path, help="a directory with “new” and “cur”")

    def handle(self, *args: Any, maildir: Path, **options: Any) -> None:
        try:
            counted = services.read_bounces(maildir, now=timezone.now())
        except FileNotFoundError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{counted} new reports of mail that came back")
