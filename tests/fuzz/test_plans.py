"""Plans gone wrong at random: played, or refused by row and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.cases import draw_for, end_well, list_cases
from fuzz.mutate import ODD_NUMBERS, ODD_TEXTS, change_text, full_document
from small_scenarios import write_scenario


@pytest.mark.parametrize("case", list_cases(50))
def test_spoiled_plan_ends_well(case: int, tmp_path: Path) -> None:
    draw = draw_for("plan", case)
    rows = ["instrument,year,bn"]
    for _ in range(draw.randint(0, 4)):
        name = draw.choice(("grid", "labs", "grdi", draw.choice(ODD_TEXTS)))
        year = draw.choice((2027, 2028, 2029, draw.choice(ODD_NUMBERS)))
        rows.append(f"{name},{year},{draw.choice((0, 0.5, 1, draw.choice(ODD_NUMBERS)))}")
    text = "\n".join(rows) + "\n"
    plan = tmp_path / "plan.csv"
    plan.write_bytes(change_text(draw, text) if draw.random() < 0.5 else text.encode())
    file = write_scenario("yaml", tmp_path, full_document(draw))
    form = draw.choice(((), ("--json",)))
    end_well("evaluate", file, "--plan", plan, "--time-limit", "10", *form)
