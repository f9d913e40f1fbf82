"""The week of times from which a contact chooses another one."""

import datetime as dt

import pytest

from clients.reader import reader_of
from scheduling.meetings.offers.invited import Invited
from scheduling.meetings.offers.week import WeekPage, week_page
from tests.meetings.offered import DAY, HOUR, NOW, Cast, make_cast, send

pytestmark = pytest.mark.django_db

SUNDAY = dt.date(2026, 3, 1)


def opened(cast: Cast, now: dt.datetime, wanted_date: dt.date | None = None) -> WeekPage:
    invited = Invited.to(send(cast))
    return week_page(invited, cast.contact, wanted_date=wanted_date, now=now, reader=reader_of(cast.contact))


def test_it_opens_with_the_week_in_which_there_are_times() -> None:
    assert opened(make_cast(), NOW).first_date == SUNDAY


def test_of_a_week_that_is_nearly_over_the_next_one_is_opened_and_it_can_still_be_looked_at() -> None:
    friday_night_at = NOW + 4 * DAY + 14 * HOUR
    week = opened(make_cast(), friday_night_at)
    assert week.first_date == SUNDAY + 7 * DAY
    assert any(day.cards for day in week.days)
    assert week.earlier is not None
    assert week.earlier[0] == SUNDAY
    assert opened(make_cast(), friday_night_at, week.earlier[0]).first_date == SUNDAY
