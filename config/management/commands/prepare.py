from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Brings the database up to date and loads the demonstration: `make run` does so before it serves."

    def handle(self, *args: Any, **options: Any) -> None:
        # In one process, because to start another one takes as long as the work.
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed_demo", stdout=self.stdout)
