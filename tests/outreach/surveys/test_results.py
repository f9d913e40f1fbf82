"""What the answers say: shares and scores with honest intervals, and each answer beside what is usual."""

import datetime as dt
import itertools
import math
from statistics import NormalDist
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from clients.models import AccountManager, AuditEntry, Client
from clients.reader import Reader
from scheduling.outreach.models import Survey, SurveyRule
from scheduling.outreach.surveys.chart import chart
from scheduling.outreach.surveys.client_answers import answers_of
from scheduling.outreach.surveys.reading import COUNTRY_ANSWERS, Sign
from scheduling.outreach.surveys.results import Chosen, readings, results_page
from scheduling.outreach.surveys.statistics import Scores, net, wilson
from tests.outreach.rows import make_meeting
from tests.outreach.surveys.rows import a_survey
from tests.people import make_account_manager, make_client, make_contact, make_team

ENGLISH = Reader("en-GB", "Europe/London")
#: Long enough after the beginning of a quarter for all months to have passed.
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
_number = itertools.count(1)
Z = NormalDist().inv_cdf(0.975)


# Figures


@given(count=st.integers(1, 400), data=st.data())
def test_wilsons_interval_holds_the_shares_that_a_score_test_would_not_reject(count: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, count))
    estimate = wilson(hits, count)

    def statistic(share: float) -> float:
        return abs(hits / count - share) / math.sqrt(share * (1 - share) / count)

    assert estimate.low <= hits / count <= estimate.high
    # The ends are the shares at which the test just rejects.
    for end in (estimate.low, estimate.high):
        if 1e-12 < end < 1 - 1e-12:
            assert statistic(end) == pytest.approx(Z, rel=1e-6)
        else:
            assert hits in (0, count)


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    # Source: Newcombe (1998), Two-sided confidence intervals for the single proportion, table I, method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilsons_interval_is_that_of_the_tables(hits: int, count: int, low: float, high: float) -> None:
    estimate = wilson(hits, count)
    assert estimate.low == pytest.approx(low, abs=6e-5)
    assert estimate.high == pytest.approx(high, abs=6e-5)


@pytest.mark.parametrize(
    ("scores", "nps"),
    [
        ([10, 9], 1.0),
        ([0, 6], -1.0),
        ([7, 8], 0.0),
        ([10, 9, 8, 7, 6], 0.2),
        ([10, 0], 0.0),
        ([9, 9, 9, 8, 7, 6, 5, 10, 3, 2], 0.0),
        ([10] * 7 + [8] * 2 + [1], 0.6),
    ],
)
def test_nps_is_promoters_less_detractors(scores: list[int], nps: float) -> None:
    estimate = Scores({score: scores.count(score) for score in scores}).nps
    assert estimate is not None
    assert estimate.value == pytest.approx(nps)
    assert estimate.low <= nps <= estimate.high


@pytest.mark.parametrize("shares", [(0.5, 0.2), (0.7, 0.1), (0.35, 0.35), (0.9, 0.05)])
def test_nps_interval_holds_the_truth_in_about_95_of_100_surveys(shares: tuple[float, float]) -> None:
    """Every outcome of 40 answers with its exact probability."""
    count, (promoter, detractor) = 40, shares
    covered = 0.0
    for gains, losses in itertools.product(range(count + 1), repeat=2):
        if gains + losses > count:
            continue
        rest = count - gains - losses
        ways = math.comb(count, gains) * math.comb(count - gains, losses)
        probability = ways * promoter**gains * detractor**losses * (1 - promoter - detractor) ** rest
        estimate = net(gains, losses, count)
        covered += probability * (estimate.low <= promoter - detractor <= estimate.high)
    assert 0.93 < covered < 0.98


def test_satisfied_are_four_and_five() -> None:
    scores = Scores({1: 1, 3: 2, 4: 3, 5: 4})
    assert scores.satisfied is not None
    assert scores.mean == pytest.approx(3.9)
    assert (scores.satisfied.value, scores.satisfied.count) == (0.7, 10)
    nobody = Scores({})
    assert (nobody.satisfied, nobody.nps, nobody.mean) == (None, None, None)


def test_a_chart_is_mirrored_for_readers_from_right_to_left() -> None:
    figures = [("a", wilson(1, 2)), ("b", None), ("c", wilson(9, 10))]
    charts = [
        chart(figures, lowest=0, levels=(0, 1), written=str, reader=Reader(language, "UTC"))
        for language in ("en", "ar")
    ]
    assert [bar.x for bar in charts[0].bars] == [pytest.approx(1 - bar.x) for bar in charts[1].bars]
    first, last = charts[0].bars
    assert first.high_y < first.y < first.low_y
    assert last.y < first.y
    assert (first.is_few, last.is_few) == (True, False)


# The page


@pytest.fixture
def manager() -> AccountManager:
    return make_account_manager(make_team())


def answer(client: Client, score: int, *, days: int = 5, hour: int = 10, **values: Any) -> Survey:
    """The answer of somebody new at the client, so many days ago."""
    contact = make_contact(client)
    at = NOW - days * DAY
    columns: dict[str, Any] = {"question": "csat", "local_hour": hour, **values}
    manager = AccountManager.objects.order_by("pk")[0]
    if columns["question"] == "csat":
        # Nobody is in two meetings.
        held_at = at - 400 * DAY - next(_number) * dt.timedelta(hours=1)
        columns["meeting"] = make_meeting(manager, [contact], start_at=held_at, booked_at=held_at - DAY)
    else:
        columns["local_hour"] = None
    return Survey.objects.create(
        contact=contact,
        account_manager=manager,
        asked_at=at,
        asked_date=at.date(),
        expires_at=at + 30 * DAY,
        score=score,
        answered_at=at,
        **columns,
    )


@pytest.mark.django_db
def test_answers_are_counted_by_month_hour_and_quarter(manager: AccountManager) -> None:
    client = make_client(manager.teams.get())
    for score, days, hour in [(5, 5, 10), (3, 5, 7), (4, 40, 10), (2, 40, 7)]:
        answer(client, score, days=days, hour=hour)
    for score, days in [(10, 5), (9, 5), (6, 60)]:
        answer(client, score, days=days, question="nps")
    page = results_page(manager, Chosen(), now=NOW, reader=ENGLISH)
    assert page.csat is not None
    assert (page.csat.count, page.csat.mean, page.csat.value) == ("4", "3.50", "50%")
    assert page.by_time is not None
    assert [(row.label, row.count, row.value) for row in page.by_time.rows] == [
        ("Oct", "2", "50%"),
        ("Nov", "2", "50%"),
    ]
    assert page.by_hour is not None
    assert [(row.label, row.count, row.value) for row in page.by_hour.rows] == [("07", "2", "0%"), ("10", "2", "100%")]
    assert page.nps is not None
    assert (page.nps.value, page.promoters) == ("+33", ("67%", "0%", "33%"))
    assert page.by_quarter is not None
    assert [(row.label, row.value) for row in page.by_quarter.rows] == [("Q3 2026", "−100"), ("Q4 2026", "+100")]
    assert page.csat.is_few


@pytest.mark.django_db
def test_only_chosen_answers_of_ones_own_clients_are_counted(manager: AccountManager) -> None:
    mine = make_client(manager.teams.get(), segment="key")
    other = make_client(manager.teams.get(), segment="growth")
    foreign = make_client()
    for client in (mine, mine, other, foreign):
        answer(client, 5)
    answer(mine, 5, days=200)

    def count(**chosen: Any) -> str | None:
        page = results_page(manager, Chosen(**chosen), now=NOW, reader=ENGLISH)
        return page.csat.count if page.csat else None

    assert count() == "4"
    assert count(client=other) == "1"
    assert count(segment="key") == "3"
    assert count(months="3") == "3"
    assert count(team=foreign.team) is None
    assert count(client=foreign) is None


@pytest.mark.django_db
def test_an_answer_is_read_beside_the_clients_own_and_the_countrys(manager: AccountManager) -> None:
    client = make_client(manager.teams.get(), country="JP")
    for days in (40, 50, 60):
        answer(client, 5, days=days)
    there = make_client(country="JP")
    for number in range(COUNTRY_ANSWERS):
        answer(there, 4 if number == 0 else 5, days=20 + number)
    # Elsewhere such an answer is usual, and nobody has a usual one yet.
    elsewhere = make_client(manager.teams.get(), country="NL")
    for number in range(COUNTRY_ANSWERS):
        answer(make_client(country="NL"), 4 if number % 2 else 5, days=20 + number)
    mild, usual = answer(client, 4), answer(elsewhere, 4)
    low = answer(elsewhere, 2, days=1)
    by_pk = {one.survey.pk: one for one in readings(Survey.objects.filter(pk__in=[mild.pk, usual.pk, low.pk]))}
    reading = by_pk[mild.pk]
    assert reading.signs == (Sign.BELOW_OWN, Sign.RARE_THERE)
    assert (reading.own.count, reading.country.count, reading.as_low_there) == (3, COUNTRY_ANSWERS, 1)
    assert by_pk[usual.pk].signs == ()
    assert by_pk[low.pk].signs == (Sign.LOW, Sign.RARE_THERE)


@pytest.mark.django_db
def test_with_few_answers_a_country_says_nothing_and_the_best_answer_needs_no_call(manager: AccountManager) -> None:
    client = make_client(manager.teams.get(), country="JP")
    there = make_client(country="JP")
    for number in range(COUNTRY_ANSWERS - 1):
        answer(there, 5, days=20 + number)
    mild, best = answer(client, 4), answer(client, 5)
    by_pk = {one.survey.pk: one for one in readings(Survey.objects.filter(pk__in=[mild.pk, best.pk]))}
    assert by_pk[mild.pk].signs == by_pk[best.pk].signs == ()
    answer(there, 5)
    [reading] = readings(Survey.objects.filter(pk=mild.pk))
    assert reading.signs == (Sign.RARE_THERE,)


def signed_in(manager: AccountManager) -> Browser:
    browser = Browser()
    browser.force_login(manager)
    return browser


@pytest.fixture
def recent(manager: AccountManager) -> Survey:
    """An answer of this week that is low."""
    survey = answer(make_client(manager.teams.get(), name="Sample Sails"), 1)
    at = timezone.now() - DAY
    Survey.objects.filter(pk=survey.pk).update(asked_at=at, asked_date=at.date(), answered_at=at, comment="Too <late>.")
    survey.refresh_from_db()
    return survey


@pytest.mark.django_db
def test_a_hint_says_why_and_can_be_dismissed(manager: AccountManager, recent: Survey) -> None:
    browser, url = signed_in(manager), reverse("surveys:results")
    page = browser.get(url).content.decode()
    assert "Worth a call" in page
    assert "low on its own scale" in page
    assert "Too &lt;late&gt;." in page
    assert "So few answers say little" in page
    for _ in range(2):
        response = browser.post(reverse("surveys:dismiss", args=[recent.pk]), {"next": f"{url}?months=3"})
        assert response["Location"] == f"{url}?months=3"
    assert "Worth a call" not in browser.get(url).content.decode()
    assert AuditEntry.objects.filter(action="dismiss_hint", actor_id=manager.pk).count() == 1
    away = browser.post(reverse("surveys:dismiss", args=[recent.pk]), {"next": "https://elsewhere.example/"})
    assert away["Location"] == url


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["client=0", "client=x", "segment=nobody", "months=2", "team=-1"])
def test_a_filter_that_there_is_not_is_named(manager: AccountManager, query: str) -> None:
    response = signed_in(manager).get(f"{reverse('surveys:results')}?{query}")
    assert response.status_code == 400
    assert 'class="errors"' in response.content.decode()


@pytest.mark.django_db
def test_results_ask_the_database_as_often_for_many_answers_as_for_one(
    manager: AccountManager, recent: Survey, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    browser, url = signed_in(manager), reverse("surveys:results")
    browser.get(url)
    for _ in range(2):
        with django_assert_num_queries(9):
            browser.get(url)
        for country in ("JP", "NL"):
            survey = answer(make_client(manager.teams.get(), country=country), 3)
            Survey.objects.filter(pk=survey.pk).update(asked_date=recent.asked_date, answered_at=recent.answered_at)


@pytest.mark.django_db
def test_the_rule_is_changed_on_the_clients_page_and_bad_values_are_named(manager: AccountManager) -> None:
    client = make_client(manager.teams.get())
    browser, url = signed_in(manager), reverse("surveys:rule", args=[client.pk])
    assert browser.get(url).status_code == 200
    for every in ("-1", "51", "often", ""):
        response = browser.post(url, {"every": every})
        assert response.status_code == 422
        assert 'id="errors"' in response.content.decode()
    assert not SurveyRule.objects.exists()
    assert browser.post(url, {"every": "3", "asks_nps": "on"}).status_code == 302
    rule = SurveyRule.objects.get()
    assert (rule.client, rule.every, rule.asks_nps) == (client, 3, True)
    assert AuditEntry.objects.filter(subject_type="outreach.surveyrule", actor_id=manager.pk).count() == 1
    assert "after every so many meetings: 3" in browser.get(reverse("desk:client", args=[client.pk])).content.decode()


@pytest.mark.django_db
def test_the_clients_page_sets_the_last_answers_against_those_before(manager: AccountManager) -> None:
    client = make_client(manager.teams.get())
    for days, score in enumerate([3, 3, 4, 4, 4, 5, 5, 5, 5, 4]):
        answer(client, score, days=days)
    answers = answers_of(client)
    assert (answers.lately.mean, answers.before.mean, answers.trend) == (3.6, 4.8, -1)
    Survey.objects.filter(score=3).delete()
    assert answers_of(client).trend is None


@pytest.mark.django_db
def test_quarterly_answers_hide_none_about_meetings(manager: AccountManager, client_row: Client) -> None:
    now = timezone.now()
    for number in range(10):
        at = now - (60 + number) * dt.timedelta(days=1)
        answered(a_survey(manager, make_contact(client_row), asked_at=at), 5 if number < 5 else 2, at)
    for _number in range(18):
        at = now - dt.timedelta(days=1)
        answered(a_survey(manager, make_contact(client_row), question="nps", asked_at=at), 9, at)
    found = answers_of(client_row)
    assert (found.lately.count, found.trend) == (5, 1)


@pytest.mark.django_db
def test_an_answer_of_the_contacts_next_month_is_drawn_too(manager: AccountManager, client_row: Client) -> None:
    # Half past nine on the first of December in Auckland, which is the last of November in London.
    contact = make_contact(client_row, time_zone="Pacific/Auckland")
    asked_at = dt.datetime(2026, 11, 30, 20, 30, tzinfo=dt.UTC)
    survey = a_survey(manager, contact, asked_at=asked_at)
    Survey.objects.update(asked_date=dt.date(2026, 12, 1))
    answered(survey, 5, asked_at)
    page = results_page(manager, Chosen(), now=asked_at, reader=Reader("en-GB", "Europe/London"))
    assert page.by_time is not None
    assert [row.count for row in page.by_time.rows] == ["1"]


def answered(survey: Survey, score: int, at: dt.datetime) -> None:
    Survey.objects.filter(pk=survey.pk).update(score=score, answered_at=at)
