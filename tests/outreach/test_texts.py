"""What mails to clients say: the shipped texts, placeholders, fallbacks and values."""

import datetime as dt
import re
import string
from collections.abc import Sequence
from html import unescape
from typing import Any

import pytest
from babel import Locale
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from clients.models import AccountManager, Client, Contact
from scheduling.meetings.offers.comfort import Comfort
from scheduling.outreach.errors import BrokenText
from scheduling.outreach.models import MessageText, Purpose
from scheduling.outreach.texts.phrases import Phrase, Run, value
from scheduling.outreach.texts.placeholders import check_body, check_subject, fill, parse
from scheduling.outreach.texts.purposes import LISTS, NEAREST_FORMS, PLACEHOLDERS, WITHOUT_ITEMS, TextPurpose
from scheduling.outreach.texts.rendering import (
    AgreedMeeting,
    OfferedTime,
    OfferedTimes,
    PendingApproval,
    Words,
    render,
)
from scheduling.outreach.texts.shipped import FOLDER, Wording, shipped
from scheduling.outreach.texts.wordings import OwnTexts

NOW = dt.datetime(2026, 12, 8, 5, 30, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
LANGUAGES = [code for code, _name in settings.LANGUAGES]
FORMS = [form.value for form in Contact.Formality]
# Languages whose verbs and pronouns tell polite from familiar.
TWO_FORMS = ("es", "ro", "hu", "de", "fr")
MEETING = AgreedMeeting("Weekly sync", NOW + 2 * DAY, NOW + 2 * DAY + HOUR)
APPROVALS = [
    PendingApproval(
        "Draft of the brochure", dt.date(2026, 12, 1), dt.date(2026, 12, 20), "https://dayband.example/p/x/"
    ),
    PendingApproval("Offer", dt.date(2026, 12, 3)),
]
OFFER = OfferedTimes(
    "Quarterly review", 45, [OfferedTime(NOW + 2 * DAY, NOW + 2 * DAY + 45 * HOUR / 60, Comfort.EARLY)]
)


def words_of(*purposes: str, language: str = "en", formality: str = "neutral", **values: Any) -> Words:
    contact = {
        "full_name": "Kari Nordmann",
        "address_as": "Kari",
        "time_zone": "Asia/Tokyo",
        **values.pop("contact", {}),
    }
    return render(
        purposes,
        contact=Contact(client=Client(name="Fjord AS"), language=language, formality=formality, **contact),
        sender=AccountManager(full_name=values.pop("sender", "Maya Okafor"), email="maya@dayband.example"),
        now=NOW,
        **{
            "approvals": APPROVALS,
            "dates": [MEETING],
            "meeting": MEETING,
            "offer": OFFER,
            "own": OwnTexts(),
            **values,
        },
    )


def parts_of(words: Words) -> tuple[str, str]:
    """The text and the HTML part of a check-in with these words."""
    context = {"words": words, "language": words.language, "text_direction": words.text_direction}
    return render_to_string("mail/check_in.txt", context), render_to_string("mail/check_in.html", context)


def own(purpose: str, body: str, *, language: str = "en", formality: str = "neutral") -> OwnTexts:
    return OwnTexts({(purpose, language, formality): Wording(f"Own {purpose}", body)})


# The shipped texts


def test_each_purpose_of_a_check_in_has_texts() -> None:
    assert set(Purpose.values) <= set(TextPurpose.values)
    assert set(WITHOUT_ITEMS) <= set(Purpose.values)
    assert {path.stem for path in FOLDER.glob("*.toml")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shipped_text_can_be_said(language: str) -> None:
    texts = shipped(language)
    for purpose in TextPurpose:
        for wording in texts.wordings[purpose].values():
            check_subject(wording.subject, purpose)
            check_body(wording.body, purpose)
            assert wording.subject.strip()
            assert wording.body.strip()
    for frame in texts.frames.values():
        for text in (frame.greeting, frame.greeting_by_name, frame.closing, frame.why, frame.opening):
            parse(text, PLACEHOLDERS[TextPurpose.RECOMMENDATION])
    assert set(texts.topics) == set(TextPurpose.values)
    assert set(texts.labels) == set(shipped("en").labels)
    assert {name: fields(text) for name, text in texts.entries.items()} == {
        "approval": {"title", "since"},
        "approval_needed_by": {"title", "since", "needed_by"},
        "date": {"day", "time", "zone", "title"},
        "time": {"day", "time", "zone", "comfort"},
        "kept": {"until"},
        "stranger": {"sender"},
    }
    assert {name.removeprefix("comfort_") for name in texts.labels if name.startswith("comfort_")} == set(Comfort)


def fields(text: str) -> set[str]:
    return {name for _words, name, _spec, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("formality", FORMS)
def test_every_text_names_who_writes_and_where_the_answer_goes(language: str, formality: str) -> None:
    for purpose in TextPurpose:
        words = words_of(purpose, language=language, formality=formality)
        assert "Maya Okafor" in words.why.plain
        assert words.subject
        assert words.greeting.plain
        text, html = parts_of(words)
        for braces in "{}":
            assert braces not in words.subject + text
        assert readable(html) == readable(text)


def readable(part: str) -> str:
    """The letters and digits of a part in their order, without the addresses of links."""
    visible = re.sub(r"<style>.*?</style>|<title>.*?</title>|<[^>]+>", " ", part, flags=re.DOTALL)
    return re.sub(r"\W+", "", re.sub(r"https?://\S+", "", unescape(visible)))


@pytest.mark.parametrize("language", TWO_FORMS)
def test_a_language_with_two_forms_of_address_has_texts_in_both(language: str) -> None:
    texts = shipped(language)
    for purpose in TextPurpose:
        assert set(texts.wordings[purpose]) >= {"formal", "familiar"}
        formal, familiar = (
            words_of(purpose, language=language, formality=form).text for form in ("formal", "familiar")
        )
        assert formal != familiar
    assert words_of(*Purpose.values, language=language, formality="neutral").text == (
        words_of(*Purpose.values, language=language, formality="formal").text
    )


def test_forms_of_address_are_what_they_say() -> None:
    def german(form: str) -> str:
        return parts_of(words_of(*Purpose.values, language="de", formality=form))[0]

    assert re.findall(r"\b(?:du|dir|dich|dein\w*|Du|Dir|Dich|Dein\w*)\b", german("formal") + german("neutral")) == []
    assert re.findall(r"\b(?:Sie|Ihnen|Ihr\w*)\b", german("familiar")) == []
    french = parts_of(words_of(*Purpose.values, language="fr", formality="familiar"))[0]
    assert re.findall(r"\b(?:vous|votre|vos)\b", french.lower()) == []


def test_a_name_alone_is_greeted_as_its_language_asks() -> None:
    assert words_of(
        "priorities", language="ja", contact={"full_name": "小川 拓海", "address_as": ""}
    ).greeting.plain == ("小川 拓海 様")
    addressed = words_of("priorities", language="ja", contact={"full_name": "小川 拓海", "address_as": "小川様"})
    assert addressed.greeting.plain == "小川様"
    assert addressed.opening is not None
    assert words_of("priorities").opening is None


# What is chosen


def test_several_purposes_make_one_mail_with_a_heading_each() -> None:
    words = words_of("priorities", "dates", formality="formal")
    assert words.subject == "Your priorities and our meetings"
    assert [part.heading for part in words.parts] == ["Your priorities", "Our meetings"]
    text, _html = parts_of(words)
    assert text.count("Dear Kari,") == text.count("Kind regards,") == 1
    (alone,) = words_of("priorities").parts
    assert alone.heading == ""


def test_without_anything_to_list_a_check_in_says_so_instead() -> None:
    assert "Nothing is waiting" in words_of("approvals", approvals=[]).text
    assert "next meeting yet" in words_of("dates", dates=[]).text


def test_a_survey_is_about_a_meeting() -> None:
    with pytest.raises(ValueError, match="satisfaction: about which meeting"):
        words_of("satisfaction", meeting=None)


def test_offered_times_are_told_in_the_readers_time_and_in_words() -> None:
    text = words_of("offer", language="de", formality="familiar").text
    assert "„Quarterly review“ (45 Minuten)" in text
    assert "- Donnerstag, 10. Dezember, 14:30–15:15 (Ortszeit Tokio): früh am Tag" in text
    with pytest.raises(ValueError, match="offer: about which meeting"):
        words_of("offer", offer=None)


def test_what_is_pending_and_agreed_is_quoted_in_the_readers_language_and_time() -> None:
    text = words_of("approvals", "dates", language="de").text
    assert "- Draft of the brochure (offen seit Dienstag, 1. Dezember, benötigt bis Sonntag, 20. Dezember)" in text
    assert "  https://dayband.example/p/x/" in text
    assert "- Offer (offen seit Donnerstag, 3. Dezember)" in text
    assert "- Donnerstag, 10. Dezember, 14:30–15:30 (Ortszeit Tokio): Weekly sync" in text
    html = parts_of(words_of("approvals"))[1]
    assert '<a class="link" href="https://dayband.example/p/x/"><bdi>Draft of the brochure</bdi>' in html


def test_a_language_without_texts_is_english_throughout_and_says_so() -> None:
    words = words_of("priorities", "dates", language="nb", contact={"clock": "24"})
    assert words.missing_language == "nb"
    assert words.language == "en"
    english = words_of("priorities", "dates", language="en", contact={"clock": "24"})
    assert parts_of(words) == parts_of(english)
    assert english.missing_language == ""
    assert "Thursday, December 10, 14:30–15:30 (Tokyo time)" in words.text


@pytest.mark.parametrize(
    ("tag", "language"), [("es-MX", "es-MX"), ("de-AT", "de-AT"), ("pt-BR", "en"), ("ar-EG", "ar-EG")]
)
def test_a_region_reads_the_texts_of_its_language(tag: str, language: str) -> None:
    words = words_of("priorities", language=tag)
    assert words.language == language
    assert bool(words.missing_language) == (language == "en")
    assert words.text_direction == Locale.parse(language, sep="-").text_direction


@pytest.mark.parametrize("asked", FORMS)
@pytest.mark.parametrize("there", [{"formal"}, {"familiar"}, {"neutral", "familiar"}, {"formal", "familiar"}])
def test_the_nearest_form_of_address_serves_and_politeness_comes_first(asked: str, there: set[str]) -> None:
    expected = (
        asked
        if asked in there
        else {
            "formal": "neutral" if "neutral" in there else "familiar",
            "neutral": "formal" if "formal" in there else "familiar",
            "familiar": "neutral" if "neutral" in there else "formal",
        }[asked]
    )
    assert next(form for form in NEAREST_FORMS[asked] if form in there) == expected


def test_an_own_text_is_said_instead_and_only_where_it_is_meant() -> None:
    mine = own("priorities", "Hello from {sender}.", formality="formal")
    assert words_of("priorities", formality="formal", own=mine).text == "Hello from Maya Okafor."
    assert words_of("priorities", formality="familiar", own=mine).text != "Hello from Maya Okafor."
    assert words_of("priorities", formality="formal", language="es", own=mine).subject != "Own priorities"
    # German has no neutral text of its own, so a formal one serves there too.
    german = own("priorities", "Servus, {contact}.", language="de", formality="formal")
    assert words_of("priorities", language="de", formality="neutral", own=german).text == "Servus, Kari."


def test_what_an_account_manager_wrote_stands_as_it_is() -> None:
    words = words_of("priorities").rewritten(
        subject="Hi\r\nBcc: x@y.example", text="See {sender}.\n\n<b>Now</b>\nor later"
    )
    assert words.subject == "Hi Bcc: x@y.example"
    assert words.text == "See {sender}.\n\n<b>Now</b>\nor later"
    assert "<p>&lt;b&gt;Now&lt;/b&gt;<br>or later</p>" in parts_of(words)[1]


# Placeholders

REFUSED = [
    "{{contact}",
    "{contact",
    "contact}",
    "{}",
    "{0}",
    "{contact.__class__}",
    "{contact.__class__.__mro__[1].__subclasses__()}",
    "{contact[0]}",
    "{contact!r}",
    "{contact:>99999999}",
    "{contact:{sender}}",
    "{ contact }",
    "{Contact}",
    "{settings}",
    "{settings.SECRET_KEY}",
    "{% load static %}",
    "{% include 'admin/index.html' %}",
    "{# comment #}",
    "{password}",
    "{contact\n}",
    "{self}",
    "#{7*7}",
]
HARMLESS = ["{{ contact }}", "${contact}", "%s %(contact)s", "<script>alert(1)</script>", "<%= 7 %>", "`id`", "#[7*7]"]


@pytest.mark.parametrize("payload", REFUSED)
def test_nothing_but_bare_known_names_is_a_placeholder(payload: str) -> None:
    with pytest.raises(BrokenText):
        check_body(f"Hello {payload}", TextPurpose.PRIORITIES)
    with pytest.raises(BrokenText):
        check_subject(payload, TextPurpose.PRIORITIES)


@pytest.mark.parametrize("payload", HARMLESS)
def test_other_template_languages_are_only_words(payload: str) -> None:
    check_body(payload, TextPurpose.PRIORITIES)
    words = words_of("priorities", own=own("priorities", payload))
    said = payload.replace("{{", "{").replace("}}", "}").replace("${contact}", "$Kari")
    assert words.text == said
    assert "<script" not in parts_of(words)[1]


def test_an_unknown_placeholder_is_named_with_those_that_are_known() -> None:
    with translation.override("en"), pytest.raises(BrokenText) as caught:
        check_body("{contcat}, hello", TextPurpose.RECOMMENDATION)
    assert str(caught.value) == (
        "{contcat} is no placeholder here. You can use {contact}, {sender}, {company}, and {client}."
    )


def test_a_list_stands_alone_and_must_be_there() -> None:
    check_body("These wait:\n\n{approvals}\n\nThanks", TextPurpose.APPROVALS)
    for body in ("These wait: {approvals}", "These wait:\n{approvals}", "These wait.", "{{approvals}}"):
        with pytest.raises(BrokenText):
            check_body(body, TextPurpose.APPROVALS)
    with pytest.raises(BrokenText):
        check_subject("Pending: {approvals}", TextPurpose.APPROVALS)
    assert all(not LISTS & set(PLACEHOLDERS[purpose]) for purpose in WITHOUT_ITEMS.values())


STEERING = ["Kari\r\nBcc: everybody@client.example", "A\x00\x1b[31mB", "\u202eevil\u202c", "a\u2069b"]


@pytest.mark.parametrize("payload", [*REFUSED, *HARMLESS, *STEERING])
def test_a_value_is_text_wherever_it_stands(payload: str) -> None:
    approvals = [PendingApproval(payload, NOW.date())]
    contact = {"address_as": payload, "full_name": "Kari"}
    words = words_of("approvals", "nothing_pending", sender=payload, approvals=approvals, contact=contact)
    seen = value(payload).text
    text, html = parts_of(words)
    assert seen in text
    assert text.count(seen) >= 4
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066\u2067]", words.subject + text.replace("\n", ""))
    assert "\n" not in words_of("nothing_pending", sender=payload).subject
    assert "<script" not in html


@given(
    st.lists(
        st.sampled_from(["{contact}", "{sender}", "{{", "}}", "{", "}", "a", "%s", "$", "é", "\u0627"]), max_size=8
    )
)
def test_parsing_agrees_with_the_standard_librarys_formatting(pieces: Sequence[str]) -> None:
    text = "".join(pieces)
    values = {"contact": "{sender}", "sender": "%s"}
    try:
        expected = text.format_map(values)
    except (KeyError, ValueError, IndexError, AttributeError):
        with pytest.raises(BrokenText):
            parse(text, values)
    else:
        runs = {name: Run(one, is_value=True) for name, one in values.items()}
        assert "".join(run.text for run in fill(parse(text, values), runs)) == expected


@given(st.text(max_size=40), st.booleans())
def test_a_value_cannot_leave_its_place(text: str, is_right_to_left: bool) -> None:
    phrase = Phrase((Run("a "), value(text), Run(" z")), is_right_to_left)
    assert phrase.plain.count("\u2068") == phrase.plain.count("\u2069") <= 1
    assert re.fullmatch(r"a <bdi>[^<>\n\r]*</bdi> z", phrase.html)
    assert len(phrase.plain.splitlines()) == 1


def test_arabic_is_right_to_left_and_sets_values_apart() -> None:
    words = words_of("dates", language="ar")
    text, html = parts_of(words)
    assert '<html lang="ar" dir="rtl">' in html
    assert (
        "- \u2068الخميس، 10 ديسمبر\u2069، \u20682:30 م–3:30 م\u2069 (بتوقيت \u2068طوكيو\u2069): \u2068Weekly sync\u2069"
        in text
    )
    assert "<bdi>Weekly sync</bdi>" in html
    # From left to right, only what runs the other way is set apart.
    assert "\u2068" not in parts_of(words_of("dates"))[0]
    assert words_of("dates", contact={"address_as": "نادية"}).greeting.plain == "Hello \u2068نادية\u2069,"


# An admin's own


def test_a_row_with_an_unknown_placeholder_is_refused_by_field() -> None:
    row = MessageText(purpose="dates", language="en", formality="formal", subject="{dates}", body="{when}")
    with pytest.raises(ValidationError) as caught:
        row.clean()
    assert set(caught.value.message_dict) == {"subject", "body"}
