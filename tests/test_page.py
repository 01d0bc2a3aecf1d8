"""What the page tells a stranger: the verdict first, the sources linked, every scenario named."""

from __future__ import annotations

import dataclasses
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from small_scenarios import Document, put, run, tiny_document
from test_report import Elements, load_record, make_run, read_page
from test_study_records import STUDIES

import stratafolio as sf
from stratafolio.results.runs.reported import Reported, read_run
from stratafolio.results.studies.chart_list import list_charts
from stratafolio.results.studies.describe import describe
from stratafolio.results.studies.ledger import describe_ledger
from stratafolio.results.studies.memo import write_memo
from stratafolio.results.studies.scenarios import describe_scenarios
from stratafolio.results.studies.solve import SCALE
from stratafolio.results.studies.verdict import DEPENDS, NEVER, SURE, list_verdict, tell_advice
from stratafolio.results.studies.words import Words
from stratafolio.results.writers.page import make_page

PAGE = Path(sf.__file__).parent / "results" / "writers" / "page.html"


def sourced_document() -> Document:
    """The tiny scenario with sources of every kind, in euros."""
    document = tiny_document()
    put(document, "money", {"unit": "million", "symbol": "€"})
    document["sources"] |= {
        "good": {"title": 'A <b>"bold"</b> book', "url": "https://example.org/a?b=c&d=%3Ce%3E"},
        "plain": {"title": "By plain http", "url": "http://example.org/"},
        "wild": {"title": "A script", "url": "javascript:alert(1)"},
    }
    put(document, "effects.grid_frontier.source", ["good", "plain"])
    put(document, "effects.labs_diffusion.source", "wild")
    put(document, "effects.labs_diffusion.confidence", "high")
    put(document, "effects.labs_diffusion.points_low", 2)
    put(document, "effects.labs_diffusion.points_high", 7)
    return document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("page") / "euros", sourced_document())


@pytest.fixture(scope="module")
def page(folder: Path) -> Elements:
    return read_page(folder, to=folder.parent / "page.html")


def read_reported(folder: Path) -> Reported:
    one = read_run(folder)
    assert one is not None
    return one


# The verdict ------------------------------------------------------------------------------------


def test_the_verdict_says_what_the_studies_say(folder: Path) -> None:
    """Each programme once, by the map's own shares, with the ends that alternatives found."""
    one = read_reported(folder)
    assert one.record is not None
    ranges = {**STUDIES["alternatives"], "complete": False}
    ranges["ranges"] = {"areas": {}, "instruments": {"grid": [1.0, 2.5], "labs": [0.0, None]}}
    studies = {**one.studies, "alternatives": ranges}
    table = list_verdict(Words(one.scenario), one.record, [], studies)
    told = {row["id"]: row for row in table.rows}
    core = one.studies["sensitivity map"]["core_index"]
    assert set(told) == set(core) == set(one.scenario.instruments)
    for id_, share in core.items():
        wanted = SURE if share >= 0.99 else NEVER if share <= 0.01 else DEPENDS
        assert (told[id_]["advice"], told[id_]["share"]) == (wanted, share)
    cells = [" | ".join(row) for row in table.cells_on("page")]
    assert any("1.00 to 2.50" in row for row in cells)
    assert any("0.00 to not known" in row for row in cells)
    assert "cut short" in table.note
    bare = list_verdict(Words(one.scenario), one.record, [], {})
    assert {row["advice"] for row in bare.rows} <= {"in this plan", "not in this plan"}
    assert "was not asked" in bare.note


def test_the_verdict_comes_first_and_says_what_a_point_is(folder: Path, page: Elements) -> None:
    begins = page.text.index("The verdict on each programme")
    assert page.text.index("of the gain hangs on") < begins
    assert page.text.index(SCALE) < begins < page.text.index("What to spend, and when")
    assert "10 points are a clear lead" not in PAGE.read_text("utf-8")
    assert SCALE in run("solve", folder).out.replace("\n", " ")


def test_what_carries_the_gain_sums_over_a_programmes_effects(folder: Path) -> None:
    one = read_reported(folder)
    assert one.record is not None
    feeds = [
        {"effect": "grid_frontier", "instrument": "grid", "layer": "frontier", "gain": 0.25},
        {"effect": "grid_frontier", "instrument": "grid", "layer": "frontier", "gain": 0.5},
    ]
    record = {**one.record, "gain": 1.5}
    rows = list_verdict(Words(one.scenario), record, feeds, {}).rows
    assert {row["id"]: row["carries"] for row in rows} == {"grid": 0.5, "labs": 0.0}


# The ledger and its sources ---------------------------------------------------------------------


def test_sources_are_linked_by_https_alone(page: Elements) -> None:
    links = [a for t, a in page.elements if t == "a" and not str(a["href"]).startswith("#")]
    assert {a["href"] for a in links} == {"https://example.org/a?b=c&d=%3Ce%3E"}
    assert all("noopener" in str(a["rel"]).split() for a in links)
    for text in ('A <b>"bold"</b> book', "By plain http", "A script"):
        assert text in page.text


def test_the_ledger_holds_every_figure_those_that_carry_most_first(folder: Path) -> None:
    one = read_reported(folder)
    (table,) = describe_ledger(one).tables_on("page")
    shares = [abs(row["share"] or 0.0) for row in table.rows]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > 0
    rows = {row["path"]: row for row in table.rows}
    labs = rows["effects.labs_diffusion.points"]
    assert (labs["value"], labs["range"]) == ("5 points", "2 to 7 points")
    assert rows["instruments.grid.max_per_year"]["value"] == "€2 m a year"
    assert {"effects.grid_frontier.points", "layers.frontier.us"} <= set(rows)


def test_the_ledger_tells_nothing_of_a_gain_that_no_plan_has(folder: Path) -> None:
    one = read_reported(folder)
    with_plan, without = (
        describe_ledger(own) for own in (one, dataclasses.replace(one, record=None))
    )
    assert "carry most of the gain" in with_plan.verdict
    assert "gain" not in without.verdict
    (table,) = without.tables_on("page")
    assert "of the gain" not in [column.title for column in table.columns]
    assert table.note == ""


def test_the_ledger_opens_without_a_script(page: Elements) -> None:
    bodies = [a for t, a in page.elements if t == "tbody" and "data-share" in a]
    assert len(bodies) > 5
    more = [a for t, a in page.elements if t == "tr" and a.get("class") == "more"]
    assert len(more) == len(bodies)
    assert ".ledger tbody:has(details[open]) tr.more" in PAGE.read_text("utf-8")


# Money, sides, scenarios ------------------------------------------------------------------------


def test_page_and_charts_tell_the_scenarios_own_money(page: Elements) -> None:
    assert "€ m" in page.text
    assert "$" not in page.text
    figures = page.scripts[0]
    assert "€ m a year" in figures
    assert not re.search(r'"title":"[^"]*(\$|billion)', figures)


def test_each_section_says_which_scenario_it_is_about(folder: Path, tmp_path: Path) -> None:
    other = make_run(tmp_path / "richer", put(sourced_document(), "title", "A richer town"))
    page = read_page(folder, other, to=tmp_path / "both.html")
    kickers = [a for _, a in page.elements if a.get("class") == "kicker"]
    sections = [a["id"] for t, a in page.elements if t == "section"]
    assert len(kickers) == len(sections) - 1  # but for the comparison
    assert sections[0] == "comparison"
    assert {"s0-recommendation", "s1-recommendation", "sensitivity-map"} <= set(sections)
    assert "s1-sensitivity-map" in sections
    text = (tmp_path / "both.html").read_text("utf-8")
    for told in ("The sliders are those of", "These are the figures of"):
        assert f"{told} A tiny scenario alone" in text
    ids = [a["id"] for _, a in page.elements if a.get("id")]
    assert len(ids) == len(set(ids))


def test_a_comparison_opens_with_its_conclusion(folder: Path) -> None:
    one = read_reported(folder)
    assert one.record is not None
    spending = {"labs": one.record["spending"]["labs"]}
    less = {**one.record, "funded": ["labs"], "spending": spending, "launch_costs": {}}
    scenario = one.scenario.model_copy(update={"title": "A poorer town"})
    other = dataclasses.replace(one, label="other", scenario=scenario, record=less)
    sheet = describe_scenarios([one, other])
    assert sheet.verdict == (
        "Of 2 programmes all 2 plans fund 1, none is in no plan; 1 depends on the scenario: grid."
    )
    assert "differ in their constraints alone" in sheet.sentences[0]
    told = {
        cell for table in sheet.tables_on("page") for row in table.cells_on("page") for cell in row
    }
    assert "A tiny scenario" in told
    assert "A poorer town" in told


def test_scenarios_that_differ_in_more_are_told_by_regret(tmp_path: Path) -> None:
    runs = []
    for at, points in enumerate((4.0, 1.0)):
        document = put(sourced_document(), "effects.grid_frontier.points", points)
        put(document, "title", f"Grid {points:g}")
        runs.append(read_reported(make_run(tmp_path / f"run{at}", document)))
    (told,) = describe_scenarios(runs).sentences
    # Both worlds want the same plan, so neither is regretted anywhere.
    assert runs[0].record
    assert runs[1].record
    assert runs[0].record["spending"] == runs[1].record["spending"]
    assert told.startswith("Least regretted: the plans of Grid 4 and Grid 1 alike. ")


# Charts, and the workbook -----------------------------------------------------------------------


def test_the_charts_of_a_plan_are_had_from_its_result() -> None:
    result = sf.solve(sf.read_scenario("textbook"))
    names = [chart.name for chart in result.sheet.charts]
    assert names[:3] == ["spending-by-area", "spending-by-programme", "flow"]
    assert {"lead-frontier", "lead-semiconductors"} == set(names[3:])
    assert result.chart().to_dict()["title"] == "Spending by area and year"


def test_the_triangle_of_a_map_is_had_from_its_result(folder: Path) -> None:
    """With three layers; and a report writes it once, from the finer of its maps."""
    three = put(sourced_document(), "layers.integration", {"us": 5, "china": 9})
    effect = {"instrument": "labs", "layer": "integration", "points": 2.0, "scale": 1.0}
    put(three, "effects.labs_integration", effect)
    run_folder = make_run(folder.parent / "three", three)
    one = read_reported(run_folder)
    kept = one.studies["sensitivity map"]
    charts = {chart.name: chart for chart in describe("sensitivity map", one.scenario, kept).charts}
    assert "pillar-map" in charts
    assert "page" not in charts["pillar-map"].on
    names = [chart.name for chart in list_charts([one])["."]]
    assert names.count("pillar-map") == 1
    other = read_reported(folder)
    assert "pillar-map" not in [chart.name for chart in list_charts([other])["."]]


def test_leads_in_the_workbook_have_one_scale_and_no_text_is_cut(
    folder: Path, tmp_path: Path
) -> None:
    book = tmp_path / "book.xlsx"
    assert run("report", folder, "--xlsx", book).code == 0
    with zipfile.ZipFile(book) as packed:
        charts = [
            packed.read(name).decode()
            for name in packed.namelist()
            if re.fullmatch(r"xl/charts/chart\d+\.xml", name)
        ]
    leads = [xml for xml in charts if "spending nothing" in xml]
    ends = {tuple(re.findall(r'<c:(?:min|max) val="([^"]*)"', xml)) for xml in leads}
    assert len(leads) == len(load_record(folder, "solve")["leads"])
    assert len(ends) == 1
    assert len(next(iter(ends))) == 2
    opened = openpyxl.load_workbook(book)
    for sheet in opened.worksheets:
        for column, cell in enumerate(sheet[1], 1):
            width = sheet.column_dimensions[openpyxl.utils.get_column_letter(column)].width
            lines = math.ceil(len(str(cell.value or "")) / width)
            is_merged = any(cell.coordinate in own for own in sheet.merged_cells.ranges)
            height = sheet.row_dimensions[1].height or 15
            assert is_merged or height >= 15 * lines, (sheet.title, cell.value)
    verdict = {cell.value for row in opened["Verdict"].iter_rows() for cell in row}
    assert {"The verdict on each programme", "grid", "labs"} <= verdict


def test_a_folder_cut_short_says_so_before_all_else(folder: Path) -> None:
    one = read_reported(folder)
    kept: dict[str, Any] = {**one.studies["sensitivity map"], "complete": False}
    cut = dataclasses.replace(one, studies={**one.studies, "sensitivity map": kept})
    text = Elements(make_page([cut])).text
    assert text.index("Not everything on this page is complete") < text.index("The recommendation")
    whole = Elements(make_page([one])).text
    assert "Not everything on this page is complete" not in whole


# Colours ----------------------------------------------------------------------------------------


def measure_contrast(one: str, other: str) -> float:
    """The contrast of two colours (W3C, Web Content Accessibility Guidelines 2.2, 1.4.3)."""

    def lighten(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    darker, lighter = sorted((lighten(one), lighten(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_can_be_read_by_day_and_by_night() -> None:
    assert measure_contrast("#000000", "#ffffff") == pytest.approx(21)
    schemes = re.findall(r":root \{(.*?)\}", PAGE.read_text("utf-8"), flags=re.DOTALL)
    assert len(schemes) == 2
    for scheme in schemes:
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", scheme))
        for text in ("ink", "quiet", "mark", "bad"):
            for ground in ("paper", "wash", "alarm"):
                assert measure_contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        assert measure_contrast(colours["edge"], colours["paper"]) >= 3


# What was cut short -----------------------------------------------------------------------------


def test_advice_of_a_study_cut_short_says_so(folder: Path) -> None:
    """And a whole study of weights tells before one that was cut short."""
    one = read_reported(folder)
    assert one.record is not None
    command = "sensitivity map"
    cut = {**one.studies[command], "complete": False, "tolerance": 0.01, "certified_regret": 0.2}
    assert "was cut short" not in tell_advice(one.studies)
    assert "was cut short" in tell_advice({**one.studies, command: cut})
    memo = write_memo(dataclasses.replace(one, studies={**one.studies, command: cut}))
    assert any("was cut short" in text for part in memo.parts for text in part.sentences)
    told = describe(command, one.scenario, cut).verdict
    assert "good enough" not in told
    assert told.startswith("Under every weighting")
    assert "loses at most 20.00% of the best gain" in told
    whole = {**STUDIES["sensitivity weights"], "complete": True}
    assert "was cut short" not in tell_advice({command: cut, "sensitivity weights": whole})


def test_a_range_that_begins_at_nothing_is_explained_where_the_weights_say_fund_anyway(
    folder: Path,
) -> None:
    one = read_reported(folder)
    assert one.record is not None
    core = {**one.studies["sensitivity map"], "core_index": {"grid": 1.0, "labs": 0.5}}
    for least, is_told in ((0.0, True), (0.4, False)):
        ends = {"grid": [least, 2.5], "labs": [0.0, 1.0]}
        ranges = STUDIES["alternatives"] | {"ranges": {"areas": {}, "instruments": ends}}
        studies = {"sensitivity map": core, "alternatives": ranges}
        table = list_verdict(Words(one.scenario), one.record, [], studies)
        assert ("begins at 0.00" in table.note) == is_told
