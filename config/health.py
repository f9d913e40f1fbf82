"""What monitors ask: whether this process lives, and whether everything around it does too."""

from collections.abc import Callable

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from scheduling.outreach.operations.pauses import current_pause

OK = "ok"
BROKER_SECONDS = 2


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 as long as this process answers, whatever becomes of its neighbours: a restart would not help them."""
    return HttpResponse(f"{OK}\n", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """What each part says, with 503 where one does not work. A pause is somebody's wish, so it is told and no fault."""
    database = _database()
    parts = {"database": database, "migrations": _of_database(database, _migrations), "broker": _broker()}
    status = 200 if set(parts.values()) == {OK} else 503
    parts["outreach"] = _of_database(database, _outreach)
    return JsonResponse(parts, status=status)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "does not answer"
    return OK


def _of_database(database: str, ask: Callable[[], str]) -> str:
    """The answer of a question to the database, which is not asked where it does not answer."""
    if database != OK:
        return "not known"
    try:
        return ask()
    except DatabaseError:
        return "not known"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return OK if not missing else f"{len(missing)} not applied"


def _broker() -> str:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=BROKER_SECONDS)
    except OperationalError:
        return "does not answer"
    return OK


def _outreach() -> str:
    return OK if current_pause() is None else "paused"
