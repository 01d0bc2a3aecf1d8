"""What studies show: nothing is cut at 80 columns, and no output says what another does not."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, run, write_folder
from test_cut_short_studies import doubtful, read_page

from stratafolio.calls.compare import compare
from stratafolio.calls.explain import explain
from stratafolio.calls.figures import question_figures
from stratafolio.calls.robust import plan_robustly
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.scenario import Scenario
from stratafolio.model.studies.compare.findings import Contender
from stratafolio.results.result import Result
from stratafolio.results.sheet import FIGURES, PAGE, SCREEN, Link, Sheet, tell_cell
from stratafolio.results.studies.describe import describe
from stratafolio.results.studies.figure_titles import list_figure
from stratafolio.results.studies.reasons import tell_doubts
from stratafolio.results.studies.words import Words

LONG = "Wider controls on chips and the tools that make them"
FLOOR = "constraints.floor={kind: spend, title: Power first, of: [grid], at_least: 8}"
MOSTLY = "constraints.mostly={kind: spend, of: [grid], at_least: 0.9, unit: share}"
PARTLY = "constraints.partly={kind: spend, of: [grid], at_most: 0.5, unit: share}"
INPUTS = ("sensitivity", "inputs", "{scenario}", "--method")
STUDIES: Mapping[str, tuple[str, ...]] = {
    "tornado": (*INPUTS, "tornado"),
    "breakeven": (*INPUTS, "breakeven"),
    "sobol": (*INPUTS, "sobol", "--samples", "8"),
    "sample": (*INPUTS, "sample", "--samples", "16"),
    "voi": (*INPUTS, "voi", "--samples", "64"),
    "robust": ("robust", "{scenario}", "--criterion", "cvar"),
    "explain": ("explain", "{scenario}"),
    "infeasible": ("explain", "{scenario}", "--set", FLOOR),
    "idle": ("explain", "{scenario}", "--set", MOSTLY, "--set", PARTLY),
    "compare": ("compare", "{scenario}", "a_leaner_variant={scenario} --budget 1.4"),
}


def city() -> Document:
    """A scenario of a city: millions of euros, no other side, and long titles."""
    document = doubtful()
    document["money"] = {"unit": "million", "symbol": "€"}
    document["sides"] = {"own": "Springfield", "other": None}
    document["layers"] = {
        "frontier": {"us": 15, "title": "Frontier models"},
        "diffusion": {"us": 14},
    }
    document["instruments"]["programme_0"]["title"] = LONG
    document["instruments"]["programme_1"]["title"] = "Grid interconnection and permitting"
    document["assumptions"] = {
        "rule": {
            "title": "Points of a unit of compute in public hands",
            "value": 1.0,
            "low": 0.5,
            "high": 2.0,
            "unit": "points",
            "group": "rules",
            "confidence": "low",
        }
    }
    document["effects"]["grid_frontier"]["points"] = "4*rule"
    document["constraints"] = {}
    return document


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("city") / "city", city())


@pytest.fixture(scope="module", params=STUDIES)
def told(
    request: pytest.FixtureRequest, scenario: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Sheet, str, Path]:
    """The sheet of a kept record, the screen at 80 columns, and the run folder."""
    words = [word.replace("{scenario}", str(scenario)) for word in STUDIES[request.param]]
    out = tmp_path_factory.mktemp("runs") / request.param
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "80")
        shown = run(*words, "--out", out)
    assert shown.code == 0, shown.err
    record = json.loads((out / "run.json").read_text("utf-8"))
    sheet = describe(record["options"]["command"], read_scenario(str(out)), record)
    return sheet, shown.out, out


def test_nothing_is_cut_at_80_columns(told: tuple[Sheet, str, Path]) -> None:
    sheet, screen, _ = told
    assert max(map(len, screen.splitlines())) <= 80
    assert "…" not in screen
    parts = screen.split()
    for table in sheet.tables_on(SCREEN):
        for column in table.columns_on(SCREEN) if table.rows else ():
            assert all(word in parts for word in column.heading.split()), column.heading
        for row in table.rows[: table.most]:
            for column in table.columns_on(SCREEN):
                cell = tell_cell(row.get(column.key, ""), column)
                pieces = [cell] if column.show in FIGURES else []
                assert all(piece in " ".join(parts) for piece in pieces), (table.name, cell)
                assert all(word in parts for word in cell.split()), (table.name, cell)


def test_the_screen_and_the_page_of_a_kept_run_say_the_same(
    told: tuple[Sheet, str, Path], tmp_path: Path
) -> None:
    sheet, screen, out = told
    page = " ".join(html.unescape(read_page(out, tmp_path / "page.html")).split())
    words = " ".join(screen.split())
    for line in sheet.lines:
        assert " ".join(line.split()) in words
        assert " ".join(line.split()) in page
    for table in sheet.tables_on(PAGE):
        if table.rows:
            assert table.title in page
            assert table.note in page


def test_money_and_sides_are_those_of_the_scenario(told: tuple[Sheet, str, Path]) -> None:
    sheet, screen, _ = told
    shown = screen + " ".join(chart.title + chart.says for chart in sheet.charts)
    assert "$" not in shown
    assert not re.search(r"\bbn\b|billion|US|China", shown)
    if any(column.show == "money" for t in sheet.tables_on(SCREEN) for column in t.columns):
        assert "€" in screen


def test_every_chart_has_a_table_beside_it(told: tuple[Sheet, str, Path]) -> None:
    sheet, _, _ = told
    names = {table.name for table in sheet.tables_on(PAGE)}
    assert all(chart.table in names for chart in sheet.charts)


def test_figures_are_told_by_name_with_their_path(scenario: Path) -> None:
    """Paths are what one types; sentences are what one reads."""
    shown: Any = run(*(word.replace("{scenario}", str(scenario)) for word in STUDIES["tornado"]))
    words = " ".join(shown.out.split())
    assert "Frontier models points of" in words
    assert "Points of a unit" in words
    for path in ("effects.effect_0.points", "assumptions.rule"):
        assert path in shown.out


def test_leads_of_plans_stand_under_their_years() -> None:
    """Each number has a heading of its own, and says whose lead it is."""
    shown = run("compare", "textbook", "leaner=textbook --budget 3")
    lines = shown.out.splitlines()
    at = lines.index("US lead over China, points")
    assert lines[at + 1].split() == ["layer", "plan", "2027", "2029"]
    record = json.loads(run("compare", "textbook", "leaner=textbook --budget 3", "--json").out)
    for line in lines[at + 2 : at + 6]:
        title, plan, first, last = line.split()
        layer = next(id_ for id_, own in record["names"]["layers"].items() if own == title)
        leads = record["leads"][plan][layer]
        assert [first, last] == [f"{leads[year]:.1f}" for year in ("2027", "2029")]


# In Python ------------------------------------------------------------------------------------


def call_by_name(name: str, scenario: Scenario) -> Result:
    """The call that stands behind a command, as it is typed without options."""
    if name == "compare":
        return compare(scenario, Contender("a_leaner_variant", scenario))
    if name == "robust":
        return plan_robustly(scenario)
    return explain(scenario) if name == "explain" else question_figures(scenario)


@pytest.mark.parametrize(
    ("name", "words", "table"),
    [
        ("tornado", ("sensitivity", "inputs", "{scenario}"), "figures_tornado"),
        ("robust", ("robust", "{scenario}"), "futures_spending"),
        ("explain", ("explain", "{scenario}"), "limits"),
        ("compare", ("compare", "{scenario}", "a_leaner_variant={scenario}"), "leads_by_plan"),
    ],
)
def test_a_call_gives_what_its_command_says(
    name: str, words: tuple[str, ...], table: str, scenario: Path, tmp_path: Path
) -> None:
    """The same record, the same lines, the same tables; kept, it is the same run."""
    asked = [word.replace("{scenario}", str(scenario)) for word in words]
    told = json.loads(run(*asked, "--json", "--out", tmp_path / "run").out)
    result = call_by_name(name, read_scenario(str(scenario)))
    for record in (told, result.record):
        record["seconds"] = 0
    assert result.record == told
    for line in result.sheet.lines:
        assert " ".join(line.split()) in " ".join(str(result).split())
        assert html.escape(line) in result._repr_html_()
    frame = result.to_frame(table)
    assert len(frame) > 0
    if "year" in frame and name in ("robust", "compare"):
        assert frame["year"].dtype.kind == "i"
    result.save(tmp_path / "saved")
    for file in ("scenario.yaml", f"{table}.csv"):
        assert (tmp_path / "saved" / file).read_text() == (tmp_path / "run" / file).read_text()


def test_what_carries_the_gain_and_what_carries_the_decision_are_doubted_first() -> None:
    words = Words(read_scenario("textbook"))
    row: dict[str, Any] = {
        "low": None,
        "high": None,
        "enters": [],
        "leaves": [],
        "flip_sought": True,
    }
    power = row | {"path": "effects.power_frontier.points", "value": 4.0, "share_of_gain": 0.7}
    labs = row | {"path": "effects.labs_frontier.points", "value": 3.0, "share_of_gain": 0.5}
    told = tell_doubts(words, [power | {"flips_at": 1.0}, labs | {"flips_at": 2.7}])
    assert "for the gain: Frontier points of Power lines (70% of it)" in told[0]
    assert "for the decision: Frontier points of Laboratories" in told[0]
    assert "turns it at 2.7 points, not 3 points" in told[0]
    assert told[1].startswith("They differ because")
    (alike,) = tell_doubts(words, [power | {"flips_at": 3.9}, labs | {"flips_at": None}])
    assert "(70% of it), and for the decision, which turns at" in alike
    unknown = power | {"flips_at": None, "flip_sought": False}
    nowhere = labs | {"flips_at": None}
    (moved,) = tell_doubts(words, [nowhere])
    assert "from 0 to double its value no figure makes every plan with these programmes" in moved
    assert "within its range no figure" in tell_doubts(words, [nowhere | {"low": 1, "high": 4}])[0]
    assert "for 1 of 2 figures that is not known" in tell_doubts(words, [nowhere, unknown])[0]
    assert "is not known" in tell_doubts(words, [unknown])[0]


def test_two_budgets_are_told_with_the_digits_that_tell_them_apart() -> None:
    from stratafolio.results.studies.reasons import tell_budget

    words = Words(read_scenario("textbook"))
    near = tell_budget(words, {"from": 1.0, "to": 1.0012})
    assert near == "a budget of $1.001 bn a year instead of $1.000 bn a year"
    far = tell_budget(words, {"from": 2.0, "to": 3.0})
    assert far == "a budget of $3.00 bn a year instead of $2.00 bn a year"


def test_a_ground_that_is_told_twice_is_told_once() -> None:
    words = Words(read_scenario("textbook"))
    row = {"path": "assumptions.x", "low": None, "high": None, "title": "X"}
    told = list_figure(words, row | {"confidence": "judgement", "source": ["judgement"]})
    assert told["grounds"] == [Link("judgement")]
    described = Words(read_scenario("us-2027"))
    told = list_figure(described, row | {"confidence": "judgement", "source": ["judgement"]})
    assert [link.text for link in told["grounds"]] == ["judgement"]
    assert "modeller" in told["grounds"][0].about


def test_a_tornado_says_which_programmes_some_figure_takes_away() -> None:
    from stratafolio.results.studies.tornado import tell_lasting

    words = Words(read_scenario("textbook"))
    record = {"funded": ["power", "labs", "controls"], "complete": True}
    rows = [{"leaves_low": ["labs"], "leaves_high": []}, {"leaves_high": ["labs", "controls"]}]
    (told,) = tell_lasting(words, record, rows)
    assert told.startswith("1 of these 3 stays funded")
    assert told.endswith("this goes out: Laboratories; Controls.")
    assert tell_lasting(words, record | {"complete": False}, rows) == []


def test_one_thing_is_singular_and_empty_columns_are_not_headed(tmp_path: Path) -> None:
    assert run("scenario", "new", tmp_path / "mine").code == 0
    checked = run("scenario", "check", tmp_path / "mine").out
    assert "5 effects, 1 constraint." in checked
    solved = run("solve", tmp_path / "mine").out
    assert " buys" not in solved
    assert "Private money" not in solved


def test_what_counts_nothing_is_left_out_or_told_in_words(tmp_path: Path) -> None:
    """Both sides and every weighting fund all of the textbook at both ends of each range."""
    document: Document = {
        "extends": "textbook",
        "effects": {
            "power_frontier": {"points_low": 3.9, "points_high": 4.1},
            "labs_frontier": {"points_low": 2.9, "points_high": 3.1},
        },
        "stakeholders": {
            "left": {"weights": {"frontier": 2, "semiconductors": 1}},
            "right": {"weights": {"frontier": 3, "semiconductors": 1}},
        },
    }
    (tmp_path / "agreed.yaml").write_text(json.dumps(document), encoding="utf-8")
    (tmp_path / "none.yaml").write_text("[]", encoding="utf-8")
    for command, said in (
        ("sensitivity stakeholders", "by both stakeholders; none is disputed."),
        ("elicit --answers none.yaml --tolerance 0.5", "3 programmes are always funded."),
        ("sensitivity inputs", "None of 2 figures changes what is funded over its range."),
        ("sensitivity inputs", "All of these stay funded, whichever figure moves alone"),
        ("sensitivity inputs --method breakeven", "is funded within its range, 2 nowhere that"),
        (
            "sensitivity inputs --method breakeven",
            "programmes loses more than 0.0001% of the gain.",
        ),
        ("sensitivity weights --samples 20", "none depends on the weights."),
        ("scenario check", "4 effects, no constraint."),
    ):
        words = [word.replace("none.yaml", str(tmp_path / "none.yaml")) for word in command.split()]
        ended = run(*words, tmp_path / "agreed.yaml")
        assert ended.code == 0, ended.err
        told = " ".join(ended.out.split())
        assert said in told, told
        assert not re.search(
            r"(?<![\d.,])0 (by|of|never|may|in some|only|nowhere|\w+ly|[a-z-]+s)\b", told
        )
