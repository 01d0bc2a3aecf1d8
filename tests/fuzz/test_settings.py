"""Settings, budgets and weights drawn at random: what they change is checked, shown and solved."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from fuzz.cases import draw_for, end_well, list_cases
from fuzz.mutate import ODD_NUMBERS, ODD_TEXTS, draw_odd, full_document, list_places, misspell
from small_scenarios import Document, show_leaf, write_scenario

COMMANDS = (("scenario", "check"), ("scenario", "show"), ("solve", "--time-limit", "10"))
ODD_WEIGHTS = (
    *(
        "firms",
        "unions",
        "nobody",
        "frontier=1",
        "frontier=1,diffusion=2",
        "frontier=0",
        "frontier",
    ),
    *("frontier=", "=1", ",", "frontier=1,frontier=2", "frontier=x", "fronteer=1", "frontier=-1"),
    *("frontier=1e400", "frontier=nan", "frontier=[1]", "frontier=1;diffusion=2", "firms,unions"),
)


def draw_setting(draw: Random, document: Document) -> str:
    """A `path=value` that is near to one that could be meant."""
    path = [str(step) for step in draw.choice(list_places(document))]
    if draw.random() < 0.3:
        at = draw.randrange(len(path))
        path[at] = misspell(draw, path[at])
    if draw.random() < 0.2:
        path.insert(draw.randint(0, len(path)), draw.choice(("x", "", "2027", "points", "change")))
    value = draw.choice(
        (show_leaf(draw_odd(draw)), draw.choice(ODD_TEXTS), f"{draw.gauss(1, 3):g}")
    )
    return draw.choice(("{}={}", "{}={}", "{}={}", "{}= {}", " {} ={}", "{}{}")).format(
        ".".join(path), value
    )


@pytest.mark.parametrize("case", list_cases(50))
def test_settings_end_well(case: int, tmp_path: Path) -> None:
    draw = draw_for("settings", case)
    document = full_document(draw)
    file = write_scenario("yaml", tmp_path, document)
    arguments: list[str] = []
    for _ in range(draw.choice((0, 1, 1, 2, 3))):
        arguments += ["--set", draw_setting(draw, document)]
    if draw.random() < 0.3:
        arguments += ["--budget", f"{draw.choice(ODD_NUMBERS)}"]
    if draw.random() < 0.3:
        arguments += ["--weights", draw.choice(ODD_WEIGHTS)]
    form = draw.choice(((), ("--json",)))
    codes = {end_well(*command, file, *arguments, *form).code for command in COMMANDS}
    assert codes <= {0, 4, 5} or len(codes) == 1, codes
