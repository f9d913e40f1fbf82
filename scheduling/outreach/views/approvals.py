"""Approvals: asked for and followed by account managers, decided by contacts behind their private links."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.errors import KeyReused
from clients.forms import KEY_REUSED
from clients.links import Purpose
from clients.models import Client, PrivateLink
from clients.requests import actor_of, reader_for
from clients.selectors import clients_for
from clients.views.private import private_page
from scheduling.outreach import services
from scheduling.outreach.attachments import KINDS, suffix_of
from scheduling.outreach.errors import AlreadyDecided, HandedToThemselves, NotTheirs
from scheduling.outreach.forms.approvals import ApprovalForm, HandOnForm, NotYetForm
from scheduling.outreach.models import Approval, ApprovalEvent
from scheduling.outreach.selectors import approvals_for

# Somebody else's file: it is saved, never shown as a page of ours.
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@page_methods
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """The form with which one contact of the client is asked; `?again=` another approval begins with its words."""
    now = timezone.now()
    client = get_object_or_404(clients_for(actor_of(request)), pk=pk)
    posted, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ApprovalForm(
        posted,
        files,
        client=client,
        reader=reader_for(request),
        now=now,
        initial=_words_of(client, request.GET.get("again", "")),
    )
    if form.is_bound and form.is_valid():
        try:
            approval = services.ask_approval(actor=actor_of(request), approval=form.save(commit=False), now=now)
        except KeyReused:
            form.add_error(None, KEY_REUSED)
        else:
            if approval.contact.email:
                messages.success(request, _("Asked. You get a mail as soon as there is an answer."))
            else:
                text = _(
                    "Nobody was told: %(name)s has no mail address. Once there is one, send it again from the outbox."
                )
                messages.warning(request, text % {"name": approval.contact.full_name})
            return redirect("approvals:detail", approval.pk)
    context = {"form": form, "client": client, "has_contacts": client.contacts.exists()}
    return render(request, "outreach/approval_ask.html", context, status=422 if form.is_bound else 200)


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """An approval with everything that became of it."""
    return _detail(request, _approval(request, pk))


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the question back."""
    approval = _approval(request, pk)
    try:
        services.withdraw_approval(actor=actor_of(request), approval=approval, now=timezone.now())
    except AlreadyDecided:
        approval = _approval(request, pk)
        return _detail(request, approval, error=_("It was answered meanwhile, so there is nothing to withdraw."))
    messages.success(request, _("Withdrawn."))
    return redirect("approvals:detail", approval.pk)


@require_safe
def file(request: HttpRequest, pk: int) -> FileResponse:
    """The attached file, for whoever looks after the client."""
    return _file(_approval(request, pk))


@page_methods
@private_page(Purpose.HOME, Purpose.APPROVAL)
def decide(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """What the contact is asked, with their ways to answer it; GET shows and POST acts."""
    approval = _asked(link, pk)
    act = request.POST.get("act", "") if request.method == "POST" else ""
    not_yet = NotYetForm(request.POST if act == "not_yet" else None)
    passing_on = HandOnForm(request.POST if act == "hand_on" else None)
    context: dict[str, Any] = {"not_yet": not_yet, "hand_on": passing_on}
    if request.method != "POST":
        return _question(request, link, approval, context)
    if act not in ("approve", "not_yet", "hand_on"):
        return _question(request, link, approval, context, status=400)
    if (not_yet.is_bound and not not_yet.is_valid()) or (passing_on.is_bound and not passing_on.is_valid()):
        return _question(request, link, approval, context, status=422)
    chosen: Any = {"contact": link.contact, "approval": approval, "now": timezone.now()}
    try:
        if act == "approve":
            services.approve(**chosen)
        elif act == "not_yet":
            services.refuse_for_now(**chosen, words=not_yet.cleaned_data["words"])
        elif services.hand_on(**chosen, email=passing_on.cleaned_data["email"]) is None:
            text = _("Thank you. We know nobody with that address yet, so we have told %(name)s, who will ask them.")
            messages.success(request, text % {"name": approval.account_manager.full_name})
    except HandedToThemselves:
        passing_on.add_error("email", _("That is your own address. Give that of whoever decides instead of you."))
        return _question(request, link, approval, context, status=422)
    except (AlreadyDecided, NotTheirs):
        return _question(request, link, _asked(link, pk), {**context, "came_late": True}, status=409)
    return redirect("you:approval", pk)


@require_safe
@private_page(Purpose.HOME, Purpose.APPROVAL)
def file_for_contact(request: HttpRequest, link: PrivateLink, pk: int) -> FileResponse:
    """The attached file, for whoever is asked."""
    return _file(_asked(link, pk))


def _words_of(client: Client, pk: str) -> dict[str, Any]:
    """What the client was asked before, where that number is one of its approvals."""
    asked = client.approvals.filter(pk=pk) if pk.isdecimal() and len(pk) < 19 else client.approvals.none()
    return dict(asked.values("title", "contact", "details", "link").first() or {})


def _question(
    request: HttpRequest, link: PrivateLink, approval: Approval, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    events = list(approval.events.select_related("contact", "decider"))
    return render(
        request,
        "client/approval.html",
        {
            "link": link,
            "approval": approval,
            "decision": next((event for event in reversed(events) if event.kind == approval.state), None),
            "is_theirs": approval.contact_id == link.contact_id,
            **context,
        },
        status=status,
    )


def _detail(request: HttpRequest, approval: Approval, *, error: str = "") -> HttpResponse:
    context = {
        "approval": approval,
        "events": approval.events.select_related("contact", "account_manager", "decider"),
        "error": error,
    }
    return render(request, "outreach/approval.html", context, status=409 if error else 200)


def _file(approval: Approval) -> FileResponse:
    try:
        # Closed by the answer.
        content = approval.file.open("rb")
    except (ValueError, FileNotFoundError):
        raise Http404 from None
    return FileResponse(
        content,
        as_attachment=True,
        filename=approval.file_name,
        content_type=KINDS[suffix_of(approval.file_name)].content_type,
        headers={"Content-Security-Policy": FILE_POLICY},
    )


def _asked(link: PrivateLink, pk: int) -> Approval:
    """What the link is about; from their own page, contacts reach what they decide, have decided or handed on."""
    asked = Approval.objects.select_related("client", "contact", "account_manager")
    if link.purpose == Purpose.HOME:
        theirs = ApprovalEvent.objects.filter(approval=OuterRef("pk"), contact=link.contact)
        asked = asked.filter(Q(contact=link.contact) | Exists(theirs))
    return get_object_or_404(asked, pk=pk)


def _approval(request: HttpRequest, pk: int) -> Approval:
    return get_object_or_404(approvals_for(actor_of(request)), pk=pk)
