"""How a mail is put together: headers, threads, parts and markup."""

import re
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.models import AccountManager, Contact
from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences, with_content
from scheduling.outreach.services import deliver, plan
from scheduling.outreach.services.delivery import write
from tests.outreach.icalendar_reader import instant, read
from tests.outreach.mails.reading import DAY, HOUR, NOW, START, Reading, html_of, mail_to, parsed
from tests.outreach.rows import change_meeting
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

Kind = Message.Kind


def test_the_headers_say_who_writes_and_that_a_program_does(meeting: Meeting, ana: Contact) -> None:
    mail = mail_to(ana, Kind.CONFIRMATION)
    assert str(mail["From"]) == "Maya Okafor vía Dayband <hello@dayband.example>"
    assert str(mail["To"]) == "Ana Lucía Restrepo <ana@client.example>"
    assert str(mail["Reply-To"]) == "Maya Okafor <maya@dayband.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["Date"].datetime == NOW
    assert "Precedence" not in mail


def test_an_organizers_own_mail_names_nobody_to_answer(meeting: Meeting, maya: AccountManager) -> None:
    assert "Reply-To" not in mail_to(maya, Kind.CONFIRMATION)


def test_the_mails_of_a_meeting_make_one_thread_per_reader(
    meeting: Meeting, maya: AccountManager, ana: Contact, smtp_server: SmtpServer
) -> None:
    plan(now=NOW)
    deliver(clock=lambda: NOW)
    change_meeting(meeting, MeetingChange.Kind.MOVED, at=NOW + HOUR, start_at=START + HOUR)
    plan(now=NOW + HOUR)
    deliver(clock=lambda: NOW + HOUR)
    change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=NOW + 2 * HOUR)
    plan(now=NOW + 2 * HOUR)
    deliver(clock=lambda: NOW + 2 * HOUR)
    for person in (maya, ana):
        first, second, third = (one for one in smtp_server.messages if person.email in one["To"])
        assert "In-Reply-To" not in first
        assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
        assert third["In-Reply-To"] == second["Message-ID"]
        assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]


@pytest.mark.parametrize(
    ("kind", "method"),
    [
        (Kind.CONFIRMATION, "REQUEST"),
        (Kind.UPDATE, "REQUEST"),
        (Kind.CANCELLATION, "CANCEL"),
        (Kind.REMINDER, "REQUEST"),
    ],
)
def test_mail_programs_find_the_invitation(meeting: Meeting, ana: Contact, kind: Message.Kind, method: str) -> None:
    now, start_at = NOW, START
    if kind == Kind.UPDATE:
        start_at += DAY
        change_meeting(meeting, MeetingChange.Kind.MOVED, at=now, start_at=start_at)
    if kind == Kind.CANCELLATION:
        change_meeting(meeting, MeetingChange.Kind.CANCELLED, at=now)
    if kind == Kind.REMINDER:
        now = START - HOUR
    mail = mail_to(ana, kind, now)
    structure = [(part.get_content_type(), part.get_filename()) for part in mail.walk()]
    assert structure == [
        ("multipart/mixed", None),
        ("multipart/alternative", None),
        ("text/plain", None),
        ("text/html", None),
        ("text/calendar", None),
        ("application/ics", "invite.ics"),
    ]
    part, file = list(mail.walk())[-2:]
    assert part["Content-Type"].params == {"method": method, "charset": "utf-8"}
    assert isinstance(part, EmailMessage)
    assert isinstance(file, EmailMessage)
    content = file.get_content()
    assert "\r\n".join(part.get_content().splitlines()) == content.decode().strip()
    calendar = read(content)
    assert calendar["METHOD"].value == method
    assert calendar.inside("VEVENT")["UID"].value == meeting.uid
    assert calendar.inside("VEVENT")["SEQUENCE"].value == str(meeting.sequence)
    assert instant(calendar, "DTSTART") == start_at


def test_the_html_part_says_its_language_and_suits_light_and_dark(meeting: Meeting, ana: Contact) -> None:
    html = html_of(mail_to(ana, Kind.CONFIRMATION))
    reading = Reading(html)
    tags = dict(reading.tags)
    assert (
        (tags["html"]["lang"], tags["html"]["dir"]) == (tags["body"]["lang"], tags["body"]["dir"]) == ("es-CO", "ltr")
    )
    metas = {attrs.get("name"): attrs.get("content") for tag, attrs in reading.tags if tag == "meta"}
    assert metas["color-scheme"] == metas["supported-color-schemes"] == "light dark"
    assert "@media (prefers-color-scheme: dark)" in html
    assert all(attrs.get("style") for tag, attrs in reading.tags if tag in {"p", "h1", "h2", "td", "th"})
    assert not {tag for tag, _ in reading.tags} & {"script", "img", "link", "iframe", "form", "input"}
    assert not any(attrs.get("src") or attrs.get("background") for _, attrs in reading.tags)


def test_a_mail_passes_servers_that_know_seven_bits_and_short_lines_only(meeting: Meeting, ana: Contact) -> None:
    meeting.agenda = "ñ" * 4000
    meeting.save()
    plan(now=NOW)
    message = with_content(Message.objects.filter(address=ana.email)).get()
    raw = write(message, correspondences([message])[message.pk], now=NOW).raw
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert not re.search(rb"(?<!\r)\n", raw)


NASTY = [
    "\r\nBcc: all@client.example",
    "\n\nbody",
    "\x00",
    "\x85",
    "\u2028",
    "\u202e",
    '"',
    "<x@y.example>",
    ",",
    "=?utf-8?q?x?=",
]
any_text = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=30)), max_size=5
).map("".join)


def test_no_text_adds_a_header_or_a_part_or_markup(meeting: Meeting, ana: Contact) -> None:
    plan(now=NOW)
    message = with_content(Message.objects.filter(address=ana.email)).get()
    plain = parsed(write(message, correspondences([message])[message.pk], now=NOW).raw)
    tags = [tag for tag, _ in Reading(html_of(plain)).tags]

    @given(title=any_text, name=any_text, organizer=any_text, agenda=any_text)
    def check(title: str, name: str, organizer: str, agenda: str) -> None:
        message.its_meeting.title = title
        message.its_meeting.organizer.full_name = organizer
        message.its_meeting.agenda = f"x{agenda}"
        message.attendance.contact.full_name = message.attendance.contact.address_as = name  # type: ignore[union-attr]
        mail = parsed(write(message, correspondences([message])[message.pk], now=NOW).raw)
        assert mail.keys() == plain.keys()
        assert [part.get_content_type() for part in mail.walk()] == [part.get_content_type() for part in plain.walk()]
        assert [address.addr_spec for address in mail["To"].addresses] == ["ana@client.example"]
        assert [address.addr_spec for address in mail["From"].addresses] == ["hello@dayband.example"]
        assert [address.addr_spec for address in mail["Reply-To"].addresses] == ["maya@dayband.example"]
        assert [tag for tag, _ in Reading(html_of(mail)).tags if tag != "br"] == [tag for tag in tags if tag != "br"]

    check()
