"""Every study cut short at many moments: screen, JSON and page tell only what was answered."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from small_scenarios import Document, run, tiny_document, write_folder
from ticking import tick

from stratafolio.inputs.read import read_scenario
from stratafolio.results.studies.describe import describe
from stratafolio.results.writers.terminal import print_sheet

Record = dict[str, Any]

WILD = re.compile(r"\b(inf|nan|None|Infinity)\b|a fault of the program|Traceback")
"""What no reader should meet."""

OVER = re.compile(
    r"time was over|time ended|time ran out|not known|no time|not solved in time", re.IGNORECASE
)
"""How a reader is told that something was cut short."""

LOOKS = (1, 3, 6, 9, 12, 18, 25, 36, 70, 170, 240)
"""Looks at the clock after which time is over."""


PROGRAMMES = ((0.8, 3.1, 5.9), (1.3, 5.2, 0.4), (0.7, 2.4, 4.4))
"""The cost of each in a year, $ billion, and what it is worth in two futures, points."""


def doubtful(programmes: int = 3) -> Document:
    """A scenario with ranges, and two futures that want different programmes."""
    document = tiny_document()
    document["years"] = {"first": 2027, "last": 2029, "score_until": 2031}
    ranges = {"points_low": 0.5, "points_high": 9.0}
    if not programmes:
        document["effects"] = {name: own | ranges for name, own in document["effects"].items()}
    for number, (most, points, later) in enumerate(PROGRAMMES[:programmes]):
        programme, effect = f"programme_{number}", f"effect_{number}"
        document["instruments"][programme] = {
            "area": "energy",
            "max_per_year": most,
            "all_or_nothing": True,
            "run_years": 2,
            "scale": 3.0,
        }
        layer = ("frontier", "diffusion")[number % 2]
        document["effects"][effect] = {"instrument": programme, "layer": layer, "points": points}
        storm = document["futures"]["storm"]["change"]["effects"]
        storm[effect] = {"points": later}
        document["effects"][effect] |= ranges
    for future in document["futures"].values():
        future["known_from"] = 2028
    return document


# What a record may say, beside that of a run that was not cut short ---------------------------


def check_figures(record: Record, whole: Record) -> None:
    """Every figure as in the whole run, or null."""
    plain = ("path", "value", "low", "high", "title", "unit", "group", "confidence", "source")
    open_, known = 0, {row["path"]: row for row in whole["figures"]}
    for row in record["figures"]:
        if all(row[key] is None for key in row if key not in plain):
            open_ += 1
        else:
            assert row == known[row["path"]]
    assert len(record["figures"]) == record["asked"] == len(whole["figures"])
    assert record["answered"] == record["asked"] - open_


def check_samples(record: Record, whole: Record) -> None:
    assert record["asked"] == record["samples"] == whole["counted"]
    assert record["answered"] == record["counted"] + sum(record["failed"].values())
    counts = [own["funded_share"] * record["counted"] for own in record["instruments"]]
    assert counts == pytest.approx([round(count) for count in counts])


def check_indices(record: Record, whole: Record) -> None:
    assert record["asked"] == whole["samples"]
    assert record["answered"] == record["samples"]


def check_robust(record: Record, whole: Record) -> None:
    """By every criterion a plan that is not better than the best, and no better bound."""
    proven = 0
    for name, own in record["criteria"].items():
        best, sign = whole["criteria"][name]["value"], -1 if name == "regret" else 1
        assert sign * own["value"] <= sign * best + 2e-4
        assert sign * own["bound"] >= sign * best - 2e-4
        proven += own["gap"] <= 1.1e-4
        if own["gap"] <= 1.1e-4:
            assert own["value"] == pytest.approx(best, abs=3e-4)
    assert record["answered"] <= proven
    for worth in ("evpi", "vss"):
        assert record[worth] is None or record[worth] == pytest.approx(whole[worth], abs=1e-3)
    if record["criteria"]["expected"]["gap"] > 1.1e-4:
        assert record["evpi"] is record["vss"] is record["committed"] is None


def check_explanation(record: Record, whole: Record) -> None:
    """Each part as in the whole run, or null and said to be missing."""
    for part in ("limits", "ties"):
        assert record[part] is None or record[part] == whole[part]
    for row, other in zip(record["instruments"] or (), whole["instruments"], strict=False):
        assert row["replacement"] in (None, other["replacement"])
        assert row["funded"] == other["funded"]
    for row in record["figures"] or ():
        other = next(own for own in whole["figures"] if own["path"] == row["path"])
        if row["flip_sought"]:
            turn = other["flips_at"]
            assert row["flips_at"] == (None if turn is None else pytest.approx(turn, rel=1e-3))
        else:
            assert row["flips_at"] is row["not_at"] is None or not other["flip_sought"]
    for rate, other in zip(record["rates"] or (), whole["rates"], strict=False):
        assert (rate["layer"], rate["more"]) == (other["layer"], other["more"])
        told = [
            {key: own and own["points"] for key, own in of["prices"].items()}
            for of in (rate, other)
        ]
        assert told[0] == pytest.approx(told[1], abs=1e-3)
    assert record["complete"] == (not record["missing"])


def check_comparison(record: Record, whole: Record) -> None:
    """Every gain and regret as in the whole run, or null."""
    for label, gain in record["gain"].items():
        assert gain is None or gain == pytest.approx(whole["gain"][label], abs=1e-6)
    for matrix in ("regret", "kept"):
        for plan, row in record[matrix].items():
            for world, value in row.items():
                other = whole[matrix][plan][world]
                assert value is None or value == pytest.approx(other, abs=1e-6)
    for least in ("least_regret", "least_regret_kept"):
        assert record[least] in (None, whole[least])
    assert record["complete"] == (not record["missing"])


def check_worth(record: Record, whole: Record) -> None:
    """What knowing is worth, from the samples in which plans were played, with its error."""
    assert record["asked"] == whole["asked"] == whole["answered"]
    assert record["counted"] <= record["samples"] == whole["counted"]
    assert record["complete"] == (record["answered"] == record["asked"])
    rows = (*record["figures"], *record["groups"])
    assert {row["path"] for row in record["figures"]} == {row["path"] for row in whole["figures"]}
    assert all(0 <= row["evppi"] <= record["evpi"] + 2 * row["se"] + 1e-9 for row in rows)


def check_interview(record: Record, whole: Record) -> None:
    """A proof as good as the whole one, or no better and said to be cut short."""
    assert record["certified_regret"] >= whole["certified_regret"] - 1e-9
    if record["complete"]:
        assert record["ended"] == whole["ended"]
        return
    assert record["certified_regret"] > record["tolerance"]
    assert record["ended"] in (None, "time", "questions")
    assert record["done"] == (record["ended"] is not None)


def check_sides(record: Record, whole: Record) -> None:
    """Nobody is told to lose less than in the whole run, where all is proven to the tolerance."""
    for side, row in record["regret_of"].items():
        for id_, share in row.items():
            assert share is None or share == pytest.approx(whole["regret_of"][side][id_], abs=1e-3)
    for part in ("funded", "not_funded"):
        assert not record["common"] or record["common"][part] == whole["common"][part]
    least, proven = record["least_regret"], whole["least_regret"]["proven_at_least"]
    if least and not least["set_aside"]:
        assert least["largest"] >= proven - 1e-6
        assert least["proven_at_least"] <= whole["least_regret"]["largest"] + 1e-6
    assert bool(record["missing"]) <= (not record["complete"])


Check = Callable[[Record, Record], None]

INPUTS = ("sensitivity", "inputs", "{scenario}", "--method")
EXACTLY = ("--tolerance", "0.001", "--answers", "{none}")
SIDES: Document = {
    "planners": {"weights": {"frontier": 3, "diffusion": 1}},
    "doubters": {"weights": {"frontier": 1}, "beliefs": {"effects": {"effect_0": {"points": 1}}}},
    "openers": {"statements": ["diffusion >= 0.4 * frontier"]},
}
STUDIES: Mapping[str, tuple[tuple[str, ...], Check]] = {
    "tornado": ((*INPUTS, "tornado"), check_figures),
    "breakeven": ((*INPUTS, "breakeven"), check_figures),
    "sample": ((*INPUTS, "sample", "--samples", "30"), check_samples),
    "sobol": ((*INPUTS, "sobol", "--samples", "16"), check_indices),
    "voi": ((*INPUTS, "voi", "--samples", "60", "--options", "3"), check_worth),
    "elicit": (
        ("elicit", "{scenario}", "--tolerance", "0.001", "--answers", "{none}"),
        check_interview,
    ),
    "robust": (("robust", "{scenario}"), check_robust),
    "explain": (("explain", "{smaller}", "--rates"), check_explanation),
    "stakeholders": (("sensitivity", "stakeholders", "{sides}"), check_sides),
    "compare": (
        ("compare", "{scenario}", "leaner={scenario} --budget 1.4", "other={scenario} --budget 3"),
        check_comparison,
    ),
}


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_cut_short_tells_only_what_it_knows(study: str, tmp_path: Path) -> None:
    words, check = STUDIES[study]
    folder = write_folder(tmp_path / "doubtful", doubtful())
    smaller = write_folder(tmp_path / "smaller", doubtful(programmes=0))
    sides = write_folder(tmp_path / "sides", doubtful() | {"stakeholders": SIDES})
    none = tmp_path / "none.yaml"
    none.write_text("[]", encoding="utf-8")
    asked = [
        word.format(scenario=folder, smaller=smaller, none=none, sides=sides) for word in words
    ]
    whole = json.loads(run(*asked, "--json").out)
    endings: list[str] = []
    for looks in LOOKS:
        out = tmp_path / f"cut_{looks}"
        cut = (*asked, "--time-limit", looks)
        with pytest.MonkeyPatch.context() as patch:
            tick(patch)
            ended = run(*cut, "--json", "--out", out)
        assert not WILD.search(ended.out + ended.err), looks
        if ended.code == 5:
            assert OVER.search(ended.error["message"]) or "in time" in ended.error["message"]
            endings.append("none")
            continue
        assert ended.code == 0
        record = json.loads(ended.out, parse_constant=pytest.fail)
        check(record, whole)
        endings.append("whole" if record["complete"] else "part")
        if endings[-1] == "part" and endings.count("part") not in (1, 4):
            continue
        command = json.loads((out / "run.json").read_text("utf-8"))["options"]["command"]
        screen = print_sheet(describe(command, read_scenario(str(out)), record))
        assert not WILD.search(screen), (looks, screen)
        assert bool(OVER.search(screen)) == (not record["complete"]), (looks, screen)
        if not record["complete"]:
            page = read_page(out, tmp_path / "page.html")
            assert not WILD.search(page), looks
            assert OVER.search(page), looks
        if record["complete"]:
            break
    assert whole["complete"]
    assert {"none", "part"} <= set(endings)


def read_page(run_folder: Path, file: Path) -> str:
    """The text of the page of a run, without its programs."""
    ended = run("report", run_folder, "--out", file)
    assert ended.code == 0, ended.err
    text = file.read_text("utf-8")
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", text, flags=re.DOTALL)
    return re.sub(r"<[^>]*>", " ", text)
