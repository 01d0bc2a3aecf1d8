"""What tests of a page in a browser do with it: scroll, move sliders, read the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page


def scroll_through(page: Page) -> None:
    """Brings every chart into view once.

    A page behind others may be drawn no frames: then each is waited for no longer than 60 ms.
    """
    page.evaluate(
        "async () => { const frame = () => new Promise((done) => {"
        " requestAnimationFrame(done); setTimeout(done, 60); });"
        " for (let y = 0; y < document.documentElement.scrollHeight; y += 500) {"
        " window.scrollTo({ top: y, behavior: 'instant' }); await frame(); await frame(); } }"
    )
    page.wait_for_timeout(60)  # the last chart is drawn after the last step


def wait_for_explorer(page: Page) -> None:
    page.locator("#explorer").scroll_into_view_if_needed()
    page.wait_for_selector("[data-figure=choice] svg")


def read_answer(page: Page) -> dict[str, Any]:
    """What the explorer tells: the weights, the portfolio, its gain."""
    told = page.evaluate("({...document.getElementById('answer').dataset})")
    assert isinstance(told, dict)
    return {
        "weights": json.loads(told["weights"]),
        "portfolio": told["portfolio"],
        "gain": float(told["gain"]),
        "regret": float(told["regret"]),
        "loss": float(told["loss"]),
    }


def move_slider(page: Page, at: int, to: int) -> None:
    page.evaluate(
        "([at, to]) => { const input = document.getElementById(`weight-${at}`); input.value = to;"
        " input.dispatchEvent(new Event('input', { bubbles: true })); }",
        [at, to],
    )
