"""Why a time suits or does not suit somebody, in the words of the page's reader."""

import datetime as dt
from collections.abc import Sequence

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clients.reader import Reader
from scheduling.engine import Band, Explanation, Position, Reason
from scheduling.meetings.offers.comfort import Comfort
from scheduling.meetings.proposals.people import Away, Leave, Portrait
from scheduling.meetings.proposals.wording import bdi, duration, listing, weekday_name


def band_word(band: Band) -> str:
    """“Ideal”, “Good”, “Stretch”, “Hard” or “Very hard”."""
    return {
        Band.IDEAL: _("Ideal"),
        Band.GOOD: _("Good"),
        Band.STRETCH: _("Stretch"),
        Band.HARD: _("Hard"),
        Band.VERY_HARD: _("Very hard"),
    }[band]


def comfort_words(comfort: Comfort) -> str:
    """“in your working hours”, “early for you”."""
    return {
        Comfort.WORKING: _("in your working hours"),
        Comfort.A_LITTLE_OUTSIDE: _("a little outside your hours"),
        Comfort.EARLY: _("early for you"),
        Comfort.VERY_EARLY: _("very early for you"),
        Comfort.LATE: _("late for you"),
        Comfort.VERY_LATE: _("very late for you"),
    }[comfort]


def cost_reason(starts: dt.datetime, ends: dt.datetime, explanation: Explanation, reader: Reader) -> SafeString:
    """Why a feasible time costs one person what it costs: “Starts 2 hours before the working hours (09:00–18:00)”.

    `starts` and `ends` are the time on the person's own wall.
    """
    sentence = _where_it_lies(starts.replace(tzinfo=None), ends.replace(tzinfo=None), explanation, reader)
    if explanation.band in {Band.HARD, Band.VERY_HARD} and explanation.reachable_wall:
        opens, closes = (reader.wall_time(wall.time()) for wall in explanation.reachable_wall)
        if explanation.position is Position.BEFORE_HOURS:
            sentence = format_html(_("{reason}; can be reached from {time}"), reason=sentence, time=bdi(opens))
        else:
            sentence = format_html(_("{reason}; can be reached until {time}"), reason=sentence, time=bdi(closes))
    if explanation.bridge_day:
        sentence = format_html(_("{reason}; a working day between two days off"), reason=sentence)
    return sentence


def _where_it_lies(starts: dt.datetime, ends: dt.datetime, explanation: Explanation, reader: Reader) -> SafeString:
    if explanation.position is Position.PREFERRED:
        return conditional_escape(_("Inside the preferred hours"))
    if explanation.working_wall is None:
        return conditional_escape(_("Outside the working hours"))
    opens, closes = explanation.working_wall
    outside = dt.timedelta(minutes=explanation.minutes_outside)
    match explanation.position:
        case Position.WORKING if explanation.band is Band.GOOD:
            sentence = _("Inside the working hours ({hours}), outside the preferred ones")
        case Position.WORKING:
            sentence = _("Inside the working hours ({hours})")
        # Between two stretches of working hours a meeting can begin after one and end before the other.
        case Position.BEFORE_HOURS if starts != opens - outside:
            sentence = _("Up to {duration} before the working hours ({hours})")
        case Position.BEFORE_HOURS:
            sentence = _("Starts {duration} before the working hours ({hours})")
        case Position.AFTER_HOURS if ends != closes + outside:
            sentence = _("Up to {duration} after the working hours ({hours})")
        case Position.AFTER_HOURS if starts < closes:
            sentence = _("Runs {duration} past {time}")
        case _:
            sentence = _("Ends {duration} after the working hours ({hours})")
    return format_html(
        sentence,
        duration=bdi(duration(explanation.minutes_outside, reader)),
        hours=bdi(reader.span(reader.wall_time(opens.time()), reader.wall_time(closes.time()))),
        time=bdi(reader.wall_time(closes.time())),
    )


def why_blocked(portrait: Portrait, explanation: Explanation, reader: Reader) -> SafeString:
    """Every reason why one person cannot meet: “Corpus Christi, a holiday in Germany · Bayern; has another meeting”."""
    sentences = []
    if explanation.day_off_date is not None:
        away = portrait.away_on(explanation.day_off_date) or Away(Leave.WEEKLY_REST)
        sentences.append(_off(portrait, explanation.day_off_date, away, reader))
    if Reason.BUSY in explanation.reasons:
        sentences.append(conditional_escape(_("Has another meeting")))
    # Being out of reach on a day off needs no telling.
    if Reason.UNREACHABLE in explanation.reasons and not (
        explanation.day_off_date and explanation.reachable_wall is None
    ):
        sentences.append(_out_of_reach(explanation, reader))
    first, *others = sentences
    return format_html("{}" + "; {}" * len(others), first, *others)


def _off(portrait: Portrait, date: dt.date, away: Away, reader: Reader) -> SafeString:
    match away.leave:
        case Leave.HOLIDAY if portrait.person.calendar is not None:
            place = bdi(portrait.person.calendar.place(reader.language))
            return format_html(_("{holiday}, a holiday in {place}"), holiday=holiday_name(away), place=place)
        case Leave.HOLIDAY:
            return format_html(_("{holiday}, a holiday"), holiday=holiday_name(away))
        case Leave.HALF_DAY:
            time = bdi(reader.wall_time(dt.time(13)))
            return format_html(_("{holiday}: works until {time}"), holiday=holiday_name(away), time=time)
        case Leave.DAY_OFF if away.name:
            return format_html(_("Away: {reason}"), reason=bdi(away.name))
        case Leave.DAY_OFF:
            return conditional_escape(_("Away that day"))
        case _:
            return format_html(_("{weekday} is not a working day"), weekday=bdi(weekday_name(date, reader)))


def _out_of_reach(explanation: Explanation, reader: Reader) -> SafeString:
    if explanation.reachable_wall is None:
        return conditional_escape(_("Cannot be reached that day"))
    opens, closes = (reader.wall_time(wall.time()) for wall in explanation.reachable_wall)
    return format_html(_("Can be reached only {hours}"), hours=bdi(reader.span(opens, closes)))


def blocked_reason(
    people: Sequence[Portrait], reason: Reason, date: dt.date | None, away: Away | None, reader: Reader
) -> SafeString:
    """Why a time cannot be offered: “Claire and Maya can’t be reached.”"""
    count = len(people)
    names = listing((portrait.short_name for portrait in people), reader)
    if reason is Reason.BUSY:
        return format_html(
            ngettext("{names} has another meeting.", "{names} have another meeting.", count), names=names
        )
    if reason is Reason.DAY_OFF and away is not None and date is not None:
        return away_reason(people, date, away, reader)
    cities = {portrait.city for portrait in people}
    if len(cities) == 1:
        return format_html(
            ngettext(
                "{names} can’t be reached in {city}.",
                "{names} can’t be reached in {city}.",
                count,
            ),
            names=names,
            city=bdi(cities.pop()),
        )
    return format_html(ngettext("{names} can’t be reached.", "{names} can’t be reached.", count), names=names)


def away_reason(people: Sequence[Portrait], date: dt.date, away: Away, reader: Reader) -> SafeString:
    """Why people are away on a date: “National Day (United Arab Emirates): Layla is away.”"""
    count = len(people)
    names = listing((portrait.short_name for portrait in people), reader)
    if away.leave is Leave.WEEKLY_REST:
        return format_html(
            _("{weekday} is not a working day for {names}."), weekday=bdi(weekday_name(date, reader)), names=names
        )
    if away.leave is Leave.DAY_OFF:
        if not away.name:
            return format_html(ngettext("{names} is away.", "{names} are away.", count), names=names)
        return format_html(
            ngettext("{names} is away: {reason}.", "{names} are away: {reason}.", count),
            names=names,
            reason=bdi(away.name),
        )
    holiday = holiday_name(away)
    if away.leave is Leave.HALF_DAY:
        return format_html(
            ngettext("{holiday}: {names} works until {time}.", "{holiday}: {names} work until {time}.", count),
            holiday=holiday,
            names=names,
            time=bdi(reader.wall_time(dt.time(13))),
        )
    return format_html(
        ngettext("{holiday}: {names} is away.", "{holiday}: {names} are away.", count), holiday=holiday, names=names
    )


def holiday_name(away: Away) -> SafeString:
    """A holiday's name in the language it is known in, marked where its date is an estimate."""
    name = format_html('<bdi lang="{}">{}</bdi>', away.language, away.name)
    return format_html(_("{holiday} (date estimated)"), holiday=name) if away.is_estimated else name


def away_word(away: Away) -> str:
    """The reason in one word, for narrow places: “holiday”, “day off”, “half day” or “rest day”."""
    return {
        Leave.HOLIDAY: _("holiday"),
        Leave.DAY_OFF: _("day off"),
        Leave.HALF_DAY: _("half day"),
        Leave.WEEKLY_REST: _("rest day"),
    }[away.leave]


def reason_word(reason: Reason) -> str:
    """Why somebody cannot meet, in one word: “busy”, “day off” or “not reachable”."""
    return {
        Reason.BUSY: _("busy"),
        Reason.DAY_OFF: _("day off"),
        Reason.UNREACHABLE: _("not reachable"),
    }[reason]
