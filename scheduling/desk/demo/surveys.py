"""What the demo's contacts answered when they were asked how it went; awkward hours cost some goodwill."""

import datetime as dt
import random
from collections.abc import Iterator

from clients.models import Client, Contact
from scheduling.desk.demo.meetings import WEEKS_BEHIND
from scheduling.meetings.models import Attendance
from scheduling.meetings.models.meeting import Status
from scheduling.outreach.check_ins.calendar import DAY, instant, quarter_of
from scheduling.outreach.models import Survey, SurveyRule
from scheduling.outreach.models.surveys import DAYS_BETWEEN
from scheduling.outreach.services.planning_surveys import AT_WALL

Question = Survey.Question

#: What is said by those who are content, at hours that were too late or too early for others, and by the rest.
COMMENTS = {
    "en": {
        "content": ("Clear and to the point.", "Well prepared, thank you.", "We knew at once what to do next."),
        "late": ("A bit late in the evening for us.", "My day was over by then.", "After dinner, I am half asleep."),
        "early": ("A bit early for us.", "Before the first coffee.", "I had to get up for it."),
        "mixed": ("The figures could come a day earlier.", "Half as long would do.", "We went off the subject."),
    },
    "es": {
        "content": ("Muy clara y al grano.", "Muy bien preparada, gracias.", "Supimos enseguida cómo seguir."),
        "late": ("Un poco tarde para nosotros.", "Mi jornada ya había acabado.", "Después de cenar rindo poco."),
        "early": ("Un poco temprano para nosotros.", "Antes del primer café.", "Tuve que madrugar para ella."),
        "mixed": ("Mejor con las cifras un día antes.", "Con la mitad de tiempo basta.", "Nos fuimos del tema."),
    },
}
#: From which score on somebody is content.
CONTENT = {Question.CSAT: 4, Question.NPS: 9}
#: Quarters with answers before the first meeting that is known.
QUARTERS_BEHIND = 7
QUARTER = dt.timedelta(days=91)
#: So far back meetings lie, and as much before them as keeps questions apart.
FIRST_MEETINGS = dt.timedelta(weeks=WEEKS_BEHIND)
#: Early and late hours of the contact's own clock.
AWKWARD_HOURS = frozenset({*range(8), *range(18, 24)})
NOON = 12


def answer_surveys(*, now: dt.datetime) -> None:
    """Rules for every client, and answers to what was asked after the meetings behind."""
    dice = random.Random("Dayband answers")  # noqa: S311  (the same answers every time, nothing secret)
    SurveyRule.objects.bulk_create(
        SurveyRule(client=client, every=1 + client.pk % 3, asks_nps=client.segment == Client.Segment.KEY)
        for client in Client.objects.order_by("pk")
    )
    Survey.objects.bulk_create(_surveys(now, dice))


def _surveys(now: dt.datetime, dice: random.Random) -> Iterator[Survey]:
    """Nobody is asked twice within thirty days, and two in three answer; key accounts each quarter for two years."""
    attended = Attendance.objects.filter(
        contact__isnull=False, status=Status.CONFIRMED, meeting__end_at__lt=now - 3 * DAY
    ).select_related("contact__client", "meeting")
    asker_of = {row.meeting.client_id: row.meeting.organizer_id for row in attended}
    asked: dict[int, dt.date] = {}
    key_accounts = Contact.objects.filter(client__segment=Client.Segment.KEY, client__in=asker_of)
    for one in key_accounts.select_related("client").order_by("pk"):
        for quarter in range(QUARTERS_BEHIND, 0, -1):
            date = now.date() - FIRST_MEETINGS - quarter * QUARTER
            asked[one.pk] = date + (7 - date.weekday()) % 7 * DAY
            # It went better with time.
            score = dice.choice((5, 6, 7, 8, 9, 9) if quarter > QUARTERS_BEHIND // 2 else (7, 8, 9, 9, 10))
            yield _survey(one, asker_of[one.client_id], asked[one.pk], dice, question=Question.NPS, score=score)
    for row in attended.order_by("meeting__end_at", "pk"):
        contact, meeting = row.contact, row.meeting
        if contact is None:
            continue
        wall = meeting.start_at.astimezone(contact.zone)
        date = wall.date() + (3 if wall.weekday() == 4 else 1) * DAY
        last_date = asked.get(contact.pk)
        if last_date is not None and date - last_date < DAYS_BETWEEN * DAY:
            continue
        asked[contact.pk] = date
        is_key = contact.client.segment == Client.Segment.KEY
        if is_key and last_date is not None and quarter_of(last_date) != quarter_of(date):
            score = dice.choice((6, 8, 9, 9, 10))
            yield _survey(contact, meeting.organizer_id, date, dice, question=Question.NPS, score=score)
        else:
            score = dice.choice((2, 3, 4, 4) if wall.hour in AWKWARD_HOURS else (3, 4, 5, 5, 5))
            yield _survey(
                contact,
                meeting.organizer_id,
                date,
                dice,
                question=Question.CSAT,
                score=score,
                meeting=meeting,
                local_hour=wall.hour,
            )


def _survey(
    contact: Contact, manager: int, date: dt.date, dice: random.Random, *, score: int, **columns: object
) -> Survey:
    asked_at = instant(date, AT_WALL, contact.time_zone)
    survey = Survey(
        contact=contact,
        account_manager_id=manager,
        asked_date=date,
        asked_at=asked_at,
        expires_at=asked_at + DAYS_BETWEEN * DAY,
        **columns,
    )
    if dice.random() < 2 / 3:
        survey.score = score
        survey.answered_at = asked_at + dt.timedelta(minutes=dice.randint(1, 600))
        if dice.random() < 0.25:
            said = COMMENTS["es" if contact.language.startswith("es") else "en"]
            survey.comment = dice.choice(said[_mood(survey)])
    return survey


def _mood(survey: Survey) -> str:
    """Which comments go with the score and with the hour of the meeting."""
    if survey.score is not None and survey.score >= CONTENT[Question(survey.question)]:
        return "content"
    hour = survey.local_hour
    if hour is None or hour not in AWKWARD_HOURS:
        return "mixed"
    return "early" if hour < NOON else "late"
