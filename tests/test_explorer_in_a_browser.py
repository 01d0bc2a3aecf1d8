"""The explorer of weights in a real browser: the triangle, pins, pictures and tables saved."""

from __future__ import annotations

import csv
import itertools
import json
import re
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from browsing import read_answer, wait_for_explorer

from stratafolio.results.charts.triangle import HEIGHT, place

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

POINTS = [
    ((a + 0.34) / 7, (b + 0.33) / 7, 1 - (a + b + 0.67) / 7)
    for a, b in itertools.product(range(7), repeat=2)
    if a + b < 7
][:24]
"""Weights on three corners, none on an edge."""


def read_map(page: Page) -> dict[str, Any]:
    """What the page knows of the map."""
    told = json.loads(page.locator("#page-data").text_content() or "")["map"]
    assert isinstance(told, dict)
    return told


def wait_for_triangle(page: Page) -> None:
    wait_for_explorer(page)
    page.locator("[data-figure=pillar-map]").scroll_into_view_if_needed()
    page.wait_for_selector("[data-figure=pillar-map] svg")
    page.wait_for_selector(".overlay .handle")


def find_on_screen(page: Page, weights: tuple[float, ...]) -> tuple[float, float]:
    """Where weights of the three corners stand on the screen."""
    box = page.evaluate(
        "() => { const box = document.querySelector("
        "'[data-figure=pillar-map] svg .mark-line path').getBoundingClientRect();"
        " return [box.left, box.bottom, box.width, box.height]; }"
    )
    x, y = place(weights)
    return box[0] + x * box[2], box[1] - y / HEIGHT * box[3]


def test_the_triangle_tells_each_cell_under_the_pointer(page: Page) -> None:
    """At 24 points of 24, the portfolio that is best there."""
    wait_for_triangle(page)
    told = read_map(page)
    assert len(POINTS) == 24
    tip = page.locator("#vg-tooltip-element")
    for point in POINTS:
        weights = np.array(point) @ np.array(told["triangle"]["corners"])
        values = {own["id"]: float(weights @ own["z"]) for own in told["portfolios"]}
        page.mouse.move(*find_on_screen(page, point))
        tip.wait_for(state="visible")
        shown = tip.locator("tr", has_text="Portfolio").locator(".value").inner_text()
        assert values[shown] == pytest.approx(max(values.values()), abs=1e-6)
        page.mouse.move(2, 2)
        tip.wait_for(state="hidden")


def test_the_answer_stays_in_sight_on_the_triangle(page: Page) -> None:
    wait_for_triangle(page)
    page.locator("[data-figure=pillar-map]").evaluate("one => one.scrollIntoView({block: 'end'})")
    before = page.locator("#answer").inner_text()
    page.mouse.click(*find_on_screen(page, (0.05, 0.05, 0.9)))
    answer = page.locator("#answer")
    assert answer.inner_text() != before
    box, screen = answer.bounding_box(), page.viewport_size
    assert box is not None
    assert screen is not None
    assert 0 <= box["y"] < box["y"] + box["height"] <= screen["height"]


def test_arrow_keys_move_on_the_triangle(page: Page) -> None:
    wait_for_triangle(page)
    handle = page.get_by_role("slider", name="Weights on the triangle")
    handle.focus()
    page.mouse.click(*find_on_screen(page, (0.5, 0.3, 0.2)))
    before = np.array(read_answer(page)["weights"])
    handle.focus()
    page.keyboard.press("ArrowRight")
    assert read_answer(page)["weights"] == pytest.approx(before + np.array([-0.01, 0.01, 0.0]))
    page.keyboard.press("Shift+ArrowUp")
    moved = read_answer(page)["weights"]
    assert moved[2] == pytest.approx(before[2] + 0.1)
    assert moved[0] / moved[1] == pytest.approx((before[0] - 0.01) / (before[1] + 0.01))
    for _ in range(12):
        page.keyboard.press("Shift+ArrowUp")
    assert read_answer(page)["weights"] == pytest.approx([0, 0, 1])
    page.keyboard.press("ArrowDown")
    assert read_answer(page)["weights"] == pytest.approx([0.005, 0.005, 0.99])
    assert "99 %" in (handle.get_attribute("aria-valuetext") or "")


def test_stakeholders_on_the_triangle_are_reached_by_tab_and_set_by_enter(page: Page) -> None:
    wait_for_triangle(page)
    marks = read_map(page)["triangle"]["marks"]
    assert [mark["title"] for mark in marks] == ["firms", "unions"]
    page.get_by_role("slider", name="Weights on the triangle").focus()
    for mark in marks:
        page.keyboard.press("Tab")
        name = page.evaluate("document.activeElement.getAttribute('aria-label')")
        assert name.startswith(f"{mark['letter']}: {mark['title']}, ")
        page.keyboard.press("Enter")
        assert read_answer(page)["weights"] == pytest.approx(mark["weights"], abs=1e-9)


def save(page: Page, figure: str, kind: str, folder: Path) -> Path:
    """Saves a chart by its button; gives the file."""
    place = page.locator(f"figure:has([data-figure={figure}])")
    place.scroll_into_view_if_needed()
    with page.expect_download() as waiting:
        place.get_by_role("button", name=re.compile(f"as a {kind} ")).click()
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    return file


def test_each_chart_is_saved_as_a_picture(page: Page, tmp_path: Path) -> None:
    wait_for_explorer(page)
    for figure in ("choice", "s0-spending-by-area"):
        file = save(page, figure, "PNG", tmp_path)
        assert file.name == f"{figure}.png"
        content = file.read_bytes()
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", content[16:24])
        box = page.locator(f"[data-figure={figure}] svg").bounding_box()
        assert box is not None
        assert width >= 2 * box["width"]
        assert height > 2 * box["height"]


def read_csv(file: Path) -> list[list[str]]:
    return list(csv.reader(file.read_text("utf-8-sig").splitlines()))


def test_each_chart_is_saved_as_a_table(page: Page, tmp_path: Path) -> None:
    wait_for_explorer(page)
    rows = read_csv(save(page, "choice", "CSV", tmp_path))
    told = read_map(page)
    best = next(o for o in told["portfolios"] if o["id"] == read_answer(page)["portfolio"])
    assert rows[0] == ["programme", "area", "bn"]
    spent = {row[0]: float(row[2]) for row in rows[1:]}
    for id_, own in told["programmes"].items():
        assert spent[own["title"]] == pytest.approx(best["spending"].get(id_, 0.0))
    # What is no number and begins like a formula is text in a spreadsheet.
    rows = read_csv(save(page, "s0-lead-integration", "CSV", tmp_path))
    cells = [cell for row in rows for cell in row]
    assert "'=Integration" in cells
    assert "=Integration" not in cells


def test_two_weightings_stand_side_by_side_and_in_the_address(page: Page) -> None:
    wait_for_explorer(page)
    told = read_map(page)
    pinned = page.locator("#pinned")
    assert not pinned.is_visible()
    page.get_by_role("button", name="The scenario's weights").click()
    page.get_by_role("button", name="Pin these weights").click()
    page.get_by_role("button", name="Only").last.click()
    page.get_by_role("button", name="Pin these weights").click()
    sides = [told["today"], [0, 0, 1]]
    values = [[np.dot(weights, own["z"]) for own in told["portfolios"]] for weights in sides]
    found = [told["portfolios"][int(np.argmax(gains))] for gains in values]
    rows = {
        row.locator("th").inner_text(): row.locator("td").all_inner_texts()
        for row in pinned.locator("tbody tr").all()
    }
    for id_, own in told["programmes"].items():
        funded = [id_ in portfolio["funded"] for portfolio in found]
        assert (own["title"] in rows) == (funded[0] != funded[1])
        if funded[0] != funded[1]:
            assert ("comes in" if funded[1] else "goes out") in rows[own["title"]][2]
    baseline = told["baseline"]
    for at, layer in enumerate(told["layers"]):
        cells = rows[f"Gained in {told['titles'][layer]}, points"]
        assert [float(cell) for cell in cells[:2]] == pytest.approx(
            [own["z"][at] - baseline[at] for own in found], abs=0.006
        )
    for area in told["areas"].values():
        assert f"{area['title']}, $ bn" in rows
    assert page.evaluate("location.hash").count("pin=") == 2
    before = pinned.inner_text()
    page.reload()
    wait_for_explorer(page)
    assert pinned.inner_text() == before
    assert read_answer(page)["weights"] == pytest.approx([0, 0, 1])
    page.get_by_role("button", name="Take A off").click()
    page.get_by_role("button", name="Take A off").click()
    assert not pinned.is_visible()
    assert "pin=" not in page.evaluate("location.hash")


def test_an_interview_by_keyboard_ends_with_the_sliders_at_its_middle(page: Page) -> None:
    wait_for_explorer(page)
    page.get_by_text("Help me choose weights").click()
    interview = page.locator("#interview")

    def read() -> dict[str, str]:
        held = interview.evaluate("one => ({...one.dataset})")
        assert isinstance(held, dict)
        return held

    first = read()
    assert first["asked"] == "0"
    question = page.locator("#question").inner_text()
    assert question == "Question 1: which is worth more?"
    offers = page.locator("#replies button").all_inner_texts()
    assert offers[0].startswith("(a) ")
    assert " more in " in offers[1]
    page.locator("#replies button").first.focus()
    page.keyboard.press("Enter")
    second = read()
    assert second["asked"] == "1"
    assert float(second["regret"]) <= float(first["regret"])
    percent = f"{100 * float(second['regret']):.1f} %"
    assert f"loses at most {percent}" in page.locator("#proven").inner_text()
    page.get_by_role("button", name="Set the sliders to the middle").click()
    shown = read_answer(page)["weights"]
    assert shown == pytest.approx(json.loads(second["middle"]), abs=1e-9)
    assert shown != pytest.approx(json.loads(first["middle"]), abs=1e-3)
    page.get_by_role("button", name="Take answer 1 back").click()
    assert read() == first


def test_nothing_moves_by_itself_for_those_who_asked_for_that(browser: Browser, file: Path) -> None:
    for wish, behaviour in (("reduce", "auto"), ("no-preference", "smooth")):
        opened = browser.new_page(reduced_motion=wish)  # type: ignore[arg-type]
        opened.goto(file.as_uri())
        told = opened.evaluate("getComputedStyle(document.documentElement).scrollBehavior")
        assert told == behaviour
        assert opened.evaluate("document.getAnimations().length") == 0
        opened.close()
