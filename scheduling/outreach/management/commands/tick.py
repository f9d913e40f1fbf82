from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scheduling.outreach import services


class Command(BaseCommand):
    help = "Plans the messages that are due and delivers them, here and now, without workers or Redis."

    def handle(self, *args: Any, **options: Any) -> None:
        planned = services.plan(now=timezone.now())
        results: Counter[str] = Counter()
        while batch := services.deliver(clock=timezone.now):
            results += batch
            if "released" in batch:
                break
        self.stdout.write(f"planned {planned}, sent {results['sent']}, failed {results['failed']}")
        if results["released"]:
            self.stderr.write(f"The mail server can't be reached; {results['released']} messages wait for it.")
