from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from scheduling.desk.demo.cast import MANAGERS, PASSWORD
from scheduling.desk.demo.crowd import load_crowd
from scheduling.desk.demo.loading import is_loaded, load_demo


class Command(BaseCommand):
    help = "Loads the made-up people and meetings once, and says who may sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--clients", type=int, default=0, metavar="N", help="also N further clients, for load tests"
        )

    def handle(self, *args: Any, clients: int, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo's password is public, so it is not loaded in production.")
        if clients < 0:
            raise CommandError("--clients must be a number from 0 up.")
        if is_loaded():
            self.stdout.write("The demo data is there already.")
        else:
            load_demo(now=timezone.now())
            self.stdout.write("The demo data is loaded.")
        if clients:
            self.stdout.write(f"Further clients loaded: {load_crowd(clients)}.")
        self._print_accounts()

    def _print_accounts(self) -> None:
        self.stdout.write(f"\nSign in with the password “{PASSWORD}” as")
        for manager in MANAGERS:
            teams = "admin, sees every team" if manager.is_admin else f"sees {' and '.join(manager.teams)}"
            self.stdout.write(f"  {manager.email:26} {manager.full_name}, {manager.time_zone}, {teams}")
