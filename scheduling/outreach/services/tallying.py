"""How often something has happened, kept as it happens: nobody counts a million messages for a figure."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from scheduling.outreach.models import Message, Tally
from scheduling.outreach.services.claiming import Claimed

_TALLY = connection.ops.quote_name(Tally._meta.db_table)
_MESSAGE = connection.ops.quote_name(Message._meta.db_table)
_ADD = f"ON CONFLICT (name) DO UPDATE SET count = {_TALLY}.count + excluded.count, at = excluded.at"
#: Plans, contacts and calendars are looked at again so often; a plan that somebody changes, at once.
EVERY = dt.timedelta(minutes=5)


def is_time(tally: str, now: dt.datetime) -> bool:
    """Whether what goes by that name was last looked at long enough ago; then that is noted at once."""
    with connection.cursor() as cursor:
        # Of two beats one gets the row.
        cursor.execute(
            f"INSERT INTO {_TALLY} (name, count, at) VALUES (%s, 1, %s) {_ADD}"  # noqa: S608  (names of our own, no values)
            f" WHERE {_TALLY}.at NOT BETWEEN %s AND excluded.at RETURNING name",
            [tally, now, now - EVERY],
        )
        return cursor.fetchone() is not None


def tally_tick(*, now: dt.datetime) -> None:
    """Notes that a tick has come to its end."""
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {_TALLY} (name, count, at) VALUES (%s, 1, %s) {_ADD}", [Tally.TICK, now])  # noqa: S608  (names of our own, no values)


def tally_sent(claimed: Sequence[Claimed], *, now: dt.datetime) -> None:
    """Adds what was sent of a batch, by kind; a worker killed before this leaves its batch out of the figure."""
    with connection.cursor() as cursor:
        cursor.execute(
            # By kind in order, so that two workers never wait for each other crosswise.
            f"INSERT INTO {_TALLY} (name, count, at)"  # noqa: S608  (names of our own, no values)
            f" SELECT %s || ':' || kind, count(*), %s FROM {_MESSAGE}"
            " JOIN unnest(%s::bigint[], %s::int[]) AS claim (pk, token) ON id = pk AND fencing_token = token"
            f" WHERE state = %s GROUP BY kind ORDER BY kind {_ADD}",
            [
                Tally.SENT,
                now,
                [message.pk for message in claimed],
                [message.fencing_token for message in claimed],
                Message.State.SENT,
            ],
        )
