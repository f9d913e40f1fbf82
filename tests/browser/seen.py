"""What can be seen of a page as it is now, beyond what axe knows of: words cut off, where the focus is, what is chosen.

Each answers with the problems in words, and with nothing where all is well.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

#: Every line of text has to lie within whatever hides what goes over its edge. What can be scrolled hides nothing.
CUT_OFF = """() => {
  const found = new Set(), around = new Map();
  const nameOf = (one) => `${one.localName}.${one.className.baseVal ?? one.className}`;
  const page = document.documentElement;
  // What is around each element and hides what goes over its edge, and whether one can get there at all.
  const about = (element) => {
    if (element === page) return { edges: [], isReached: true };
    if (around.has(element)) return around.get(element);
    const style = getComputedStyle(element);
    const [inline, block] = [style.overflowX, style.overflowY].map((one) => ["hidden", "clip"].includes(one));
    const outer = about(element.parentElement);
    // Heads of tables on phones, which are for programs; and what stands over the page.
    const isApart = style.clipPath !== "none" || style.position === "fixed";
    const isScrolled = [style.overflowX, style.overflowY].some((one) => ["auto", "scroll"].includes(one));
    const own = inline || block ? [[element.getBoundingClientRect(), inline, block]] : [];
    const here = {
      edges: isScrolled ? [] : [...outer.edges, ...own],
      isReached: outer.isReached && !isScrolled,
      isApart: isApart || outer.isApart,
    };
    around.set(element, here);
    return here;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const owner = text.parentElement;
    if (!text.data.trim() || owner.closest(".sr, .skip, .unseen, option, script, noscript")) continue;
    const { edges, isReached, isApart } = about(owner);
    if (isApart || !isReached && !edges.length || !owner.checkVisibility({ visibilityProperty: true })) continue;
    range.selectNodeContents(text);
    for (const line of range.getClientRects()) {
      const slack = line.height / 3;
      const isCut = edges.some(([edge, inline, block]) =>
        inline && (line.left < edge.left - 1 || line.right > edge.right + 1)
        || block && (line.top < edge.top - slack || line.bottom > edge.bottom + slack));
      // Nothing scrolls to what lies before a page's beginning.
      const isBefore = isReached && (page.dir === "rtl" ? line.right > page.clientWidth + 1 : line.left < -1);
      if (isCut || isBefore) found.add(`${nameOf(owner)}: ${text.data.trim()}`);
    }
  }
  return [...found];
}"""

#: Users may set letters, words and lines so far apart, and then nothing may be lost (WCAG 1.4.12).
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important }
    p { margin-block-end: 2em !important }
  `);
  document.adoptedStyleSheets = [sheet];
}"""

#: With the focus on it, each thing has an outline of at least two pixels, or what stands for it on the screen has one,
#: and some part of it is not below anything else (WCAG 2.4.7 and 2.4.11).
HIDDEN_FOCUS = """() => {
  const found = new Set();
  const nameOf = (one) => `${one.localName}.${one.className.baseVal ?? one.className}#${one.id || one.name || ""}`
    + ` “${(one.innerText ?? "").trim().slice(0, 40)}”`;
  const outlined = (one) => [null, "::after"].some((part) => {
    const style = getComputedStyle(one, part);
    return !["none", "hidden"].includes(style.outlineStyle) && parseFloat(style.outlineWidth) >= 2
      && !/^rgba.*, 0[)]$/.test(style.outlineColor);
  });
  // What is drawn has no outline that all browsers show, but a stroke.
  const stroked = (one) => [...one.children].some((part) =>
    parseFloat(getComputedStyle(part).strokeWidth) >= 2 && getComputedStyle(part).stroke !== "none");
  const spotsIn = (box) => [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].map(([x, y]) =>
    [box.x + x * box.width, box.y + y * box.height]);
  const focusable = "a[href], area[href], button, input, select, textarea, summary, [tabindex='0']";
  for (const one of document.querySelectorAll(focusable)) {
    if (one.closest(".unseen") || one.matches(":disabled, [type=hidden]")) continue;
    if (!one.checkVisibility({ visibilityProperty: true })) continue;
    one.focus();
    if (document.activeElement !== one) continue;
    if (!one.matches(":focus-visible")) found.add(`the browser shows no focus on ${nameOf(one)}`);
    const shown = [one, one.closest("label"), one.closest(".choice"), one.parentElement].filter(Boolean);
    const isSeen = shown.some(outlined) || one instanceof SVGElement && stroked(one);
    if (!isSeen) found.add(`no outline on ${nameOf(one)}`);
    // A box that is drawn by its label lies below it.
    const own = [one, one.closest("label")].filter(Boolean);
    const spots = own.flatMap((each) => [...each.getClientRects()]).flatMap(spotsIn);
    const isOnTop = (spot) => {
      const top = document.elementFromPoint(...spot);
      return top && own.some((each) => each.contains(top));
    };
    if (!spots.some(isOnTop)) found.add(`the focus is hidden on ${nameOf(one)}`);
  }
  document.activeElement.blur();
  return [...found];
}"""

#: What is chosen among its like has to differ in more than a background, which forced colours take away.
LOST_STATES = """() => {
  const found = new Set();
  const told = (one) => {
    const style = getComputedStyle(one);
    return [
      style.outlineStyle, style.outlineWidth, style.borderTopStyle, style.borderTopWidth, style.borderBottomStyle,
      style.borderBottomWidth, style.borderBottomColor, style.textDecorationLine, style.fontWeight, style.color,
    ].join();
  };
  const chosen = "[aria-current], [aria-selected=true], [aria-pressed=true], :is(label, .choice):has(> input:checked)";
  for (const one of document.querySelectorAll(`:is(main, header) :is(${chosen})`)) {
    // A box or button that is seen is drawn by the browser, and shows it by itself.
    const isDrawn = one.querySelector("input:not(.sr)");
    if (isDrawn || !one.checkVisibility({ visibilityProperty: true })) continue;
    const list = one.closest("nav, ul, ol, tr, svg, form, fieldset, .chips, .choices") ?? one.parentElement;
    const other = [...list.querySelectorAll(one.localName)].find((each) =>
      !each.matches(chosen) && each.className === one.className && each.checkVisibility());
    const name = `${one.localName}.${one.className} “${(one.innerText ?? "").trim()}”`;
    if (other && told(other) === told(one)) found.add(`${name} looks like any other`);
  }
  return [...found];
}"""


def cut_off(page: Page) -> list[str]:
    """Texts of which not all can be seen."""
    return [f"{page.url} cuts off {text}" for text in page.evaluate(CUT_OFF)]


@contextmanager
def spaced(page: Page) -> Iterator[None]:
    """The page with its letters, words and lines further apart."""
    page.evaluate(SPACED)
    yield
    page.evaluate("document.adoptedStyleSheets = []")


def hidden_focus(page: Page) -> list[str]:
    """What can have the focus without showing it."""
    # What a page makes of a new size is there once it has been drawn.
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    # Only whoever uses the keyboard is shown where the focus is.
    page.keyboard.press("Tab")
    return [f"{page.url}: {problem}" for problem in page.evaluate(HIDDEN_FOCUS)]


def lost_states(page: Page) -> list[str]:
    """What is chosen and looks, in forced colours, like all that is not."""
    page.emulate_media(forced_colors="active")
    return [f"{page.url}: {problem}" for problem in page.evaluate(LOST_STATES)]
