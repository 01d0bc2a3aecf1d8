"""What documents quote is what the kept runs found, and these are of the figures there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from quoted_figures import KEPT, RUNS, take_fingerprint, take_fingerprint_of_people
from quoted_text import TELL
from quoted_words import read_kept

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.read import read_scenario

DOCS = Path(__file__).parents[1] / "docs"
NAMES = sorted(file.stem for file in KEPT.glob("*.json"))

CARRY = 10
"""Assumptions that carry most, by what the plan kept loses and by what it is worth to know."""


def run_together(text: str) -> str:
    """Give a text on one line."""
    return " ".join(re.sub(r"(?m)^[*] ", "", text).split())


def test_what_is_kept_is_of_a_run_that_there_is() -> None:
    assert set(NAMES) <= {*RUNS, "interviews"} == set(TELL)
    assert {"tornado", "sample", "voi", "map", "stakeholders", "interviews"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_documents_say_what_the_kept_run_found(name: str) -> None:
    """Where this fails, `python benchmarks/quoted_text.py` tells what the document is to say."""
    document, tell = TELL[name]
    text = run_together((DOCS / document).read_text("utf-8"))
    told = tell(read_kept(name))
    assert told
    for said in told:
        assert run_together(said) in text, said


@pytest.mark.parametrize("name", NAMES)
def test_kept_runs_are_of_the_figures_there_are(name: str) -> None:
    """Where this fails, the bundled figures moved: `benchmarks/quoted_figures.py` runs anew."""
    assert read_kept(name)["figures_of"] == take_fingerprint(read_scenario("us-2027"))


def test_kept_runs_are_of_the_stakeholders_there_are() -> None:
    scenario = read_scenario("us-2027")
    kept = read_kept("stakeholders")["people_of"]
    assert kept == take_fingerprint_of_people(scenario)
    other = derive_scenario(scenario, {"stakeholders": {"science": {"weights": {"frontier": 1}}}})
    assert kept != take_fingerprint_of_people(other)


def test_a_fingerprint_is_of_figures_and_not_of_words() -> None:
    scenario = read_scenario("us-2027")
    before = take_fingerprint(scenario)
    for patch, is_same in (
        ({"assumptions": {"labs_won": {"note": "another", "title": "another"}}}, True),
        ({"assumptions": {"labs_won": {"high": 17}}}, False),
        (
            {"effects": {"open_labs_diffusion": {"points": "labs_lead * points_per_share * 2"}}},
            False,
        ),
        ({"constraints": {"no_area_alone": {"at_most": 0.5}}}, False),
    ):
        assert (take_fingerprint(derive_scenario(scenario, patch)) == before) == is_same, patch


def list_carrying() -> list[str]:
    """Give the ids of the assumptions that carry most."""
    tornado = sorted(read_kept("tornado")["figures"], key=lambda row: -row["lost_points"])
    worth = sorted(read_kept("voi")["figures"], key=lambda row: -row["evppi"])
    paths = [row["path"] for rows in (tornado, worth) for row in rows[:CARRY]]
    return sorted({path.removeprefix("assumptions.") for path in paths if "assumptions." in path})


def test_what_carries_most_has_two_sources_or_says_who_could_know_better() -> None:
    assumptions = read_scenario("us-2027").assumptions
    carrying = list_carrying()
    assert len(carrying) >= CARRY
    for id_ in carrying:
        own = assumptions[id_]
        has_two = len(set(own.source) - {"judgement"}) >= 2 and "ndependently" in own.note
        says_who = "judgement" in own.source and "Who could know:" in own.note
        assert has_two or says_who, id_


def test_no_end_of_a_range_takes_the_core_away() -> None:
    """What the document says of the programmes that stay at both ends of every range."""
    core = {"open_labs", "open_science_models", "software_commons", "research_resource"}
    core |= {"efficiency_research", "grid_upgrades", "frontier_testing", "testing_network"}
    core |= {"us_china_channel", "allied_alignment", "release_incentives", "export_finance"}
    for row in read_kept("tornado")["figures"]:
        assert core.isdisjoint([*row["leaves_low"], *row["leaves_high"]]), row["path"]
