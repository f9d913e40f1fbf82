"""The outbox in figures: who gets them, whether they are right, and what they cost."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from scheduling.outreach import services, tasks
from scheduling.outreach.models import Message, Tally
from scheduling.outreach.operations import metrics
from scheduling.outreach.operations.metrics import OutboxCollector, by_state
from tests.outreach.rows import make_meeting
from tests.people import make_account_manager, make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
TOKEN = "a-token-of-this-test"
State = Message.State


def scraped(token: str = TOKEN) -> dict[tuple[str, str], float]:
    """The samples by name and label, as a scraper reads them."""
    response = Browser().get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    samples = [sample for family in families for sample in family.samples]
    return {(sample.name, ",".join(sample.labels.values())): sample.value for sample in samples}


def make_messages(count: int, *, at: dt.datetime = NOW) -> None:
    """Confirmations that are due, two for each meeting."""
    manager = make_account_manager(reminder_minutes=[])
    for number in range(count // 2):
        contact = make_contact(reminder_minutes=[])
        make_meeting(manager, [contact], start_at=at + (number + 2) * DAY, booked_at=at)
    services.plan(now=at)


@pytest.fixture(autouse=True)
def _token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN


def test_without_a_token_in_the_settings_there_are_no_metrics(settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    for header in ("", "Bearer ", f"Bearer {TOKEN}"):
        assert Browser().get("/metrics", headers={"Authorization": header}).status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer é"])
def test_whoever_shows_another_token_gets_no_figure(header: str) -> None:
    response = Browser().get("/metrics", headers={"Authorization": header})
    assert (response.status_code, response.content) == (401, b"")
    assert response.headers["WWW-Authenticate"] == "Bearer"


def test_the_figures_are_those_of_the_outbox(smtp_server: SmtpServer) -> None:
    now = timezone.now()
    make_messages(6, at=now - 30 * MINUTE)
    first, second = Message.objects.order_by("pk")[:2]
    Message.objects.filter(pk=first.pk).update(state=State.DEAD, due_at=now - DAY)
    Message.objects.filter(pk=second.pk).update(next_try_at=now + DAY)
    services.deliver(clock=lambda: now, size=3)
    services.pause(actor=None, reason="", now=now)
    found = scraped()
    counts = {label: value for (name, label), value in found.items() if name == "dayband_messages" and value}
    assert counts == {"dead": 1, "pending": 2, "sent": 3}
    assert set(State.values) == {label for name, label in found if name == "dayband_messages"}
    assert found["dayband_messages_sent_total", "confirmation"] == 3
    assert found["dayband_messages_sent_total", "reminder"] == 0
    # Since it was due, whatever its next try; what is dead waits for nobody.
    assert 1800 <= found["dayband_oldest_due_message_age_seconds", ""] < 1860
    assert found["dayband_outreach_paused", ""] == 1


def test_an_outbox_without_work_is_not_late() -> None:
    found = scraped()
    assert found["dayband_oldest_due_message_age_seconds", ""] == 0
    assert found["dayband_outreach_paused", ""] == 0
    # Never is not a moment ago.
    assert ("dayband_last_tick_age_seconds", "") not in found


def test_what_is_due_tomorrow_is_not_late_today() -> None:
    make_messages(2, at=timezone.now())
    Message.objects.update(due_at=timezone.now() + DAY)
    assert scraped()["dayband_oldest_due_message_age_seconds", ""] == 0


def test_each_tick_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.tick()
    tasks.tick()
    found = scraped()
    assert found["dayband_ticks_total", ""] == 2
    assert 0 <= found["dayband_last_tick_age_seconds", ""] < 60


def test_a_tick_that_fails_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**options: object) -> int:
        raise RuntimeError("no plan")

    monkeypatch.setattr(services, "plan", fail)
    with pytest.raises(RuntimeError):
        tasks.tick()
    assert not Tally.objects.filter(name=Tally.TICK).exists()


def test_what_is_sent_is_tallied_once_by_whoever_sent_it(smtp_server: SmtpServer) -> None:
    make_messages(4)
    lost = services.claim(now=NOW, size=4)
    later = NOW + DAY
    assert services.deliver(clock=lambda: later)["sent"] == 4
    services.tallying.tally_sent(lost, now=later)
    assert services.deliver(clock=lambda: later) == {}
    tallies = Tally.objects.filter(name__startswith=Tally.SENT)
    assert list(tallies.values_list("name", "count", "at")) == [("sent:confirmation", 4, later)]


def test_a_scrape_takes_as_many_queries_whatever_there_is(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for count in (0, 2, 20):
        make_messages(count)
        with django_assert_num_queries(3):  # states, tallies, switch
            list(OutboxCollector(NOW).collect())


def test_counts_come_from_the_index_and_end(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    make_messages(20)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {metrics.BY_STATE}", [metrics.EXACT, metrics.EXACT, "", list(State.values)])
        lines = "\n".join(line for (line,) in cursor.fetchall())
    assert lines.count("message_by_state") == 2
    assert "Seq Scan" not in lines
    assert "Limit" in lines


def test_beyond_the_exact_ones_the_figure_is_the_databases_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    make_messages(20)
    Message.objects.filter(pk__in=Message.objects.all()[:4]).update(state=State.DEAD)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outreach_message")
    monkeypatch.setattr(metrics, "EXACT", 10)
    found = {state: each.count for state, each in by_state().items() if each.count}
    assert found == {"dead": 4, "pending": 16}


def test_without_statistics_the_figure_is_a_lower_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    make_messages(20)
    monkeypatch.setattr(metrics, "EXACT", 10)
    assert by_state()["pending"].count >= 10
