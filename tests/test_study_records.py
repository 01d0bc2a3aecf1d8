"""A small record of each command has a section on the page."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import tiny_document
from test_report import make_run

from stratafolio.results.runs.reported import read_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of the tiny scenario with a map beside the plan."""
    return make_run(tmp_path_factory.mktemp("report") / "tiny-run", tiny_document())


STUDIES: dict[str, dict[str, Any]] = {
    "explain": {
        "status": "optimal",
        "limits": [],
        "instruments": [
            {
                "id": "grid",
                "funded": True,
                "spending_bn": 2.0,
                "held_by": None,
                "replacement": {"points": 0.2, "instead": ["labs"]},
                "to_fund": [{"change": "cost", "factor": 0.5}],
            }
        ],
    },
    "sensitivity weights": {
        "samples": 10,
        "tolerance": 0.01,
        "instruments": [
            {
                "id": "grid",
                "funded_share": 1.0,
                "spend_p05_bn": 1.0,
                "spend_median_bn": 2.0,
                "spend_p95_bn": 3.0,
                "class": "core",
            }
        ],
    },
    "sensitivity budget": {
        "curve": [[0, 0, 0], [2, 1, 1]],
        "tolerance": 0.001,
        "intervals": [
            {
                "from_bn": 0.0,
                "to_bn": 1.0,
                "funded": [],
                "gain_from": 0.0,
                "gain_to": 0.0,
                "worth_per_bn": 0.0,
                "enters": [],
                "leaves": [],
            },
            {
                "from_bn": 1.0,
                "to_bn": 2.0,
                "funded": ["grid"],
                "gain_from": 0.0,
                "gain_to": 1.0,
                "worth_per_bn": 1.0,
                "enters": ["grid"],
                "leaves": [],
            },
        ],
        "cut_list": [
            {"instrument": "grid", "saves_bn": 2, "loses_points": 1, "loss_against_free": 0}
        ],
        "add_list": [],
    },
    "sensitivity inputs": {
        "method": "tornado",
        "base_gain": 1.0,
        "figures": [
            {"path": "a.b", "value": 1, "low": 0, "high": 2, "gain_low": 0.5, "gain_high": 2}
        ],
    },
    "frontier": {
        "layers": ["frontier", "diffusion"],
        "complete": True,
        "tolerance": 0.01,
        "points": [
            {
                "outcome": {"frontier": 1, "diffusion": 2},
                "supported": True,
                "funded": ["grid"],
                "areas": {"energy": 1.0},
            },
            {
                "outcome": {"frontier": 0, "diffusion": 3},
                "supported": False,
                "funded": [],
                "areas": {"energy": 0.0},
            },
        ],
    },
    "alternatives": {
        "best_gain": 1,
        "within": 0.01,
        "ranges": {"areas": {"energy": [0, 1]}, "instruments": {"grid": [0, 1]}},
        "plans": [
            {
                "name": "the best plan",
                "gain": 1.0,
                "distance": None,
                "distance_gap": None,
                "areas": {"energy": 1.0},
                "totals": {"grid": 1.0},
            },
            {
                "name": "no grid (-1.0)",
                "gain": 0.99,
                "distance": 1.0,
                "distance_gap": 0.0,
                "areas": {"energy": 0.0},
                "totals": {},
            },
        ],
    },
    "robust": {
        "criterion": "expected",
        "value": 1.0,
        "first_stage": {},
        "futures": {
            "calm": {"probability": 0.5, "gain": 1, "own_best": 1.1, "regret": 0.1, "areas": {}}
        },
        "evpi": 0.1,
    },
    "compare": {
        "scenarios": ["a", "b"],
        "gain": {"a": 1, "b": 2},
        "regret": {"a": {"a": 0, "b": None}, "b": {"a": 0.5, "b": 0}},
    },
}
"""A small record of each command, with the keys of the contract."""


def test_records_of_studies_have_sections(folder: Path) -> None:
    """Every record of the contract is shown, whatever text it holds."""
    from stratafolio.results.questions import PLANS, QUESTIONS
    from stratafolio.results.studies.sections import list_sheets
    from stratafolio.results.writers.gallery import Gallery
    from stratafolio.results.writers.page_section import write_section

    one = read_run(folder)
    assert one is not None
    assert set(STUDIES) == set(QUESTIONS) - {
        *PLANS,
        "sensitivity map",
        "sensitivity flip",
        "sensitivity stakeholders",
        "elicit",
    }
    sheets = list_sheets(dataclasses.replace(one, studies=STUDIES))
    gallery = Gallery()
    sections = [write_section(sheet, gallery) for sheet in sheets]
    assert len(sections) == len(STUDIES)
    assert all(spec["datasets"] for spec in gallery.live.values())
    for section in sections:
        tables = [block for block in section["blocks"] if block["kind"] == "table"]
        assert tables
        for table in tables:
            assert all(len(row["cells"]) == len(table["columns"]) for row in table["rows"])
