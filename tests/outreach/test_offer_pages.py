"""The page on which contacts choose among offered times."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db.models import F
from django.test import Client as Browser
from django.utils import timezone

from clients.links import Purpose
from clients.models import AccountManager, Contact, DayOff
from holidays_app.models import CalendarChange, HolidayCalendar
from scheduling.meetings import services
from scheduling.meetings.models import Meeting, Offer, Vote
from scheduling.meetings.models.meeting import Status
from tests.meetings.offered import DAY, HOUR, Cast, make_cast, send
from tests.outreach.private import visitor
from tests.people import make_account_manager, make_contact

pytestmark = pytest.mark.django_db


def coming_times() -> list[dt.datetime]:
    """Tuesday, Wednesday and Thursday of next week at two in the afternoon, London's winter or summer."""
    today = timezone.now().replace(hour=14, minute=0, second=0, microsecond=0)
    monday = today + (7 - today.weekday()) * DAY
    return [monday + number * DAY for number in (1, 2, 3)]


def offered(cast: Cast, **values: Any) -> Offer:
    return send(cast, **{"times": coming_times(), "now": timezone.now(), **values})


def opened(contact: Contact, offer: Offer) -> Browser:
    return visitor(contact, Purpose.OFFER, offer.pk)


def post(browser: Browser, offer: Offer, act: str, *, path: str = "", **values: str) -> Any:
    """What the page's own form would send, with its token."""
    page = f"/you/offers/{offer.pk}/{path}"
    html = browser.get(page).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    link = re.search(r'name="link" value="(\d+)"', html)
    assert token
    assert link
    sent = {"csrfmiddlewaretoken": token[1], "link": link[1], "act": act, "idempotency_key": str(uuid.uuid4())}
    return browser.post(page, {**sent, **values})


def test_the_page_shows_the_times_in_words_on_the_contacts_own_clock() -> None:
    cast = make_cast()
    offer = offered(cast, words="Looking forward to it!")
    html = opened(cast.contact, offer).get(f"/you/offers/{offer.pk}/").content.decode()
    start_at = coming_times()[0]
    assert 'lang="en-CA"' in html
    assert "Toronto" in html
    assert "in your working hours" in html
    assert "Looking forward to it!" in html
    assert f'value="{start_at.isoformat()}" checked' in html
    assert "Maya Okafor" in html
    assert "in <bdi>London</bdi>" in html
    assert "points" not in html
    assert html.count('class="slot"') == 1  # one hour of the day for all three
    assert "1 · 2 · 3" in html


def test_one_tap_books_and_the_page_offers_to_take_it_back() -> None:
    cast = make_cast()
    offer = offered(cast)
    browser = opened(cast.contact, offer)
    start_at = coming_times()[1]
    assert post(browser, offer, "choose", start_at=start_at.isoformat()).status_code == 303
    page = browser.get(f"/you/offers/{offer.pk}/").content.decode()
    assert "we have a date" in page
    meeting = Meeting.objects.get()
    assert (meeting.start_at, meeting.status) == (start_at, Status.CONFIRMED)
    assert post(browser, offer, "undo").status_code == 303
    meeting.refresh_from_db()
    assert meeting.status == Status.CANCELLED
    assert "Confirm this time" in browser.get(f"/you/offers/{offer.pk}/").content.decode()


def test_a_choice_sent_twice_books_once_and_a_key_serves_one_choice() -> None:
    cast = make_cast()
    offer = offered(cast)
    browser, key = opened(cast.contact, offer), str(uuid.uuid4())
    times = [at.isoformat() for at in coming_times()]
    for _ in range(2):
        assert post(browser, offer, "choose", start_at=times[0], idempotency_key=key).status_code == 303
    assert Meeting.objects.count() == 1
    post(browser, offer, "undo")
    # Booked again under the same key, it is a reply and not an effect; with another time it is refused.
    browser.get(f"/you/offers/{offer.pk}/")
    assert post(browser, offer, "choose", start_at=times[1], idempotency_key=key).status_code == 422
    assert Meeting.objects.filter(status=Status.CONFIRMED).count() == 0


def test_a_lost_time_answers_with_the_next_best_ones_in_the_same_form() -> None:
    cast = make_cast()
    offer = offered(cast)
    browser = opened(cast.contact, offer)
    times = coming_times()
    other = make_contact(cast.contact.client, time_zone="Europe/London")
    services.book(
        actor=cast.manager,
        contacts=[other],
        colleagues=[cast.manager],
        title="Other",
        start_at=times[0],
        duration_minutes=45,
        now=timezone.now(),
    )
    response = post(browser, offer, "choose", start_at=times[0].isoformat())
    html = response.content.decode()
    assert response.status_code == 409
    assert "has just been taken" in html
    assert "not free any more" in html
    assert "The next best times" in html
    instead = re.findall(r'name="start_at" value="([^"]+)"', html)[-1]
    assert post(browser, offer, "choose", start_at=instead).status_code == 303


def test_other_times_are_a_week_with_the_named_reason_on_each_day_without_any() -> None:
    cast = make_cast()
    offer = offered(cast)
    browser = opened(cast.contact, offer)
    monday = coming_times()[0].date() - DAY
    html = browser.get(f"/you/offers/{offer.pk}/times/?week={monday}").content.decode()
    assert html.count('class="card week__day"') == 7
    assert "is not a working day" in html
    assert "09:00" in html or "9:00" in html
    start_at = re.findall(r'name="start_at" value="([^"]+)"', html)[0]
    assert post(browser, offer, "keep", path="times/", start_at=start_at).status_code == 303
    page = browser.get(f"/you/offers/{offer.pk}/").content.decode()
    assert "kept for you until" in page
    assert post(browser, offer, "let_go", start_at=start_at).status_code == 303
    assert not Meeting.objects.exists()
    assert browser.get(f"/you/offers/{offer.pk}/times/?week=x").status_code == 200


def test_a_blocked_day_names_its_holiday_and_keeps_others_own_reasons_to_themselves() -> None:
    cast = make_cast()
    offer = offered(cast)
    tuesday, wednesday, thursday = (at.date() for at in coming_times())
    calendar = HolidayCalendar.objects.create(name="Office", country="GB")
    CalendarChange.objects.create(calendar=calendar, first_date=tuesday, last_date=tuesday, name="Founders’ Day")
    AccountManager.objects.update(calendar=calendar)
    DayOff.objects.create(account_manager=cast.manager, first_date=wednesday, last_date=wednesday, reason="Dentist")
    DayOff.objects.create(contact=cast.contact, first_date=thursday, last_date=thursday, reason="Moving house")
    html = opened(cast.contact, offer).get(f"/you/offers/{offer.pk}/times/?week={tuesday}").content.decode()
    days = html.split('class="card week__day"')
    assert sum("Founders’ Day" in day and "Maya" in day for day in days) == 1
    assert "Dentist" not in html
    assert "<bdi>Maya</bdi> is away" in html
    assert "Moving house" in html


def test_a_time_that_makes_no_sense_is_refused_and_named() -> None:
    cast = make_cast()
    offer = offered(cast)
    browser = opened(cast.contact, offer)
    odd, far = coming_times()[0] + HOUR / 9, coming_times()[0] + 365 * DAY
    for start_at in ("", "soon", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", odd.isoformat(), far.isoformat()):
        response = post(browser, offer, "choose", start_at=start_at)
        assert (response.status_code, start_at) == (422, start_at)
        assert 'id="errors"' in response.content.decode()
    assert not Meeting.objects.exists()


def test_words_instead_of_a_time_reach_the_account_manager() -> None:
    cast = make_cast()
    offer = offered(cast)
    browser = opened(cast.contact, offer)
    assert post(browser, offer, "refuse", words="").status_code == 422
    assert post(browser, offer, "refuse", words="Mornings only, please").status_code == 303
    assert offer.events.get(kind="none_suits").words == "Mornings only, please"


def test_a_vote_needs_no_script_and_keeps_what_was_said() -> None:
    cast = make_cast(contacts=2)
    offer = offered(cast)
    browser = opened(cast.contact, offer)
    keys = [f"time-{time.pk}" for time in offer.times.all()]
    refused = post(browser, offer, "vote", **{keys[0]: "yes"})
    assert refused.status_code == 422
    assert "to each of the times" in refused.content.decode()
    answers = dict(zip(keys, ("yes", "if_need_be", "no"), strict=True))
    assert post(browser, offer, "vote", **answers).status_code == 303
    assert sorted(Vote.objects.values_list("answer", flat=True)) == ["if_need_be", "no", "yes"]
    html = browser.get(f"/you/offers/{offer.pk}/").content.decode()
    assert html.count("checked") == 3
    assert "Change my answer" in html


def test_in_a_vote_other_times_are_suggested_and_added_by_the_account_manager() -> None:
    cast = make_cast(contacts=2)
    offer = offered(cast)
    browser, path = opened(cast.contact, offer), f"/you/offers/{offer.pk}/"
    week = f"times/?week={coming_times()[0].date()}"
    assert f"{path}times/" in browser.get(path).content.decode()
    html = browser.get(path + week).content.decode()
    found = re.findall(r'type="checkbox" name="start_at" value="([^"]+)"', html)
    assert found
    assert not {at.isoformat() for at in coming_times()} & set(found)
    assert 'value="keep"' not in html
    refused = post(browser, offer, "wish", path=week)
    assert refused.status_code == 422
    assert "Tick one or two times" in refused.content.decode()
    assert post(browser, offer, "wish", path=week, start_at=found[0]).status_code == 303
    assert "has not decided on it yet" in browser.get(path).content.decode()
    # What somebody wishes for is no time to vote on.
    before = list(offer.times.filter(found_by=None).values_list("pk", "start_at"))
    offer.times.filter(found_by=None).update(start_at=F("start_at") - 21 * DAY)
    assert "times are over" in browser.get(path).content.decode()
    for pk, start_at in before:
        offer.times.filter(pk=pk).update(start_at=start_at)
    desk = Browser()
    desk.force_login(cast.manager)
    assert "1 time suggested" in desk.get("/").content.decode()
    page = desk.get(f"/meetings/offers/{offer.pk}/").content.decode()
    assert "Times that contacts suggest" in page
    add, sent = f"/meetings/offers/{offer.pk}/add/", {"start_at": found[0], "idempotency_key": str(uuid.uuid4())}
    stranger = Browser()
    stranger.force_login(make_account_manager())
    assert stranger.post(add, sent).status_code == 404
    assert desk.get(add).status_code == 405
    assert desk.post(add, sent).status_code == 303
    assert offer.times.filter(found_by=None).count() == 4
    assert "has not decided" not in browser.get(path).content.decode()
    assert found[0] in desk.get(f"/meetings/offers/{offer.pk}/").content.decode()


def test_an_arabic_page_runs_from_the_right_with_a_mirrored_day(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("ar", "العربية")]
    cast = make_cast(language="ar", time_zone="Asia/Dubai")
    offer = offered(cast, times=[at - 4 * HOUR for at in coming_times()])
    html = opened(cast.contact, offer).get(f"/you/offers/{offer.pk}/").content.decode()
    assert 'dir="rtl"' in html
    # 10:00 in London is 14:00 in Dubai, right of the middle, and so left of it here.
    (x,) = re.findall(r'class="slot" x="([\d.]+)%"', html)
    assert float(x) < 50


@pytest.mark.parametrize("state", ["withdrawn", "over", "foreign", "expired"])
def test_whatever_is_wrong_ends_on_a_page_that_says_so(state: str) -> None:
    cast = make_cast()
    offer = offered(cast)
    browser = opened(cast.contact, offer)
    if state == "withdrawn":
        services.withdraw_offer(actor=cast.manager, offer=offer, now=timezone.now())
        expected = "not offered any more"
    elif state == "over":
        offer.times.exclude(pk=offer.times.all()[0].pk).delete()
        offer.times.update(start_at=timezone.now() - 2 * HOUR)
        expected = "times are over"
    elif state == "foreign":
        other = offered(make_cast())
        assert browser.get(f"/you/offers/{other.pk}/").status_code == 404
        return
    else:
        Contact.objects.update(email="moved@client.example")
        assert browser.get(f"/you/offers/{offer.pk}/").status_code == 404
        return
    response = browser.get(f"/you/offers/{offer.pk}/")
    assert response.status_code == 200
    assert expected in response.content.decode()


def test_the_page_asks_the_database_as_often_for_many_times_as_for_one(django_assert_num_queries: Any) -> None:
    for times in (coming_times()[:1], coming_times()):
        cast = make_cast()
        offer = offered(cast, times=times, hold_until_at=timezone.now() + DAY)
        browser = opened(cast.contact, offer)
        with django_assert_num_queries(10):
            assert browser.get(f"/you/offers/{offer.pk}/").status_code == 200
