"""How much goes over the wire until a client can choose a time, with static files as they are in production."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.utils import timezone
from playwright.sync_api import Browser, Request, expect
from pytest_django import Settings

from clients.links import Purpose
from config.embedded import LOOPBACK
from tests.browser.conftest import PHONE, Watch
from tests.meetings.offered import DAY, make_cast, send
from tests.outreach.private import path_of

pytestmark = pytest.mark.django_db(transaction=True)

KILOBYTE = 1000
#: What a line of 400 kbit/s brings in a second.
IN_A_SECOND = 400_000 / 8
#: What the browser waits for before it shows the page.
AWAITED = ("document", "stylesheet")


@pytest.fixture
def origin(settings: Settings, tmp_path: Path) -> Iterator[str]:
    """Where a server answers whose static files are hashed and compressed."""
    settings.STATIC_ROOT = tmp_path
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    call_command("collectstatic", interactive=False, verbosity=0)
    server = ThreadedWSGIServer((LOOPBACK, 0), WSGIRequestHandler, connections_override={})
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://{LOOPBACK}:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_first_page_of_a_client_is_small_enough_for_a_slow_line(browser: Browser, origin: str) -> None:
    now = timezone.now()
    noon = now.replace(hour=12, minute=0, second=0, microsecond=0)
    times = [noon + (8 - noon.weekday() + days) * DAY for days in range(4)]
    cast = make_cast(language="ar", time_zone="Europe/London")
    offer = send(cast, times=times, words="Until soon!", now=now)
    requests: list[Request] = []
    watch = Watch(origin)
    # A context of its own: nothing is in its cache.
    context = browser.new_context(viewport={"width": PHONE, "height": 844}, locale="ar")
    # Brotli would make it smaller still.
    context.set_extra_http_headers({"Accept-Encoding": "gzip"})
    page = context.new_page()
    watch.over(page)
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108  (Playwright marks what it is given)
    page.goto(origin + path_of(cast.contact, Purpose.OFFER, offer.pk), wait_until="networkidle")
    expect(page.get_by_role("radio")).to_have_count(4)
    sizes = {request.url: (request.resource_type, _received(request)) for request in requests}
    styles = [request.response() for request in requests if request.resource_type == "stylesheet"]
    assert {style and style.header_value("content-encoding") for style in styles} == {"gzip"}
    context.close()
    assert not watch.problems
    assert sum(size for _kind, size in sizes.values()) <= 60 * KILOBYTE
    assert sum(size for kind, size in sizes.values() if kind in AWAITED) <= IN_A_SECOND


def _received(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]
