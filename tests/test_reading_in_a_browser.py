"""The page as people read it: by night, on paper, by keys, with its links and its ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import scroll_through

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LEAST_CONTRAST, LEAST_CONTRAST_OF_LARGE = 4.5, 3.0
"""W3C, Web Content Accessibility Guidelines 2.2, 1.4.3."""

FAINT_TEXTS = """
() => {
  const parse = (colour) => {
    const [red, green, blue, alpha = 1] = colour.match(/[0-9.]+/g).map(Number);
    return { parts: [red, green, blue], alpha };
  };
  const lay = ({ parts, alpha }, below) =>
    parts.map((part, at) => part * alpha + below[at] * (1 - alpha));
  const ground = (element) => {
    const layers = [];
    for (let own = element; own; own = own.parentElement) {
      layers.unshift(parse(getComputedStyle(own).backgroundColor));
    }
    return layers.reduce((below, top) => lay(top, below), [255, 255, 255]);
  };
  const lighten = (parts) => parts.map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const isText = walker.currentNode.textContent.trim();
    if (!isText || element.closest("svg, script, style, option, :disabled")) continue;
    if (!element.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(element);
    const below = ground(element);
    const [a, b] = [lighten(lay(parse(style.color), below)), lighten(below)];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const isLarge = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const told = `${contrast.toFixed(2)} ${element.outerHTML.slice(0, 80)}`;
    if (contrast < (isLarge ? LARGE : SMALL)) faint.push(told);
  }
  return faint;
}
""".replace("LARGE", str(LEAST_CONTRAST_OF_LARGE)).replace("SMALL", str(LEAST_CONTRAST))

UNNAMED = """
() => [..."button, a, input, select, summary, img, [role=img], [role=group]".split(", ")]
  .flatMap((kind) => [...document.querySelectorAll(kind)])
  .filter((own) => own.checkVisibility() && !own.closest("svg g"))
  .filter((own) => !(own.textContent.trim() || own.getAttribute("aria-label")
    || own.getAttribute("aria-labelledby") || own.alt || (own.labels && own.labels.length)))
  .map((own) => own.outerHTML.slice(0, 90))
"""

ALL_DRAWN = """
() => [...document.querySelectorAll("[data-figure]")]
  .every((own) => !own.checkVisibility() || own.querySelector("svg"))
"""

NOTE_WHAT_IS_COPIED = """
() => {
  const copied = document.getElementById("copied");
  window.told = new Promise((tell) => new MutationObserver(() => tell(copied.textContent))
    .observe(copied, { childList: true, characterData: true, subtree: true }));
}
"""
"""The message goes again after two seconds, which a busy machine may take to look at it."""

SKIPPED_HEADINGS = """
() => {
  const headings = [...document.querySelectorAll("h1, h2, h3, h4")];
  const levels = headings.map((own) => Number(own.tagName[1]));
  return levels.filter((level, at) => level > (at ? levels[at - 1] : 0) + 1);
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read(browser: Browser, file: Path, scheme: str) -> None:
    opened = browser.new_page(viewport={"width": 1400, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]  # a literal of the library's
    opened.goto(file.as_uri())
    scroll_through(opened)
    ground = opened.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    opened.locator("#open-all").click()
    assert opened.evaluate(FAINT_TEXTS) == []
    opened.close()


def test_the_line_of_the_plan_in_a_legend_is_seen_at_night(browser: Browser, file: Path) -> None:
    opened = browser.new_page(color_scheme="dark")
    opened.goto(file.as_uri())
    line = opened.locator(".legend .solid").first
    shown = "(own) => [getComputedStyle(own).borderTopColor, getComputedStyle(own).filter]"
    ink = opened.evaluate("getComputedStyle(document.body).color")
    assert line.evaluate(shown) == [ink, "none"]
    opened.close()


def test_ids_that_head_a_table_stay_as_they_are(page: Page) -> None:
    kept = """() => [...document.querySelectorAll('th')].map(
      (own) => getComputedStyle(own, '::first-letter').textTransform)"""
    assert set(page.evaluate(kept)) == {"none"}


def test_what_can_be_used_has_a_name_and_headings_follow_each_other(page: Page) -> None:
    scroll_through(page)
    assert page.evaluate(UNNAMED) == []
    assert page.evaluate(SKIPPED_HEADINGS) == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((own) => own.id)")
    assert len(ids) == len(set(ids))


def test_what_scrolls_by_itself_is_reached_by_keys(browser: Browser, file: Path) -> None:
    opened = browser.new_page(viewport={"width": 390, "height": 800})
    opened.goto(file.as_uri())
    scroll_through(opened)
    lost = opened.evaluate(
        "[...document.querySelectorAll('.table')].filter((own) => own.checkVisibility()"
        " && own.scrollWidth > own.clientWidth + 1 && own.tabIndex < 0).length"
    )
    assert lost == 0
    opened.close()


def test_a_link_to_a_section_is_copied(page: Page, file: Path) -> None:
    # Charts that come to life above a link move it away between the press and the release.
    scroll_through(page)
    page.wait_for_function(ALL_DRAWN)
    page.evaluate(NOTE_WHAT_IS_COPIED)
    page.locator("#s0-limits-title a.permalink").click()
    assert page.evaluate("window.told") == "Link copied"
    assert page.url == f"{file.as_uri()}#s0-limits"


def test_a_figure_of_the_ledger_opens_by_keys(page: Page) -> None:
    row = page.locator("#figures tbody").first
    more = row.locator("tr.more")
    assert not more.is_visible()
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    assert more.is_visible()
    page.locator("#open-all").click()
    assert (
        page.locator("#figures tr.more:visible").count() == page.locator("#figures tbody").count()
    )


def test_the_ledger_opens_without_javascript(browser: Browser, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(file.as_uri())
    row = opened.locator("#figures tbody").first
    row.locator("summary").click()
    assert row.locator("tr.more").is_visible()
    context.close()


def test_the_first_page_of_a_print_is_the_recommendation(page: Page) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    assert page.locator("#s0-recommendation").is_visible()
    breaks = page.locator("#s0-recommendation").evaluate(
        "(own) => getComputedStyle(own).breakAfter"
    )
    assert breaks == "page"
    for title in page.locator("h2, h3").all():
        assert title.evaluate("(own) => getComputedStyle(own).breakAfter") == "avoid"
    assert not page.locator("nav").is_visible()
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
    page.emulate_media(media="screen", color_scheme="light")
