"""The page of a scenario with its map: its size, how soon it opens, how soon a slider answers.

Needs playwright and Debian's chromium. `page_speed.py PAGE.html` measures a page that is there,
without an argument that of us-2027 is made first (a minute or two).
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from measure import describe_machine, find_command
from playwright.sync_api import Browser, sync_playwright

MOST_BYTES, MOST_OPEN_MS, MOST_STEP_MS = 5e6, 2000.0, 50.0
TIMES = 7

OPENED = "performance.timing.loadEventEnd - performance.timing.navigationStart"
STEPS = """() => {
  const taken = [];
  for (const input of document.querySelectorAll("#sliders input"))
    for (let to = 0; to <= 100; to += 5) {
      const begun = performance.now();
      input.value = to;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      taken.push(performance.now() - begun);
    }
  return taken;
}"""


def measure_page(browser: Browser, file: Path) -> tuple[float, list[float]]:
    """Milliseconds until it is open, and of each step of each slider."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.goto(file.as_uri())
    opened = float(page.evaluate(OPENED))
    page.locator("#explorer").scroll_into_view_if_needed()
    page.wait_for_selector("[data-figure=choice] svg")
    steps = [float(ms) for ms in page.evaluate(STEPS)]
    page.close()
    return opened, steps


def main(file: Path) -> None:
    """Prints what was measured beside what was claimed."""
    chromium = shutil.which("chromium") or sys.exit("there is no chromium on the path")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        runs = [measure_page(browser, file) for _ in range(TIMES)]
        browser.close()
    steps = [ms for _, one in runs for ms in one]
    size, opened = file.stat().st_size, statistics.median(ms for ms, _ in runs)
    print(describe_machine(["altair", "vl-convert-python", "playwright"]))
    print(f"size {size / 1e6:.2f} MB (claim: at most {MOST_BYTES / 1e6:g})")
    print(f"opens in {opened:.0f} ms, median of {TIMES} (claim: under {MOST_OPEN_MS:g})")
    print(
        f"a slider's step takes {statistics.median(steps):.1f} ms, median of {len(steps)}, at most "
        f"{max(steps):.1f} (claim: under {MOST_STEP_MS:g})"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        made = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "us-2027.html"
        if len(sys.argv) == 1:
            subprocess.run([find_command(), "report", "us-2027", "--out", str(made)], check=True)
        main(made)
