"""How a contact reads for as long as a visit lasts: in another language or zone than their profile's.

Both are cookies, the language's Django's own; whatever else they hold counts for nothing.
"""

import datetime as dt

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from clients.languages import base_language
from clients.models import Contact
from clients.reader import Reader, reader_of
from clients.zones import canonical_zone, offsets_agree

#: So long a page stays open; after that, the link is opened again.
VISIT_SECONDS = 12 * 60 * 60
ZONE_COOKIE = "dayband_zone"
#: A device's clock that is off by less is nobody's concern.
CLOCK_TOLERANCE = dt.timedelta(minutes=5)


def visiting_reader(request: HttpRequest, contact: Contact) -> Reader:
    """As `reader_of`, with the language and the zone that were chosen for this visit."""
    reader = reader_of(contact)
    language, time_zone = chosen_language(request), chosen_zone(request)
    if language and base_language(language) != base_language(reader.language):
        reader = Reader(language, reader.time_zone, reader.clock, reader.week_start)
    return reader.in_zone(time_zone) if time_zone else reader


def chosen_language(request: HttpRequest) -> str:
    """The language with pages that was chosen for this visit, or nothing."""
    language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return language if language in dict(settings.LANGUAGES) else ""


def chosen_zone(request: HttpRequest) -> str:
    """The zone that was chosen for this visit, or nothing."""
    return canonical_zone(request.COOKIES.get(ZONE_COOKIE, "")) or ""


def choose_zone(response: HttpResponse, time_zone: str, *, path: str) -> None:
    """Remembers the zone for this visit."""
    response.set_cookie(
        ZONE_COOKIE,
        time_zone,
        max_age=VISIT_SECONDS,
        path=path,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def travelled_to(device_zone: str, shown_zone: str, now: dt.datetime) -> str:
    """The zone that a device is in, by today's name, where its clock differs now or soon from what is shown."""
    found = canonical_zone(device_zone)
    return found if found is not None and not offsets_agree(found, shown_zone, now) else ""


def clock_error(device_at: dt.datetime | None, now: dt.datetime) -> dt.timedelta | None:
    """By how much a device's clock is ahead, where that is so much that its owner should know."""
    if device_at is None or abs(device_at - now) <= CLOCK_TOLERANCE:
        return None
    return device_at - now
