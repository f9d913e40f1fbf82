"""The words in which the demo's people are written down, and the people who sign in."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from clients.models import Client, Contact
from holidays_app.models import CalendarChange

PASSWORD = "a fair hour for everyone"  # noqa: S105  (printed with the accounts, and refused in production)

Channel = Contact.Channel
Segment = Client.Segment
Size = Client.Size

Hours = Mapping[str, list[list[str]]]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def weekly(days: str, *spans: str) -> dict[str, list[list[str]]]:
    """The same hours on each day: weekly("sun-thu", "08:00-12:00", "13:00-16:00")."""
    first, _, last = days.partition("-")
    start, end = WEEK.index(first), WEEK.index(last or first)
    length = (end - start) % 7 + 1
    return {WEEK[(start + step) % 7]: [span.split("-") for span in spans] for step in range(length)}


MON_FRI = "mon-fri"
SUN_THU = "sun-thu"
REACHABLE = weekly("mon-sun", "07:00-22:00")
EARLY_BIRD = weekly("mon-sun", "05:30-21:30")
NIGHT_OWL = weekly("mon-sun", "07:30-23:30")


@dataclass(frozen=True)
class Away:
    """Days off; they begin on a day of work, so many days from the day of loading at least."""

    reason: str
    in_days: int
    days: int


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """One person; `calendar` is an ISO 3166 code such as NP or DE-BY, or a name in `LOCAL_CALENDARS`."""

    full_name: str
    address_as: str
    language: str
    time_zone: str
    calendar: str
    email: str
    native_name: str = ""
    phone: str = ""
    clock: str = ""
    week_start: str = ""
    working_hours: Hours = field(default_factory=lambda: weekly(MON_FRI, "09:00-17:00"))
    preferred_hours: Hours = field(default_factory=dict)
    reachable_hours: Hours = field(default_factory=lambda: REACHABLE)
    buffer_minutes: int = 0
    reminder_minutes: tuple[int, ...] = (1440, 60)
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemoManager(DemoPerson):
    teams: tuple[str, ...]
    is_admin: bool = False
    page_name: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoContact(DemoPerson):
    job_title: str
    preferred_channel: Channel = Channel.EMAIL
    notes: str = ""


@dataclass(frozen=True, kw_only=True)
class DemoClient:
    name: str
    team: str
    segment: Segment
    industry: str
    size: Size
    country: str
    city: str
    contacts: tuple[DemoContact, ...]
    notes: str = ""


@dataclass(frozen=True)
class Change:
    """A local change to a calendar: its first date is a weekday, so many days from the day of loading at least."""

    kind: CalendarChange.Kind
    name: str
    in_days: int
    weekday: str
    days: int = 1


@dataclass(frozen=True)
class LocalCalendar:
    """The calendar of a place, named by its ISO 3166 code, as one organisation keeps it."""

    name: str
    code: str
    changes: tuple[Change, ...]


LOCAL_CALENDARS = {
    "nordlicht": LocalCalendar(
        "Nordlicht Werkbank", "DE-BY", (Change(CalendarChange.Kind.CLOSURE, "Betriebsurlaub", 33, "mon", days=5),)
    ),
    "papyrus": LocalCalendar(
        "Papyrus Lane", "EG", (Change(CalendarChange.Kind.CLOSURE, "إجازة بقرار مجلس الوزراء", 19, "thu"),)
    ),
    "kumo": LocalCalendar("Kumo Paper", "JP", (Change(CalendarChange.Kind.CLOSURE, "創立記念日", 26, "fri"),)),
    "semilla": LocalCalendar(
        "Semilla y Sal", "MX", (Change(CalendarChange.Kind.HALF_DAY, "Inventario anual", 40, "wed"),)
    ),
    "duna": LocalCalendar("Duna Óramű", "HU", (Change(CalendarChange.Kind.WORKDAY, "Ledolgozós szombat", 8, "sat"),)),
}

ATLANTIC, SUNRISE = "Atlantic", "Sunrise"

MANAGERS = (
    DemoManager(
        full_name="Maya Okafor", address_as="Maya", email="maya@dayband.example", teams=(ATLANTIC, SUNRISE),
        page_name="maya",
        language="en-GB", time_zone="Europe/London", calendar="GB-ENG", phone="+442079460101",
        preferred_hours=weekly(MON_FRI, "10:00-12:00", "14:00-16:30"), reachable_hours=NIGHT_OWL,
        buffer_minutes=15, away=(Away("Annual leave", 24, 5),),
    ),
    DemoManager(
        full_name="Inés Valdemar", address_as="Inés", email="ines@dayband.example", teams=(ATLANTIC,), is_admin=True,
        language="es-ES", time_zone="Europe/Madrid", calendar="ES-MD",
        working_hours=weekly(MON_FRI, "09:00-14:00", "16:00-19:00"), away=(Away("Vacaciones", 45, 8),),
    ),
    DemoManager(
        full_name="Jonah Whitlock", address_as="Jonah", email="jonah@dayband.example", teams=(ATLANTIC,),
        language="en-US", time_zone="America/Chicago", calendar="US-IL", phone="+13125550101",
        working_hours=weekly(MON_FRI, "08:30-17:00"), reachable_hours=EARLY_BIRD, buffer_minutes=10,
        away=(Away("Moving house", 12, 2),),
    ),
    DemoManager(
        full_name="Tan Wei Ling", address_as="Wei Ling", native_name="陈慧玲", email="weiling@dayband.example",
        teams=(SUNRISE,), language="en-SG", time_zone="Asia/Singapore", calendar="SG",
        preferred_hours=weekly(MON_FRI, "09:30-12:00"), reachable_hours=NIGHT_OWL,
        away=(Away("Family visit", 58, 4),),
    ),
    DemoManager(
        full_name="Kavitha Raman", address_as="Kavitha", email="kavitha@dayband.example", teams=(SUNRISE,),
        language="en-SG", time_zone="Asia/Singapore", calendar="SG", clock="24",
        working_hours=weekly(MON_FRI, "08:00-16:30"), reachable_hours=EARLY_BIRD, buffer_minutes=15,
        away=(Away("Training", 5, 1),),
    ),
)  # fmt: skip
