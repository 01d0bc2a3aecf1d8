"""What studies say: on narrow screens, for other money, from kept runs, in Python."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, put, run, tiny_document, write_folder
from ticking import tick

import stratafolio as sf
from stratafolio.inputs.read import read_scenario
from stratafolio.model.studies.budget.findings import BudgetStretch
from stratafolio.results.charts.lines_and_bars import draw_curve
from stratafolio.results.charts.plan_drawings import draw_lead
from stratafolio.results.charts.vega import render_svg
from stratafolio.results.result import Result
from stratafolio.results.sheet import FRAME, SCREEN, Completeness, Sheet
from stratafolio.results.studies.budget import list_intervals
from stratafolio.results.studies.describe import describe
from stratafolio.results.studies.figures import name_paths
from stratafolio.results.studies.limit_titles import name_limit
from stratafolio.results.studies.map import tell_stakeholders
from stratafolio.results.studies.variance_shares import tell as tell_variance
from stratafolio.results.studies.words import Words
from stratafolio.results.writers.terminal import print_sheet

STUDIES: Mapping[str, tuple[str, ...]] = {
    "sensitivity weights": ("--samples", "40"),
    "sensitivity map": ("--tolerance", "0.01"),
    "sensitivity flip": (),
    "sensitivity budget": ("--from", "500", "--to", "3000", "--tolerance", "0.01"),
    "frontier": ("--layers", "frontier,diffusion", "--tolerance", "0.05"),
    "alternatives": ("--count", "3"),
}
"""Each command with the options that it is asked with."""

LONG = "A programme of grants for regional networks of charging stations and depots"


def city() -> Document:
    """A city's scenario: its money in millions, titles that want more room than a screen has."""
    document = tiny_document()
    document["money"] = {"unit": "million", "symbol": "€"}
    document["sides"] = {"own": "Ourtown", "other": "Theirtown"}
    document["years"] = {"first": 2027, "last": 2029, "score_until": 2031}
    for number, (most, points) in enumerate([(1200.8, 3.1), (800.3, 5.2), (1000.7, 2.4)]):
        programme = f"programme_{number}"
        document["instruments"][programme] = {
            "title": f"{LONG} ({number})",
            "area": "energy",
            "max_per_year": most,
            "scale": 3000.0,
            "min_per_year": 100.0,
        }
        layer = ("frontier", "diffusion")[number % 2]
        effect = {"instrument": programme, "layer": layer, "points": points}
        document["effects"][f"effect_{number}"] = effect
    document["instruments"]["grid"]["max_per_year"] = 900
    put(document, "areas.energy.title", "Networks, stations, depots and their co-ordination")
    put(document, "budget.per_year", 2000)
    return document


@pytest.fixture(scope="module")
def city_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_folder(tmp_path_factory.mktemp("city") / "city", city())


def keep(command: str, folder: Path, out: Path, *more: object) -> dict[str, Any]:
    """The record of a study that is kept in a folder."""
    words = (*command.split(), folder, *STUDIES[command], *more, "--out", out, "--json")
    ended = run(*words)
    assert ended.code == 0, ended.err
    record: dict[str, Any] = json.loads(ended.out)
    return record


@pytest.mark.parametrize("command", STUDIES)
def test_nothing_is_cut_on_a_narrow_screen(
    command: str, city_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every line fits, every number is whole, and titles wrap between words alone."""
    monkeypatch.setenv("COLUMNS", "80")
    ended = run(*command.split(), city_folder, *STUDIES[command])
    assert ended.code == 0, ended.err
    lines = ended.out.splitlines()
    assert max(map(len, lines)) <= 80
    assert "…" not in ended.out
    assert "..." not in ended.out
    told = set(re.findall(r"[A-Za-z-]{4,}", ended.out))
    assert {"Ourtown", "US", "China"}.isdisjoint(told)
    known = set(re.findall(r"[A-Za-z-]{4,}", LONG)) & told
    assert not known or known == set(re.findall(r"[A-Za-z-]{4,}", LONG))


@pytest.mark.parametrize("command", STUDIES)
def test_money_is_told_as_the_scenario_says(
    command: str, city_folder: Path, tmp_path: Path
) -> None:
    record = keep(command, city_folder, tmp_path / "run")
    sheet = describe(command, read_scenario(str(city_folder)), record)
    told = print_sheet(sheet) + "".join(
        column.heading for table in sheet.tables_on(FRAME) for column in table.columns
    )
    assert "€ m" in told
    assert "$" not in told
    assert not re.search(r"\bbn\b|billion", told)


@pytest.mark.parametrize("command", STUDIES)
def test_a_kept_run_says_what_the_fresh_one_said(
    command: str, city_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Screen, record and page come from one describer; and the page bears no title of another."""
    monkeypatch.setenv("COLUMNS", "100")
    out = tmp_path / "run"
    record = keep(command, city_folder, out)
    screen = run(*command.split(), city_folder, *STUDIES[command]).out
    again = print_sheet(describe(command, read_scenario(str(out)), record))
    without_effort = re.compile(r"[\d,]+ (mixed|linear)[^\n]*s\.$", re.MULTILINE)
    assert clean(without_effort.sub("", again)) == clean(without_effort.sub("", screen))
    page = tmp_path / "page.html"
    assert run("report", out, "--out", page).code == 0
    sheet = describe(command, read_scenario(str(out)), record)
    text = page.read_text("utf-8")
    assert f'id="{sheet.name}"' in text
    assert f"<bdi>{sheet.heading}</bdi>" in text
    assert sheet.verdict[:40] in text


def clean(text: str) -> list[str]:
    """The lines of a screen, without what folders are called and blanks at their ends."""
    return [line.rstrip() for line in text.strip().splitlines()[1:] if line.strip()]


@pytest.mark.parametrize("command", STUDIES)
def test_what_was_cut_short_is_said_first(command: str, city_folder: Path, tmp_path: Path) -> None:
    """A record that is not whole says so in the first line of every output."""
    record = keep(command, city_folder, tmp_path / "run") | {"complete": False}
    sheet = describe(command, read_scenario(str(city_folder)), record)
    assert sheet.lines[0].startswith("Not complete")
    assert print_sheet(sheet).splitlines()[1].startswith("Not complete")
    assert Completeness().tell() == ""


WILD = re.compile(r"\b(inf|nan|None|Infinity)\b|Traceback|a fault of the program")
"""What no reader should meet."""


@pytest.mark.parametrize("command", STUDIES)
def test_cut_short_anywhere_it_says_so_on_screen_and_page(
    command: str, city_folder: Path, tmp_path: Path
) -> None:
    """At many moments: nothing wild, and what is lacking is told on the screen and on the page."""
    cut = 0
    for looks in (2, 5, 9, 14, 20, 30, 50, 90):
        out = tmp_path / f"cut_{looks}"
        words = (*command.split(), city_folder, *STUDIES[command], "--time-limit", looks)
        with pytest.MonkeyPatch.context() as patch:
            tick(patch)
            ended = run(*words, "--out", out)
        assert ended.code in (0, 5)
        assert not WILD.search(ended.out + ended.err), (looks, ended.out, ended.err)
        if ended.code == 5:
            continue
        record = json.loads((out / "run.json").read_text("utf-8"))
        told = "Not complete" in ended.out.splitlines()[1]
        assert told == (not record["complete"]), (looks, ended.out)
        if record["complete"]:
            break
        cut += 1
        if cut < 3:
            page = tmp_path / "page.html"
            shown = run("report", out, "--out", page)
            assert shown.code == 0, shown.err
            text = re.sub(
                r"<(script|style)\b.*?</\1>", "", page.read_text("utf-8"), flags=re.DOTALL
            )
            text = re.sub("<[^>]*>", " ", text)
            assert "Not complete" in text
            assert not WILD.search(text), looks
    assert cut


@pytest.mark.parametrize("command", STUDIES)
def test_charts_have_words_and_a_table(command: str, city_folder: Path, tmp_path: Path) -> None:
    record = keep(command, city_folder, tmp_path / "run")
    sheet = describe(command, read_scenario(str(city_folder)), record)
    assert sheet.charts
    names = {part.name for part in sheet.parts if part not in sheet.charts}
    for chart in sheet.charts:
        assert chart.says
        assert chart.table in names
        assert chart.draw(300, True)["datasets"]


@pytest.mark.parametrize("command", STUDIES)
def test_facts_of_the_record_are_in_the_tables(
    command: str, city_folder: Path, tmp_path: Path
) -> None:
    """Every number of the record's lists stands in a table of the sheet, as it is."""
    record = keep(command, city_folder, tmp_path / "run")
    sheet = describe(command, read_scenario(str(city_folder)), record)
    held = {round(abs(n), 9) for table in list_rows(sheet) for n in list_numbers(table)}
    for name in FACTS[command]:
        for number in list_numbers(record[name]):
            assert round(abs(number), 9) in held, (name, number)


FACTS: Mapping[str, Sequence[str]] = {
    "sensitivity weights": ("instruments", "areas"),
    "sensitivity map": ("core_index",),
    "sensitivity flip": ("weights", "by_layer"),
    "sensitivity budget": ("curve", "intervals", "cut_list", "add_list"),
    "frontier": ("points",),
    "alternatives": ("ranges", "range_gaps"),
}
"""What of each record stands in tables number by number."""


def list_rows(sheet: Sheet) -> list[Any]:
    return [part.rows for part in sheet.parts if part not in sheet.charts]  # type: ignore[union-attr]


def list_numbers(value: Any) -> list[float]:
    """All numbers inside a value, but for plans by year, which stand in run.json alone."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, int | float):
        return [float(value)]
    if isinstance(value, Mapping):
        value = [part for key, part in value.items() if key not in ("spending", "weights")]
    return [number for part in value for number in list_numbers(part)]


# In Python ------------------------------------------------------------------------------------


def check_result(result: Result, command: str) -> None:
    """A result shows itself: on a screen, in a notebook, as tables and charts."""
    assert result.command == command
    assert result.sheet.verdict in " ".join(str(result).split())
    assert result.sheet.verdict[:30] in result._repr_html_()
    assert result.tables
    for frame in result.tables.values():
        assert list(frame.columns)
    assert result.chart().to_dict()["description"]


def test_questions_about_weights_are_calls(city_folder: Path, tmp_path: Path) -> None:
    from stratafolio.calls.weights import map_weights, sample_weights

    scenario = read_scenario(str(city_folder))
    sampled = sample_weights(scenario, samples=30, seed=2, where=["frontier >= diffusion"])
    check_result(sampled, "sensitivity weights")
    assert len(sampled.tables["samples"]) == 30
    drawn = sampled.to_frame("samples")
    assert (drawn["frontier"] >= drawn["diffusion"] - 1e-9).all()
    mapped = map_weights(scenario, tolerance=0.02, layers=["frontier", "diffusion"])
    check_result(mapped, "sensitivity map")
    assert mapped.record["certified_regret"] <= 0.02
    folder = mapped.save(tmp_path / "kept")
    assert json.loads((folder / "run.json").read_text("utf-8"))["options"]["layers"] == [
        "frontier",
        "diffusion",
    ]


def test_questions_about_trades_are_calls(city_folder: Path) -> None:
    from stratafolio.calls.trades import list_alternatives, move_budget, trace_frontier

    scenario = read_scenario(str(city_folder))
    moved = move_budget(scenario, from_=500, to=1000, tolerance=0.02)
    check_result(moved, "sensitivity budget")
    assert moved.options["from"] == 500
    assert list(moved.tables) == ["curve", "intervals", "steps", "spending", "overview"]
    traced = trace_frontier(scenario, layers=["frontier", "diffusion"], tolerance=0.1)
    check_result(traced, "frontier")
    assert len(traced.to_frame()) == len(traced.record["points"])
    others = list_alternatives(scenario, within=0.02, count=2)
    check_result(others, "alternatives")
    assert others.record["plans"][0]["gain"] == pytest.approx(others.best_gain)


def test_the_screen_of_a_map_leaves_paths_to_the_page(city_folder: Path, tmp_path: Path) -> None:
    """Paths read off a map are charts of its sheet, with a table beside them."""
    record = keep("sensitivity map", city_folder, tmp_path / "run")
    sheet = describe("sensitivity map", read_scenario(str(city_folder)), record)
    panels = [chart for chart in sheet.charts if chart.group == "paths"]
    assert [chart.name for chart in panels] == [f"path-{layer}" for layer in record["layers"]]
    assert "paths" not in [table.name for table in sheet.tables_on(SCREEN)]
    page = tmp_path / "page.html"
    assert run("report", tmp_path / "run", "--out", page).code == 0
    assert page.read_text("utf-8").count('data-figure="path-') == len(panels)


def test_a_folder_of_all_studies_is_one_page(city_folder: Path, tmp_path: Path) -> None:
    """Each has its section once; the paths of flips take the place of those read off a map."""
    out, page = tmp_path / "run", tmp_path / "page.html"
    assert run("solve", city_folder, "--out", out).code == 0
    for command in STUDIES:
        keep(command, city_folder, out)
    assert run("report", out, "--out", page).code == 0
    text = page.read_text("utf-8")
    ids = re.findall(r' id="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert {command.replace(" ", "-") for command in STUDIES} <= set(ids)
    figures = re.findall(r'data-figure="([^"]+)"', text)
    assert len(figures) == len(set(figures))
    assert [name for name in figures if name.startswith("path-")]


def test_what_is_known_is_not_doubted_and_what_is_not_is_no_proof(tmp_path: Path) -> None:
    """Ends that are all proven are not wider; nothing is proven by a bound of nothing."""
    folder = write_folder(tmp_path / "tiny", tiny_document())
    scenario = read_scenario(str(folder))
    ranges = json.loads(run("alternatives", folder, "--json").out) | {"complete": False}
    told = describe("alternatives", scenario, ranges).completeness.tell()
    assert ranges["ends_proven"] == ranges["ends_asked"]
    assert told.endswith("The time was over: plans may differ more.")
    ranges["ends_proven"] -= 1
    assert "ranges may be wider" in describe("alternatives", scenario, ranges).completeness.tell()
    people = json.loads(run("sensitivity", "stakeholders", folder, "--json").out)
    people |= {"complete": False}
    people["least_regret"] |= {"largest": 0.5, "proven_at_least": 0.0}
    sheet = describe("sensitivity stakeholders", scenario, people)
    assert "How small the largest regret can be is not known." in sheet.completeness.tell()
    assert "below" not in " ".join(sheet.lines)


def test_small_tolerances_are_not_told_as_nothing(tmp_path: Path) -> None:
    folder, out = write_folder(tmp_path / "tiny", tiny_document()), tmp_path / "run"
    for words in (
        ("solve",),
        ("sensitivity", "map", "--tolerance", 0.001),
        ("alternatives", "--within", 0.0025),
    ):
        assert run(*words, folder, "--out", out).code == 0
    assert run("report", out, "--out", tmp_path / "page.html").code == 0
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "a map at a tolerance of 0.1% of the best gain" in page
    assert "within 0.25% of the best gain" in page


def test_whole_numbers_have_a_tick_each_and_no_half() -> None:
    lead = [{"year": year, "lead": 1.0, "without": 0.0} for year in (2027, 2028, 2029)]
    curve = [{"x": replies, "y": 1.0} for replies in (0, 1)]
    for spec, values in (
        (draw_lead(lead, "#000000", (0, 2), 300), [2027, 2028, 2029]),
        (draw_curve(curve, ("replies", "regret"), 300), [0, 1]),
    ):
        told = re.findall(r'"axis": (\{[^{}]*"format": "d"[^{}]*\})', json.dumps(spec))
        assert told
        assert {tuple(json.loads(axis)["values"]) for axis in told} == {tuple(values)}


def test_portfolios_that_stakeholders_regret_alike_are_all_named() -> None:
    stands = {
        "left": {"regret": {"p1": 0.3, "p2": 0.1, "p3": 0.2}},
        "right": {"regret": {"p1": 0.1, "p2": 0.3, "p3": 0.4}},
    }
    views = {"stands": stands, "least_regret": {"id": "p2", "regret": 0.3}}
    (told,) = tell_stakeholders({"stakeholders": views})
    assert "p1 and p2 suit all of them best alike: each loses none of them more than 30.0%" in told
    stands["right"]["regret"]["p1"] = 0.31
    stands["left"]["regret"]["p1"] = 0.31
    (told,) = tell_stakeholders({"stakeholders": views})
    assert "p2 suits all of them best: it loses none of them more than 30.0%" in told


def test_a_share_that_cannot_be_is_told_with_its_error() -> None:
    """An estimate of more than all of the variance is no share: its error is told beside it."""
    row = {"path": "effects.power_frontier.points", "value": 4.0, "low": 1.0, "high": 9.0}
    sure = {"first": 0.5, "first_interval": [0.4, 0.6]}
    record = {"samples": 8, "figures": [row | sure | {"total": 0.7, "total_interval": [0.6, 0.8]}]}
    words = Words(read_scenario("textbook"))
    verdict, sentences, _ = tell_variance(words, record)
    assert verdict.endswith("an estimated 70% of its variance (95%: 60% to 80%).")
    assert not sentences
    record["figures"] = [row | sure | {"total": 1.22, "total_interval": [0.9, 1.54]}]
    verdict, (why,), _ = tell_variance(words, record)
    assert "an estimated 122% of its variance, which no share can be (95%: 90% to 154%)" in verdict
    assert "that is their error" in why


def test_what_more_money_is_worth_is_not_known_of_a_set_that_nothing_is_proven_of() -> None:
    """Its gain at the upper end is that of a plan for less money: the two do not make a price."""
    stretch = BudgetStretch(2.0, 4.0, ("power",), 1.0, 1.0, None)
    budget = sf.move_budget(read_scenario("textbook"), from_=1, to=2).findings
    (row,) = list_intervals(replace(budget, stretches=[stretch]))
    assert row["worth_per_bn"] is None
    assert row["gain_to"] == 1.0
    (row,) = list_intervals(replace(budget, stretches=[replace(stretch, proven=0.0)]))
    assert row["worth_per_bn"] == 0.0


LABEL = re.compile(
    r'<text text-anchor="(\w+)" transform="translate\(([-\d.]+),[-\d.]+\)"([^>]*)>(\d{4})</text>'
)
WIDTH_OF_A_YEAR = 27.0
"""Pixels of four figures at the size of labels."""


@pytest.mark.parametrize("width", [180, 250, 330])
def test_years_of_a_small_chart_stand_apart(width: int) -> None:
    rows = [{"year": year, "lead": 1.0, "without": 0.5} for year in range(2027, 2035)]
    shown = []
    for anchor, at, style, _ in LABEL.findall(
        render_svg(draw_lead(rows, "#123456", (-20, 20), width))
    ):
        if 'opacity="0"' not in style:
            share = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
            shown.append(float(at) - share * WIDTH_OF_A_YEAR)
    assert len(shown) > 1
    assert all(later - before > WIDTH_OF_A_YEAR + 4 for before, later in pairwise(shown))


def test_what_a_note_and_a_list_of_limits_name_is_told_by_title() -> None:
    words = Words(read_scenario("textbook"))
    note = "Draws are cut at its limit: effects.power_frontier.points (2%), 3.5 others."
    assert name_paths(words, note) == (
        "Draws are cut at its limit: Frontier points of Power lines (2%), 3.5 others."
    )
    told = [name_limit(words, id_) for id_ in ("years", "instruments.power", "instruments.other")]
    assert told[0] == "the years in which one may spend"
    assert told[1:] == [
        "the programme Power lines, which is not there",
        "the programme other, which is not there",
    ]


def test_moved_weights_are_told_in_percentage_points() -> None:
    scenario = read_scenario("textbook", settings=("instruments.controls.max_per_year=4",))
    sheet = describe("sensitivity flip", scenario, sf.find_flip(scenario).record)
    (moved,) = [table for table in sheet.tables_on(SCREEN) if table.name == "nearest_weights"]
    assert "moved, percentage points" in [column.heading for column in moved.columns]
