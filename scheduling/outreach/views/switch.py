"""The switch that pauses everything outgoing, for admins."""

from django.contrib import messages as notices
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clients.models import AccountManager
from clients.requests import actor_of
from scheduling.outreach import services
from scheduling.outreach.forms.switch import PauseForm
from scheduling.outreach.operations.pauses import waiting_counts


@require_safe
def switch(request: HttpRequest) -> HttpResponse:
    """Whether anything goes out, what waits, and the form that changes it."""
    return _render(request, PauseForm())


@require_POST
def pause(request: HttpRequest) -> HttpResponse:
    """Pauses everything outgoing; whoever comes second changes nothing."""
    actor = _admin(request)
    form = PauseForm(request.POST)
    if not form.is_valid():
        return _render(request, form, status=400)
    if services.pause(actor=actor, reason=form.cleaned_data["reason"], now=timezone.now()):
        notices.success(request, _("Paused: no mail goes out until an administrator resumes it."))
    else:
        notices.info(request, _("It was paused already."))
    return redirect("outreach:switch")


@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Lets everything out that is still worth it."""
    if services.resume(actor=_admin(request), now=timezone.now()):
        notices.success(request, _("Mail goes out again, beginning with what has waited longest."))
    else:
        notices.info(request, _("Mail goes out already."))
    return redirect("outreach:switch")


def _admin(request: HttpRequest) -> AccountManager:
    """Raises: PermissionDenied, before anything is said about what an admin typed."""
    actor = actor_of(request)
    if not actor.is_staff:
        raise PermissionDenied
    return actor


def _render(request: HttpRequest, form: PauseForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "waiting": waiting_counts(timezone.now())}
    return render(request, "outreach/switch.html", context, status=status)
