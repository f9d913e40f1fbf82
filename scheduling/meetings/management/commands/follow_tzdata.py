from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from scheduling.meetings import services
from scheduling.meetings.walltime import tzdata_version


class Command(BaseCommand):
    help = "Keeps the wall times of coming meetings that were booked under older tzdata; the workers do it every hour."

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.follow_tzdata(now=timezone.now())
        self.stdout.write(f"tzdata {tzdata_version()}: {done.meetings} meetings followed, {done.changed} changed")
