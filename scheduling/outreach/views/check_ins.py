"""A client's check-ins: what will be sent to whom, the plan behind it, and drafts that wait to be read."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.models import Client, Contact
from clients.requests import actor_of, reader_for
from clients.selectors import clients_for, colleagues_for
from scheduling.engine import WEEKDAYS
from scheduling.outreach import services
from scheduling.outreach.check_ins.letter import check_in_letter, check_in_words
from scheduling.outreach.check_ins.outlook import Entry, outlook
from scheduling.outreach.check_ins.suppression import OVERRULED
from scheduling.outreach.content import Letter
from scheduling.outreach.errors import HeldBack, NotADraft
from scheduling.outreach.forms.check_ins import DraftForm, PlanForm, StartForm, StepFormSet, TalkForm
from scheduling.outreach.linking import shown_link, without_link
from scheduling.outreach.models import CheckInPlan, Message
from scheduling.outreach.selectors import drafts_for, messages_for, plans_for
from scheduling.outreach.views.outbox import PREVIEW_POLICY

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """The next twelve weeks of the client's plan, or the form that begins one."""
    client = _client(request, pk)
    found = CheckInPlan.objects.select_related("account_manager").filter(client=client).first()
    if found is None:
        return _render_start(request, client, StartForm(client=client, initial={"contacts": client.contacts.all()[:1]}))
    return _render_plan(request, client, found)


@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Begins the client's plan; sent twice, it changes nothing the second time."""
    client = _client(request, pk)
    form = StartForm(request.POST, client=client)
    if not form.is_valid():
        return _render_start(request, client, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    services.create_plan(
        actor=actor_of(request),
        client=client,
        contacts=form.cleaned_data["contacts"],
        template=form.cleaned_data["template"],
        terms=services.Terms(is_approved_first=form.cleaned_data["is_approved_first"]),
        now=timezone.now(),
    )
    messages.success(request, _("The plan holds from now on. These are its next twelve weeks."))
    return redirect("check_ins:plan", pk)


@page_methods
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan's steps, terms and contacts, all saved together."""
    client, found = _client(request, pk), _plan(request, pk)
    posted = request.POST if request.method == "POST" else None
    form = PlanForm(posted, instance=found, managers=colleagues_for(actor_of(request)))
    # What is posted stands for itself: sent twice, a new step is no untouched row of the ones stored by now.
    stored = [asdict(services.NewStep.of(row)) for row in found.steps.all()] if posted is None else None
    steps: Any = StepFormSet(posted, initial=stored, prefix="step")
    is_valid = posted is not None and all([form.is_valid(), steps.is_valid()])
    if is_valid:
        services.change_plan(
            actor=actor_of(request),
            plan=found,
            steps=steps.steps,
            terms=form.terms,
            account_manager=form.account_manager,
            frequencies=form.frequencies,
            now=timezone.now(),
        )
        messages.success(request, _("Saved. What waits to be sent follows it already."))
        return redirect("check_ins:plan", pk)
    context = {"client": client, "plan": found, "form": form, "steps": steps}
    status = HTTPStatus.OK if posted is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "outreach/check_ins_edit.html", context, status=status)


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Nothing of this plan is sent until it is resumed."""
    services.pause_plan(actor=actor_of(request), plan=_plan(request, pk), now=timezone.now())
    messages.success(request, _("Paused. What is due meanwhile is left out."))
    return redirect("check_ins:plan", pk)


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan goes on."""
    services.resume_plan(actor=actor_of(request), plan=_plan(request, pk), now=timezone.now())
    messages.success(request, _("The plan goes on."))
    return redirect("check_ins:plan", pk)


@require_POST
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Notes a talk with the client that was held elsewhere."""
    client, found = _client(request, pk), _plan(request, pk)
    now = timezone.now()
    form = TalkForm(request.POST, time_zone=reader_for(request).time_zone, now=now)
    if not form.is_valid():
        return _render_plan(request, client, found, talk_form=form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    services.log_talk(actor=actor_of(request), client=client, at=form.at, note=form.cleaned_data["note"], now=now)
    messages.success(request, _("Noted. Check-ins keep silent for as long as the plan says."))
    return redirect("check_ins:plan", pk)


@require_safe
def mail(request: HttpRequest, pk: int, enrolment: int, date: str) -> HttpResponse:
    """A check-in to come as it will look, with what is known of when and whether it goes."""
    entry, letter = _mail(request, pk, enrolment, date)
    context = {"client": _client(request, pk), "entry": entry, "letter": letter}
    return render(request, "outreach/check_in.html", context)


@require_safe
def frame(request: HttpRequest, pk: int, enrolment: int, date: str) -> HttpResponse:
    """The mail's HTML part alone, for the frame on its page."""
    _entry, letter = _mail(request, pk, enrolment, date)
    headers = {"Content-Security-Policy": PREVIEW_POLICY, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(letter.html, headers=headers)


@require_POST
def test(request: HttpRequest, pk: int, enrolment: int, date: str) -> HttpResponse:
    """Sends the check-in to the actor alone."""
    entry = _entry(request, pk, enrolment, date)
    actor = actor_of(request)
    services.send_test(
        actor=actor,
        enrolment=entry.enrolment,
        purposes=entry.purposes,
        local_date=entry.local_date,
        now=timezone.now(),
    )
    messages.success(request, _("It is on its way to %(address)s.") % {"address": actor.email})
    return redirect("check_ins:mail", pk, enrolment, date)


@page_methods
def draft(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """A check-in that waits to be read: to change, let go, send at once or discard."""
    client, actor, now = _client(request, pk), actor_of(request), timezone.now()
    drafts = drafts_for(actor, now=now).select_related("enrolment__plan__account_manager")
    found = drafts.filter(pk=message, contact__client=client).first()
    if found is None:
        was_one = messages_for(actor).filter(pk=message, contact__client=client)
        if request.method == "POST" and was_one.exists():
            return _no_draft(request, client)
        raise Http404
    act = request.POST.get("act", "") if request.method == "POST" else ""
    typed = request.POST if act in ("save", "release", "send", "send_anyway") else None
    form = DraftForm(typed, initial=_words(found, now))
    status = HTTPStatus.OK
    against: Sequence[str] = ()
    if form.is_bound and not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    elif act == "discard" or form.is_bound:
        try:
            return _act_on(request, client, found, act, form, now)
        except (NotADraft, Message.DoesNotExist):
            return _no_draft(request, client)
        except HeldBack as error:
            status, against = HTTPStatus.CONFLICT, error.reasons
    elif request.method == "POST":
        status = HTTPStatus.BAD_REQUEST
    context = {
        "client": client,
        "message": found,
        "form": form,
        "against": against,
        "may_overrule": set(against) <= set(OVERRULED),
    }
    return render(request, "outreach/draft.html", context, status=status)


def _no_draft(request: HttpRequest, client: Client) -> HttpResponse:
    messages.error(request, _("It is no draft any more: it went, was discarded, or its time is over."))
    return redirect("check_ins:plan", client.pk)


def _act_on(
    request: HttpRequest, client: Client, found: Message, act: str, form: DraftForm, now: dt.datetime
) -> HttpResponse:
    chosen: Any = {"actor": actor_of(request), "message": found, "now": now}
    if form.is_bound and form.written:
        # What nobody touched stays with the texts, which are said as things are when it goes.
        own: dict[str, Any] = {"subject": found.own_subject, "text": found.own_text}
        own |= form.written
        services.rewrite_draft(**chosen, **own)
    match act:
        case "release":
            services.release_draft(**chosen)
            messages.success(request, _("It goes at its time."))
        case "send" | "send_anyway":
            sent = services.send_draft_now(**chosen, goes_anyway=act == "send_anyway")
            if sent.due_at > now:
                moment = reader_for(request).moment(sent.due_at)
                messages.success(request, _("It goes as soon as they can be reached, %(moment)s.") % {"moment": moment})
            else:
                messages.success(request, _("It is sent within a minute."))
        case "discard":
            services.discard_draft(**chosen)
            messages.success(request, _("Discarded."))
        case _save:
            messages.success(request, _("Saved. It still waits for you to let it go."))
            return redirect("check_ins:draft", client.pk, found.pk)
    return redirect("check_ins:plan", client.pk)


def _words(found: Message, now: dt.datetime) -> dict[str, str]:
    """What the draft says: somebody's own words, or those of the texts."""
    sender = found.sender
    if found.contact is None or sender is None:
        return {"subject": found.own_subject, "text": found.own_text}
    words = check_in_words(found.purposes, found.contact, sender, now=max(now, found.due_at), link=without_link)
    return {"subject": found.own_subject or words.subject, "text": found.own_text or words.text}


def _mail(request: HttpRequest, pk: int, enrolment: int, date: str) -> tuple[Entry, Letter]:
    entry = _entry(request, pk, enrolment, date)
    written = entry.message or Message(
        kind=Message.Kind.CHECK_IN, purposes=list(entry.purposes), due_at=entry.due_at, local_date=entry.local_date
    )
    written.enrolment, written.contact = entry.enrolment, entry.contact
    return entry, check_in_letter(written, now=timezone.now(), link=shown_link)


def _entry(request: HttpRequest, pk: int, enrolment: int, date: str) -> Entry:
    """The check-in of that contact and date. Raises: Http404 where the plan has none."""
    found = _plan(request, pk)
    weeks = outlook(found, now=timezone.now(), reader=reader_for(request))
    for entry in (entry for week in weeks for entry in week.entries):
        if entry.enrolment.pk == enrolment and entry.local_date.isoformat() == date:
            # The rows that its words are made of.
            entry.enrolment.plan = found
            entry.contact.client = found.client
            return entry
    raise Http404


def _render_start(request: HttpRequest, client: Client, form: StartForm, *, status: int = 200) -> HttpResponse:
    context = {"client": client, "form": form, "has_contacts": client.contacts.exists()}
    return render(request, "outreach/check_ins_start.html", context, status=status)


def _render_plan(
    request: HttpRequest, client: Client, found: CheckInPlan, *, talk_form: TalkForm | None = None, status: int = 200
) -> HttpResponse:
    now, reader = timezone.now(), reader_for(request)
    wall = reader.wall(now)
    fresh = TalkForm(
        time_zone=reader.time_zone, now=now, initial={"date": wall.date(), "at_wall": wall.time().replace(second=0)}
    )
    context = {
        "client": client,
        "plan": found,
        "weeks": outlook(found, now=now, reader=reader),
        "steps": found.steps.all(),
        "enrolments": found.enrolments.select_related("contact"),
        "drafts": drafts_for(actor_of(request), now=now).filter(contact__client=client),
        "talks": client.logged_talks.select_related("account_manager")[:3],
        "talk_form": talk_form or fresh,
        "unworked": _unworked(found),
    }
    return render(request, "outreach/check_ins.html", context, status=status)


def _unworked(found: CheckInPlan) -> list[str]:
    """The weekdays of steps on which nobody in the plan ever works."""
    contacts = Contact.objects.filter(enrolment__plan=found)
    hours = list(contacts.values_list("working_hours", flat=True))
    worked = {day for week in hours for day, pairs in week.items() if pairs}
    unworked = [step for step in found.steps.all() if hours and WEEKDAYS[step.weekday] not in worked]
    return list(dict.fromkeys(str(step.get_weekday_display()) for step in unworked))


def _client(request: HttpRequest, pk: int) -> Client:
    return get_object_or_404(clients_for(actor_of(request)), pk=pk)


def _plan(request: HttpRequest, pk: int) -> CheckInPlan:
    return get_object_or_404(plans_for(actor_of(request)), client=pk)
