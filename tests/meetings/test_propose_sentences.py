"""What the propose page says, in English and Spanish: each sentence follows from the numbers, which it never bends."""

import datetime as dt

import pytest
from django.utils import translation
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.reader import Reader
from scheduling.engine import Policy, Slot
from scheduling.meetings.proposals.options import shares_of
from scheduling.meetings.proposals.page import ProposalPage
from scheduling.meetings.selectors import Attendee
from tests.meetings.people_at_work import SPANIARD, colleague, contact, page

TUESDAY = dt.date(2026, 12, 8)
FRIDAY = dt.date(2026, 12, 11)
SPLIT = {"working_hours": {day: [["09:00", "12:00"], ["14:00", "18:00"]] for day in ("mon", "tue", "wed")}}
WISHES = {"preferred_hours": {"tue": [["10:00", "12:00"]]}}


def plain(text: str) -> str:
    """Without markup, and with ordinary spaces in place of the unbreakable ones that CLDR uses."""
    return " ".join(strip_tags(text).split())


def reason(hour: str, minutes: int, reader: Reader = SPANIARD, **hours: object) -> str:
    """Why Ana in London pays what she pays for a time on her wall."""
    ana = contact(1, "Ana Example", "Europe/London", **hours)
    at = dt.datetime.combine(TUESDAY, dt.time.fromisoformat(hour), dt.UTC)
    proposal = page([ana], TUESDAY, TUESDAY + dt.timedelta(days=1), duration_minutes=minutes, at=at, reader=reader)
    assert proposal.shown is not None
    assert proposal.shown.start_at == at
    return plain(proposal.why[0].reason)


@pytest.mark.parametrize(
    ("hour", "minutes", "hours", "english", "spanish"),
    [
        ("10:00", 45, WISHES, "Inside the preferred hours", "Dentro del horario preferido"),
        (
            *("14:00", 45, WISHES),
            "Inside the working hours (09:00–17:00), outside the preferred ones",
            "Dentro del horario laboral (9:00–17:00), fuera del preferido",
        ),
        (
            *("14:00", 45, {}),
            "Inside the working hours (09:00–17:00)",
            "Dentro del horario laboral (9:00–17:00)",
        ),
        (
            *("08:15", 30, {}),
            "Starts 45 minutes before the working hours (09:00–17:00)",
            "Empieza 45 minutos antes del horario laboral (9:00–17:00)",
        ),
        (
            *("07:00", 30, {}),
            "Starts 2 hours before the working hours (09:00–17:00); can be reached from 06:00",
            "Empieza 2 horas antes del horario laboral (9:00–17:00); localizable desde 6:00",
        ),
        ("16:30", 45, {}, "Runs 15 minutes past 17:00", "Se prolonga 15 minutos después de 17:00"),
        (
            *("18:00", 30, {}),
            "Ends 1 hour 30 minutes after the working hours (09:00–17:00); can be reached until 23:00",
            "Termina 1 hora 30 minutos después del horario laboral (9:00–17:00); localizable hasta 23:00",
        ),
        # Worst in the middle of a long lunch: an hour from either end, so it neither ends nor starts an hour away.
        (
            *("12:30", 45, SPLIT),
            "Up to 1 hour after the working hours (09:00–12:00)",
            "Hasta 1 hora después del horario laboral (9:00–12:00)",
        ),
    ],
)
def test_a_reason_says_where_the_time_lies_in_the_persons_day(
    hour: str, minutes: int, hours: dict[str, object], english: str, spanish: str
) -> None:
    with translation.override("en"):
        assert reason(hour, minutes, Reader("en-GB", "UTC"), **hours) == english
    with translation.override("es"):
        assert reason(hour, minutes, SPANIARD, **hours) == spanish


def test_a_bridge_day_is_named() -> None:
    ana = contact(1, "Ana Example", "Europe/London", holidays={dt.date(2026, 12, 10): "Founding Day"})
    proposal = page([ana], FRIDAY, FRIDAY)
    assert plain(proposal.why[0].reason) == "Inside the working hours (09:00–17:00); a working day between two days off"
    assert proposal.why[0].cost == "+15"


def sentences(proposal: ProposalPage) -> list[str]:
    return [plain(option.sentence) for option in proposal.options]


def test_a_time_without_cost_is_ideal_for_everybody() -> None:
    people = [contact(1, "Ana Example", "Europe/London"), colleague(2, "Ben Example", "Europe/London")]
    first, second, *_ = sentences(page(people, TUESDAY, FRIDAY))
    assert first == "Ideal for everybody."
    assert second == "Ideal for everybody. Costs everybody the same as the fairest time."


@pytest.mark.parametrize(
    ("policy", "sentence"),
    [
        (Policy.CLIENT_FIRST, "Fairest: keeps the heaviest load lowest, with clients’ loads counting most."),
        (Policy.SHARED, "Fairest: keeps the heaviest load of all as low as possible."),
        (Policy.LEAST_TOTAL, "No other time costs less in total."),
    ],
)
def test_the_fairest_time_is_praised_for_what_its_policy_looks_at(policy: Policy, sentence: str) -> None:
    people = [contact(1, "Ana Example", "America/Toronto"), colleague(2, "Ben Example", "Asia/Dubai")]
    assert sentences(page(people, TUESDAY, FRIDAY, policy=policy))[0].startswith(sentence)


@pytest.mark.parametrize(
    ("burdens_carried", "hour", "relieved", "other"),
    [((500.0, 10.0), 22, "Ana", "Kenji"), ((10.0, 500.0), 23, "Kenji", "Ana")],
)
def test_relief_for_whoever_carried_most_is_told_by_name(
    burdens_carried: tuple[float, float], hour: int, relieved: str, other: str
) -> None:
    people = [
        contact(1, "Ana Example", "America/Toronto", burden=burdens_carried[0]),
        contact(2, "Kenji Example", "Asia/Tokyo", burden=burdens_carried[1]),
    ]
    # From 22:00 to midnight lie the ends of both working days, and in the middle the least total.
    at = dt.datetime(2026, 12, 8, hour, tzinfo=dt.UTC)
    proposal = page(people, TUESDAY, FRIDAY, policy=Policy.LEAST_TOTAL, at=at)
    assert sentences(proposal)[0] == (
        "Only Ana and Kenji meet outside working hours. "
        f"Gives relief to {relieved}, who has carried most; harder for {other}."
    )


burdens = st.floats(0, 500).map(lambda value: round(value, 1))
zones = st.sampled_from(["America/Toronto", "Europe/London", "Asia/Dubai", "Asia/Kolkata", "Asia/Tokyo"])


@st.composite
def groups(draw: st.DrawFn) -> list[Attendee]:
    first, *others = draw(st.lists(st.tuples(zones, burdens), min_size=2, max_size=4))
    people = [contact(1, "Person1 Example", first[0], burden=first[1])]
    for number, (zone, burden) in enumerate(others, start=2):
        make = draw(st.sampled_from([contact, colleague]))
        people.append(make(number, f"Person{number} Example", zone, burden=burden))
    return people


@settings(max_examples=30)
@given(groups(), st.sampled_from(Policy))
def test_every_sentence_about_an_option_is_true(people: list[Attendee], policy: Policy) -> None:
    proposal = page(people, TUESDAY, FRIDAY, policy=policy)
    names = {one.key: one.person.full_name.split()[0] for one in people}
    carried = {one.key: one.participant.burden for one in people}
    slots = [option.slot for option in proposal.options]
    for option in proposal.options:
        text = plain(option.sentence)
        check_who_is_outside(option.slot, text, names)
        if option.slot != slots[0]:
            check_comparison(option.slot, slots[0], text, names, carried)


def check_who_is_outside(slot: Slot, text: str, names: dict[str, str]) -> None:
    outside = [names[share.id] for share in slot.participants if share.band not in {"ideal", "good"}]
    if "Ideal for everybody." in text:
        assert not slot.total_cost
    elif "Nobody is outside" in text:
        assert not outside
    elif "Only " in text:
        named = text[text.index("Only ") : text.index(" outside working hours")]
        assert 1 <= len(outside) <= 2
        assert {name for name in names.values() if name in named} == set(outside)
    else:
        assert f"{len(outside)} people meet outside working hours." in text


def check_comparison(slot: Slot, fairest: Slot, text: str, names: dict[str, str], carried: dict[str, float]) -> None:
    costs, best = shares_of(slot), shares_of(fairest)
    gain = {names[key]: best[key].cost - costs[key].cost for key in names}
    burden = {names[key]: carried[key] for key in names}
    if "the same as" in text:
        assert not any(gain.values())
    for phrase, sign in (("Easier for ", 1), ("arder for ", -1), ("Gives relief to ", 1)):
        if phrase in text:
            name = next(name for name in names.values() if text.split(phrase)[1].startswith(name))
            assert gain[name] * sign > 0
            if "relief" in phrase:
                assert burden[name] == max(burden.values())


@settings(max_examples=30)
@given(groups())
def test_the_shares_of_the_burden_are_those_of_what_was_and_would_be_carried(people: list[Attendee]) -> None:
    proposal = page(people, TUESDAY, FRIDAY)
    if proposal.shown is None:
        return
    costs = {share.id: share.cost for share in proposal.shown.participants}
    totals = {one.key: one.participant.burden + costs[one.key] for one in people}
    assert [row.portrait.key for row in proposal.burdens.rows] == sorted(
        totals, key=lambda key: (-totals[key], next(one.person.full_name for one in people if one.key == key))
    )
    together = sum(totals.values())
    if together:
        first, second, *_ = sorted(totals.values(), reverse=True)
        assert plain(proposal.burdens.sentence).startswith("With this call ")
        said = [word for word in plain(proposal.burdens.sentence).replace(".", " ").split() if word.endswith("%")][:2]
        assert said == [f"{percent(first / together)}%", f"{percent(second / together)}%"]
    for row in proposal.burdens.rows:
        assert 0 <= row.past <= row.new_x <= row.new_x + row.new <= 1


def percent(share: float) -> int:
    """To the nearest even whole, as CLDR's formatter rounds."""
    return round(100 * share)


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    people = [
        contact(1, "Ana Example", "America/Toronto", burden=1234.56),
        contact(2, "Ben Example", "Europe/Madrid", burden=0.0),
    ]
    with translation.override("es"):
        spanish = page(people, TUESDAY, FRIDAY, reader=SPANIARD)
    english = page(people, TUESDAY, FRIDAY)
    assert spanish.burdens.rows[0].numbers.startswith("1.234,6")
    assert english.burdens.rows[0].numbers.startswith("1,234.6")


def test_where_nothing_fits_the_nearest_times_and_ways_out_are_named() -> None:
    people = [
        contact(1, "Ana Example", "Europe/London"),
        colleague(2, "Ben Example", "Europe/London", away={FRIDAY: ""}),
        colleague(3, "Cleo Example", "Europe/London"),
    ]
    proposal = page(people, FRIDAY, FRIDAY, duration_minutes=60)
    assert proposal.feasible == 0
    assert proposal.shown is None
    assert len(proposal.near_misses) == 3
    reasons = {plain(text) for miss in proposal.near_misses for text in miss.reasons}
    assert reasons == {
        "Ben is away. It is Fri 11, 06:00 there.",
        *(f"Ben is away. It is Fri 11, 06:{m} there." for m in (15, 30)),
    }
    assert proposal.ways_out is not None
    assert [plain(way.words) for way in proposal.ways_out] == ["If 2 of 3 met, without Ben"]
    assert "last=2026-12-25" in proposal.more_days_url


def test_the_day_picker_says_who_is_away_and_what_the_day_costs_at_best() -> None:
    people = [
        contact(1, "Ana Example", "Europe/London", away={TUESDAY: ""}),
        contact(2, "Ben Example", "Europe/London", holidays={dt.date(2026, 12, 9): "Founding Day"}),
    ]
    cards = page(people, TUESDAY, dt.date(2026, 12, 14)).picker.cards
    said = [(card.date.day, card.best_cost, [f"{flag.name}: {flag.word}" for flag in card.flags]) for card in cards]
    assert said == [
        (8, "", ["Ana: day off"]),
        (9, "", ["Ben: holiday"]),
        (10, "0", []),
        (11, "0", []),
        (14, "0", []),  # nobody works at the weekend in between
    ]
    assert [card.opens_week for card in cards] == [False, False, False, False, True]
    assert plain(cards[1].flags[0].sentence) == "Founding Day: Ben is away."


def test_long_horizons_are_paged_by_two_weeks() -> None:
    people = [contact(1, "Ana Example", "Europe/London"), colleague(2, "Ben Example", "Europe/London")]
    first_date, last_date = dt.date(2026, 12, 1), dt.date(2027, 11, 30)
    picker = page(people, first_date, last_date, day=dt.date(2027, 1, 5)).picker
    assert (picker.first_date, picker.last_date) == (dt.date(2026, 12, 29), dt.date(2027, 1, 11))
    assert len(picker.cards) == 10
    assert picker.earlier is not None
    assert picker.later is not None
    assert "day=2026-12-15" in picker.earlier[0]
    assert "day=2027-01-12" in picker.later[0]
    assert page(people, first_date, last_date).picker.earlier is None
