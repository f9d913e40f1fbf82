"""Surveys: answered by contacts behind their private links, read by account managers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clients.links import Purpose
from clients.models import PrivateLink
from clients.requests import actor_of, reader_for
from clients.selectors import clients_for
from clients.views.private import link_ended, private_page
from scheduling.outreach import services
from scheduling.outreach.errors import AlreadyAnswered, NoScoreYet
from scheduling.outreach.forms.surveys import CommentForm, ResultsForm, ScoreForm, SurveyRuleForm
from scheduling.outreach.models import Survey, SurveyRule
from scheduling.outreach.services.surveys import is_changeable
from scheduling.outreach.surveys.results import Chosen, results_page, surveys_for

page_methods = require_http_methods(["GET", "HEAD", "POST"])


@page_methods
@private_page(Purpose.HOME, Purpose.SURVEY)
def answer(request: HttpRequest, link: PrivateLink, pk: int) -> HttpResponse:
    """The question with its answers as buttons, then room for a comment; GET shows and POST acts."""
    survey = _asked(link, pk)
    # What was not answered in time is over behind every link.
    if survey.score is None and survey.expires_at <= timezone.now():
        return link_ended(request)
    if request.method != "POST":
        return _question(request, link, survey)
    if request.POST.get("act") == "comment":
        return _comment(request, link, survey)
    form = ScoreForm(request.POST, survey=survey)
    if not form.is_valid():
        return _question(request, link, survey, error=" ".join(map(str, form.errors["score"])), status=422)
    try:
        services.answer_survey(
            contact=link.contact, survey=survey, score=form.cleaned_data["score"], now=timezone.now()
        )
    except AlreadyAnswered:
        return _question(request, link, _asked(link, pk), came_late=True, status=409)
    return redirect("you:survey", pk)


def _comment(request: HttpRequest, link: PrivateLink, survey: Survey) -> HttpResponse:
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _question(request, link, survey, comment=form, status=422)
    words = form.cleaned_data["words"]
    try:
        services.comment_survey(contact=link.contact, survey=survey, words=words, now=timezone.now())
    except NoScoreYet:
        error = _("Choose a number first; your comment is still here.")
        return _question(request, link, survey, comment=form, error=error, status=422)
    except AlreadyAnswered:
        # What they wrote stays on the page.
        return _question(request, link, _asked(link, survey.pk), comment=form, came_late=True, status=409)
    messages.success(request, _("Thank you for telling us."))
    return redirect("you:survey", survey.pk)


def _question(
    request: HttpRequest,
    link: PrivateLink,
    survey: Survey,
    *,
    comment: CommentForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    is_csat = survey.question == Survey.Question.CSAT
    changeable = is_changeable(survey, timezone.now())
    context |= {
        "link": link,
        "survey": survey,
        "comment": comment or CommentForm(initial={"words": survey.comment}),
        "is_changeable": changeable,
        # What could not be taken stays on the page.
        "takes_comment": comment or (survey.score is not None and (changeable or not survey.comment)),
        "lowest": pgettext("answer", "not at all satisfied") if is_csat else pgettext("answer", "not at all likely"),
        "highest": pgettext("answer", "very satisfied") if is_csat else pgettext("answer", "extremely likely"),
    }
    return render(request, "client/survey.html", context, status=status)


def _asked(link: PrivateLink, pk: int) -> Survey:
    surveys = Survey.objects.select_related("meeting", "account_manager")
    return get_object_or_404(surveys, pk=pk, contact=link.contact)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """What contacts answered: charts, counts and how sure they are; `client`, `segment`, `team`, `months` narrow it."""
    form = ResultsForm(request.GET, actor=actor_of(request))
    is_valid = form.is_valid()
    chosen = Chosen(**{name: form.cleaned_data.get(name) or None for name in ("client", "segment", "team", "months")})
    page = results_page(actor_of(request), chosen, now=timezone.now(), reader=reader_for(request))
    return render(request, "outreach/surveys.html", {"form": form, "page": page}, status=200 if is_valid else 400)


@require_POST
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a hint away, and leads back to where it was."""
    survey = get_object_or_404(surveys_for(actor_of(request)), pk=pk)
    services.dismiss_hint(actor=actor_of(request), survey=survey, now=timezone.now())
    messages.success(request, _("The hint is gone."))
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if is_ours else "surveys:results")


@page_methods
def rule(request: HttpRequest, pk: int) -> HttpResponse:
    """How often a client's contacts are asked, to see and to change."""
    client = get_object_or_404(clients_for(actor_of(request)), pk=pk)
    stored = SurveyRule.objects.filter(client=client).first() or SurveyRule(client=client)
    form = SurveyRuleForm(request.POST if request.method == "POST" else None, instance=stored)
    if form.is_bound and form.is_valid():
        services.set_survey_rule(actor=actor_of(request), client=client, **form.cleaned_data, now=timezone.now())
        messages.success(request, _("Saved. This holds from now on."))
        return redirect("desk:client", pk)
    context = {"form": form, "client": client}
    return render(request, "outreach/survey_rule.html", context, status=422 if form.is_bound else 200)
