"""The pages on which contacts say which mail they want."""

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from clients.errors import LinkEnded
from clients.links import Purpose
from clients.models import PrivateLink
from clients.reader import reader_of, text_language
from clients.requests import reader_for
from clients.views.private import (
    TooManyWrongTokens,
    lead_on,
    link_ended,
    link_of_token,
    private_page,
    too_many,
    unkept,
)
from scheduling.outreach import services
from scheduling.outreach.forms.wishes import WishesForm
from scheduling.outreach.services.wishes import Topic, wishes_of

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@page_methods
@private_page(Purpose.HOME, Purpose.WISHES)
def wishes(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """What this contact wants of our mails, to see and to change."""
    now = timezone.now()
    contact = link.contact
    today = reader_of(contact).day_of(now)
    stored = wishes_of(contact)
    posted = request.POST if request.method == "POST" else None
    reader = reader_for(request)
    form = WishesForm(posted, instance=contact, wishes=stored, today=today, reader=reader)
    if form.is_bound and form.is_valid():
        services.change_wishes(
            contact=form.save(commit=False), wishes=form.wishes, changed=form.changed_fields, now=now
        )
        # In the language that they may just have chosen.
        with translation.override(text_language(contact.language)):
            messages.success(request, _("Saved. This holds from now on."))
        return redirect("you:wishes")
    is_paused = stored.paused_until_date is not None and stored.paused_until_date >= today
    context = {"link": link, "form": form, "wishes": stored, "is_paused": is_paused}
    return render(request, "client/wishes.html", context, status=422 if form.is_bound else 200)


@page_methods
@private_page(Purpose.HOME, Purpose.UNSUBSCRIBE)
def unsubscribe(request: HttpRequest, link: PrivateLink) -> HttpResponse:
    """One button that ends check-ins and questions, and the same back."""
    if request.method == "POST":
        act = services.resume_mail if request.POST.get("act") == "resume" else services.stop_mail
        act(contact=link.contact, now=timezone.now())
        return redirect("you:unsubscribe")
    is_stopped = wishes_of(link.contact).unwanted == frozenset(Topic)
    return render(request, "client/unsubscribe.html", {"link": link, "is_stopped": is_stopped})


@csrf_exempt
@login_not_required
@page_methods
def one_click(request: HttpRequest, token: str) -> HttpResponse:
    """Where List-Unsubscribe leads: a mail program's POST acts at once, a person's GET leads to a page with a button.

    The only route without a CSRF token, since it asks for no cookie either: whoever has the link may do this.
    Source: RFC 8058, sections 3.1 and 3.2.
    """
    if request.method != "POST":
        return lead_on(request, token)
    try:
        link = link_of_token(request, token)
    except TooManyWrongTokens:
        return too_many(request)
    except LinkEnded:
        return link_ended(request)
    if link.purpose != Purpose.UNSUBSCRIBE:
        return link_ended(request)
    if request.POST.get("List-Unsubscribe") != "One-Click":
        text = _("Send List-Unsubscribe=One-Click, or open this address in a browser.")
        return unkept(HttpResponse(text, status=HTTPStatus.BAD_REQUEST, content_type="text/plain"))
    services.stop_mail(contact=link.contact, now=timezone.now())
    return unkept(HttpResponse(status=HTTPStatus.NO_CONTENT))
