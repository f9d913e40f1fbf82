"""The pages about who has carried the awkward hours: of a client, of a team, and meeting by meeting of one person."""

from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from clients.models import AccountManager
from clients.requests import actor_of, reader_for
from scheduling.meetings.fairness import ledger
from scheduling.meetings.fairness.contributions import contribution
from scheduling.meetings.fairness.ledger import Circle
from scheduling.meetings.fairness.page import fairness_page
from scheduling.meetings.selectors import attendee_key, burdens_of

PAGE_SIZE = 50


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The actor's teams, each leading to its page."""
    return render(request, "meetings/fairness_overview.html", {"teams": ledger.teams_with_members(actor_of(request))})


@require_safe
def circle(request: HttpRequest, scope: str, pk: int) -> HttpResponse:
    """Who has carried what at one of the actor's clients, or in one of their teams."""
    actor, reader, now = actor_of(request), reader_for(request), timezone.now()
    found = _circle(actor, scope, pk)
    page = fairness_page(actor, found, now=now, reader=reader)
    context = {"circle": found, "scope": scope, "page": page}
    return render(request, "meetings/fairness.html", context)


@require_safe
def person(request: HttpRequest, scope: str, pk: int, key: str) -> HttpResponse:
    """The past meetings of one person of a client's or team's page, and what each still weighs."""
    actor, reader, now = actor_of(request), reader_for(request), timezone.now()
    found = _circle(actor, scope, pk)
    somebody = next((each for each in found.people if attendee_key(each) == key), None)
    if somebody is None:
        raise Http404
    burden = burdens_of([somebody], now)[key]
    page = Paginator(ledger.attendances_of(actor, somebody, now), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "circle": found,
        "scope": scope,
        "person": somebody,
        "burden": burden,
        "page": page,
        "rows": [contribution(row, burden, now=now, reader=reader) for row in page.object_list],
    }
    return render(request, "meetings/fairness_person.html", context)


def _circle(actor: AccountManager, scope: str, pk: int) -> Circle:
    try:
        if scope == "clients":
            return ledger.client_circle(actor, pk, timezone.now())
        if scope == "teams":
            return ledger.team_circle(actor, pk)
    except ObjectDoesNotExist:
        pass
    raise Http404
