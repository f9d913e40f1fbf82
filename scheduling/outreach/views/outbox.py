"""The outbox: what is sent to whom, what became of it, and how it looks."""

from typing import Any

from django.contrib import messages as notices
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.languages import base_language, language_name
from clients.requests import actor_of, part_or_whole
from scheduling.outreach import services
from scheduling.outreach.errors import NoAddress, NothingToRetry, NotToSay
from scheduling.outreach.forms.outbox import OutboxFilterForm
from scheduling.outreach.models import Message
from scheduling.outreach.operations.bounces import doubtful_addresses
from scheduling.outreach.operations.dead_letters import causes
from scheduling.outreach.previews import preview_of
from scheduling.outreach.selectors import messages_for, search_messages, with_content
from scheduling.outreach.services.claiming import MAX_TRIES
from scheduling.outreach.services.retrying import is_retryable

PAGE_SIZE = 50

# The mail's own markup, in a frame that can do nothing: no script, no image, no form, no other host.
PREVIEW_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The messages of the actor's meetings, the latest due first; htmx asks for the results alone."""
    form = OutboxFilterForm(request.GET)
    is_valid = form.is_valid()
    chosen = form.cleaned_data
    found = search_messages(
        actor_of(request), text=chosen.get("q", ""), state=chosen.get("state", ""), kind=chosen.get("kind", "")
    )
    context = {
        "form": form,
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "is_filtered": any(chosen.values()) or not is_valid,
        "max_tries": MAX_TRIES,
        "causes": causes(actor_of(request), now=timezone.now()) if chosen.get("state") == Message.State.DEAD else [],
    }
    return part_or_whole(
        request, "outreach/_results.html", "outreach/outbox.html", context, status=200 if is_valid else 400
    )


@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message with its headers, its parts and what became of it."""
    return _render_message(request, _message(request, pk))


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """The mail's HTML part, byte for byte, for the frame on the message's page."""
    mail = preview_of(_message(request, pk), now=timezone.now())
    if mail is None or not mail.html:
        raise Http404
    return HttpResponse(
        mail.html,
        headers={"Content-Security-Policy": PREVIEW_POLICY, "X-Frame-Options": "SAMEORIGIN"},
    )


@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Puts a message that failed back into the queue; sent twice, it changes nothing the second time."""
    found = _message(request, pk)
    try:
        services.retry(actor=actor_of(request), message=found, now=timezone.now())
    except NoAddress:
        error = _("This person still has no mail address. Add one to their profile, then try again.")
        return _render_message(request, found, error=error, status=409)
    except NothingToRetry:
        if found.state not in {*Message.QUEUED, Message.State.SENT}:
            return _render_message(request, found, error=_("It is too late to send this message."), status=409)
        notices.info(request, _("This message is already on its way."))
    else:
        notices.success(request, _("The message is sent again within a minute."))
    return redirect("outreach:message", pk=pk)


@require_POST
def retry_all(request: HttpRequest) -> HttpResponse:
    """Puts all messages that failed for one reason back into the queue; sent twice, it finds none the second time."""
    reason = request.POST.get("reason", "")
    # No stored reason holds a NUL, and PostgreSQL refuses to look for one.
    count = 0 if "\x00" in reason else services.retry_all(actor=actor_of(request), reason=reason, now=timezone.now())
    if count:
        said = ngettext(
            "%(count)d message is sent again within a minute.",
            "%(count)d messages are sent again within a minute.",
            count,
        )
        notices.success(request, said % {"count": count})
    else:
        notices.info(request, _("No message that failed for this reason can still be sent."))
    return redirect(reverse("outreach:outbox", query={"state": Message.State.DEAD}))


@require_POST
def said(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes that the actor said a check-in, or reached nobody; sent twice, it changes nothing the second time."""
    found = get_object_or_404(messages_for(actor_of(request)), pk=pk)
    chosen: dict[str, Any] = {"actor": actor_of(request), "message": found, "now": timezone.now()}
    try:
        match request.POST.get("act"):
            case "said":
                services.note_said(**chosen)
                notices.success(request, _("Noted. Check-ins keep silent for as long as the plan says."))
            case "not_reached":
                now_mail = services.note_not_reached(**chosen).state != Message.State.UNDELIVERABLE
                notices.success(request, _("It goes by mail instead.") if now_mail else _("Noted."))
            case _unknown:
                error = _("Say whether it was said or nobody was reached.")
                return _render_message(request, _message(request, pk), error=error, status=400)
    except NotToSay:
        error = _("There is nothing left to say: it was said, went as a mail, or its time is over.")
        return _render_message(request, _message(request, pk), error=error, status=409)
    return redirect("desk:today")


def _message(request: HttpRequest, pk: int) -> Message:
    # With the bytes that were sent, which the list leaves out.
    found = with_content(messages_for(actor_of(request))).defer(None)
    return get_object_or_404(found, pk=pk)


def _render_message(request: HttpRequest, found: Message, *, error: str = "", status: int = 200) -> HttpResponse:
    now = timezone.now()
    mail = preview_of(found, now=now)
    wanted = found.person.language
    context = {
        "message": found,
        "mail": mail,
        # Empty where the mail is in its reader's language.
        "missing_language": language_name(wanted, get_language() or "en")
        if mail and base_language(mail.language) != base_language(wanted)
        else "",
        "is_to_say": found.channel in Message.SPOKEN
        and found.state in (*Message.QUEUED, Message.State.TO_SAY)
        and found.expires_at > now,
        "is_retryable": is_retryable(found, now=now),
        "max_tries": MAX_TRIES,
        "address": doubtful_addresses([found.address]).get(found.address.lower()),
        "error": error,
    }
    return render(request, "outreach/message.html", context, status=status)
