"""What a mail to a contact says: the words for its purposes, in the contact's language and form of address."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import parseaddr

from babel.lists import format_list
from django.conf import settings

from clients.languages import base_language
from clients.models import AccountManager, Contact
from clients.reader import Reader, reader_of, text_language
from clients.zones import city
from scheduling.meetings.plain_text import lines, one_line
from scheduling.meetings.proposals.wording import duration
from scheduling.outreach.texts.phrases import Phrase, Run, value
from scheduling.outreach.texts.placeholders import fill, paragraphs_of, parse
from scheduling.outreach.texts.purposes import LISTS, PLACEHOLDERS, WITHOUT_ITEMS, TextPurpose
from scheduling.outreach.texts.shipped import Shipped, shipped
from scheduling.outreach.texts.wordings import OwnTexts, own_frames, own_texts

#: What is about times that are offered, and not about a meeting.
OFFERS = (
    TextPurpose.OFFER,
    TextPurpose.OFFER_REMINDER,
    TextPurpose.OFFER_ADDED,
    TextPurpose.OFFER_ENDED,
    TextPurpose.OFFER_WITHOUT,
)


@dataclass(frozen=True)
class PendingApproval:
    """Something that the client is asked to approve."""

    title: str
    since_date: dt.date
    needed_by_date: dt.date | None = None
    url: str = ""


@dataclass(frozen=True)
class AgreedMeeting:
    """A meeting that the mail speaks of."""

    title: str
    start_at: dt.datetime
    end_at: dt.datetime


@dataclass(frozen=True)
class OfferedTime:
    """A time to choose; `comfort` is the end of a label's name, such as “early”."""

    start_at: dt.datetime
    end_at: dt.datetime
    comfort: str


@dataclass(frozen=True)
class OfferedTimes:
    """What a mail offers: times for one meeting."""

    title: str
    duration_minutes: int
    times: Sequence[OfferedTime]


@dataclass(frozen=True)
class Paragraph:
    """One phrase, or the entries of a list."""

    phrases: tuple[Phrase, ...]
    is_list: bool = False

    @property
    def plain(self) -> str:
        if self.is_list:
            return "\n".join(
                f"- {phrase.plain}" + (f"\n  {phrase.url}" if phrase.url else "") for phrase in self.phrases
            )
        return "\n".join(phrase.plain for phrase in self.phrases)


@dataclass(frozen=True)
class Part:
    """What is said for one purpose; the heading is empty in a mail that has only one."""

    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Words:
    """All words of one mail, in one language.

    `why` says who writes and why. `labels` are the words of buttons and links: see `[labels]` in `shipped/en.toml`.
    """

    language: str
    text_direction: str
    subject: str
    greeting: Phrase
    # What a letter begins with where the language asks for it, as Japanese does; else None.
    opening: Phrase | None
    parts: tuple[Part, ...]
    closing: Phrase
    sender_name: str
    why: Phrase
    labels: Mapping[str, str]
    # The contact's language (BCP 47), where there are no texts in it and the mail is in English instead.
    missing_language: str = ""

    @property
    def text(self) -> str:
        """The parts as plain text, without greeting and closing: what an account manager edits in a draft."""
        return "\n\n".join(
            text for part in self.parts for text in (part.heading, *(one.plain for one in part.paragraphs)) if text
        )

    def rewritten(self, *, subject: str, text: str) -> "Words":
        """These words with somebody's own subject and text; there are no placeholders in them."""
        is_right_to_left = self.text_direction == "rtl"
        paragraphs = tuple(
            Paragraph((Phrase((Run(paragraph),), is_right_to_left),)) for paragraph in paragraphs_of(lines(text))
        )
        return replace(self, subject=one_line(subject), parts=(Part("", paragraphs),))


def render(
    purposes: Sequence[str],
    *,
    contact: Contact,
    sender: AccountManager,
    now: dt.datetime,
    approvals: Sequence[PendingApproval] = (),
    dates: Sequence[AgreedMeeting] = (),
    meeting: AgreedMeeting | None = None,
    offer: OfferedTimes | None = None,
    code: str = "",
    own: OwnTexts | None = None,
) -> Words:
    """The words of a mail from `sender` to `contact` (with its client), one part for each purpose, in that order.

    `purposes` are values of `TextPurpose`, those of check-ins among them. `own` are the admins' texts where the caller
    has read them for many mails. `meeting` is the one that a survey or “still suits you?” is about.
    """
    language = text_language(contact.language)
    texts = shipped(language)
    reader = reader_of(contact)
    chosen = [_chosen(purpose, approvals, dates) for purpose in purposes]
    if any(
        "title" in PLACEHOLDERS[purpose] and (offer if purpose in OFFERS else meeting) is None for purpose in chosen
    ):
        raise ValueError(f"{', '.join(chosen)}: about which meeting?")
    own = own_texts(language) if own is None else own
    scribe = Scribe(
        reader,
        _values(contact, sender, reader, now, meeting, offer) | {"code": value(code)},
        _entries(texts, reader, approvals, dates, offer),
    )
    wordings = [own.wording(purpose, language, contact.formality) for purpose in chosen]
    frame = own.frame(language, contact.formality)
    return Words(
        language=reader.language,
        text_direction=reader.text_direction,
        subject=(
            scribe.subject(wordings[0].subject, chosen[0])
            if len(chosen) == 1
            else _capitalised(format_list([texts.topics[purpose] for purpose in chosen], locale=reader.locale))
        ),
        greeting=scribe.phrase(frame.greeting if contact.address_as else frame.greeting_by_name),
        opening=scribe.phrase(frame.opening) if frame.opening else None,
        parts=tuple(
            Part(
                heading=_capitalised(texts.topics[purpose]) if len(chosen) > 1 else "",
                paragraphs=scribe.paragraphs(one.body, purpose),
            )
            for purpose, one in zip(chosen, wordings, strict=True)
        ),
        closing=scribe.phrase(frame.closing),
        sender_name=value(sender.full_name).text,
        why=scribe.phrase(frame.why),
        labels=texts.labels,
        missing_language="" if speaks(contact.language) else contact.language,
    )


def greeting_of(person: Contact | AccountManager) -> Phrase:
    """How a mail greets somebody; account managers have no form of address and are greeted neutrally."""
    reader = reader_of(person)
    language = text_language(person.language)
    formality = getattr(person, "formality", Contact.Formality.NEUTRAL)
    frame = own_frames(language).frame(language, formality)
    scribe = Scribe(reader, {"contact": value(person.greeting_name)}, {})
    return scribe.phrase(frame.greeting if person.address_as else frame.greeting_by_name)


def speaks(language: str) -> bool:
    """Whether there are texts in a language (BCP 47)."""
    return base_language(text_language(language)) == base_language(language)


@dataclass(frozen=True)
class Scribe:
    """Puts values and the entries of lists into texts."""

    reader: Reader
    values: Mapping[str, Run]
    entries: Mapping[str, tuple[Phrase, ...]]

    def phrase(self, text: str, purpose: str = TextPurpose.RECOMMENDATION) -> Phrase:
        return Phrase(fill(parse(text, PLACEHOLDERS[purpose]), self.values), self.reader.text_direction == "rtl")

    def subject(self, text: str, purpose: str) -> str:
        return one_line(self.phrase(text, purpose).plain)

    def paragraphs(self, body: str, purpose: str) -> tuple[Paragraph, ...]:
        return tuple(self._paragraph(text, purpose) for text in paragraphs_of(body))

    def _paragraph(self, text: str, purpose: str) -> Paragraph:
        name = text.strip().removeprefix("{").removesuffix("}")
        if name in LISTS and text.strip() == f"{{{name}}}":
            return Paragraph(self.entries[name], is_list=True)
        return Paragraph((self.phrase(text, purpose),))


def _chosen(purpose: str, approvals: Sequence[PendingApproval], dates: Sequence[AgreedMeeting]) -> TextPurpose:
    items = {TextPurpose.APPROVALS: approvals, TextPurpose.DATES: dates}
    if purpose in items and not items[TextPurpose(purpose)]:
        return WITHOUT_ITEMS[purpose]
    return TextPurpose(purpose)


def _values(
    contact: Contact,
    sender: AccountManager,
    reader: Reader,
    now: dt.datetime,
    meeting: AgreedMeeting | None,
    offer: OfferedTimes | None,
) -> dict[str, Run]:
    service_name, _address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    at = meeting.start_at if meeting else now
    values = {
        "contact": contact.greeting_name,
        "sender": sender.full_name,
        "company": service_name or "Dayband",
        "client": contact.client.name,
        "date": reader.long_day(reader.day_of(at)),
    }
    if meeting:
        values |= {
            "title": meeting.title,
            "time": reader.time_range(meeting.start_at, meeting.end_at),
            "zone": city(reader.time_zone, reader.language),
        }
    if offer:
        values |= {"title": offer.title, "duration": duration(offer.duration_minutes, reader)}
    return {name: value(text) for name, text in values.items()}


def _entries(
    texts: Shipped,
    reader: Reader,
    approvals: Sequence[PendingApproval],
    dates: Sequence[AgreedMeeting],
    offer: OfferedTimes | None,
) -> dict[str, tuple[Phrase, ...]]:
    return {
        "times": tuple(
            _entry(
                texts.entries["time"],
                reader,
                {
                    "day": reader.long_day(reader.day_of(one.start_at)),
                    "time": reader.time_range(one.start_at, one.end_at),
                    "zone": city(reader.time_zone, reader.language),
                    "comfort": texts.labels[f"comfort_{one.comfort}"],
                },
            )
            for one in (offer.times if offer else ())
        ),
        "approvals": tuple(_approval(texts, reader, approval) for approval in approvals),
        "dates": tuple(
            _entry(
                texts.entries["date"],
                reader,
                {
                    "day": reader.long_day(reader.day_of(one.start_at)),
                    "time": reader.time_range(one.start_at, one.end_at),
                    "zone": city(reader.time_zone, reader.language),
                    "title": one.title,
                },
            )
            for one in dates
        ),
    }


def kept_until(language: str, until_at: dt.datetime, reader: Reader) -> Phrase:
    """“These times are kept for you until Fri, Dec 4, 12:00.”"""
    return _entry(shipped(language).entries["kept"], reader, {"until": reader.moment(until_at)})


def why_a_stranger(language: str, sender: AccountManager, reader: Reader) -> Phrase:
    """Why somebody unknown gets a mail: because an address was given on the sender's public page."""
    return _entry(shipped(language).entries["stranger"], reader, {"sender": sender.full_name})


def _approval(texts: Shipped, reader: Reader, approval: PendingApproval) -> Phrase:
    values = {"title": approval.title, "since": reader.long_day(approval.since_date)}
    if approval.needed_by_date is None:
        return _entry(texts.entries["approval"], reader, values, approval.url)
    values["needed_by"] = reader.long_day(approval.needed_by_date)
    return _entry(texts.entries["approval_needed_by"], reader, values, approval.url)


def _entry(text: str, reader: Reader, values: Mapping[str, str], url: str = "") -> Phrase:
    runs = {name: value(one) for name, one in values.items()}
    return Phrase(fill(parse(text, runs), runs), reader.text_direction == "rtl", url)


def _capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]
