"""What the account manager is told where a contact asks for another time."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from clients.reader import reader_of, text_language
from scheduling.meetings.models import Attendance
from scheduling.meetings.plain_text import lines, one_line
from scheduling.outreach.content import Letter, html_part
from scheduling.outreach.models import Message


def reply_letter(message: Message) -> Letter:
    """Who asks for another time and in which words, in a language that our pages are in."""
    meeting, reader = message.its_meeting, reader_of(message.person)
    wishes = [
        {"name": one_line(row.person.full_name), "words": lines(row.answer_words)}
        for row in meeting.attendances.all()
        if row.partstat == Attendance.PartStat.TENTATIVE and row.answered_at is not None
    ]
    with translation.override(text_language(message.person.language)):
        values = {"title": one_line(meeting.title), "client": one_line(meeting.client.name)}
        context = {
            "wishes": wishes,
            "subject": _("Another time, please: %(title)s (%(client)s)") % values,
            "language": reader.language,
            "text_direction": reader.text_direction,
            "greeting_name": one_line(message.person.greeting_name),
            "moment": reader.moment(meeting.start_at),
            **values,
            "page": settings.SITE_ORIGIN + reverse("meetings:detail", args=[meeting.pk]),
        }
        return Letter(
            language=reader.language,
            subject=one_line(context["subject"]),
            text=render_to_string("mail/another_time.txt", context).strip() + "\n",
            html=html_part("mail/another_time.html", context),
        )
