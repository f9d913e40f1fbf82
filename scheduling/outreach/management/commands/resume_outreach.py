from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scheduling.outreach import services


class Command(BaseCommand):
    help = (
        "Lets mail out again after a pause, or says that this copy of the database is the one that sends from now on."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        was_paused = services.resume(actor=None, now=timezone.now())
        self.stdout.write("Mail goes out again." if was_paused else "Mail goes out already.")
