"""The outbox in figures, asked of PostgreSQL at each scrape so that whichever process answers says the same.

No question reads more than a bounded part of an index. A state is counted up to `EXACT` messages; beyond that the
figure is what ANALYZE found last, which autovacuum keeps within about a tenth. What was sent is tallied by the workers.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from scheduling.outreach.models import Message, Tally
from scheduling.outreach.operations.pauses import is_paused
from scheduling.outreach.reasons import QUIET_HOURS

EXACT = 10_000
_TABLE = Message._meta.db_table
# Of each state by itself, the index by state and due date holds both the number and the oldest.
BY_STATE = f"""
    SELECT state,
        (SELECT count(*) FROM (SELECT FROM {_TABLE} AS message WHERE message.state = asked.state LIMIT %s) AS few),
        (
            SELECT min(due_at) FROM (
                SELECT due_at, reason, next_try_at FROM {_TABLE} AS message WHERE message.state = asked.state
                ORDER BY due_at LIMIT %s
            ) AS oldest
            -- It is not late as long as its contact sleeps.
            WHERE NOT (reason = %s AND next_try_at > now())
        )
    FROM unnest(%s::text[]) AS asked (state)
"""  # noqa: S608  (names of our own, no values)
_ESTIMATES = """
    SELECT unnest(most_common_vals::text::text[]), unnest(most_common_freqs) * reltuples
    FROM pg_stats JOIN pg_class ON pg_class.oid = (schemaname || '.' || tablename)::regclass
    WHERE pg_class.oid = %s::regclass AND attname = 'state'
"""


@dataclass(frozen=True)
class OfState:
    """The messages in one state."""

    count: int
    oldest_due_at: dt.datetime | None


def by_state() -> dict[str, OfState]:
    """Every state with its messages; exact up to `EXACT`, from there on an estimate."""
    with connection.cursor() as cursor:
        cursor.execute(BY_STATE, [EXACT, EXACT, QUIET_HOURS, list(Message.State.values)])
        found = {state: OfState(count, oldest_due_at) for state, count, oldest_due_at in cursor.fetchall()}
        if any(each.count == EXACT for each in found.values()):
            cursor.execute(_ESTIMATES, [_TABLE])
            for state, estimate in cursor.fetchall():
                if found[state].count == EXACT:
                    found[state] = OfState(max(EXACT, round(estimate)), found[state].oldest_due_at)
    return found


class OutboxCollector(Collector):
    """What a scrape at this instant gets."""

    def __init__(self, now: dt.datetime) -> None:
        self._now = now

    def collect(self) -> Iterator[Metric]:
        """Each figure with its help text and labels."""
        yield from self._states()
        yield from self._tallies()
        paused = GaugeMetricFamily("dayband_outreach_paused", "Whether everything outgoing is paused (1) or not (0).")
        paused.add_metric([], int(is_paused()))
        yield paused

    def _states(self) -> Iterator[Metric]:
        states = by_state()
        messages = GaugeMetricFamily(
            "dayband_messages", f"Messages of the outbox; above {EXACT}, an estimate.", labels=["state"]
        )
        for state, found in states.items():
            messages.add_metric([state], found.count)
        yield messages
        waiting = [at for state in Message.QUEUED if (at := states[state].oldest_due_at)]
        age = max((self._now - min(waiting)).total_seconds(), 0) if waiting else 0
        oldest = GaugeMetricFamily(
            "dayband_oldest_due_message_age_seconds", "For how long the oldest due message has waited; 0 without one."
        )
        oldest.add_metric([], age)
        yield oldest

    def _tallies(self) -> Iterator[Metric]:
        tallies = {tally.name: tally for tally in Tally.objects.all()}
        sent = CounterMetricFamily("dayband_messages_sent", "Messages that the mail server accepted.", labels=["kind"])
        for kind in Message.Kind.values:
            tally = tallies.get(f"{Tally.SENT}:{kind}")
            sent.add_metric([kind], tally.count if tally else 0)
        yield sent
        tick = tallies.get(Tally.TICK)
        ticks = CounterMetricFamily("dayband_ticks", "How often what is due was looked for.")
        ticks.add_metric([], tick.count if tick else 0)
        yield ticks
        age = GaugeMetricFamily("dayband_last_tick_age_seconds", "How long ago that was last; absent before the first.")
        if tick:
            age.add_metric([], max((self._now - tick.at).total_seconds(), 0))
        yield age
