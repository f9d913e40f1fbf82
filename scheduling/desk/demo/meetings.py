"""The demo's meetings: four months behind, in which some took the awkward hours, and some weeks ahead."""

import datetime as dt
import random
from collections.abc import Iterator, Sequence

from django.db.models import prefetch_related_objects

from clients.models import AccountManager, Client, Contact
from clients.reader import text_language
from scheduling.desk.demo.diary import Diary, Entry
from scheduling.engine import SeriesRequest, Slot, plan_series
from scheduling.meetings.models import Meeting
from scheduling.meetings.series.planning import series_attendees
from scheduling.meetings.services import book_series

WEEKS_BEHIND, WEEKS_AHEAD = 16, 4
WEEKS_BETWEEN = {
    Client.Segment.KEY: 3,
    Client.Segment.GROWTH: 4,
    Client.Segment.STANDARD: 6,
    Client.Segment.PARTNER: 8,
}
WORDS = {
    "en": (
        ("Monthly check-in", "What went well\nWhat is stuck\nNext steps"),
        ("Order review", "Open orders\nDelivery dates\nQuantities for next quarter"),
        ("Quarterly review", "Figures of the quarter\nGoals for the next one\nQuestions"),
        ("Renewal", "Terms\nScope\nWho signs"),
        ("Roadmap preview", "What is coming\nWhat you would like to see"),
    ),
    "es": (
        ("Seguimiento mensual", "Qué ha ido bien\nQué está parado\nPróximos pasos"),
        ("Revisión de pedidos", "Pedidos abiertos\nFechas de entrega\nCantidades del próximo trimestre"),
        ("Revisión trimestral", "Cifras del trimestre\nObjetivos del siguiente\nPreguntas"),
        ("Renovación", "Condiciones\nAlcance\nQuién firma"),
    ),
}
MOVE_REASONS = ("Their board meets that morning.", "The figures arrive a day later.", "A flight was moved.")
CANCEL_REASON = "Settled by mail."


def hold_meetings(*, managers: Sequence[AccountManager], contacts: Sequence[Contact], now: dt.datetime) -> None:
    """Books every client's meetings, moves some and cancels one; only the last three bookings happen `now`."""
    dice = random.Random("Dayband")  # noqa: S311  (the same meetings every time, nothing secret)
    soon = _next_hour(now)
    prefetch_related_objects(managers, "teams")
    people_of: dict[Client, list[Contact]] = {}
    for contact in contacts:
        people_of.setdefault(contact.client, []).append(contact)
    rounds = sorted(
        (week, number, client) for number, client in enumerate(people_of) for week in _weeks(client, number)
    )
    diary = _diary(managers, contacts, now)
    booked_ahead: list[Entry] = []
    for week, number, client in rounds:
        begins_at = soon + dt.timedelta(weeks=week)
        until_at = begins_at + dt.timedelta(weeks=1)
        # Long enough ago for nobody to be told of it today (scheduling.outreach.services.planning).
        booked_at = min(begins_at, now) - dt.timedelta(days=dice.randint(9, 16), hours=dice.randint(0, 9))
        entry = _hold(
            diary,
            people_of[client],
            _hosts(managers, client, number, week),
            begins_at=begins_at,
            until_at=until_at,
            booked_at=booked_at,
            dice=dice,
        )
        if entry is None:
            continue
        if week >= 0:
            booked_ahead.append(entry)
        elif dice.random() < 0.1:
            _move(diary, entry, until_at, dice)
    *earlier, to_cancel = booked_ahead
    for entry in earlier[3::6]:
        _move(diary, entry, entry.meeting.start_at + dt.timedelta(days=6), dice)
    diary.cancel(to_cancel, reason=CANCEL_REASON, now=to_cancel.meeting.created_at + dt.timedelta(days=1))
    diary.write()
    _hold_series(contacts[5:7], managers[:1], now=now)
    # What is booked now is confirmed by mail, so that the outbox has something to show.
    diary = _diary(managers, contacts, now)
    for people in (contacts[:5], contacts[5:7], contacts[8:9]):
        begins_at = soon + dt.timedelta(days=8)
        until_at = begins_at + dt.timedelta(days=6)
        _hold(diary, people, managers[:1], begins_at=begins_at, until_at=until_at, booked_at=now, dice=dice)
    diary.write()


def _diary(managers: Sequence[AccountManager], contacts: Sequence[Contact], now: dt.datetime) -> Diary:
    """Everybody's diary for all the weeks, with what is stored by now."""
    start_at, end_at = now - dt.timedelta(weeks=WEEKS_BEHIND), now + dt.timedelta(weeks=WEEKS_AHEAD + 1)
    return Diary(contacts=contacts, colleagues=managers, start_at=start_at, end_at=end_at, now=now)


def _hold_series(contacts: Sequence[Contact], colleagues: Sequence[AccountManager], *, now: dt.datetime) -> None:
    """A quarter of weekly meetings at fair times, booked long enough ago for nobody to be told of it today."""
    booked_at = now - dt.timedelta(days=10)
    request = SeriesRequest(duration_minutes=30, weeks=12, start_date=now.date() + dt.timedelta(days=7), max_times=2)
    people = series_attendees(request, contacts=contacts, colleagues=colleagues, now=now)
    plan = plan_series(request, [one.participant for one in people])
    starts = [occurrence.slot.start_at for occurrence in plan.occurrences if occurrence.slot]
    if starts:
        book_series(
            actor=colleagues[0],
            contacts=contacts,
            colleagues=colleagues,
            request=request,
            times=plan.times,
            starts=starts,
            title="Weekly sync",
            now=booked_at,
        )


def _weeks(client: Client, number: int) -> Iterator[int]:
    """The weeks, counted from now, in which a client is met."""
    between = WEEKS_BETWEEN[Client.Segment(client.segment)]
    return (week for week in range(-WEEKS_BEHIND, WEEKS_AHEAD) if (week + number) % between == 0)


def _hosts(managers: Sequence[AccountManager], client: Client, number: int, week: int) -> list[AccountManager]:
    """Who holds the meeting: one of the client's team, and every third week another one too."""
    members = [manager for manager in managers if client.team in manager.teams.all()]
    lead = members[number % len(members)]
    second = members[(number + 1) % len(members)]
    return [lead, second] if week % 3 == 0 else [lead]


def _hold(
    diary: Diary,
    contacts: Sequence[Contact],
    colleagues: Sequence[AccountManager],
    *,
    begins_at: dt.datetime,
    until_at: dt.datetime,
    booked_at: dt.datetime,
    dice: random.Random,
) -> Entry | None:
    """A meeting at a fair time, or, one time in three, at one that somebody had to stay up for."""
    people = [*contacts, *colleagues]
    duration_minutes = dice.choice((30, 45, 45, 60))
    slots = diary.slots(
        people, duration_minutes=duration_minutes, begins_at=begins_at, until_at=until_at, now=booked_at
    )
    if not slots:
        return None
    slot = max(slots, key=_clients_cost) if dice.random() < 0.35 else slots[0]
    words = WORDS.get(text_language(contacts[0].language), WORDS["en"])
    title, agenda = dice.choice(words)
    channel = _channel(contacts[0])
    location = _location(channel, contacts[0], dice)
    return diary.book(slot, people, now=booked_at, title=title, agenda=agenda, channel=channel, location=location)


def _move(diary: Diary, entry: Entry, until_at: dt.datetime, dice: random.Random) -> None:
    """Moves the meeting to a later time, the day after it was booked."""
    moved_at = entry.meeting.created_at + dt.timedelta(days=1)
    slots = diary.slots(
        entry.people,
        duration_minutes=entry.meeting.duration_minutes,
        begins_at=entry.meeting.start_at,
        until_at=until_at,
        now=moved_at,
    )
    if slots:
        diary.move(entry, slots[-1], reason=dice.choice(MOVE_REASONS), now=moved_at)


def _clients_cost(slot: Slot) -> float:
    return sum(person.cost for person in slot.participants if person.id.startswith("contact-"))


def _channel(contact: Contact) -> str:
    """The channel that the contact prefers; by video where that is mail, or a phone whose number is not known."""
    preferred = contact.preferred_channel
    if preferred == Contact.Channel.EMAIL or (preferred == Contact.Channel.PHONE and not contact.phone):
        return Meeting.Channel.VIDEO
    return preferred


def _location(channel: str, contact: Contact, dice: random.Random) -> str:
    if channel == Meeting.Channel.PHONE:
        return str(contact.phone)
    if channel == Meeting.Channel.VIDEO:
        return f"https://meet.dayband.example/{dice.getrandbits(40):010x}"
    return ""


def _next_hour(at: dt.datetime) -> dt.datetime:
    return at.replace(minute=0, second=0, microsecond=0) + dt.timedelta(hours=1)
