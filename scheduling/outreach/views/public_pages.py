"""An account manager's public page: a client is recognised by a code, and somebody unknown leaves a request.

A stranger learns who somebody is and what time it is there: nothing of clients, and nothing of free times.
"""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.errors import KeyReused, LinkEnded
from clients.forms import KEY_REUSED
from clients.limits import is_full, take_place
from clients.links import Purpose, link_for, token_hash
from clients.models import AccountManager
from clients.reader import text_language
from clients.views.private import TooManyWrongTokens, link_ended, too_many, unkept, wrong_tokens_counted
from scheduling.outreach import services
from scheduling.outreach.forms.public_pages import CodeForm, EnquiryForm, RecogniseForm, Stamp
from scheduling.outreach.models import Enquiry, EntryCode
from scheduling.outreach.public_pages import digest, hosts

#: So often one network may ask for codes, and so often one network or one address may be wrong about them.
CODES_AT_MOST, CODES_WITHIN_SECONDS = 10, 10 * 60
WRONG_CODES, WRONG_CODES_SECONDS = 10, 60 * 60
#: So many requests one network and one address may leave in a day.
ENQUIRIES_OF_A_NETWORK, ENQUIRIES_OF_AN_ADDRESS, DAY_SECONDS = 10, 3, 24 * 60 * 60

CODE_COOKIE, ENQUIRY_COOKIE = "dayband_code", "dayband_request"
COOKIE_SECONDS = 60 * 60

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@require_safe
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Who this is, their own time, and the two ways in."""
    return _page(request, _host(name), "public/page.html")


@login_not_required
@page_methods
def recognise(request: HttpRequest, name: str) -> HttpResponse:
    """Sends a code to an address; the answer is the same, and takes the same work, whether we know it or not."""
    host = _host(name)
    form = RecogniseForm(request.POST if request.method == "POST" else None)
    if form.is_bound and not take_place(f"code:{_network(request)}", CODES_AT_MOST, CODES_WITHIN_SECONDS):
        return too_many(request, seconds=CODES_WITHIN_SECONDS)
    if not form.is_bound or not form.is_valid():
        return _page(request, host, "public/recognise.html", form=form, status=422 if form.is_bound else 200)
    asked = services.ask_for_code(account_manager=host, email=form.cleaned_data["email"], now=timezone.now())
    response = _see(reverse("public:code", args=[name]))
    _remember(response, CODE_COOKIE, str(asked.pk), path=reverse("public:page", args=[name]))
    return response


@login_not_required
@page_methods
def code(request: HttpRequest, name: str) -> HttpResponse:
    """Takes the code in the browser that asked for it, and leads on to the contact's own page."""
    host = _host(name)
    asked = EntryCode.objects.filter(pk=_remembered(request, CODE_COOKIE) or 0, account_manager=host).first()
    if asked is None:
        return _see(reverse("public:recognise", args=[name]))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _page(request, host, "public/code.html", form=form, status=422 if form.is_bound else 200)
    counted = [f"wrong-code:{_network(request)}", f"wrong-code-of:{digest(asked.email)}"]
    if any(is_full(one, WRONG_CODES) for one in counted):
        return too_many(request, seconds=WRONG_CODES_SECONDS)
    now = timezone.now()
    contact = services.use_code(pk=asked.pk, typed=form.cleaned_data["code"], now=now)
    if contact is None:
        left = [take_place(one, WRONG_CODES, WRONG_CODES_SECONDS) for one in counted]
        if not all(left):
            return too_many(request, seconds=WRONG_CODES_SECONDS)
        form.add_error("code", _("This code is wrong, used or older than ten minutes. Try again, or ask for another."))
        return _page(request, host, "public/code.html", form=form, status=422)
    response = _see(link_for(contact, Purpose.HOME, now=now).removeprefix(settings.SITE_ORIGIN))
    response.delete_cookie(CODE_COOKIE, path=reverse("public:page", args=[name]))
    return unkept(response, referrer="no-referrer")


@login_not_required
@page_methods
def ask(request: HttpRequest, name: str) -> HttpResponse:
    """Somebody unknown leaves a request, which nobody reads before its address is confirmed."""
    host = _host(name)
    if request.method != "POST":
        form = EnquiryForm(initial={"language": text_language(get_language() or "en")})
        return _ask(request, host, form)
    form = EnquiryForm(request.POST)
    if form.is_a_robots:
        # It believes to have succeeded.
        return _see(reverse("public:asked", args=[name]))
    now = timezone.now()
    stamp = Stamp.read(request.POST.get("stamp", ""))
    if stamp is None or stamp.host != host.pk:
        form.add_error(None, _("This form could not be checked. Please send it again."))
    elif problem := stamp.problem(now=now):
        form.add_error(None, problem)
    if not form.is_valid() or stamp is None:
        return _ask(request, host, form)
    if not take_place(f"request:{_network(request)}", ENQUIRIES_OF_A_NETWORK, DAY_SECONDS):
        return too_many(request, seconds=DAY_SECONDS)
    values = {field: form.cleaned_data[field] for field in EnquiryForm.Meta.fields}
    # The same answer for an address that has enough mails of ours: who typed it may be somebody else.
    if take_place(f"request-of:{digest(values['email'])}", ENQUIRIES_OF_AN_ADDRESS, DAY_SECONDS):
        try:
            services.leave_enquiry(account_manager=host, values=values, creation_key=stamp.key, now=now)
        except KeyReused:
            form.add_error(None, KEY_REUSED)
            return _ask(request, host, form)
    return _see(reverse("public:asked", args=[name]))


@login_not_required
@require_safe
def asked(request: HttpRequest, name: str) -> HttpResponse:
    """What follows on leaving a request."""
    return _page(request, _host(name), "public/asked.html")


@login_not_required
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Leads to the page that confirms a request, with a cookie that opens it there and nowhere else."""
    try:
        with wrong_tokens_counted(request):
            services.enquiry_with(token_hash(token), now=timezone.now())
    except TooManyWrongTokens:
        return too_many(request)
    except LinkEnded:
        return link_ended(request)
    response = redirect("public:confirm")
    _remember(response, ENQUIRY_COOKIE, token_hash(token).hex(), path=reverse("public:confirm"))
    return unkept(response, referrer="no-referrer")


@login_not_required
@page_methods
def confirm(request: HttpRequest) -> HttpResponse:
    """A button, because programs that look at mails follow links; from then on the account manager sees the request."""
    try:
        enquiry = services.enquiry_with(bytes.fromhex(_remembered(request, ENQUIRY_COOKIE)), now=timezone.now())
    except LinkEnded:
        return link_ended(request)
    if request.method == "POST":
        if request.POST.get("request") == str(enquiry.pk):
            services.confirm_enquiry(enquiry=enquiry, now=timezone.now())
        return _see(reverse("public:confirm"))
    is_open = enquiry.state == Enquiry.State.UNCONFIRMED
    return _page(request, enquiry.account_manager, "public/confirm.html", enquiry=enquiry, is_open=is_open)


def _host(name: str) -> AccountManager:
    """Whose page it is. Raises: Http404 where it is off, as where there never was one."""
    return get_object_or_404(hosts(), page_name=name)


def _page(
    request: HttpRequest, host: AccountManager, template: str, *, status: int = 200, **context: object
) -> HttpResponse:
    context |= {"host": host, "teams": host.teams.all()}
    return unkept(render(request, template, context, status=status))


def _ask(request: HttpRequest, host: AccountManager, form: EnquiryForm) -> HttpResponse:
    stamp = Stamp.issued(host, now=timezone.now())
    return _page(request, host, "public/ask.html", form=form, stamp=stamp, status=422 if form.is_bound else 200)


def _network(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))


def _see(path: str) -> HttpResponse:
    # 303: going back does not send the form again.
    response = redirect(path)
    response.status_code = 303
    return unkept(response)


def _remember(response: HttpResponse, cookie: str, value: str, *, path: str) -> None:
    response.set_signed_cookie(
        cookie,
        value,
        max_age=COOKIE_SECONDS,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _remembered(request: HttpRequest, cookie: str) -> str:
    return request.get_signed_cookie(cookie, default="", max_age=COOKIE_SECONDS) or ""
