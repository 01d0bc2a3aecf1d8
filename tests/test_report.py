"""The report: what page, workbook and charts say, and that text of a scenario stays text."""

from __future__ import annotations

import html.parser
import importlib.resources
import itertools
import json
import random
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from scipy.optimize import linprog
from small_scenarios import Document, put, refuse, run, tiny_document, write_scenario

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.model.equations.evaluate import Evaluator, relative
from stratafolio.model.failures import SolverFailed
from stratafolio.model.solving.solve import solve_scenario
from stratafolio.results.charts.flow import share_out
from stratafolio.results.charts.triangle import HEIGHT, cut_cells, place
from stratafolio.results.runs.record import name_record
from stratafolio.results.runs.reported import Reported, plan_of, read_run
from stratafolio.results.studies import rows as report_rows
from stratafolio.results.studies.describe import describe
from stratafolio.results.studies.map_paths import cut_path
from stratafolio.results.studies.side_by_side import compare_plans

Run = Callable[[str], Path]
TRICK = "<script>alert(1)</script> =cmd() {{7*7}} \"'& \u202eflip \U0001f469\u200d\U0001f467 עברית"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of the tiny scenario with a map beside the plan."""
    home = tmp_path_factory.mktemp("report")
    return make_run(home / "tiny-run", tiny_document())


def make_run(out: Path, document: Document) -> Path:
    """A run folder with a plan and a map."""
    scenario = write_scenario("yaml", out.parent / f"{out.name}-source", document)
    for command in (("solve",), ("sensitivity", "map")):
        ended = run(*command, scenario, "--out", out)
        assert ended.code == 0, ended.err
    return out


def load_record(folder: Path, command: str) -> dict[str, Any]:
    """The record of a command in a run folder, wherever it stands."""
    for file in (folder / "run.json", folder / name_record(command)):
        record = json.loads(file.read_text("utf-8"))
        if record["options"]["command"] == command:
            assert isinstance(record, dict)
            return record
    raise AssertionError(f"no record of {command}")


class Elements(html.parser.HTMLParser):
    """The elements of a page with their attributes, and its text outside of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.inside = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.inside = tag if tag in ("script", "style") else ""
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = "" if tag in ("script", "style") else self.inside

    def handle_data(self, data: str) -> None:
        if self.inside == "script":
            self.scripts[-1] += data
        elif self.inside != "style":
            self.text += data


def read_page(*arguments: object, to: Path) -> Elements:
    ended = run("report", *arguments, "--out", to)
    assert ended.code == 0, ended.err
    assert ended.out == ""
    return Elements(to.read_text("utf-8"))


# The page ---------------------------------------------------------------------------------------


def test_page_is_one_file_that_fetches_nothing(folder: Path, tmp_path: Path) -> None:
    page = read_page(folder, to=tmp_path / "page.html")
    for tag, attributes in page.elements:
        for name in ("src", "href", "srcset", "action"):
            value = attributes.get(name)
            is_link = tag == "a" and "noopener" in (attributes.get("rel") or "")
            inside = ("#", "data:", "https://") if is_link else ("#", "data:")
            assert value is None or value.startswith(inside), (tag, value)
        assert tag not in ("link", "iframe", "object", "base")
        if tag == "img":
            assert attributes.get("alt")
    policy = next(a["content"] for t, a in page.elements if t == "meta" and "http-equiv" in a)
    assert policy is not None
    assert "default-src 'none'" in policy
    assert (tmp_path / "page.html").stat().st_size < 5e6
    sections = [a["id"] for t, a in page.elements if t == "section"]
    parts = ("recommendation", "grounds", "spending", "leads", "limits")
    plan = [f"s0-{part}" for part in parts]
    assert sections == [*plan, "weights", "sensitivity-map", "ledger"]


def test_page_says_the_numbers_of_the_run(folder: Path, tmp_path: Path) -> None:
    page = read_page(folder, to=tmp_path / "page.html")
    record = load_record(folder, "solve")
    assert f"Gain {record['gain']:.3f} points" in page.text
    assert f"Spend ${sum(record['areas'].values()):.1f} billion" in page.text
    for layer in record["leads"]:
        assert f"{record['leads'][layer]['2028']:,.1f}" in page.text
    data = json.loads(page.scripts[0])
    assert set(data) == {"figures", "map"}
    mapped = load_record(folder, "sensitivity map")
    assert data["map"]["regret"] == mapped["certified_regret"]
    assert len(data["map"]["portfolios"]) == len(mapped["portfolios"])
    regret = mapped["stakeholders"]["least_regret"]["regret"]
    assert f"loses none of them more than {regret:.1%}" in page.text
    images = [a for t, a in page.elements if t == "img"]
    assert len(images) == len(data["figures"])


def test_report_of_a_run_solves_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("solved")

    monkeypatch.setattr("stratafolio.model.solving.solve.solve_scenario", fail)
    monkeypatch.setattr("stratafolio.model.studies.weights.map.map_weights", fail)
    targets = ("--out", tmp_path / "a.html", "--xlsx", tmp_path / "a.xlsx")
    assert run("report", folder, *targets).code == 0
    assert run("report", "textbook", "--out", tmp_path / "b.html").code != 0


def test_recommendation_says_what_to_spend_and_what_it_gains() -> None:
    one = solve_reported("textbook")
    assert one.record is not None
    said = describe("solve", one.scenario, one.record).lines
    # The figures stand in the scenario's own comment: 10 billion, a gain of 125/72 points.
    assert said[0].startswith("Spend $10.0 billion of new money over FY2027-2028")
    assert said[1].startswith("Gain 1.736 points")


def solve_reported(name: str, *changes: str) -> Reported:
    ended = run("solve", name, *changes, "--json")
    assert ended.code == 0, ended.err
    settings = tuple(text for text in changes if "=" in text)
    scenario = read_scenario(name, settings)
    return Reported(name, scenario, json.loads(ended.out))


def test_tricky_texts_stay_text_everywhere(tmp_path: Path) -> None:
    document = tiny_document()
    for path in (
        "title",
        "description",
        "areas.energy.title",
        "instruments.grid.title",
        "instruments.grid.note",
        "instruments.grid.output",
        "layers.frontier.title",
        "layers.frontier.unit",
        "layers.frontier.indicator",
        "effects.grid_frontier.note",
        "stakeholders.firms.title",
        "sources.report.title",
    ):
        put(document, path, TRICK)
    put(document, "instruments.labs.title", "x" * 10_000)
    put(document, "layers.diffusion.title", "\x1b[31m\0red")
    put(document, "layers.frontier.points_per_unit", 2)
    put(document, "instruments.grid.output_per_bn", 2)
    put(document, "effects.grid_frontier.source", "report")
    put(document, "constraints.cap", {"kind": "spend", "at_most": 1.5, "title": TRICK})
    file = write_scenario("yaml", tmp_path, document)
    targets = ("--xlsx", tmp_path / "p.xlsx", "--charts", tmp_path / "charts")
    page = read_page(file, *targets, to=tmp_path / "p.html")
    assert len(page.scripts) == 3
    assert [t for t, _ in page.elements].count("script") == 3
    assert "alert(1)" in page.text
    assert "{{7*7}}" in page.text
    assert "\u202e" not in page.text
    assert "\x1b" not in page.text
    assert "x" * 200 not in page.text.replace("x" * 10_000, "")
    json.loads(page.scripts[0])
    for chart in (tmp_path / "charts").glob("*.svg"):
        root = ET.fromstring(chart.read_text("utf-8"))  # noqa: S314  # made by ourselves
        assert not [e for e in root.iter() if e.tag.endswith("}script")]
    book = openpyxl.load_workbook(tmp_path / "p.xlsx")
    cells = [c for sheet in book.worksheets for row in sheet.iter_rows() for c in row]
    assert not [c.coordinate for c in cells if c.data_type == "f"]
    assert any("=cmd()" in str(c.value) for c in cells)
    shown = json.loads(run("scenario", "show", tmp_path / "p.xlsx", "--json").out)
    assert shown["instruments"]["grid"]["title"] == TRICK
    assert shown["instruments"]["labs"]["title"] == "x" * 10_000
    assert run("solve", tmp_path / "p.xlsx").code == 0


def test_page_of_a_scenario_says_how_coarse_its_map_is(tmp_path: Path) -> None:
    page = read_page("textbook", to=tmp_path / "page.html")
    assert "at a tolerance of 2.0% of the best gain. It was made for this page" in page.text
    other = ("--set", "objective=weakest_layer")
    page = read_page("textbook", *other, to=tmp_path / "other.html")
    assert "weights" not in [a.get("id") for t, a in page.elements if t == "section"]


def test_page_without_time_for_a_map_is_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise SolverFailed("no plan was found in time")

    monkeypatch.setattr("stratafolio.model.studies.weights.map.map_weights", fail)
    page = read_page("textbook", to=tmp_path / "page.html")
    assert "Spend $10.0 billion" in page.text
    assert "weights" not in [a.get("id") for t, a in page.elements if t == "section"]


def test_folder_of_all_commands_on_weights(tmp_path: Path) -> None:
    out = tmp_path / "run"
    for command in (("solve",), ("sensitivity", "flip"), ("sensitivity", "weights")):
        extra = ("--samples", 20) if command[-1] == "weights" else ()
        assert run(*command, "textbook", *extra, "--out", out).code == 0
    page = read_page(out, to=tmp_path / "page.html")
    assert load_record(out, "sensitivity flip")["nearest"] is None
    assert "No weights were found at which other programmes are funded" in page.text
    assert "20 weightings" in page.text


def test_a_plan_of_nothing_is_a_page(tmp_path: Path) -> None:
    targets = ("--xlsx", tmp_path / "book.xlsx", "--charts", tmp_path / "charts")
    page = read_page("textbook", "--budget", 0, *targets, to=tmp_path / "page.html")
    assert "Spend nothing: no programme is funded" in page.text
    assert run("solve", tmp_path / "book.xlsx").code == 0


def test_several_scenarios_with_the_regret_of_each_in_each_world(tmp_path: Path) -> None:
    """The regret on the page against that of the commands: a plan evaluated, a best gain solved."""
    names = ("textbook", "textbook")
    changes = ((), ("--set", "budget.per_year=4"))
    runs = []
    for at, (name, change) in enumerate(zip(names, changes, strict=True)):
        out = tmp_path / f"run{at}"
        assert run("solve", name, *change, "--out", out).code == 0
        runs.append(out)
    page = read_page(*runs, to=tmp_path / "page.html")
    assert "comparison" in [a.get("id") for t, a in page.elements if t == "section"]
    reported = [one for one in map(read_run, runs) if one is not None]
    found = compare_plans(reported)
    assert found["run0"]["run1"].share is None
    assert found["run0"]["run1"].broken == ("budget.per_year",)
    plan = ("--plan", runs[1] / "spending.csv", "--json", "--gap", 0)
    evaluated = json.loads(run("evaluate", runs[0], *plan).out)
    best = json.loads(run("solve", runs[0], "--gap", 0, "--json").out)["gain"]
    wanted = relative(best - evaluated["gain"], best)
    assert found["run1"]["run0"].share == pytest.approx(wanted, abs=1e-9)
    assert f"{wanted:.1%}" in page.text


def test_labels_that_come_again_are_numbered(folder: Path, tmp_path: Path) -> None:
    page = read_page(folder, folder, to=tmp_path / "page.html")
    assert "tiny-run#2" in page.text


# The geometry -----------------------------------------------------------------------------------


def test_flow_keeps_all_the_money() -> None:
    one = solve_reported("us-2027", "--set", "steady=0", "--gap", "0.05")
    assert one.record is not None
    totals = report_rows.sum_programmes(report_rows.list_spending(one.scenario, one.record))
    assert sum(totals.values()) == pytest.approx(sum(one.record["areas"].values()), abs=1e-4)
    feeds = report_rows.list_feeds(one.scenario, one.record)
    parts = share_out(totals, feeds)
    for id_, bn in totals.items():
        shares = [money for (of, _), (money, _) in parts.items() if of == id_]
        assert sum(shares) == pytest.approx(bn if shares else 0.0)
    # The second method: a scenario without the effect, played anew.
    plan = plan_of(one.record)
    row = max(feeds, key=lambda row: abs(row["gain"]))
    without = read_scenario("us-2027", [f"effects.{row['effect']}.points=0", "steady=0"])
    difference = one.record["score"] - Evaluator(without).play(plan).score
    related = [n for n in one.scenario.interactions.values() if row["effect"] in n.between]
    if not related:
        assert row["gain"] == pytest.approx(difference, abs=1e-5)
    else:
        assert row["gain"] >= difference - 1e-5


def test_cells_of_the_triangle_fill_it_and_hold_the_best() -> None:
    draw = random.Random(0)
    outcomes = {str(at): [draw.gauss(0, 1) for _ in range(3)] for at in range(25)}
    cells = cut_cells(outcomes)
    total = 0.0
    for corners in cells.values():
        points = [place(corner) for corner in corners]
        twice = sum(
            a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True)
        )
        total += abs(twice) / 2
    assert total == pytest.approx(HEIGHT / 2)
    for own, corners in cells.items():
        center = [sum(c[k] for c in corners) / len(corners) for k in range(3)]
        scores = {
            id_: sum(w * z for w, z in zip(center, values, strict=True))
            for id_, values in outcomes.items()
        }
        assert max(scores, key=lambda id_: scores[id_]) == own


def test_paths_read_off_a_map_are_its_best_everywhere() -> None:
    draw = random.Random(1)
    ends = [(draw.gauss(0, 1), draw.gauss(0, 1)) for _ in range(30)]
    ends += ends[:5]
    stretches = cut_path(ends)
    assert (stretches[0][0], stretches[-1][1]) == (0.0, 1.0)
    for (_, high, _), (low, _, _) in itertools.pairwise(stretches):
        assert low == pytest.approx(high)
    for low, high, at in stretches:
        for t in (low + 1e-6, (low + high) / 2, high - 1e-6):
            values = [(1 - t) * start + t * end for start, end in ends]
            assert values[at] == max(values)


# The charts -------------------------------------------------------------------------------------


def test_charts_are_written_as_svg_and_png(folder: Path, tmp_path: Path) -> None:
    ended = run("report", folder, "--charts", tmp_path / "charts", "--json")
    assert ended.code == 0
    written = [Path(name) for name in json.loads(ended.out)["written"]]
    names = {file.stem for file in written}
    wanted = {"spending-by-area", "spending-by-programme", "flow", "leads", "core-index", "choice"}
    assert wanted <= names
    for file in written:
        if file.suffix == ".svg":
            assert ET.fromstring(file.read_text("utf-8")).tag.endswith("svg")  # noqa: S314  # ours
        else:
            assert file.read_bytes().startswith(b"\x89PNG")


def test_areas_have_the_same_colour_in_every_chart(folder: Path, tmp_path: Path) -> None:
    assert run("report", folder, "--charts", tmp_path).code == 0
    for name in ("spending-by-area", "spending-by-programme", "flow", "core-index"):
        drawn = (tmp_path / f"{name}.svg").read_text("utf-8")
        assert "#e69f00" in drawn
        assert "#0072b2" in drawn


# Bad input --------------------------------------------------------------------------------------


def copy(folder: Path, to: Path) -> Path:
    return Path(shutil.copytree(folder, to))


def test_damaged_run_folders_are_refused_with_a_reason(folder: Path, tmp_path: Path) -> None:
    page = ("--out", tmp_path / "page.html")
    broken = copy(folder, tmp_path / "no-scenario")
    (broken / "scenario.yaml").unlink()
    refuse("report", broken, *page, says=("no scenario.yaml",))
    broken = copy(folder, tmp_path / "no-json")
    (broken / "run.json").write_text("{", encoding="utf-8")
    refuse("report", broken, *page, says=("run.json", "is no JSON"))
    broken = copy(folder, tmp_path / "changed")
    text = (broken / "scenario.yaml").read_text("utf-8")
    (broken / "scenario.yaml").write_text(
        text.replace("max_per_year: 2", "max_per_year: 3"), "utf-8"
    )
    refuse("report", broken, *page, says=("was changed since",))
    broken = copy(folder, tmp_path / "old")
    record = load_record(broken, "solve")
    del record["baseline_leads"], record["checks"]
    record["versions"]["stratafolio"] = "0.0.1"
    (broken / "solve.json").write_text(json.dumps(record), encoding="utf-8")
    refuse("report", broken, *page, says=("baseline_leads, checks", "version 0.0.1"))
    broken = tmp_path / "cut-short"
    broken.mkdir()
    (broken / ".stratafolio-lock").touch()
    refuse("report", broken, *page, says=("cut short",))
    assert not (tmp_path / "page.html").exists()


def test_a_run_of_another_version_is_shown_if_it_can_be(folder: Path, tmp_path: Path) -> None:
    other = copy(folder, tmp_path / "other")
    record = load_record(other, "solve")
    record["versions"]["stratafolio"] = "0.0.1"
    (other / "solve.json").write_text(json.dumps(record), encoding="utf-8")
    page = read_page(other, to=tmp_path / "page.html")
    assert "written by version 0.0.1" in page.text


def test_targets_are_tried_before_anything_is_solved(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    refuse("report", "us-2027", "--out", tmp_path, says=("--out", "is a folder"))
    refuse("report", "us-2027", "--out", file / "page.html", says=("--out", "cannot be written"))
    refuse("report", "us-2027", "--charts", file, says=("--charts", "is a file"))
    refuse("report", "us-2027", "--xlsx", tmp_path / "a.csv", says=("--xlsx", ".xlsx"))
    refuse("report", "us-2027", says=("say what to write",), code=2, kind="usage")
    refuse("report", "us-2072", "--out", tmp_path / "a.html", says=("us-2072",))


def test_a_folder_of_studies_alone_is_shown_without_a_plan(folder: Path, tmp_path: Path) -> None:
    other = copy(folder, tmp_path / "other")
    (other / "solve.json").unlink()
    page = read_page(other, "--xlsx", tmp_path / "p.xlsx", to=tmp_path / "page.html")
    assert "holds studies and no plan" in page.text
    assert "weights" in [a.get("id") for t, a in page.elements if t == "section"]


def test_a_plan_that_breaks_limits_says_so(folder: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text("instrument,year,bn\ngrid,2027,2\nlabs,2027,1\n", encoding="utf-8")
    out = tmp_path / "given"
    assert run("evaluate", folder, "--plan", plan, "--out", out).code == 0
    page = read_page(out, to=tmp_path / "page.html")
    assert "Your plan spends $3.0 billion" in page.text
    assert "breaks 1 limit" in page.text


def test_drawing_is_begun_only_where_it_fits(tmp_path: Path) -> None:
    """Nothing interrupts it: a limit that it would break ends the command before."""
    page, run_folder = tmp_path / "page.html", tmp_path / "run"
    assert run("solve", "textbook", "--out", run_folder).code == 0
    for name in ("textbook", run_folder):
        ended = run("report", name, "--out", page, "--time-limit", 1.5, "--json")
        assert ended.code == 5
        assert ended.error["kind"] == "solver"
        assert "drawing takes about 4.5 s" in ended.error["message"]
    assert not page.exists()


# What the page proves of one weighting ------------------------------------------------------------

SCRIPTS = Path(str(importlib.resources.files("stratafolio"))) / "results" / "writers" / "script"
BOUNDS = """
const fs = require("fs");
const boundAt = new Function(fs.readFileSync(process.argv[2], "utf8") + "return boundAt;")();
const { map, asked } = JSON.parse(fs.readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map((weights) => boundAt(map, weights))));
"""


@pytest.mark.skipif(shutil.which("node") is None, reason="there is no node here to run the page's")
def test_the_bound_of_one_weighting_is_a_bound_and_the_best_there_is(tmp_path: Path) -> None:
    """By the page's own simplex method, by another solver, and above the best that solve finds."""
    assert run("sensitivity", "map", "textbook", "--out", tmp_path).code == 0
    record = load_record(tmp_path, "sensitivity map")
    assert record["bounds"]
    weights = np.random.default_rng(0).dirichlet(np.ones(len(record["layers"])), 200)
    bounds = [[*own["weights"], own["gain"]] for own in record["bounds"]]
    told = {"map": {"bounds": bounds, "most": record["most"]}, "asked": weights.tolist()}
    script = tmp_path / "bounds.js"
    script.write_text(BOUNDS, "utf-8")
    page = SCRIPTS / "bounds.js"
    ended = subprocess.run(
        ["node", str(script), str(page)],  # noqa: S607  # whichever node there is
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
    )
    found = np.array(json.loads(ended.stdout))
    columns = np.hstack([np.array(bounds)[:, :-1].T, np.eye(len(record["layers"]))])
    costs = [*np.array(bounds)[:, -1], *record["most"]]
    least = [linprog(costs, A_eq=columns, b_eq=own).fun for own in weights]
    assert found == pytest.approx(np.array(least), abs=1e-9)
    scenario = read_scenario("textbook")
    for own, bound in zip(weights[:10], found[:10], strict=True):
        asked = dict(zip(record["layers"], own.tolist(), strict=True))
        best = solve_scenario(derive_scenario(scenario, {"weights": asked}), gap=0.0)
        assert best.best_gain <= bound + 1e-6
