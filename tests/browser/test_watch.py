"""The watch over pages sees what it is there to see."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from tests.browser.conftest import Axe, Watch

ORIGIN = "http://localhost:1"
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        yield context


@pytest.fixture
def problems_of(context: BrowserContext) -> Callable[[str], list[str]]:
    """The problems of a page with this body, served under a strict policy."""

    def problems_of(body: str) -> list[str]:
        watch = Watch(ORIGIN)
        html = f"<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1>{body}</main>"

        def answer(route: Route) -> None:
            match route.request.url.removeprefix(ORIGIN):
                case "/":
                    route.fulfill(body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY})
                case "/throws.js":
                    route.fulfill(body="throw new Error('thrown')", content_type="text/javascript")
                case "/logs.js":
                    route.fulfill(body="console.error('logged')", content_type="text/javascript")
                case _:
                    route.fulfill(status=404, body="")

        with context.new_page() as page:
            page.route("**/*", answer)
            watch.over(page)
            page.goto(f"{ORIGIN}/", wait_until="networkidle")
        return watch.problems

    return problems_of


def test_harmless_page_has_no_problems(problems_of: Callable[[str], list[str]]) -> None:
    assert problems_of("<p>Nothing</p>") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<script src=/throws.js></script>", "script error: thrown"),
        ("<script src=/logs.js></script>", "console: logged"),
        ("<script>1</script>", "Content Security Policy"),
        ("<p style='color: red'>red</p>", "Content Security Policy"),
        ("<script src=/missing.js></script>", "status 404"),
        ("<script src=http://elsewhere.example/a.js></script>", "Content Security Policy"),
        ("<meta http-equiv=refresh content='0;url=http://elsewhere.example/'>", "foreign request"),
    ],
)
def test_problem_is_seen(problems_of: Callable[[str], list[str]], body: str, expected: str) -> None:
    assert any(expected in problem for problem in problems_of(body))


def test_axe_finds_an_unnamed_button(page: Page, axe: Axe) -> None:
    page.set_content("<!doctype html><html lang=en><title>A page</title><main><h1>A page</h1><button></button></main>")
    with pytest.raises(AssertionError, match="button-name"):
        axe(page)
