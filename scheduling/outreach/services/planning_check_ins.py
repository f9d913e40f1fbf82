"""Writes the check-ins of the next two days into the outbox, and takes back what plans do not want any more.

Contacts with the same clock, calendar, working week and rhythm have the same dates. Those are found once for each such
group, in Python; PostgreSQL then joins them with everybody in the group, and knows nothing of zones, weeks or holidays.
"""

import datetime as dt
import json
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Min, Model, Q

from clients.models import Client, Contact, DayOff
from holidays_app.calendars import CalendarDays
from holidays_app.models import HolidayCalendar
from holidays_app.selectors import days_for_calendars
from scheduling.engine import WEEKDAYS
from scheduling.outreach.check_ins.calendar import (
    DAY,
    GRACE,
    REACH,
    CheckIn,
    ContactDays,
    Step,
    check_ins,
    monday_of,
    placed_steps,
)
from scheduling.outreach.mail import message_id_domain
from scheduling.outreach.models import CheckInPlan, Enrolment, Message, PlanStep, Tally
from scheduling.outreach.reasons import NO_ADDRESS
from scheduling.outreach.services.tallying import is_time

#: Drafts can be read so long before they go.
HORIZON = dt.timedelta(hours=48)
TALLY = "check_ins"


# Tuples, of which thousands are made at once.
class Group(NamedTuple):
    """What the dates of an enrolment depend on; `away_contact` is the contact where they have days off of their own.

    `phase_date` is the Monday from which weeks are counted: the first week's, or one before the dates that matter.
    `key` is PostgreSQL's own number for all of that, of 64 bits: of a million groups, it is shared by any two with a
    chance of one in thirty million.
    """

    key: int
    time_zone: str
    calendar: int
    working_hours: str
    rhythm: str
    frequency: str
    phase_date: dt.date
    away_contact: int


@dataclass(frozen=True)
class Window:
    """The instants that are planned for, and the dates on which they may lie somewhere on earth."""

    start_at: dt.datetime
    end_at: dt.datetime

    @property
    def first_date(self) -> dt.date:
        return self.start_at.date() - DAY

    @property
    def last_date(self) -> dt.date:
        return self.end_at.date() + DAY


def plan_check_ins(*, now: dt.datetime) -> int:
    """How many check-ins were planned, where it is time to look at all plans again."""
    since_at = Tally.objects.filter(name=TALLY).values_list("at", flat=True).first()
    if not is_time(TALLY, now):
        return 0
    return replan(now=now, since_at=since_at)


@transaction.atomic
def replan(*, now: dt.datetime, plans: Collection[int] | None = None, since_at: dt.datetime | None = None) -> int:
    """How many check-ins were planned for these plans, or all, once what they do not want any more is gone.

    What somebody wrote or let go stays, and so does what has been due already. Only what became due after `since_at`,
    when plans were last looked at, is made up for: a plan begun at noon has nothing to say of that morning.
    """
    window = Window(max(now - GRACE, since_at or now), now + HORIZON)
    with _enrolled(window, plans) as groups:
        dates = list(_dates(groups, window))
        if _is_any_waiting(now):
            _take_back(dates, now, plans)
            _follow(dates, now)
        return _insert(window, dates, now)


def _named(sql: str) -> str:
    """The statement with the tables' names."""
    tables: dict[str, type[Model]] = {
        "message": Message,
        "enrolment": Enrolment,
        "plan": CheckInPlan,
        "contact": Contact,
        "client": Client,
        "day_off": DayOff,
    }
    names = {name: connection.ops.quote_name(model._meta.db_table) for name, model in tables.items()}
    return sql.format(**names)


# Everybody who is to get check-ins, with what makes their group. Whoever has days off of their own is a group of one.
_FOUND = """
    SELECT enrolment.id, enrolment.frequency, plan.rhythm, plan.is_approved_first, contact.id AS contact_id,
        contact.email, contact.preferred_channel, contact.time_zone, contact.working_hours::text,
        coalesce(contact.calendar_id, 0) AS calendar, coalesce(away.contact_id, 0) AS away_contact,
        -- An even number of weeks earlier, so that every second week stays the same.
        CASE WHEN enrolment.first_week_date >= %(base_date)s THEN enrolment.first_week_date
             ELSE %(base_date)s - (%(base_date)s - enrolment.first_week_date) %% 14 END AS phase_date
    FROM {enrolment} enrolment
    JOIN {plan} plan ON plan.id = enrolment.plan_id AND plan.rhythm <> ''
    JOIN {contact} contact ON contact.id = enrolment.contact_id
    LEFT JOIN (
        SELECT DISTINCT contact_id FROM {day_off}
        WHERE contact_id IS NOT NULL AND first_date <= %(last_date)s AND last_date >= %(first_date)s
    ) away ON away.contact_id = contact.id
    WHERE enrolment.frequency <> 'none'
"""
# Groups are joined by one number: of seven columns the planner would think that nearly nothing fits. To hash a row or a
# JSON takes PostgreSQL longer than to hash one text upon the other.
_KEY = """
    hashtextextended(time_zone, hashtextextended(rhythm, hashtextextended(frequency, hashtextextended(
        working_hours, hashint8extended(calendar, hashint8extended(away_contact, phase_date - %(base_date)s))
    ))))
"""
# One statement, so that nobody changes a group on the way: everybody is put down, and one of each group is read. To
# keep all that is read of everybody, for both, would take three times as much memory as there is for it.
_ENROL = f"""
    WITH found AS NOT MATERIALIZED (
        SELECT *, {_KEY} AS key
        FROM ({_FOUND} AND (%(plans)s::bigint[] IS NULL OR plan.id = ANY(%(plans)s))) AS found
    ), enrolling AS (
        INSERT INTO enrolled SELECT id, contact_id, email, preferred_channel, is_approved_first, key FROM found
        RETURNING id, key
    )
    SELECT {", ".join(Group._fields)} FROM found WHERE id IN (SELECT min(id) FROM enrolling GROUP BY key)
"""  # noqa: S608  (names of our own, no values)
_ENROLLED = """
    CREATE TEMPORARY TABLE enrolled (
        id bigint, contact_id bigint, email text, preferred_channel text, is_approved_first boolean, key bigint
    )
"""
# What is read of the texts once a check-in of a group, and not for everybody in it.
_LANDED = """
    (
        SELECT key, date AS date_text, date::date AS local_date, due_at, string_to_array(purposes, ',') AS purposes,
            channel
        FROM unnest(
            %(keys)s::bigint[], %(local_dates)s::text[], %(due_ats)s::timestamptz[], %(purposes)s::text[],
            %(channels)s::text[]
        ) AS found (key, date, due_at, purposes, channel)
        OFFSET 0
    ) AS landed
"""
# Who prefers video calls is invited to one by mail.
_CHANNEL = """
    CASE WHEN landed.channel = 'preferred' AND enrolled.preferred_channel IN ('chat', 'phone', 'in_person')
         THEN enrolled.preferred_channel ELSE 'email' END
"""
# Whoever says something in person reads it then.
_IS_SPOKEN = "message.channel IN ('phone', 'in_person')"
_INSERT = f"""
    INSERT INTO {{message}} (
        occurrence_key, kind, contact_id, enrolment_id, purposes, local_date, own_subject, own_text,
        channel, address, message_id, created_at, due_at, expires_at, next_try_at, tries, fencing_token,
        state, reason
    )
    SELECT
        'check-in:' || enrolled.id || ':' || landed.date_text, 'check_in', enrolled.contact_id, enrolled.id,
        landed.purposes, landed.local_date, '', '', {_CHANNEL}, enrolled.email,
        '<' || md5(%(salt)s || enrolled.id || ':' || landed.date_text)::uuid || %(domain)s, %(now)s,
        landed.due_at, landed.due_at + %(grace)s::interval, landed.due_at, 0, 0,
        CASE WHEN enrolled.email = '' AND {_CHANNEL} = 'email' THEN 'undeliverable'
             WHEN enrolled.is_approved_first AND {_CHANNEL} IN ('email', 'chat') THEN 'draft'
             ELSE 'pending' END,
        CASE WHEN enrolled.email = '' AND {_CHANNEL} = 'email' THEN %(no_address)s ELSE '' END
    FROM enrolled JOIN {_LANDED} USING (key)
    WHERE NOT EXISTS (
        SELECT FROM {{message}} message
        WHERE message.kind = 'check_in' AND message.enrolment_id = enrolled.id
        AND message.local_date = landed.local_date
        AND message.due_at BETWEEN %(known_from_at)s AND %(known_until_at)s
    )
    ORDER BY enrolled.id
"""  # noqa: S608  (names of our own, no values)


class Landed(NamedTuple):
    """A check-in of everybody in a group."""

    group: Group
    local_date: dt.date
    due_at: dt.datetime
    purposes: tuple[str, ...]
    channel: str


@contextmanager
def _enrolled(window: Window, plans: Collection[int] | None) -> Iterator[list[Group]]:
    """The groups that there are, with the table `enrolled` for so long."""
    values = {
        "first_date": window.first_date - REACH,
        "last_date": window.last_date + REACH,
        "base_date": monday_of(window.first_date - REACH),
        "plans": None if plans is None else list(plans),
    }
    with connection.cursor() as cursor:
        if plans is None:
            # Everybody fits, who else would be written to disk and sorted there.
            cursor.execute("SET LOCAL work_mem = '64MB'")
        cursor.execute(_ENROLLED)
        cursor.execute(_named(_ENROL), values)
        groups = [Group(*row) for row in cursor.fetchall()]
        # Else the planner would know nothing of the keys, and sort everybody or loop.
        cursor.execute("ANALYZE enrolled")
        yield groups
        cursor.execute("DROP TABLE enrolled")


def _dates(groups: Collection[Group], window: Window) -> Iterator[Landed]:
    """The check-ins of each group that are due in the window."""
    steps = _steps_by_rhythm({group.rhythm for group in groups})
    calendars = _calendars({group.calendar for group in groups}, window)
    away = _away({group.away_contact for group in groups} - {0}, window)
    by_hours = cache(_weekdays)

    @cache
    def on_dates(
        calendar: int, working_hours: str, rhythm: str, frequency: str, phase_date: dt.date, away_contact: int
    ) -> tuple[CheckIn, ...]:
        known = calendars.get(calendar)
        contact_days = ContactDays(
            weekdays=by_hours(working_hours),
            holidays=known.holidays if known else {},
            workdays=known.workdays if known else frozenset(),
            away=away.get(away_contact),
        )
        placed = placed_steps(
            steps.get(rhythm, ()),
            frequency=frequency,
            first_week_date=phase_date,
            days=contact_days,
            first_date=window.first_date,
            last_date=window.last_date,
        )
        return check_ins(list(placed), window.first_date, window.last_date)

    # The clock makes an instant of a date, and has no say in which date it is: the same ones serve all zones.
    for group in groups:
        key = group.calendar, group.working_hours, group.rhythm, group.frequency, group.phase_date, group.away_contact
        for check_in in on_dates(*key):
            due_at = check_in.due_at(group.time_zone)
            if window.start_at < due_at <= window.end_at:
                yield Landed(group, check_in.local_date, due_at, check_in.purposes, check_in.channel)


def _steps_by_rhythm(rhythms: Collection[str]) -> dict[str, list[Step]]:
    """The steps of one plan of each rhythm: those of the others are the same."""
    first = CheckInPlan.objects.filter(rhythm__in=rhythms).order_by().values("rhythm").annotate(first=Min("pk"))
    found: dict[str, list[Step]] = {}
    rows = PlanStep.objects.filter(plan__in=first.values("first")).annotate(rhythm=F("plan__rhythm"))
    for row in rows:
        found.setdefault(row.rhythm, []).append(Step.of(row))
    return found


def _calendars(keys: Collection[int], window: Window) -> dict[int, CalendarDays]:
    rows = HolidayCalendar.objects.filter(pk__in=keys)
    return days_for_calendars(rows, window.first_date - REACH, window.last_date + REACH, as_far_as_known=True)


def _away(contacts: Collection[int], window: Window) -> dict[int, dict[dt.date, str]]:
    found: dict[int, dict[dt.date, str]] = {}
    first_date, last_date = window.first_date - REACH, window.last_date + REACH
    overlapping = Q(first_date__lte=last_date, last_date__gte=first_date)
    for row in DayOff.objects.filter(overlapping, contact__in=contacts):
        date = max(row.first_date, first_date)
        while date <= min(row.last_date, last_date):
            found.setdefault(row.contact_id or 0, {})[date] = row.reason
            date += DAY
    return found


def _weekdays(working_hours: str) -> frozenset[int]:
    hours = json.loads(working_hours)
    return frozenset(weekday for weekday, name in enumerate(WEEKDAYS) if hours.get(name))


def _landed(dates: Collection[Landed]) -> dict[str, str]:
    """One array for each column of `_LANDED`, as PostgreSQL reads it: thousands of values are written at once."""
    return {
        "keys": _array(str(one.group.key) for one in dates),
        "local_dates": _array(one.local_date.isoformat() for one in dates),
        "due_ats": _array(one.due_at.isoformat() for one in dates),
        "purposes": _array(",".join(one.purposes) for one in dates),
        "channels": _array(one.channel for one in dates),
    }


def _array(values: Iterable[str]) -> str:
    """An array of values, none of them empty, that have no quotes in them."""
    joined = '","'.join(values)
    return f'{{"{joined}"}}' if joined else "{}"


def _is_any_waiting(now: dt.datetime) -> bool:
    states = [Message.State.PENDING, Message.State.DRAFT, Message.State.UNDELIVERABLE]
    return Message.objects.filter(kind=Message.Kind.CHECK_IN, state__in=states, due_at__gt=now).exists()


def _take_back(dates: Collection[Landed], now: dt.datetime, plans: Collection[int] | None) -> None:
    """Deletes what was planned and is not wanted like that any more, unless somebody wrote it or let it go."""
    with connection.cursor() as cursor:
        cursor.execute(
            _named(
                f"""
                DELETE FROM {{message}} message USING {{enrolment}} enrolment, {{plan}} its_plan
                WHERE enrolment.id = message.enrolment_id AND its_plan.id = enrolment.plan_id
                AND message.kind = 'check_in' AND message.due_at > %(now)s AND message.tries = 0
                AND (
                    message.state IN ('draft', 'undeliverable')
                    OR (
                        message.state = 'pending' AND message.reason = ''
                        AND (NOT its_plan.is_approved_first OR {_IS_SPOKEN})
                    )
                )
                AND message.own_subject = '' AND message.own_text = '' AND message.fallback_reason = ''
                AND (%(plans)s::bigint[] IS NULL OR its_plan.id = ANY(%(plans)s))
                AND NOT EXISTS (
                    SELECT FROM enrolled JOIN {_LANDED} USING (key)
                    WHERE enrolled.id = message.enrolment_id
                    AND landed.local_date = message.local_date AND landed.due_at = message.due_at
                    AND landed.purposes = message.purposes::text[]
                    AND {_CHANNEL} = message.channel
                    -- With another address it stays what it is, and follows.
                    AND (enrolled.email = message.address
                        OR message.address <> '' AND enrolled.email <> '' AND message.state <> 'undeliverable')
                )
                """  # noqa: S608  (names of our own, no values)
            ),
            {**_landed(dates), "now": now, "plans": None if plans is None else list(plans)},
        )


def _follow(dates: Collection[Landed], now: dt.datetime) -> None:
    """Moves what stays all the same to its contact's address and clock of today, unless it was sent at once.

    Whoever has no address any more is written to at the last one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _named(
                f"""
                UPDATE {{message}} message
                SET address = coalesce(nullif(enrolled.email, ''), message.address), due_at = landed.due_at,
                    next_try_at = landed.due_at, expires_at = landed.due_at + %(grace)s::interval
                FROM enrolled JOIN {_LANDED} USING (key)
                WHERE enrolled.id = message.enrolment_id AND landed.local_date = message.local_date
                AND message.kind = 'check_in' AND message.due_at > %(now)s AND message.tries = 0
                AND message.state IN ('draft', 'pending') AND message.reason = ''
                AND (message.due_at <> landed.due_at OR enrolled.email NOT IN ('', message.address))
                """  # noqa: S608  (names of our own, no values)
            ),
            {**_landed(dates), "now": now, "grace": str(GRACE)},
        )


def _insert(window: Window, dates: Collection[Landed], now: dt.datetime) -> int:
    if not dates:
        return 0
    values = {
        **_landed(dates),
        "now": now,
        "grace": str(GRACE),
        # One for each planning, so that nobody can tell the next mail's number.
        "salt": str(uuid.uuid4()),
        "domain": f"@{message_id_domain()}>",
        "no_address": NO_ADDRESS,
        # The same date, at whatever time a plan had it before.
        "known_from_at": window.start_at - 2 * DAY,
        "known_until_at": window.end_at + 2 * DAY,
    }
    try:
        with transaction.atomic():
            return _executed(_INSERT, values)
    except IntegrityError:
        # Somebody has planned one of them meanwhile. To be ready for that takes a tenth of the time, for all of them.
        return _executed(f"{_INSERT} ON CONFLICT (occurrence_key) DO NOTHING", values)


def _executed(sql: str, values: Mapping[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_named(sql), values)
        count: int = cursor.rowcount
        return count
