"""Command lines drawn at random: an answer, or a sentence with the exit code that is due for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random

import click
import pytest
from fuzz.cases import PATIENCE, at_most, check_ending, draw_for, list_cases
from small_scenarios import FORMS, put, run, tiny_document, write_scenario

from stratafolio.cli.main import stratafolio

ODD = (
    *("", " ", "-", "--", "-x", "--jsn", "--json=1", "0", "-1", "nan", "inf", "1e400", "null"),
    *("grid", "frontier", "\u00fc\u4e2d\U0001f600", "a\tb\nc", "\x1b[31m", "x" * 3000, "a=b=c"),
    *("../..", "/", "/dev/null", "/proc/nothing/x", "~", "$HOME", "*", "{}", "[", "'", '"', "\\"),
)
"""Words that belong nowhere."""

NUMBERS = ("0.5", "1", "2", "3", "0.01", "0", "-1", "1e-9", "1e9", "nan", "inf", "x", "", "1e400")
"""Numbers, the likely ones first: half of all choices fall on the first five."""

GOOD: dict[str, tuple[str, ...]] = {
    "--set": (
        *("budget.per_year=4", "instruments.grid.max_per_year=1", "weights={frontier: 1}"),
        *("instruments.labs.min_per_year=null", "objective=weakest_layer", "years.last=2030"),
        *(
            "instruments.grid.curve=[[0,0],[1,0.2],[3,1]]",
            "steady=0.1",
            "title=x",
            "discount_rate=0",
        ),
        *("effects.labs_diffusion.points=0", "instruments.labs.run_years=1", "futures=null"),
        "constraints.floor={kind: spend, of: [labs], at_least: 0.3}",
        "constraints.floor={kind: lead, layer: frontier, at_least: 90, years: [2028, 2028]}",
    ),
    "--weights": ("frontier=1", "diffusion=2,frontier=1", "firms"),
    "--layers": ("frontier,diffusion", "diffusion,frontier"),
    "--floor": ("frontier=1", "diffusion=-5"),
    "--fund": ("grid", "labs"),
    "--figure": ("effects.grid_frontier.points", "assumptions.rule", "group:rules"),
    "--options": ("2", "3"),
    "--where": ("frontier >= 0.2", "diffusion >= 2 * frontier"),
    "--around": ("frontier=1,diffusion=1", "firms"),
    "--stakeholder": ("unions", "firms"),
    "--plan": ("plan.csv",),
    "--budget": ("1", "4"),
    "--from": ("0", "1"),
    "--to": ("2", "4"),
    "--samples": ("2", "8"),
    "--out": ("new", "new/below", "run", "new.html"),
    "--xlsx": ("new.xlsx",),
    "--csv": ("new.csv", "new"),
    "--charts": ("pictures",),
    "folder": ("new", "new/below"),
}
"""Values of options that take text."""

BAD: dict[str, tuple[str, ...]] = {
    "--set": (
        "instruments.grid.max_per_year=-1",
        "instruments.grdi.max_per_year=1",
        "budget=",
        "=1",
    ),
    "--weights": ("unions", "frontier=0", "x=1", "frontier"),
    "--layers": ("frontier", "diffusion,frontier,frontier", "x,y", ","),
    "--floor": ("frontier=1000", "frontier", "x=1"),
    "--fund": ("x",),
    "--figure": ("effects.x.points", "points", "discount_rate", "assumptions.x", "group:x"),
    "--where": ("frontier >= 2", "x > 1", ">="),
    "--dask": ("", "x", "tcp://", "http://127.0.0.1:9"),
}
"""And some that are not for them."""

RARE = ("list", "report")
"""Commands that take a second each: called a fifth as often."""


LEFT_OUT = ("debug", "workers")
"""Options that show what goes wrong inside, or start processes for a second each."""


def list_commands(
    group: click.Group, above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """All commands with the words that call them."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from list_commands(command, (*above, name))
        elif command is not None:
            yield (*above, name), command


COMMANDS = dict(list_commands(stratafolio))


@pytest.fixture(name="ground", scope="module")
def make_ground(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with a scenario in each form, a run, a plan, and files that are none."""
    ground = tmp_path_factory.mktemp("ground")
    document = put(tiny_document(), "effects.grid_frontier.points_low", 1.0)
    put(document, "effects.grid_frontier.points_high", 6.0)
    put(document, "assumptions.rule", {"value": 5, "low": 1, "high": 8, "group": "rules"})
    put(document, "effects.labs_diffusion.points", "rule")
    for form in FORMS:
        write_scenario(form, ground, document)
    assert run("solve", ground / "tiny", "--out", ground / "run").code == 0
    (ground / "plan.csv").write_text("instrument,year,bn\ngrid,2027,1\n", encoding="utf-8")
    (ground / "letter.txt").write_text("dear", encoding="utf-8")
    (ground / "broken.yaml").write_text("years: [", encoding="utf-8")
    return ground


PLACES = (
    *("tiny", "tiny.yaml", "tiny.xlsx", "textbook", "run"),
    *("plan.csv", "letter.txt", "broken.yaml", "nowhere"),
)
"""What a scenario may be named by; the last four are none."""


def draw_line(draw: Random) -> list[str]:
    """A command line: mostly what the command takes, some of it odd, now and then in disorder."""
    words = list(
        draw.choice([call for call in COMMANDS if call[-1] not in RARE or draw.random() < 0.2])
    )
    command = COMMANDS[tuple(words)]
    rest: list[str] = []
    for parameter in command.params:
        is_option = isinstance(parameter, click.Option)
        if parameter.name in LEFT_OUT:
            continue
        if is_option and draw.random() > (0.95 if parameter.required else 0.15):
            continue
        count = draw.choice((1, 1, 2)) if parameter.multiple or parameter.nargs == -1 else 1
        for _ in range(count):
            rest += draw_words(draw, parameter)
    if "--time-limit" not in rest and any(p.name == "time_limit" for p in command.params):
        rest += ["--time-limit", draw.choice(("0.2", "0.5", "1", "2"))]
    if draw.random() < 0.5:
        rest.append("--json")
    for _ in range(draw.choice((0, 0, 0, 0, 0, 1, 2))):
        spoil(draw, rest)
    return [*words, *rest]


def draw_words(draw: Random, parameter: click.Parameter) -> list[str]:
    """An option with its value, or an argument."""
    name, kind = parameter.opts[0], parameter.type
    is_option = isinstance(parameter, click.Option)
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return [name]
    luck = draw.random()
    if luck > 0.97:
        value = draw.choice(ODD)
    elif luck > 0.9:
        value = draw.choice((*BAD.get(name, ()), *PLACES))
    elif name in GOOD:
        value = draw.choice(GOOD[name])
    elif isinstance(kind, click.Choice):
        value = draw.choice([*map(str, kind.choices)])
    elif isinstance(kind, click.types.FloatParamType | click.types.IntParamType | click.IntRange):
        value = draw.choice(NUMBERS[: draw.choice((5, len(NUMBERS)))])
    else:
        value = draw.choice(PLACES[:5])
    return [name, value] if is_option else [value]


def spoil(draw: Random, words: list[str]) -> None:
    """Puts a line into disorder in one place."""
    at = draw.randrange(len(words) + 1)
    way = draw.randrange(4)
    if way == 0:
        words.insert(at, draw.choice(ODD))
    elif way == 1 and words:
        del words[min(at, len(words) - 1)]
    elif way == 2 and words:
        words.insert(at, draw.choice(words))
    else:
        draw.shuffle(words)


@pytest.mark.parametrize("case", list_cases(60))
def test_command_lines_end_well(
    case: int, ground: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(shutil.copytree(ground, tmp_path / "ground"))
    line = draw_line(draw_for("command lines", case))
    with at_most(PATIENCE):
        ended = run(*line)
    is_help = {"--help", "-h", "--version"} & set(line)
    is_value = any(before.startswith("-") for before, word in pairwise(line) if word == "--json")
    wants_json = "--json" in line and not (ended.code == 0 and (is_help or is_value))
    check_ending(ended, wants_json=wants_json)
