"""The page that proposes fair times: everything that it shows follows from its address."""

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.models import AccountManager, Contact
from clients.reader import Reader
from clients.requests import actor_of, part_or_whole, reader_for
from holidays_app.calendars import UnsupportedYear, country_name
from scheduling.engine import MeetingRequest, Policy
from scheduling.meetings.forms.booking import BookingForm, IdempotentForm, MoveForm
from scheduling.meetings.forms.offers import OfferForm
from scheduling.meetings.forms.people import PEOPLE_FIELDS, Choices, choices_for
from scheduling.meetings.forms.propose import ProposalForm, asked_data
from scheduling.meetings.models import Meeting
from scheduling.meetings.models.meeting import Status
from scheduling.meetings.proposals.page import ProposalPage, proposal_page
from scheduling.meetings.proposals.people import portraits
from scheduling.meetings.proposals.query import ProposalQuery
from scheduling.meetings.selectors import attendee_key, attendees, meetings_for
from scheduling.meetings.services.offers import friday_noon

PART, PAGE = "meetings/_proposal.html", "meetings/propose.html"
FIELDS = (*PEOPLE_FIELDS, "client", "duration", "first", "last", "policy", "day", "at", "compare", "ways")
OPTIONS = 5
#: So many of the options are ticked to be offered.
TICKED = 3


@require_safe
def propose(request: HttpRequest) -> HttpResponse:
    """Fair times for the people, days and policy in the address, or for a meeting that is to be moved."""
    meeting = None
    if "meeting" in request.GET:
        pk = request.GET["meeting"]
        if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
            raise Http404
        meeting = get_object_or_404(meetings_for(actor_of(request)), pk=int(pk))
    return render_proposal(request, request.GET, meeting=meeting)


def render_proposal(
    request: HttpRequest,
    form_data: QueryDict,
    *,
    meeting: Meeting | None = None,
    booking_form: IdempotentForm | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """The propose page for `form_data`, that of its own address or of a booking that was refused.

    With a `booking_form` it keeps what was typed, and lets another time be chosen beside it.
    """
    actor, reader, now = actor_of(request), reader_for(request), timezone.now()
    if meeting is not None and (meeting.status != Status.CONFIRMED or meeting.end_at <= now):
        context = {"meeting": meeting, "notice": _("This meeting is over or cancelled, so it can’t be moved.")}
        return part_or_whole(request, PART, PAGE, context, status=409)
    data = _address(form_data) if request.method == "POST" else form_data
    choices = choices_for(actor, data) if meeting is None else Choices((), (), ())
    is_asked = meeting is not None or any(data.get(name) for name in FIELDS)
    filled = asked_data(data, choices, actor, reader.day_of(now), meeting) if is_asked else None
    form = ProposalForm(filled, actor=actor, choices=choices, reader=reader, now=now, meeting=meeting)
    if filled is not None and request.method == "POST" and set(form.errors) == {"at"}:
        # The booking form says what is wrong with the time; the page shows the fairest one instead.
        del filled["at"]
        form = ProposalForm(filled, actor=actor, choices=choices, reader=reader, now=now, meeting=meeting)

    is_booked = request.method == "POST"
    page = _page(form, actor, reader, meeting, must_be_possible=is_booked) if form.is_valid() else None
    context = {"form": form, "choices": choices, "meeting": meeting, "notice": notice, "page": page}
    if page is not None:
        context |= {
            "booking_form": booking_form or _blank(page, actor, meeting),
            "is_second_try": booking_form is not None and not isinstance(booking_form, OfferForm),
            "booking_errors": _errors_of_hidden_fields(booking_form),
            "idempotency_key": uuid.uuid4(),
        }
        if meeting is None:
            context |= _offer(page, actor, booking_form)
    elif is_asked and status == 200:
        status = 404 if form.is_about_unknown_people else 422
    return part_or_whole(request, PART, PAGE, context, status)


def _address(posted: QueryDict) -> QueryDict:
    """The address whose page sent a booking, with the time that it asked for."""
    data = posted.copy()
    for posted_name, name in (("duration_minutes", "duration"), ("start_at", "at")):
        if posted_name in posted:
            data.setlist(name, posted.getlist(posted_name))
    # Without those who would come then: the page asks anew.
    data.setlist("at", [str(at).partition(";")[0] for at in data.getlist("at")])
    return data


def _page(
    form: ProposalForm, actor: AccountManager, reader: Reader, meeting: Meeting | None, *, must_be_possible: bool
) -> ProposalPage | None:
    """The page of a valid form; None, with an error in the form, where holidays that far ahead are unknown."""
    values = form.cleaned_data
    if meeting is None:
        contacts, colleagues, policy = values["contacts"], values["colleagues"], values["policy"]
        optional, any_of = values["optional"], values["any_of"]
    else:
        rows = list(meeting.attendances.select_related("contact__calendar", "account_manager__calendar"))
        contacts = [row.contact for row in rows if row.contact is not None]
        colleagues = [row.account_manager for row in rows if row.account_manager is not None]
        policy = Policy(meeting.policy)
        optional, any_of = [row.person for row in rows if row.is_optional], []
    query = ProposalQuery(
        contact_ids=tuple(person.pk for person in contacts),
        colleague_ids=tuple(person.pk for person in colleagues),
        duration_minutes=values["duration"],
        first_date=values["first"],
        last_date=values["last"],
        policy=policy,
        meeting_id=meeting.pk if meeting else None,
        optional_keys=tuple(attendee_key(person) for person in optional),
        any_of_ids=tuple(person.pk for person in any_of),
        take=values.get("take") or 1,
    )
    try:
        found = attendees(
            contacts=contacts,
            colleagues=colleagues,
            start_at=form.opens_at,
            end_at=form.closes_at,
            now=form.now,
            language=reader.language,
            excluding=meeting,
            optional=optional,
        )
    except UnsupportedYear as error:
        words = {"country": country_name(error.country, reader.language), "year": error.known[-1]}
        form.add_error("last", _("The holidays of %(country)s are known until %(year)s only.") % words)
        return None
    return proposal_page(
        request=MeetingRequest(
            duration_minutes=values["duration"],
            start_at=form.opens_at,
            end_at=form.closes_at,
            policy=policy,
            count=OPTIONS,
            pools=query.pools,
        ),
        query=query,
        people=portraits(found, actor, reader),
        day=values["day"],
        at=values["at"],
        reader=reader,
        compare=values["compare"],
        with_ways=values["ways"],
        must_be_possible=must_be_possible,
    )


def _blank(page: ProposalPage, actor: AccountManager, meeting: Meeting | None) -> IdempotentForm:
    if meeting is not None:
        return MoveForm(initial={"sequence": meeting.sequence})
    wishes = [portrait.person.preferred_channel for portrait in page.people if isinstance(portrait.person, Contact)]
    wished = next((channel for channel in wishes if channel in Meeting.Channel.values), Meeting.Channel.VIDEO)
    return BookingForm(actor=actor, initial={"channel": wished})


def _offer(page: ProposalPage, actor: AccountManager, sent: IdempotentForm | None) -> dict[str, Any]:
    """The part of the page that offers times instead of booking one: the three fairest are ticked."""
    fairest = [option.slot.start_at for option in page.options if option.rank is not None][:TICKED]
    if isinstance(sent, OfferForm):
        return {"offer_form": sent, "ticked": sent.cleaned_data.get("times", fairest)}
    initial = {"answer_by": _friday_noon(page, before=min(fairest))} if fairest else {}
    return {"offer_form": OfferForm(actor=actor, initial=initial), "ticked": fairest}


def _friday_noon(page: ProposalPage, *, before: dt.datetime) -> dt.datetime | None:
    """The first contact's next Friday noon as their wall shows it, as votes often end; None where that is too late."""
    contacts = {one.key: one.person for one in page.people if isinstance(one.person, Contact)}
    needed = [f"contact-{pk}" for pk in page.query.contact_ids if f"contact-{pk}" not in page.query.optional_keys]
    zone = contacts[needed[0]].zone
    noon_at = friday_noon(zone, timezone.now())
    return noon_at.astimezone(zone).replace(tzinfo=None) if noon_at < before else None


def _errors_of_hidden_fields(booking_form: IdempotentForm | None) -> list[str]:
    if booking_form is None:
        return []
    shown = {"title", "agenda", "channel", "location", "reason", "times", "words", "hold_until", "closing", "answer_by"}
    return [str(error) for name, errors in booking_form.errors.items() if name not in shown for error in errors]
