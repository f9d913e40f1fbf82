"""Account managers' pages of offers, and the propose page that sends them."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client as Browser
from django.utils import timezone

from scheduling.meetings import services
from scheduling.meetings.models import Meeting, Offer
from scheduling.meetings.models.meeting import Status
from tests.meetings.offered import DAY, Cast, make_cast, send
from tests.people import make_account_manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast(contacts=2)


@pytest.fixture
def browser(cast: Cast) -> Browser:
    browser = Browser()
    browser.force_login(cast.manager)
    return browser


def proposal(browser: Browser, cast: Cast) -> str:
    contacts = "&".join(f"contacts={one.pk}" for one in cast.contacts)
    address = f"/meetings/propose/?{contacts}&colleagues={cast.manager.pk}&duration=45"
    response = browser.get(address)
    assert response.status_code == 200
    return response.content.decode()


def form_of(html: str) -> dict[str, Any]:
    """What the booking form would send with its offer button: hidden fields and the times that are ticked."""
    form = html[html.index('<form class="book"') :]
    fields: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form):
        fields.setdefault(name, []).append(value)
    fields["times"] = re.findall(r'name="times" value="([^"]+)" checked', form)
    return {**fields, "title": "Quarterly review", "channel": "video"}


def sent(browser: Browser, cast: Cast, **values: Any) -> Any:
    return browser.post("/meetings/offers/send/", {**form_of(proposal(browser, cast)), **values})


def offered(cast: Cast) -> Offer:
    """Two times of next week."""
    now = timezone.now()
    monday = now.replace(hour=14, minute=0, second=0, microsecond=0) + (7 - now.weekday()) * DAY
    return send(cast, now=now, times=[monday + DAY, monday + 2 * DAY])


def test_three_options_are_sent_with_one_click(browser: Browser, cast: Cast) -> None:
    html = proposal(browser, cast)
    assert "Send 3 options" in html
    fields = form_of(html)
    first = browser.post("/meetings/offers/send/", fields)
    again = browser.post("/meetings/offers/send/", fields)
    offer = Offer.objects.get()
    assert first.status_code == again.status_code == 303
    assert first["Location"] == again["Location"] == f"/meetings/offers/{offer.pk}/"
    assert offer.times.count() == 3
    assert [row.contact for row in offer.invitees.filter(account_manager=None)] == cast.contacts
    assert offer.closing == Offer.Closing.BY_HAND


def test_times_are_kept_until_an_hour_on_the_managers_clock(browser: Browser, cast: Cast) -> None:
    tomorrow = (timezone.now() + DAY).astimezone(cast.manager.zone)
    response = sent(browser, cast, hold_until=f"{tomorrow:%Y-%m-%d}T12:00", words="See you soon")
    assert response.status_code == 303
    offer = Offer.objects.get()
    assert offer.hold_until_at is not None
    assert f"{offer.hold_until_at.astimezone(cast.manager.zone):%Y-%m-%d %H:%M}" == f"{tomorrow:%Y-%m-%d} 12:00"
    assert Meeting.objects.filter(status=Status.HELD).count() == 3
    assert not re.search("Quarterly review", browser.get("/meetings/").content.decode())


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"times": []}, "Tick at least one time"),
        ({"times": ["soon"]}, "Give a date and time with its offset"),
        ({"title": ""}, "This field is required"),
        ({"hold_until": "tomorrow"}, "Give a date and time, such as"),
        ({"hold_until": "2020-01-01T12:00"}, "Choose until when the times are kept"),
        ({"closing": "deadline"}, "Choose when the vote ends"),
        ({"closing": "never"}, "valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    browser: Browser, cast: Cast, values: dict[str, Any], said: str
) -> None:
    response = sent(browser, cast, **{"words": "Kept words", **values})
    assert response.status_code == 422
    html = response.content.decode()
    assert said in html
    assert "Kept words" in html
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("pool", "values", "said"),
    [
        (1, {}, "Mark at least two colleagues"),
        (2, {"take": "2"}, "Of 2 people choose at most 1"),
        (2, {"take": "99999"}, "Of 2 people choose at most 1"),
        (2, {"take": "9" * 30}, "Of 2 people choose at most 1"),
        (2, {"optional": "pool"}, "can’t be both"),
        (0, {"optional": "contacts"}, "At least one contact must come"),
        (0, {"optional": "staff"}, "At least one colleague must come"),
    ],
)
def test_people_who_can_not_be_what_they_are_chosen_as_get_nothing_sent(
    browser: Browser, cast: Cast, pool: int, values: dict[str, Any], said: str
) -> None:
    colleagues = [cast.manager.pk, make_account_manager(cast.manager.teams.get()).pk]
    optional = {
        "pool": [f"staff-{colleagues[1]}"],
        "contacts": [f"contact-{one.pk}" for one in cast.contacts],
        "staff": [f"staff-{pk}" for pk in colleagues],
    }
    marked = {"optional": optional[values["optional"]]} if "optional" in values else {}
    response = sent(browser, cast, colleagues=colleagues, any_of=colleagues[:pool], **{**values, **marked})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Offer.objects.exists()


def test_how_many_come_says_nothing_where_all_of_them_must(browser: Browser, cast: Cast) -> None:
    assert sent(browser, cast, take="99999").status_code == 303
    assert Offer.objects.get().take == 1


def test_the_page_of_an_offer_says_who_answered_what_and_books_by_hand(browser: Browser, cast: Cast) -> None:
    now, offer = timezone.now(), offered(cast)
    first, second = offer.times.all()
    answers = {first.pk: "no", second.pk: "if_need_be"}
    services.vote(contact=cast.contact, offer=offer, answers=answers, words="Only in the morning", now=now)
    html = browser.get(f"/meetings/offers/{offer.pk}/").content.decode()
    assert "Only in the morning" in html
    assert "if need be" in html
    # The better one first, though it is later.
    assert html.index(second.start_at.isoformat()) < html.index(first.start_at.isoformat())
    assert cast.contacts[1].full_name in html[html.index("Not answered yet") :]
    key = str(uuid.uuid4())
    chosen = {"idempotency_key": key, "start_at": first.start_at.isoformat()}
    for _ in range(2):
        assert browser.post(f"/meetings/offers/{offer.pk}/close/", chosen).status_code == 303
    assert Meeting.objects.get().start_at == first.start_at
    late = browser.post(f"/meetings/offers/{offer.pk}/withdraw/", {"idempotency_key": str(uuid.uuid4())})
    assert late.status_code == 409
    assert "settled already" in late.content.decode()
    assert "Quarterly review" in browser.get("/meetings/offers/").content.decode()


@pytest.mark.parametrize(("ticked", "is_silent"), [({}, False), ({"is_silent": "on"}, True)])
def test_contacts_are_told_that_times_are_withdrawn_unless_it_is_ticked_not_to(
    browser: Browser, cast: Cast, ticked: dict[str, str], is_silent: bool
) -> None:
    offer = offered(cast)
    assert 'name="is_silent"' in browser.get(f"/meetings/offers/{offer.pk}/").content.decode()
    key = {"idempotency_key": str(uuid.uuid4())}
    assert browser.post(f"/meetings/offers/{offer.pk}/withdraw/", key | ticked).status_code == 303
    offer.refresh_from_db()
    assert offer.is_withdrawn_silently is is_silent


def test_an_offer_is_withdrawn_by_post_and_foreign_to_others(browser: Browser, cast: Cast) -> None:
    offer = offered(cast)
    stranger = Browser()
    stranger.force_login(make_account_manager())
    key = {"idempotency_key": str(uuid.uuid4()), "start_at": "2026-12-08T12:00:00Z"}
    assert stranger.get(f"/meetings/offers/{offer.pk}/").status_code == 404
    assert stranger.post(f"/meetings/offers/{offer.pk}/withdraw/", key).status_code == 404
    assert stranger.post(f"/meetings/offers/{offer.pk}/close/", key).status_code == 404
    assert browser.get(f"/meetings/offers/{offer.pk}/withdraw/").status_code == 405
    assert browser.post(f"/meetings/offers/{offer.pk}/withdraw/", {}).status_code == 422
    assert browser.post(f"/meetings/offers/{offer.pk}/withdraw/", key).status_code == 303
    offer.refresh_from_db()
    assert offer.withdrawn_at is not None
