"""Figures for Prometheus, for whoever has the token."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0, generate_latest

from scheduling.outreach.operations.metrics import OutboxCollector


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The outbox in figures. Without a token in the settings there is nothing here; 401 where another one is shown."""
    if not settings.METRICS_TOKEN:
        raise Http404
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if not constant_time_compare(shown, settings.METRICS_TOKEN) or scheme.lower() != "bearer":
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    text = generate_latest(OutboxCollector(timezone.now()))
    return HttpResponse(text, headers={"Content-Type": CONTENT_TYPE_PLAIN_1_0_0})
