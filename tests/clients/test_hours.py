"""Weekly hours: what is stored comes back from the form unchanged, and what makes no sense is refused by weekday."""

from html.parser import HTMLParser
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from clients.hours import Hours, WeeklyHoursField, spans, typed_hours
from clients.validators import validate_weekly_hours
from scheduling.engine import WEEKDAYS

CLOCK = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


@st.composite
def day_hours(draw: st.DrawFn) -> list[list[str]]:
    """Pairs of one weekday in order, none overlapping; the last may run past midnight."""
    walls = sorted(draw(st.lists(CLOCK, unique=True, max_size=8)))
    if len(walls) % 2:
        walls.append(draw(CLOCK.filter(lambda wall: wall <= walls[-1])))
    return [[start, end] for start, end in zip(walls[::2], walls[1::2], strict=True)]


HOURS = st.dictionaries(st.sampled_from(WEEKDAYS), day_hours().filter(bool)).map(
    lambda hours: {day: hours[day] for day in WEEKDAYS if day in hours}
)


class HoursForm(forms.Form):
    hours = WeeklyHoursField()


class _Times(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        if tag == "input":
            self.sent[named["name"] or ""] = named["value"] or ""


def rendered(hours: Hours) -> dict[str, str]:
    times = _Times()
    times.feed(str(HoursForm(initial={"hours": hours})["hours"]))
    return times.sent


@given(HOURS)
def test_hours_that_are_shown_and_sent_back_stay_the_same(hours: Hours) -> None:
    form = HoursForm(rendered(hours), initial={"hours": hours})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["hours"] == hours
    assert not form.has_changed()


@given(HOURS)
def test_hours_that_the_form_accepts_are_hours_to_the_engine(hours: Hours) -> None:
    form = HoursForm(typed_hours(hours, "hours"))
    assert form.is_valid(), form.errors
    validate_weekly_hours(form.cleaned_data["hours"])


@given(HOURS, st.randoms(use_true_random=False))
def test_the_order_in_which_pairs_are_typed_does_not_matter(hours: Hours, random: Any) -> None:
    shuffled = {day: random.sample(pairs, len(pairs)) for day, pairs in hours.items()}
    form = HoursForm(typed_hours(shuffled, "hours"))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["hours"] == hours


@given(st.dictionaries(st.sampled_from([f"hours-{day}-{n}-from" for day in WEEKDAYS for n in range(3)]), st.text()))
def test_whatever_is_typed_is_stored_or_refused_by_weekday(sent: dict[str, str]) -> None:
    form = HoursForm(sent)
    if not form.is_valid():
        assert {error.code for error in form.errors.as_data()["hours"]} <= set(WEEKDAYS)
        str(form["hours"])


def clean(**days: list[tuple[str, str]]) -> Hours:
    return WeeklyHoursField().clean(days)  # type: ignore[no-any-return]


def test_two_pairs_are_offered_and_more_are_shown_where_they_are_stored() -> None:
    shown = rendered({"mon": [["08:00", "09:00"], ["10:00", "11:00"], ["12:00", "13:00"]]})
    assert sum(name.startswith("hours-mon") for name in shown) == 6
    assert sum(name.startswith("hours-tue") for name in shown) == 4


def test_an_empty_day_has_no_hours() -> None:
    assert clean(mon=[("", ""), ("", "")], tue=[("09:00", "17:00")]) == {"tue": [["09:00", "17:00"]]}


def test_an_end_before_the_start_runs_past_midnight() -> None:
    assert clean(fri=[("18:00", "02:00")]) == {"fri": [["18:00", "02:00"]]}


def test_equal_times_are_a_whole_day() -> None:
    assert clean(sun=[("00:00", "00:00")]) == {"sun": [["00:00", "00:00"]]}


def test_one_pair_may_begin_when_another_ends() -> None:
    assert clean(mon=[("12:00", "17:00"), ("09:00", "12:00")]) == {"mon": [["09:00", "12:00"], ["12:00", "17:00"]]}


def test_a_browser_may_send_seconds_and_leave_out_a_zero() -> None:
    assert clean(mon=[("9:00", "17:00:00")]) == {"mon": [["09:00", "17:00"]]}


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        ([("09:00", "")], "Wednesday: fill in both times, or leave both empty."),
        ([("", "09:00")], "Wednesday: fill in both times, or leave both empty."),
        ([("09:00", "12:00"), ("11:00", "15:00")], "Wednesday: 09:00–12:00 overlaps 11:00–15:00."),
        ([("18:00", "09:00"), ("20:00", "21:00")], "Wednesday: 18:00–09:00 overlaps 20:00–21:00."),
        ([("09:00", "12:00"), ("09:00", "12:00")], "Wednesday: 09:00–12:00 overlaps 09:00–12:00."),
        (
            [("25:00", "26:00")],
            "Wednesday: “25:00” is not a time. Write hours and minutes from 00:00 to 23:59, such as 09:30.",
        ),
    ],
)
def test_hours_that_make_no_sense_are_refused_at_their_weekday(pairs: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean(mon=[("09:00", "17:00")], wed=pairs)
    (error,) = refusal.value.error_list
    assert error.code == "wed"
    assert error.messages == [message]


@pytest.mark.parametrize("typed", ["24:00", "9", "09.00", "noon", "-1:00", "09:60", "٠٩:٠٠", "09:00\x00", "x" * 10_000])
def test_what_is_no_time_is_refused_and_quoted_in_short(typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean(mon=[(typed, "17:00")])
    assert len(refusal.value.messages[0]) < 150


def test_every_weekday_with_an_error_is_named() -> None:
    with pytest.raises(ValidationError) as refusal:
        clean(mon=[("09:00", "")], sat=[("", "10:00")])
    assert [error.code for error in refusal.value.error_list] == ["mon", "sat"]


def test_an_error_stands_at_its_weekday_and_what_was_typed_is_kept() -> None:
    form = HoursForm({"hours-wed-0-from": "25:00", "hours-wed-0-until": "26:00", "hours-tue-0-from": "09:00"})
    html = str(form["hours"])
    wednesday = html.partition("<legend>Wednesday</legend>")[2].partition("</fieldset>")[0]
    assert "“25:00” is not a time" in wednesday
    assert 'value="25:00" aria-invalid="true"' in wednesday
    thursday = html.partition("<legend>Thursday</legend>")[2].partition("</fieldset>")[0]
    assert "aria-invalid" not in thursday


def test_every_time_has_a_label_and_every_weekday_a_legend() -> None:
    html = str(HoursForm()["hours"])
    assert html.count("<legend>") == 7
    assert html.count("<label>") == html.count('type="time"') == 28


def test_the_week_begins_on_the_readers_first_day() -> None:
    form = HoursForm()
    form.fields["hours"].widget.first_weekday = 6
    html = str(form["hours"])
    assert html.index("Sunday") < html.index("Monday") < html.index("Saturday")


def test_weekdays_with_the_same_hours_are_told_together() -> None:
    nine_to_five, half = [["09:00", "17:00"]], [["09:00", "12:00"]]
    hours = {"mon": nine_to_five, "tue": nine_to_five, "thu": nine_to_five, "sat": half}
    assert spans(hours) == [(0, 1, nine_to_five), (3, 3, nine_to_five), (5, 5, half)]
    assert spans({"mon": half, "sun": half}, first_weekday=6) == [(6, 0, half)]
