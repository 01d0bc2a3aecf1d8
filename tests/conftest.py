"""A browser, and a page with a map opened in it."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import scroll_through
from small_scenarios import put, run, tiny_document

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDE = 1400

LONGEST = (
    *("test_claims.py", "test_resume.py", "test_weights.py", "test_packaging.py"),
    *("test_second_opinion.py", "test_interrupts.py", "test_notebooks.py", "test_voi.py"),
    *("test_study_screens.py", "test_walkthroughs.py", "test_cut_short_studies.py"),
)
"""Files that take longest: begun first, so that no process is left alone with one at the end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first; the others, and the tests of each, in the order they had."""
    items.sort(key=lambda item: item.path.name not in LONGEST)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium without a window; skips where there is none."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("there is no chromium on the path; Debian's package of that name has one")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a map, and its page, made by the first of the processes that test."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "browser"
    if not shared.exists():
        made = tmp_path_factory.mktemp("browser-made")
        run_folder = make_tricky_run(made / "tiny-run")
        ended = run("report", run_folder, "--out", made / "page.html")
        assert ended.code == 0, ended.err
        with contextlib.suppress(OSError):  # another was quicker
            made.rename(shared)
    return shared


def make_tricky_run(out: Path) -> Path:
    """A run with a map of a scenario with tricky texts and three pillars."""
    from test_report import TRICK, make_run  # when it is needed: it loads what writes documents

    document = tiny_document()
    put(document, "instruments.grid.title", TRICK)
    put(document, "areas.energy.title", "<img src=x onerror=alert(1)>")
    put(document, "layers.frontier.title", "</script><b>Frontier</b>")
    put(document, "layers.integration", {"us": 5, "china": 9, "title": "=Integration"})
    put(document, "instruments.robots", {"area": "energy", "max_per_year": 1.5, "scale": 1.0})
    effect = {"instrument": "robots", "layer": "integration", "points": 6.0}
    put(document, "effects.robots_integration", effect)
    return make_run(out, document)


@pytest.fixture(scope="session")
def folder(home: Path) -> Path:
    return home / "tiny-run"


@pytest.fixture(scope="session")
def file(home: Path) -> Path:
    return home / "page.html"


@pytest.fixture
def page(browser: Browser, file: Path) -> Iterator[Page]:
    """The page opened wide; whatever it asks for or complains of fails the test."""
    opened = browser.new_page(viewport={"width": WIDE, "height": 900})
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: complaints.append(f"dialog: {dialog.message}"))
    opened.on("request", lambda request: complaints.append(request.url[:100]))
    opened.goto(file.as_uri())
    yield opened
    scroll_through(opened)
    opened.close()
    kept = [text for text in complaints if text != file.as_uri() and not text.startswith("data:")]
    assert kept == []
