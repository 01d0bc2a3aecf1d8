"""Random command lines: an answer, or a sentence with the exit code that is due, and nothing else.

Each case has a seed of its own. STRATAFOLIO_FUZZ says how many are tried.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from small_scenarios import Outcome, put, run, tiny_document, write_scenario

from stratafolio.cli.main import stratafolio

CASES = int(os.environ.get("STRATAFOLIO_FUZZ", "300"))
BLOCK = 25
"""Cases of one test, so that they can be shared out."""

KINDS = {2: "usage", 3: "input", 4: "infeasible", 5: "solver", 130: "interrupted"}
"""Exit codes with the kind of error that programs read."""

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
    "--figure": ("effects.grid_frontier.points",),
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
    "--figure": ("effects.x.points", "points", "discount_rate"),
    "--where": ("frontier >= 2", "x > 1", ">="),
    "--dask": ("", "x", "tcp://", "http://127.0.0.1:9"),
}
"""And some that are not for them."""

RARE = ("list", "report")
"""Commands that take a second each: called a fifth as often."""


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


@pytest.fixture(name="places")
def make_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Work in a folder with a scenario in each form, a run, a plan, and things that are none."""
    monkeypatch.chdir(tmp_path)
    document = put(tiny_document(), "effects.grid_frontier.points_low", 1.0)
    put(document, "effects.grid_frontier.points_high", 6.0)
    places = [
        write_scenario(form, tmp_path / form, document) for form in ("folder", "yaml", "xlsx")
    ]
    assert run("solve", places[0], "--out", "run").code == 0
    Path("plan.csv").write_text("instrument,year,bn\ngrid,2027,1\n", encoding="utf-8")
    Path("letter.txt").write_text("dear", encoding="utf-8")
    Path("broken.yaml").write_text("years: [", encoding="utf-8")
    return [
        *map(str, places),
        "textbook",
        "run",
        "plan.csv",
        "letter.txt",
        "broken.yaml",
        "nowhere",
    ]


def make_line(rng: random.Random, places: list[str]) -> list[str]:
    """A command line: mostly what the command takes, some of it odd, now and then in disorder."""
    words = list(
        rng.choice([call for call in COMMANDS if call[-1] not in RARE or rng.random() < 0.2])
    )
    command = COMMANDS[tuple(words)]
    rest: list[str] = []
    for parameter in command.params:
        is_option = isinstance(parameter, click.Option)
        if is_option and rng.random() > (0.95 if parameter.required else 0.15):
            continue
        count = rng.choice((1, 1, 2)) if parameter.multiple or parameter.nargs == -1 else 1
        for _ in range(count):
            rest += make_words(rng, parameter, places)
    rest = [word for word in rest if word not in ("--debug", "--workers")]
    if "--time-limit" not in rest and any(p.name == "time_limit" for p in command.params):
        rest += ["--time-limit", rng.choice(("0.2", "0.5", "1", "2"))]
    if rng.random() < 0.5:
        rest.append("--json")
    for _ in range(rng.choice((0, 0, 0, 0, 0, 1, 2))):
        spoil(rng, rest)
    return [*words, *rest]


def make_words(rng: random.Random, parameter: click.Parameter, places: list[str]) -> list[str]:
    """An option with its value, or an argument."""
    name, kind = parameter.opts[0], parameter.type
    is_option = isinstance(parameter, click.Option)
    if isinstance(parameter, click.Option) and parameter.is_flag:
        return [name]
    luck = rng.random()
    if luck > 0.97:
        value = rng.choice(ODD)
    elif luck > 0.9:
        value = rng.choice((*BAD.get(name, ()), *places))
    elif name in GOOD:
        value = rng.choice(GOOD[name])
    elif isinstance(kind, click.Choice):
        value = rng.choice([*map(str, kind.choices)])
    elif isinstance(kind, click.types.FloatParamType | click.types.IntParamType | click.IntRange):
        value = rng.choice(NUMBERS[: rng.choice((5, len(NUMBERS)))])
    else:
        value = rng.choice(places[:4])
    return [name, value] if is_option else [value]


def spoil(rng: random.Random, words: list[str]) -> None:
    """Puts a line into disorder in one place."""
    at = rng.randrange(len(words) + 1)
    way = rng.randrange(4)
    if way == 0:
        words.insert(at, rng.choice(ODD))
    elif way == 1 and words:
        del words[min(at, len(words) - 1)]
    elif way == 2 and words:
        words.insert(at, rng.choice(words))
    else:
        rng.shuffle(words)


def complain(line: list[str], ended: Outcome) -> str:
    """What is wrong with how a line has ended, or nothing."""
    said = ended.out + ended.err
    wants_json = "--json" in line
    wrong = []
    if ended.code not in (0, *KINDS):
        wrong.append(f"exit code {ended.code}")
    wrong += [word for word in ("Traceback", "fault of the program") if word in said]
    if wants_json and not {"--help", "-h", "--version"} & set(line):
        try:
            record = json.loads(ended.out, parse_constant=refuse_constant)
            if ended.code and record["error"]["kind"] != KINDS[ended.code]:
                wrong.append("another kind of error than the exit code says")
        except (ValueError, KeyError, TypeError) as error:
            wrong.append(f"no JSON: {error!r}")
    elif ended.code:
        wrong += ["half an answer"] if ended.out else []
        wrong += [] if ended.err.strip() else ["not a word"]
    return "; ".join(wrong)


def refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


@pytest.mark.parametrize("block", range(-(-CASES // BLOCK)))
def test_any_command_line_ends_as_it_should(block: int, places: list[str]) -> None:
    found = []
    for seed in range(block * BLOCK, min((block + 1) * BLOCK, CASES)):
        line = make_line(random.Random(seed), places)
        ended = run(*line)
        wrong = complain(line, ended)
        if wrong:
            found.append(f"seed {seed}: {line}\n  {wrong}\n  {ended.out[-200:]}{ended.err[-400:]}")
    assert not found, "\n".join(found)
