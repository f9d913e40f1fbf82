"""What the made-up clients are asked to approve: pending for a while, urgent, with a file, answered, handed on."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile

from clients.models import AccountManager, Contact
from scheduling.outreach.models import Approval, ApprovalEvent
from scheduling.outreach.services.approvals import ask_approval

State, Kind = Approval.State, ApprovalEvent.Kind

ESTIMATE = "Position;Pieces;Price\nTable lamps;120;4,680\nFloor lamps;40;5,200\nDelivery;1;350\n"


@dataclass(frozen=True, kw_only=True)
class DemoApproval:
    """One question; days count from the day of loading, back for `asked` and `answered`, ahead for `needed_in`."""

    title: str
    email: str
    asked_days_ago: int
    needed_in_days: int | None = None
    details: str = ""
    link: str = ""
    file_name: str = ""
    content: str = ""
    handed_on_to: str = ""
    not_yet_because: str = ""
    answered_days_ago: int = 0
    is_approved: bool = False


APPROVALS = (
    DemoApproval(
        title="Cost estimate for the autumn fair", email="genevieve@erable-et-fils.example",
        asked_days_ago=9, needed_in_days=3, file_name="Cost estimate.csv", content=ESTIMATE,
        details="Prices hold until the end of the month.",
    ),
    DemoApproval(
        title="Draft of the spring catalogue", email="delia@redwood-almanac.example", asked_days_ago=12,
        needed_in_days=8, link="https://files.dayband.example/spring-catalogue",
        details="Pages 4 to 11 are new; the others are as you know them.",
    ),
    DemoApproval(
        title="Delivery dates for the first quarter", email="delia@redwood-almanac.example", asked_days_ago=4,
    ),
    DemoApproval(
        title="Change to the service agreement", email="j.wiesner@nordlicht.example", asked_days_ago=15,
        needed_in_days=6, handed_on_to="a.brandt@nordlicht.example", answered_days_ago=11,
    ),
    DemoApproval(
        title="Plan for the rollout in the second plant", email="a.brandt@nordlicht.example", asked_days_ago=20,
        not_yet_because="The works council has to see it first. I expect their answer in two weeks.",
        answered_days_ago=14,
    ),
    DemoApproval(
        title="Paper samples for the new notebook", email="ogawa@kumo-paper.example", asked_days_ago=6,
        needed_in_days=10,
    ),
    DemoApproval(
        title="Wording of the product sheet", email="nadia@papyrus-lane.example", asked_days_ago=8, needed_in_days=5,
    ),
    DemoApproval(
        title="Presupuesto de la campaña de primavera", email="lucia@semilla-y-sal.example", asked_days_ago=18,
        is_approved=True, answered_days_ago=16,
    ),
)  # fmt: skip
#: Asked while the demo is loaded, so that its mail is on its way.
ASKED_NOW = DemoApproval(
    title="Agenda of the yearly review", email="thandeka@fynbos-optics.example", asked_days_ago=0, needed_in_days=12
)


def ask_approvals(*, managers: Sequence[AccountManager], contacts: Sequence[Contact], now: dt.datetime) -> None:
    """Asks everything in the name of the first manager of each client's team; only what is asked now makes a mail."""
    by_email = {contact.email: contact for contact in contacts}
    for demo in APPROVALS:
        _write(demo, by_email, _manager(managers, by_email[demo.email]), now)
    contact = by_email[ASKED_NOW.email]
    ask_approval(actor=_manager(managers, contact), approval=_approval(ASKED_NOW, contact, now), now=now)


def _manager(managers: Sequence[AccountManager], contact: Contact) -> AccountManager:
    return next(one for one in managers if contact.client.team in one.teams.all())


def _approval(demo: DemoApproval, contact: Contact, now: dt.datetime) -> Approval:
    needed_by = None if demo.needed_in_days is None else now.date() + dt.timedelta(days=demo.needed_in_days)
    return Approval(
        client=contact.client,
        contact=contact,
        title=demo.title,
        details=demo.details,
        link=demo.link,
        needed_by_date=needed_by,
        asked_at=now - dt.timedelta(days=demo.asked_days_ago),
    )


def _write(demo: DemoApproval, by_email: Mapping[str, Contact], manager: AccountManager, now: dt.datetime) -> None:
    """The question and what became of it, long enough ago for nobody to be told of it today."""
    contact = by_email[demo.email]
    answered_at = now - dt.timedelta(days=demo.answered_days_ago)
    approval = _approval(demo, contact, now)
    approval.account_manager = manager
    events: list[dict[str, Any]] = [{"kind": Kind.ASKED, "at": approval.asked_at, "account_manager": manager}]
    if demo.handed_on_to:
        approval.contact = by_email[demo.handed_on_to]
        handed = {"kind": Kind.HANDED_ON, "at": answered_at, "contact": contact, "decider": approval.contact}
        events.append(handed)
    if demo.is_approved or demo.not_yet_because:
        approval.state = State.APPROVED if demo.is_approved else State.NOT_YET
        events.append(
            {"kind": approval.state, "at": answered_at, "contact": approval.contact, "words": demo.not_yet_because}
        )
    if demo.file_name:
        approval.file_name = demo.file_name
        approval.file.save(demo.file_name, ContentFile(demo.content.encode()), save=False)
    approval.full_clean()
    approval.save()
    ApprovalEvent.objects.bulk_create(ApprovalEvent(approval=approval, **event) for event in events)
