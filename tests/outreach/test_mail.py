"""What a mail says, to whom, in which language and at whose time, and how it is put together."""

import datetime as dt
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.models import Meeting, MeetingChange
from scheduling.outreach.models import Message
from scheduling.outreach.selectors import correspondences, with_content
from scheduling.outreach.services import deliver, plan
from scheduling.outreach.services.delivery import write
from tests.outreach.icalendar_reader import instant, read
from tests.outreach.rows import change_meeting, make_meeting
from tests.people import make_account_manager, make_client, make_contact
from tests.smtp import SmtpServer

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)
# Between the clock changes of America and of Europe.
START = dt.datetime(2026, 3, 17, 15, tzinfo=dt.UTC)
Kind = Message.Kind


@pytest.fixture
def maya() -> AccountManager:
    return make_account_manager(
        full_name="Maya Okafor", email="maya@dayband.example", phone="+442079460123", time_zone="Europe/London"
    )


@pytest.fixture
def client() -> Client:
    return make_client(name="Northwind")


@pytest.fixture
def ana(client: Client) -> Contact:
    return make_contact(
        client,
        full_name="Ana Lucía Restrepo",
        address_as="Sra. Restrepo",
        email="ana@client.example",
        language="es-CO",
        time_zone="America/Bogota",
    )


@pytest.fixture
def kenji(client: Client) -> Contact:
    return make_contact(
        client, full_name="Kenji Watanabe", email="kenji@client.example", language="ja", time_zone="Asia/Tokyo"
    )


@pytest.fixture
def meeting(maya: AccountManager, ana: Contact, kenji: Contact) -> Meeting:
    return make_meeting(
        maya,
        [ana, kenji],
        start_at=START,
        booked_at=NOW,
        agenda="1. Results\n2. Next steps",
        location="https://meet.example/northwind",
    )


@pytest.fixture
def told(meeting: Meeting, smtp_server: SmtpServer) -> Meeting:
    """The meeting once its confirmations were sent."""
    plan(now=NOW)
    assert deliver(clock=lambda: NOW) == {"sent": 3}
    return meeting


def mail_to(person: Contact | AccountManager, kind: Message.Kind, now: dt.datetime = NOW) -> EmailMessage:
    """The latest planned mail of that kind to that person, through its bytes."""
    plan(now=now)
    message = with_content(Message.objects.filter(address=person.email, kind=kind)).latest("pk")
    return parsed(write(message, correspondences([message])[message.pk], now=now).raw)


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None
    return str(body.get_content())


class Reading(HTMLParser):
    """The words of a page, as a person reads them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.skipped = 0
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.skipped += tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self.skipped -= tag in {"style", "title"}

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.words += data.split()


def words(text: str) -> set[str]:
    return {word.rstrip(":.") for word in re.findall(r"[\w:–−+@./]+", text)}


def test_a_mail_speaks_its_readers_language_zone_and_clock(meeting: Meeting, ana: Contact) -> None:
    mail = mail_to(ana, Kind.CONFIRMATION)
    text = text_of(mail).replace("\u202f", " ")
    assert (
        mail["Subject"].replace("\u202f", " ") == "Confirmada: Quarterly review, mar, 17 de mar, 10:00 a. m. (Bogotá)"
    )
    assert mail["Content-Language"] == "es-CO"
    assert "Hola, Sra. Restrepo:" in text
    assert "Su reunión con Maya Okafor está confirmada." in text
    assert "martes, 17 de marzo de 2026\n10:00 a. m.–10:45 a. m., Bogotá (GMT−5)" in text
    assert "Videollamada: https://meet.example/northwind" in text


def test_a_mail_says_when_it_is_for_everybody_else(meeting: Meeting, ana: Contact) -> None:
    text = text_of(mail_to(ana, Kind.CONFIRMATION)).replace("\u202f", " ")
    assert [line for line in text.splitlines() if line.startswith("- ")] == [
        "- Ana Lucía Restrepo: 10:00 a. m., Bogotá (GMT−5)",
        "- Maya Okafor (organiza): 3:00 p. m., Londres (GMT)",
        "- Kenji Watanabe: mié, 18 de mar, 12:00 a. m., Tokio (GMT+9)",
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
    values = "Maya Okafor|Northwind|Quarterly review|Ana Lucía Restrepo|Kenji Watanabe|maya@dayband.example|https:\\S+"
    values += "|1. Results|2. Next steps|Dayband|GMT"
    for mail in mails:
        for said in (mail["Subject"], text_of(mail), " ".join(Reading(html_of(mail)).words)):
            assert re.findall("[A-Za-z]+", re.sub(values, "", said)) == []
        assert mail["Content-Language"] == "ar-EG"
        assert 'dir="rtl"' in html_of(mail)
        assert text_of(mail).startswith("تحية طيبة وبعد، حضرة \u2068أستاذ كنجي\u2069")


def test_values_in_a_line_from_right_to_left_are_set_apart(meeting: Meeting, kenji: Contact) -> None:
    kenji.language = "ar"
    kenji.save()
    text = text_of(mail_to(kenji, Kind.CONFIRMATION))
    attendees = [line.removeprefix("- ") for line in text.splitlines() if line.startswith("- ")]
    assert attendees[0] == "\u2068Kenji Watanabe\u2069: \u206812:00 ص\u2069, \u2068طوكيو (GMT+9)\u2069"
    assert attendees[2].startswith("\u2068Maya Okafor\u2069 (الجهة المنظِّمة): \u2068الثلاثاء، 17 مارس\u2069, ")


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
    assert "Thursday, 19 March 2026\n15:00–15:45, London (GMT)\nBefore: Tuesday, 17 March 2026, 15:00" in text


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
    assert "17:00–17:45, London (GMT)\nBefore: Tuesday, 17 March 2026, 16:00" in text
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
    assert "23:30 – Wed 18 Mar, 00:15, London (GMT)" in text_of(mail_to(maya, Kind.CONFIRMATION))


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
