"""The page in a real browser: it asks for nothing, complains of nothing, and answers at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browsing import move_slider, read_answer, scroll_through, wait_for_explorer
from small_scenarios import put, run, tiny_document, write_scenario

from stratafolio.inputs.read import read_scenario
from stratafolio.model.equations.evaluate import SMALLEST_GAIN

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STEP_MS = 50.0
"""Most that a slider's step may take."""

RANGE = {"points_low": 1.0, "points_high": 6.0, "confidence": "low"}
ASKED = (
    *("solve", "sensitivity weights --samples 20", "sensitivity map", "sensitivity flip"),
    *("sensitivity budget --from 1 --to 3", "sensitivity stakeholders"),
    *("sensitivity inputs", "sensitivity inputs --method breakeven"),
    *(f"sensitivity inputs --samples 64 --method {own}" for own in ("sobol", "sample", "voi")),
    *("frontier --layers frontier,diffusion --tolerance 0.1", "alternatives", "robust", "explain"),
    *("compare with textbook", "elicit"),
)
"""Every question that a folder may hold the answer of."""

MOST_MOVED = 1.0
"""Pixels by which anything may move: heights are rounded."""

OPEN_MS = 2000.0
NARROW = 400


def test_charts_come_to_life_without_complaint(page: Page) -> None:
    scroll_through(page)
    page.wait_for_timeout(300)
    count = page.locator("[data-figure]").count()
    assert page.locator("[data-figure] svg").count() == count
    assert page.locator("[data-figure] img").count() == 0
    assert "<img src=x onerror=alert(1)>" in page.locator(".legend").first.inner_text()


@pytest.mark.parametrize("width", [390, 1024, 1440])
def test_nothing_moves_when_charts_come_to_life(browser: Browser, file: Path, width: int) -> None:
    """Where every heading and figure stands, before the first chart is drawn and after the last."""
    opened = browser.new_page(viewport={"width": width, "height": 900})
    # No chart is in view before it is asked for, and none waits for a script of an earlier page.
    opened.add_init_script(
        "window.IntersectionObserver = class extends IntersectionObserver {"
        " observe(place) { (window.held ??= []).push(() => super.observe(place)); } };"
    )
    opened.goto(file.as_uri())
    before = read_places(opened)
    opened.evaluate("held.forEach((observe) => observe())")
    scroll_through(opened)
    opened.wait_for_function("!document.querySelector('[data-figure] img')")
    after = read_places(opened)
    assert after.keys() == before.keys()
    moved = {name: after[name] - before[name] for name in before}
    assert max(map(abs, moved.values())) < MOST_MOVED, moved
    opened.close()


def read_places(page: Page) -> dict[str, float]:
    """How far down the page each heading and each chart begins, in pixels."""
    told = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('h2,h3,[data-figure]')].map((own, at) =>"
        " [`${at} ${own.dataset.figure ?? own.textContent}`,"
        " own.getBoundingClientRect().top + scrollY]))"
    )
    assert isinstance(told, dict)
    return told


def test_text_under_the_pointer_stays_text(page: Page) -> None:
    place = page.locator("[data-figure=s0-spending-by-area]")
    place.scroll_into_view_if_needed()
    page.wait_for_selector("[data-figure=s0-spending-by-area] svg")
    place.locator("svg path[aria-roledescription=bar]").first.hover()
    tip = page.locator("#vg-tooltip-element")
    tip.wait_for(state="visible")
    assert "<img src=x onerror=alert(1)>" in tip.inner_text()
    assert tip.locator("img").count() == 0


def test_page_opens_quickly(browser: Browser, file: Path) -> None:
    taken = []
    for _ in range(3):
        opened = browser.new_page()
        opened.goto(file.as_uri())
        timing = "performance.timing.loadEventEnd - performance.timing.navigationStart"
        taken.append(float(opened.evaluate(timing)))
        opened.close()
    assert min(taken) < OPEN_MS


def test_twenty_weightings_agree_with_solve(page: Page, folder: Path) -> None:
    """What the page shows against a fresh solve at the weights it shows it for."""
    wait_for_explorer(page)
    layers = list(read_scenario(str(folder)).layers)
    draw = np.random.default_rng(0)
    shown = set()
    for _ in range(20):
        for at in range(len(layers)):
            move_slider(page, at, int(draw.integers(0, 101)))
        told = read_answer(page)
        shown.add(told["portfolio"])
        assert sum(told["weights"]) == pytest.approx(1.0)
        weights = ",".join(f"{la}={w!r}" for la, w in zip(layers, told["weights"], strict=True))
        best = json.loads(run("solve", folder, "--weights", weights, "--gap", 0, "--json").out)
        loss = best["gain"] - told["gain"]
        assert -1e-7 <= loss <= told["regret"] * max(best["gain"], SMALLEST_GAIN) + 1e-9
        assert loss <= told["loss"] + 1e-9
    assert len(shown) > 1


def test_a_map_over_pillars_proves_more_where_it_holds(browser: Browser, tmp_path: Path) -> None:
    document = tiny_document()
    put(document, "layers.integration", {"us": 5, "china": 9})
    put(document, "layers.safety_stability", {"us": 5, "kind": "level"})
    put(document, "layers.efficiency", {"us": 5})
    for layer in ("integration", "safety_stability", "efficiency"):
        own = {"instrument": "labs", "layer": layer, "points": 2.0, "scale": 1.0}
        put(document, f"effects.labs_{layer}", own)
    pillars = {"one": ["frontier", "efficiency"], "two": ["diffusion", "integration"]}
    put(document, "pillars", {**pillars, "three": ["safety_stability"]})
    scenario = tmp_path / "pillars.yaml"
    scenario.write_text(json.dumps(document), encoding="utf-8")
    assert run("report", scenario, "--out", tmp_path / "page.html").code == 0
    opened = browser.new_page()
    opened.goto((tmp_path / "page.html").as_uri())
    wait_for_explorer(opened)
    data = json.loads(opened.locator("#page-data").text_content() or "")["map"]
    (own,) = data["slices"]
    assert (own["regret"] <= 0.02, data["regret"] <= 0.15) == (True, True)
    assert read_answer(opened)["regret"] == min(own["regret"], data["regret"])
    told = [read_answer(opened)]
    for at, to in ((0, 37), (4, 40)):
        move_slider(opened, at, to)
        told.append(read_answer(opened))
    assert told[-1]["regret"] == data["regret"]
    layers = data["layers"]
    for one in told:
        weights = ",".join(f"{la}={w!r}" for la, w in zip(layers, one["weights"], strict=True))
        best = json.loads(run("solve", scenario, "--weights", weights, "--gap", 0, "--json").out)
        assert best["gain"] - one["gain"] <= one["loss"] + 1e-9
    opened.close()


def test_a_step_of_a_slider_takes_less_than_fifty_milliseconds(page: Page) -> None:
    wait_for_explorer(page)
    taken = page.evaluate(
        "() => { const input = document.getElementById('weight-0'); const taken = [];"
        " for (let to = 0; to <= 100; to += 5) { const begun = performance.now(); input.value = to;"
        " input.dispatchEvent(new Event('input', { bubbles: true }));"
        " taken.push(performance.now() - begun); } return taken; }"
    )
    assert float(np.median(taken)) < STEP_MS


def test_programmes_enter_and_leave(page: Page) -> None:
    wait_for_explorer(page)
    page.get_by_role("button", name="Only").last.click()
    alone = read_answer(page)
    assert alone["weights"] == [0, 0, 1]
    data = json.loads(page.locator("#page-data").text_content() or "")["map"]
    best = next(own for own in data["portfolios"] if own["id"] == alone["portfolio"])
    entered = [id_ for id_ in best["funded"] if id_ not in data["plan"]["funded"]]
    left = [id_ for id_ in data["plan"]["funded"] if id_ not in best["funded"]]
    for where, ids in (("enters", entered), ("leaves", left)):
        titles = [data["programmes"][id_]["title"] for id_ in ids] or ["nothing"]
        assert page.locator(f"#{where} li").all_text_contents() == titles
    page.get_by_role("button", name="The scenario's weights").click()
    assert read_answer(page)["weights"] == pytest.approx(data["today"])


def test_sliders_obey_the_keyboard(page: Page) -> None:
    wait_for_explorer(page)
    page.locator("#weight-0").focus()
    before = read_answer(page)["weights"][0]
    page.keyboard.press("ArrowRight")
    assert read_answer(page)["weights"][0] == pytest.approx(
        round(before * 100 + 1) / 100, abs=0.011
    )
    page.keyboard.press("End")
    assert read_answer(page)["weights"] == [1, 0, 0]
    page.keyboard.press("PageDown")
    assert read_answer(page)["weights"] == pytest.approx([0.9, 0.05, 0.05], abs=0.051)
    assert page.locator("#weight-0").get_attribute("aria-valuetext") is not None


def test_a_click_on_the_triangle_moves_the_sliders(page: Page) -> None:
    wait_for_explorer(page)
    place = page.locator("[data-figure=pillar-map]")
    place.scroll_into_view_if_needed()
    page.wait_for_selector("[data-figure=pillar-map] svg")
    box = page.locator("[data-figure=pillar-map] svg").bounding_box()
    assert box is not None
    # Near the top corner: nearly all weight on the third layer.
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.13 * box["height"])
    weights = read_answer(page)["weights"]
    assert weights[2] > 0.8
    assert weights[0] == pytest.approx(weights[1], abs=0.06)
    page.mouse.click(box["x"] + 0.12 * box["width"], box["y"] + 0.72 * box["height"])
    assert read_answer(page)["weights"][0] > 0.8


def test_the_ledger_can_be_sifted(page: Page) -> None:
    rows = page.locator("#figures tbody:visible")
    everything = rows.count()
    shares = [abs(float(row.get_attribute("data-share") or 0)) for row in rows.all()]
    assert shares == sorted(shares, reverse=True)
    page.fill("#find", "robots integration")
    assert 0 < rows.count() < everything
    page.fill("#find", "")
    page.get_by_role("combobox", name="Table").select_option("effects")
    assert 0 < rows.count() < everything
    page.select_option("#order", "path")
    paths = rows.locator("code").all_text_contents()
    assert paths == sorted(paths)


def test_nothing_sticks_out_on_a_narrow_screen(browser: Browser, file: Path) -> None:
    opened = browser.new_page(viewport={"width": NARROW, "height": 800})
    opened.goto(file.as_uri())
    scroll_through(opened)
    assert opened.evaluate("document.documentElement.scrollWidth") <= NARROW
    opened.close()


@pytest.fixture(scope="module")
def every_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a small scenario with all studies in its folder."""
    home = tmp_path_factory.mktemp("studies")
    document = tiny_document()
    put(document, "effects.grid_frontier", {**document["effects"]["grid_frontier"], **RANGE})
    scenario = write_scenario("yaml", home, document)
    for words in ASKED:
        command, *others = words.split(" with ")
        ended = run(*command.split(), scenario, *others, "--out", home / "run")
        assert ended.code == 0, ended.err
    file = home / "page.html"
    assert run("report", home / "run", "--out", file).code == 0
    return file


CONTENTS = """
() => {
  const [nav, wide] = [document.querySelector("nav"), document.documentElement.clientWidth];
  const links = [...nav.querySelectorAll("a")].map((own) => own.getBoundingClientRect());
  const answer = document.getElementById("answer");
  return {
    links: links.length,
    cut: links.filter((own) => own.left < 0 || own.right > wide).length,
    below: parseFloat(getComputedStyle(answer).top) - nav.offsetHeight,
  };
}
"""


@pytest.mark.parametrize("width", [1024, 1440])
def test_all_of_the_contents_are_in_sight(browser: Browser, every_study: Path, width: int) -> None:
    opened = browser.new_page(viewport={"width": width, "height": 900})
    opened.goto(every_study.as_uri())
    told = opened.evaluate(CONTENTS)
    assert told["links"] > len(ASKED)
    assert told["cut"] == 0
    assert abs(told["below"]) <= MOST_MOVED  # the answer of the sliders stays below them
    opened.close()


PAPER = 680
"""Pixels of A4 between its margins."""

BROKEN_ON_PAPER = """
() => {
  const words = [];
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.closest("th") || !node.parentElement.checkVisibility()) continue;
    for (const found of node.textContent.matchAll(/[A-Za-z0-9%$]+/g)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      if (range.getClientRects().length > 1) words.push(found[0]);
    }
  }
  const wide = [...document.querySelectorAll(".table")]
    .filter((own) => own.checkVisibility() && own.scrollWidth > own.clientWidth + 1)
    .map((own) => own.querySelector("table").id);
  return { words, wide };
}
"""


def test_tables_keep_their_words_and_their_columns_on_paper(
    browser: Browser, every_study: Path
) -> None:
    """No heading is broken within a word, no table wider than the paper, no heading of nothing."""
    opened = browser.new_page(viewport={"width": PAPER, "height": 900})
    opened.goto(every_study.as_uri())
    opened.emulate_media(media="print")
    assert opened.evaluate(BROKEN_ON_PAPER) == {"words": [], "wide": []}
    assert not opened.locator("#pins-title").is_visible()
    assert not opened.locator("#interview").is_visible()
    assert opened.locator("#weights-title").is_visible()
    opened.close()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1400), ("dark", NARROW)])
def test_nothing_on_the_page_keeps_anyone_out(
    browser: Browser, every_study: Path, scheme: Any, width: int
) -> None:
    """What axe finds: contrast, names of what can be pressed, order of headings, and the like."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    opened = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    opened.goto(every_study.as_uri())
    scroll_through(opened)
    opened.wait_for_function("!document.querySelector('[data-figure] img')")
    told = axe.run(opened).response
    assert [(own["id"], own["nodes"][0]["html"]) for own in told["violations"]] == []
    opened.evaluate("document.querySelector('.permalink').removeAttribute('aria-label')")
    opened.evaluate("document.querySelector('.permalink').textContent = ''")
    worse = axe.run(opened).response["violations"]
    assert "link-name" in [own["id"] for own in worse]
    opened.close()


def test_page_is_a_document_without_javascript(browser: Browser, file: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(file.as_uri())
    assert opened.locator("#explorer").is_visible() is False
    assert opened.locator("#s0-recommendation").is_visible()
    assert opened.locator("[data-figure] img").first.is_visible()
    assert opened.get_by_text("The sliders need JavaScript").is_visible()
    context.close()
