"""The pages that clients see, about made-up people of whom there is something of everything."""

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting, Offer, Vote
from scheduling.meetings.services import choose, vote, withdraw_offer
from scheduling.outreach import services
from scheduling.outreach.models import Approval, CheckInPlan, Enquiry, Enrolment, Survey
from scheduling.outreach.public_pages import confirm_url
from tests.meetings.offered import Cast, make_cast, send
from tests.outreach.private import path_of
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_client, make_contact, make_team

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
#: Where the browser that visits is: further away than any of the contacts, under a name long out of use.
ELSEWHERE = "Asia/Calcutta"
PAGE_NAME = "mara"
ENQUIRY = {
    "full_name": "Vera Fremd",
    "company": "Fremd & Co",
    "email": "vera@fremd.example",
    "language": "de",
    "time_zone": "Europe/Paris",
    "about": "A stand at the fair in spring.",
    "wishes": "Mornings, please.",
}


def make_checked_in() -> Contact:
    """A contact who gets check-ins from an account manager with a public page."""
    manager = make_account_manager(make_team(), full_name="Mara Test", has_page=True, page_name=PAGE_NAME)
    client = make_client(manager.teams.get(), name="Sample Sails")
    contact = make_contact(client, full_name="Ion Sample")
    plan = CheckInPlan.objects.create(client=client, account_manager=manager, created_at=timezone.now())
    Enrolment.objects.create(plan=plan, contact=contact, first_week_date=dt.date(2026, 11, 23))
    return contact


def ask_to_approve(contact: Contact, *, title: str = "Cost estimate for the spring campaign") -> Approval:
    """Something with all that can be asked with, a long link and a file too."""
    now = timezone.now()
    approval = Approval(
        client=contact.client,
        contact=contact,
        title=title,
        details="Two pages; the sums for April and May are new.\n\nPrinting begins on the 20th.",
        link="https://files.example/estimates/spring/a-rather-long-name-that-does-not-break-anywhere-by-itself",
        needed_by_date=now.date() + 9 * DAY,
        file=SimpleUploadedFile("estimate.pdf", b"%PDF-1.7"),
        file_name="estimate-spring-2027.pdf",
    )
    return services.ask_approval(actor=_host(contact), approval=approval, now=now)


def _host(contact: Contact) -> AccountManager:
    manager: AccountManager = contact.client.check_in_plan.account_manager
    return manager


@dataclass(frozen=True)
class ClientSide:
    """A contact who is asked and met, another to whom times are offered, and two who vote on some."""

    contact: Contact
    approval: Approval
    meeting: Meeting
    alone: Cast
    offer: Offer
    several: Cast
    poll: Offer

    @classmethod
    def make(cls, contact: Contact, approval: Approval) -> "ClientSide":
        """All of it late enough for everything to be open."""
        now = timezone.now()
        alone, several = make_cast(), make_cast(contacts=2)
        return cls(
            contact=contact,
            approval=approval,
            meeting=make_meeting(_host(contact), [contact], start_at=now + 3 * DAY, booked_at=now),
            alone=alone,
            offer=send(alone, now=now, times=afternoons(now), words="Until soon!", hold_until_at=now + DAY),
            several=several,
            poll=send(several, now=now, times=afternoons(now)),
        )

    def read(self, language: str) -> None:
        """Lets all of them read that language."""
        people = [self.contact, *self.alone.contacts, *self.several.contacts]
        Contact.objects.filter(pk__in=[one.pk for one in people]).update(language=language)

    def paths(self) -> list[str]:
        """Each page once, as it first shows; a link stands before the pages that it opens."""
        return [
            path_of(self.contact, Purpose.HOME),
            "/you/wishes/",
            "/you/wishes/holidays/",
            "/you/unsubscribe/",
            "/you/zone/",
            "/you/data/",
            "/you/data/erase/",
            f"/you/approvals/{self.approval.pk}/",
            f"/you/meetings/{self.meeting.pk}/",
            f"/you/meetings/{self.meeting.pk}/move/",
            f"/you/meetings/{self.meeting.pk}/cancel/",
            path_of(self.alone.contact, Purpose.OFFER, self.offer.pk),
            f"/you/offers/{self.offer.pk}/times/",
            path_of(self.several.contact, Purpose.OFFER, self.poll.pk),
            # For whom no link tells apart: a public page, a way back in, and a link that leads nowhere.
            f"/with/{PAGE_NAME}/",
            f"/with/{PAGE_NAME}/client/",
            "/you/lost/",
            "/p/nowhere/",
        ]


def afternoons(now: dt.datetime) -> list[dt.datetime]:
    """Three afternoons of the next week, each an hour earlier than the one before."""
    noon = now.replace(hour=14, minute=0, second=0, microsecond=0) + (7 - now.weekday()) * DAY
    return [noon + days * DAY - days * HOUR for days in (1, 2, 3)]


@dataclass(frozen=True)
class Step:
    """A page, and a script to run on it that sends a form; what the answer looks like is the question then."""

    path: str
    script: str = ""


#: With nothing filled in.
SEND = "document.querySelector('main form[method=post]:not([data-compare] *)').submit()"
#: Of times to move to, the first one is changed to one in the night.
CHOOSE_NIGHT = """
    const time = document.querySelector("[name=start_at]")
    time.value = time.value.slice(0, 11) + "23:00:00+00:00"
    time.checked = true
    document.getElementById("move").submit()
"""
ASK_FOR_CODE = """
    document.querySelector("[name=email]").value = "somebody@client.example"
    document.querySelector("main form").submit()
"""


@dataclass(frozen=True)
class Afterwards:
    """What follows on all that a client can do: chosen, voted, answered, refused, sent with something missing."""

    side: ClientSide
    soon: Meeting
    decided: Approval
    surveys: tuple[Survey, ...]
    chosen: Cast
    booked: Offer
    taken_back: Offer
    enquiry: Enquiry

    @classmethod
    def make(cls, side: ClientSide) -> "Afterwards":
        """Rows of the people on that side, and of one more to whom times were offered."""
        now, contact, host = timezone.now(), side.contact, _host(side.contact)
        past = make_meeting(host, [contact], start_at=now - 2 * DAY, booked_at=now - 9 * DAY, title="Kick-off")
        decided = ask_to_approve(contact, title="Delivery dates")
        services.refuse_for_now(contact=contact, approval=decided, words="The sum for May is missing.", now=now)
        about: tuple[dict[str, Any], ...] = (
            {"question": "csat", "meeting": past, "local_hour": 12},
            {"question": "nps"},
            {"question": "nps", "score": 9, "comment": "All of it.", "answered_at": now},
        )
        # Nobody is asked twice within thirty days.
        surveys = tuple(
            Survey.objects.create(
                contact=contact,
                account_manager=host,
                asked_at=now - number * 40 * DAY,
                asked_date=now.date() - number * 40 * DAY,
                expires_at=now + 30 * DAY,
                **one,
            )
            for number, one in enumerate(about)
        )
        chosen = make_cast()
        booked, taken_back = (send(chosen, now=now, times=afternoons(now + weeks * 7 * DAY)) for weeks in (1, 2))
        choose(contact=chosen.contact, offer=booked, start_at=afternoons(now + 7 * DAY)[0], now=now)
        withdraw_offer(actor=chosen.manager, offer=taken_back, now=now)
        answers = dict.fromkeys(side.poll.times.values_list("pk", flat=True), Vote.Answer.IF_NEED_BE)
        vote(contact=side.several.contacts[1], offer=side.poll, answers=answers, words="Mornings are best.", now=now)
        services.leave_enquiry(account_manager=host, values=ENQUIRY, creation_key=uuid.uuid4(), now=now)
        return cls(
            side=side,
            soon=make_meeting(host, [contact], start_at=now + 4 * HOUR, booked_at=now, title="Kick-off"),
            decided=decided,
            surveys=surveys,
            chosen=chosen,
            booked=booked,
            taken_back=taken_back,
            enquiry=Enquiry.objects.get(account_manager=host),
        )

    def read(self, language: str) -> None:
        """Lets all of them read that language."""
        self.side.read(language)
        Contact.objects.filter(pk=self.chosen.contact.pk).update(language=language)

    def steps(self) -> list[Step]:
        """Each state once, as a page or what it answers; a link stands before the pages that it opens."""
        meeting, voter = self.side.meeting, self.side.several.contacts[1]
        return [
            Step(path_of(self.side.contact, Purpose.HOME)),
            Step(f"/you/meetings/{self.soon.pk}/move/"),
            Step(f"/you/meetings/{meeting.pk}/move/", SEND),
            Step(f"/you/meetings/{meeting.pk}/move/", CHOOSE_NIGHT),
            Step(f"/you/approvals/{self.decided.pk}/"),
            *(Step(f"/you/survey/{survey.pk}/") for survey in self.surveys),
            Step(f"/you/survey/{self.surveys[0].pk}/", SEND),
            Step(f"/you/times/{PAGE_NAME}/"),
            Step(f"/you/times/{PAGE_NAME}/", SEND),
            Step("/you/offers/0/"),
            Step(path_of(self.chosen.contact, Purpose.OFFER, self.booked.pk)),
            Step(path_of(self.chosen.contact, Purpose.OFFER, self.taken_back.pk)),
            Step(path_of(voter, Purpose.OFFER, self.side.poll.pk)),
            Step(f"/you/offers/{self.side.poll.pk}/times/"),
            Step("/you/lost/", SEND),
            Step("/you/lost/asked/"),
            Step(f"/with/{PAGE_NAME}/ask/"),
            Step(f"/with/{PAGE_NAME}/ask/", SEND),
            Step(f"/with/{PAGE_NAME}/asked/"),
            Step(f"/with/{PAGE_NAME}/client/", SEND),
            Step(f"/with/{PAGE_NAME}/client/", ASK_FOR_CODE),
            Step(f"/with/{PAGE_NAME}/code/", SEND),
            Step(urlsplit(confirm_url(self.enquiry)).path),
        ]
