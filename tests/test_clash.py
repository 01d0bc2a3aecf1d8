"""Limits on shares that contradict each other: met by spending nothing, which no output hides."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import second_opinion
from small_scenarios import run

from stratafolio.inputs.build import build_scenario
from stratafolio.inputs.read import read_scenario
from stratafolio.model.failures import Infeasible
from stratafolio.model.solving.shares import find_share_clashes
from stratafolio.model.solving.solve import solve_scenario

MOSTLY = "{kind: spend, of: [energy], at_least: 0.7, unit: share, each: horizon, title: Much power}"
PARTLY = "{kind: spend, of: [energy], at_most: 0.6, unit: share, each: horizon}"
CLASHING = ("--set", f"constraints.mostly={MOSTLY}", "--set", f"constraints.partly={PARTLY}")
SAID = "clash as soon as a dollar is spent"


def run_json(*arguments: object) -> dict[str, Any]:
    ended = run(*arguments, "--json")
    assert ended.code == 0, ended.err
    record: dict[str, Any] = json.loads(ended.out)
    return record


def test_solve_says_first_which_limits_clash() -> None:
    record = run_json("solve", "textbook", *CLASHING)
    assert record["clash"] == ["mostly", "partly"]
    shown = run("solve", "textbook", *CLASHING).out
    assert SAID in " ".join(shown.split())
    assert shown.index("Much power (mostly) and partly") < shown.index("Gain")
    assert "Move partly from 60.0% of spending to 70.0% of spending" in shown


def test_a_plan_that_spends_has_no_clash() -> None:
    assert run_json("solve", "textbook")["clash"] is None
    worthless = ("--set", "weights={frontier: 0, semiconductors: 1}", "--set", "effects=null")
    assert run_json("solve", "textbook", *worthless, "--set", "interactions=null")["clash"] is None


def test_no_money_is_no_clash() -> None:
    assert run_json("solve", "textbook", "--budget", "0")["clash"] is None
    dear = (
        "constraints.least={kind: spend, at_most: 1.5}",
        "effects=null",
        "interactions=null",
        "instruments={power: null, controls: null}",
    )
    settings = [part for setting in dear for part in ("--set", setting)]
    assert run_json("solve", "textbook", *settings)["clash"] == ["least"]


def test_a_limit_that_rules_all_spending_out_is_named_alone() -> None:
    ban = ("--set", "constraints.no={kind: ban, instruments: [power, labs, controls]}")
    assert run_json("solve", "textbook", *ban)["clash"] == ["no"]
    assert "No plan may spend anything: no rules it out." in run("solve", "textbook", *ban).out


def test_evaluate_says_it_too(tmp_path: Path) -> None:
    plan = tmp_path / "plan.csv"
    plan.write_text("instrument,year,bn\npower,2027,1\n", encoding="utf-8")
    given = ("evaluate", "textbook", "--plan", plan, *CLASHING)
    assert run_json(*given)["clash"] == ["mostly", "partly"]
    assert SAID in " ".join(run(*given).out.split())


def test_explain_offers_repairs_that_work(tmp_path: Path) -> None:
    record = run_json("explain", "textbook", *CLASHING, "--out", tmp_path / "run")
    assert record["status"] == "spends_nothing"
    assert record["conflicts"] == [["mostly", "partly"]]
    assert [repair["gives_up"] for repair in record["repairs"]] == [["mostly"], ["partly"]]
    for repair in record["repairs"]:
        settings = [part for setting in repair["settings"] for part in ("--set", setting)]
        mended = run_json("solve", "textbook", *CLASHING, *settings)
        assert mended["clash"] is None
        assert mended["gain"] == pytest.approx(repair["gain"], abs=1e-6)
    assert "Every plan that meets the limits spends nothing." in (
        run("explain", "textbook", *CLASHING).out
    )
    assert run("report", tmp_path / "run", "--out", tmp_path / "page.html").code == 0
    assert "Why no plan spends anything" in (tmp_path / "page.html").read_text("utf-8")


def test_page_and_workbook_say_it_first(tmp_path: Path) -> None:
    page, book = tmp_path / "page.html", tmp_path / "book.xlsx"
    folder = tmp_path / "run"
    assert run("solve", "textbook", *CLASHING, "--out", folder).code == 0
    assert run("report", folder, "--out", page, "--xlsx", book).code == 0
    told = page.read_text("utf-8")
    assert told.index(SAID) < told.index("Spend nothing")
    cells = [
        str(cell.value)
        for sheet in openpyxl.load_workbook(book).worksheets[:1]
        for row in sheet.iter_rows()
        for cell in row
    ]
    places = [next(at for at, cell in enumerate(cells) if said in cell) for said in (SAID, "Spend")]
    assert places == sorted(places)


def test_check_tells_what_shares_alone_tell() -> None:
    oddities = run_json("scenario", "check", "textbook", *CLASHING)["oddities"]
    assert oddities[0]["where"] == "constraints.mostly"
    assert SAID.replace("clash", "clashes with partly") in oddities[0]["message"]
    harmless = run_json("scenario", "check", "textbook", "--set", f"constraints.mostly={MOSTLY}")
    assert not any("clash" in oddity["message"] for oddity in harmless["oddities"])


def test_check_tells_the_years_of_a_clash() -> None:
    late = "{kind: spend, of: [labs], at_least: 0.7, unit: share, years: [2028, 2028]}"
    settings = (
        f"constraints.late={late}",
        f"constraints.mostly={MOSTLY.replace('horizon', 'year')}",
    )
    scenario = read_scenario("textbook", settings)
    assert find_share_clashes(scenario) == {("late", "mostly"): (2028,)}


# Brute force --------------------------------------------------------------------------------------

Document = dict[str, Any]


def draw(seed: int) -> Document:
    """A small all-or-nothing scenario with two or three limits on shares."""
    import random

    document = second_opinion.random_scenario(seed, all_or_nothing=True, most_plans=300)
    rng = random.Random(seed)
    limits = dict(document.get("constraints") or {})
    for number in range(rng.randint(2, 3)):
        of = rng.sample([*document["areas"], *document["instruments"]], rng.randint(1, 2))
        side = rng.choice(["at_least", "at_most"])
        share = round(rng.uniform(0.2, 0.8), 1)
        row = {"kind": "spend", "of": of, side: share, "unit": "share"}
        limits[f"share_{number}"] = {**row, "each": rng.choice(["year", "horizon"])}
    return {**document, "constraints": limits}


def list_spending_plans(document: Document, in_force: Collection[str]) -> Iterator[Any]:
    """The plans that spend and keep these limits, with what instruments demand themselves."""
    for spending in second_opinion.every_all_or_nothing_plan(document):
        broken = second_opinion.broken_limits(document, spending)
        names = {sentence.split(":")[0].split(" ")[0] for sentence in broken}
        own = {name for name in names if name.startswith("instruments.")}
        kept = {name.removeprefix("constraints.") for name in names - own}
        if spending and not own and not kept & set(in_force):
            yield spending


def can_spend(document: Document, in_force: Collection[str]) -> bool:
    return next(list_spending_plans(document, in_force), None) is not None


@pytest.mark.parametrize("seed", range(40))
def test_a_clash_is_one_by_brute_force(seed: int) -> None:
    document = draw(seed)
    budgets = ["budget.per_year", "budget.total"]
    every = [*budgets, *document["constraints"]]
    scenario = build_scenario(document, {}, f"shares_{seed}")
    try:
        clash = solve_scenario(scenario).clash
    except Infeasible:
        assert not can_spend(document, every)
        return
    assert (clash is not None) == (can_spend(document, []) and not can_spend(document, every))
    if clash is None:
        return
    assert not can_spend(document, clash)
    for without in clash:
        assert can_spend(document, [id_ for id_ in clash if id_ != without])
