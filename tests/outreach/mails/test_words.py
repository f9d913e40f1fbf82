"""What a mail about a meeting says, to whom, in which language and at whose time."""

import datetime as dt
import re

import pytest
from pytest_django import Settings

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.outreach.models import Message
from scheduling.outreach.services import deliver, plan
from tests.outreach.mails.reading import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    START,
    Reading,
    html_of,
    mail_to,
    text_of,
    words,
)
from tests.outreach.rows import change_meeting, make_meeting
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

Kind = Message.Kind


def test_a_mail_speaks_its_readers_language_zone_and_clock(meeting: Meeting, ana: Contact) -> None:
    mail = mail_to(ana, Kind.CONFIRMATION)
    text = text_of(mail).replace("\u202f", " ")
    assert (
        mail["Subject"].replace("\u202f", " ") == "Confirmada: Quarterly review, mar, 17 de mar, 10:00 a. m. (Bogotá)"
    )
    assert mail["Content-Language"] == "es-CO"
    assert "Hola, Sra. Restrepo:" in text
    assert "La reunión con Maya Okafor está confirmada." in text
    assert "martes, 17 de marzo de 2026\n10:00 a. m.–10:45 a. m. · Bogotá (GMT−5)" in text
    assert "Videollamada: https://meet.example/northwind" in text


def test_a_mail_says_when_it_is_for_everybody_else(meeting: Meeting, ana: Contact) -> None:
    text = text_of(mail_to(ana, Kind.CONFIRMATION)).replace("\u202f", " ")
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- Ana Lucía Restrepo: 10:00 a. m. · Bogotá (GMT−5)",
        "- Maya Okafor (organiza): 3:00 p. m. · Londres (GMT)",
        "- Kenji Watanabe: mié, 18 de mar · 12:00 a. m. · Tokio (GMT+9)",
    ]


def test_a_language_without_texts_falls_back_to_english_in_every_word(meeting: Meeting, kenji: Contact) -> None:
    kenji.language = "ko"
    kenji.save()
    mail = mail_to(kenji, Kind.CONFIRMATION)
    text = text_of(mail)
    assert mail["Content-Language"] == "en"
    assert "Wednesday, March 18, 2026" in text
    assert "Tokyo (GMT+9)" in text
    assert not re.search(r"[\uac00-\ud7a3]", text)


def test_a_mail_is_in_one_language_from_the_first_word_to_the_last(told: Meeting, kenji: Contact) -> None:
    kenji.language, kenji.address_as, kenji.formality = "ar-EG", "أستاذ كنجي", "formal"
    kenji.save()
    change_meeting(told, MeetingChange.Kind.MOVED, at=NOW, start_at=START + HOUR, reason="رحلة.")
    change_meeting(told, MeetingChange.Kind.CANCELLED, at=NOW, reason="رحلة.")
    mails = [mail_to(kenji, kind) for kind in (Kind.CONFIRMATION, Kind.UPDATE, Kind.CANCELLATION)]
    values = "Maya Okafor|Northwind|Quarterly review|Ana Lucía Restrepo|Kenji Watanabe|maya@dayband.example|https?:\\S+"
    values += "|1. Results|2. Next steps|Dayband|GMT"
    for mail in mails:
        for said in (mail["Subject"], text_of(mail), " ".join(Reading(html_of(mail)).words)):
            assert re.findall("[A-Za-z]+", re.sub(values, "", said)) == []
        assert mail["Content-Language"] == "ar-EG"
        assert 'dir="rtl"' in html_of(mail)
        assert text_of(mail).startswith("\u2068أستاذ كنجي\u2069، تحية طيبة وبعد،")


def test_values_in_a_line_from_right_to_left_are_set_apart(meeting: Meeting, kenji: Contact) -> None:
    kenji.language = "ar"
    kenji.save()
    text = text_of(mail_to(kenji, Kind.CONFIRMATION))
    attendees = [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]
    assert attendees[0] == "\u2068Kenji Watanabe\u2069: \u206812:00 ص\u2069 · \u2068طوكيو (GMT+9)\u2069"
    assert attendees[2].startswith("\u2068Maya Okafor\u2069 (الجهة المنظِّمة): \u2068الثلاثاء، 17 مارس\u2069 · ")


def test_an_account_manager_is_pointed_to_the_meetings_page(
    meeting: Meeting, maya: AccountManager, settings: Settings
) -> None:
    settings.SITE_ORIGIN = "https://dayband.example"
    mail = mail_to(maya, Kind.CONFIRMATION)
    assert f"https://dayband.example/meetings/{meeting.pk}/" in text_of(mail)
    assert f'href="https://dayband.example/meetings/{meeting.pk}/"' in html_of(mail)
    assert "Your meeting with Northwind is confirmed." in text_of(mail)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("kind", [Kind.CONFIRMATION, Kind.UPDATE, Kind.CANCELLATION, *Message.OF_THE_TIME])
def test_subject_text_and_html_agree(meeting: Meeting, maya: AccountManager, ana: Contact, kind: Message.Kind) -> None:
    now = NOW
    if kind == Kind.UPDATE:
        change_meeting(meeting, MeetingChange.Kind.MOVED, at=now, start_at=START + HOUR, reason="A flight.")
    if kind == Kind.CANCELLATION:
        change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=now, reason="No budget.")
    if kind == Kind.REMINDER:
        now = START - HOUR
    if kind == Kind.CLOCK_CHANGE:
        Meeting.objects.update(time_zone="Europe/London", start_wall=dt.time(15))
        after = START + 14 * DAY - HOUR
        make_meeting(maya, [ana], start_at=after, booked_at=NOW, time_zone="Europe/London", location="Room 4")
        now = START - 2 * DAY
    if kind == Kind.SUITS:
        # Without a reminder of the day before, which would ask instead.
        Contact.objects.update(reminder_minutes=[60])
        now = START - DAY
    mail = mail_to(ana, kind, now)
    text = text_of(mail)
    # The HTML part has the private link on a button.
    assert words(" ".join(Reading(html_of(mail)).words)) == words(re.sub(r": \S+/p/\S+", "", text))
    subject = re.fullmatch(
        r"[\w ¿]+[:?] (?P<title>.+), (?P<date>\w+, .+), (?P<time>.+) \((?P<city>.+)\)", mail["Subject"]
    )
    assert subject
    assert all(text.count(subject[said]) for said in ("title", "time", "city"))


@pytest.mark.usefixtures("told")
def test_a_moved_meeting_is_told_with_its_old_time_and_the_reason(meeting: Meeting, maya: AccountManager) -> None:
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW, start_at=START + 2 * DAY, reason="A flight.")
    mail = mail_to(maya, Kind.UPDATE)
    text = text_of(mail)
    assert mail["Subject"] == "New time: Quarterly review, Thu 19 Mar, 15:00 (London)"
    assert "Reason: A flight." in text
    assert "Thursday, 19 March 2026\n15:00–15:45 · London (GMT)\nBefore: Tuesday, 17 March 2026, 15:00" in text


@pytest.mark.usefixtures("told")
def test_new_words_at_the_same_time_are_told_as_such(meeting: Meeting, maya: AccountManager) -> None:
    change_meeting(meeting, MeetingChange.Kind.EDITED, at=NOW)
    mail = mail_to(maya, Kind.UPDATE)
    assert mail["Subject"].startswith("Changed: ")
    assert "Before:" not in text_of(mail)


def test_whoever_was_not_told_before_reads_a_move_as_a_confirmation(
    meeting: Meeting, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    plan(now=NOW)
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + MINUTE, start_at=START + HOUR)
    plan(now=NOW + MINUTE)
    deliver(clock=lambda: NOW + MINUTE)
    subjects = [
        message["Subject"] for message in smtp_server.messages if message["To"].endswith("<maya@dayband.example>")
    ]
    assert subjects == ["Confirmed: Quarterly review, Tue 17 Mar, 16:00 (London)"]
    assert "Before:" not in text_of(smtp_server.messages[0])


@pytest.mark.usefixtures("told")
def test_a_change_tells_what_happened_since_the_last_mail_that_was_sent(
    meeting: Meeting, smtp_server: SmtpServer
) -> None:
    # Moved and then edited before anybody was told of the move.
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + HOUR, reason="A flight.")
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + DAY)
    change_meeting(meeting, MeetingChange.Kind.EDITED, at=NOW + HOUR)
    plan(now=NOW + HOUR)
    deliver(clock=lambda: NOW + HOUR)
    latest = [message for message in smtp_server.messages if "maya@" in message["To"]][1:]
    assert [message["Subject"] for message in latest] == ["New time: Quarterly review, Wed 18 Mar, 15:00 (London)"]
    assert "Before: Tuesday, 17 March 2026, 15:00" in text_of(latest[0])
    assert "Reason: A flight." in text_of(latest[0])


@pytest.mark.usefixtures("told")
def test_a_second_move_is_told_from_the_time_of_the_first(
    meeting: Meeting, maya: AccountManager, smtp_server: SmtpServer
) -> None:
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + HOUR, reason="A flight.")
    plan(now=NOW + HOUR)
    deliver(clock=lambda: NOW + HOUR)
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + 2 * HOUR, start_at=START + 2 * HOUR)
    text = text_of(mail_to(maya, Kind.UPDATE, NOW + 2 * HOUR))
    assert "17:00–17:45 · London (GMT)\nBefore: Tuesday, 17 March 2026, 16:00" in text
    assert "A flight." not in text


@pytest.mark.usefixtures("told")
def test_a_move_back_before_anybody_was_told_is_no_new_time(meeting: Meeting, maya: AccountManager) -> None:
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + HOUR)
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START)
    assert mail_to(maya, Kind.UPDATE)["Subject"] == "Changed: Quarterly review, Tue 17 Mar, 15:00 (London)"


def test_whoever_had_no_address_at_first_reads_a_move_as_a_confirmation(
    meeting: Meeting, ana: Contact, smtp_server: SmtpServer
) -> None:
    Contact.objects.filter(pk=ana.pk).update(email="")
    plan(now=NOW)
    deliver(clock=lambda: NOW)
    Contact.objects.filter(pk=ana.pk).update(email=ana.email)
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + HOUR)
    assert mail_to(ana, Kind.UPDATE)["Subject"].startswith("Confirmada: ")


def test_a_meeting_across_midnight_names_the_day_it_ends(maya: AccountManager, ana: Contact) -> None:
    make_meeting(maya, [ana], start_at=dt.datetime(2026, 3, 17, 23, 30, tzinfo=dt.UTC), booked_at=NOW)
    assert "23:30 – Wed 18 Mar, 00:15 · London (GMT)" in text_of(mail_to(maya, Kind.CONFIRMATION))
