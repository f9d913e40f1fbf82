"""Mail that came back: what providers report, and people who say that an address works again."""

import datetime as dt
import logging
import re
from typing import Any

from anymail.exceptions import AnymailConfigurationError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from clients.requests import actor_of
from clients.selectors import contacts_for
from scheduling.meetings.plain_text import one_line
from scheduling.outreach import services
from scheduling.outreach.models import BounceReport, Message
from scheduling.outreach.operations.delivery_status import kind_of, status_in
from scheduling.outreach.selectors import messages_for

logger = logging.getLogger(__name__)

Kind = BounceReport.Kind
_FOR_NOW = re.compile(r"(?:^|;)\s*4\d\d\b")
#: A provider's clock may be behind ours.
CLOCKS_DIFFER = dt.timedelta(minutes=5)


@csrf_exempt
@login_not_required
@require_http_methods(["POST", "HEAD"])
def provider_report(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Hears a provider's events, for whoever knows the secret; without one in the settings there is nothing here."""
    if not settings.ANYMAIL["WEBHOOK_SECRET"]:
        raise Http404
    try:
        match = resolve(f"/{provider}/tracking/", urlconf="anymail.urls")
    except Resolver404:
        raise Http404 from None
    try:
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    except AnymailConfigurationError as error:
        # Its key is not in the settings, or it needs a library that is not here.
        logger.warning("What %s reports can't be read: %s", provider, error)
        raise Http404 from error
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        # The secret was right, but the body is none of this provider's.
        raise BadRequest("The body is not an event of this provider.") from error
    return response


def hear(sender: object, *, event: AnymailTrackingEvent, esp_name: str, **kwargs: Any) -> None:
    """Records what an event says of a mail that we sent to its recipient."""
    kind = _kind(event)
    if kind is None or not event.recipient:
        return
    message = _message_of(event)
    if message is None:
        return
    words = one_line(event.mta_response or event.description or "")
    services.record_bounce(
        message=message, kind=kind, status=status_in(words), diagnostic=words[:500], now=timezone.now()
    )


def _kind(event: AnymailTrackingEvent) -> BounceReport.Kind | None:
    if event.event_type == EventType.COMPLAINED:
        return Kind.COMPLAINT
    if event.event_type not in {EventType.BOUNCED, EventType.REJECTED}:
        return None
    if status := status_in(event.mta_response or ""):
        return kind_of(status)
    # A server's reply without such a code still says it by its first digit. Source: RFC 5321, section 4.2.1.
    if _FOR_NOW.search(event.mta_response or ""):
        return Kind.SOFT
    return Kind.HARD if event.reject_reason in {RejectReason.BOUNCED, RejectReason.INVALID} else Kind.SOFT


def _message_of(event: AnymailTrackingEvent) -> Message | None:
    """The mail that it is about: some providers say its Message-ID, others only a number of their own."""
    sent = Message.objects.filter(address__iexact=one_line(event.recipient), sent_at__isnull=False).defer("raw")
    named = sent.filter(message_id=f"<{one_line(str(event.message_id or '')).strip('<>')}>").first()
    if named is None and event.timestamp is not None:
        # Posted again hours later, it is still not about what was sent meanwhile.
        sent = sent.filter(sent_at__lte=event.timestamp + CLOCKS_DIFFER)
    return named or sent.order_by("-sent_at").first()


@require_POST
def trust_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Uses the address of one of the actor's contacts again."""
    contact = get_object_or_404(contacts_for(actor_of(request)), pk=pk)
    _trust(request, contact.email)
    return redirect("desk:client", pk=contact.client_id)


@require_POST
def trust_recipient(request: HttpRequest, pk: int) -> HttpResponse:
    """Uses the address again that a message of the actor's goes to."""
    message = get_object_or_404(messages_for(actor_of(request)), pk=pk)
    _trust(request, message.address)
    return redirect("outreach:message", pk=pk)


def _trust(request: HttpRequest, email: str) -> None:
    if services.trust_address(actor=actor_of(request), email=email, now=timezone.now()):
        notices.success(request, _("Mail is sent to this address again."))
    else:
        notices.info(request, _("Mail is sent to this address already."))
