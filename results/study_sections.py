"""Short sections of a page for the studies that a run folder holds beside its plan and map."""

from __future__ import annotations

from .figure_sections import write_inputs
from .report_rows import name_all
from .robust import ASKED, tell_proven
from .runs.reported import Reported
from .section import Section, make_table, tell
from .sheet import Record
from .studies.describe import DESCRIBERS, describe
from .trade_sections import write_alternatives, write_budget, write_frontier
from .writers.page_section import write_section


def describe_studies(one: Reported) -> list[Section]:
    """The sections, each with an anchor, a title, sentences, pictures and tables."""
    found = []
    for command, write in {**WRITERS, **dict.fromkeys(DESCRIBED, write_nothing)}.items():
        record = one.studies.get(command)
        if record is not None and command in DESCRIBERS:
            found.append(write_section(describe(command, one.scenario, record)))
        elif record is not None:
            section: Section = {
                "anchor": command.replace(" ", "-"),
                "sentences": [],
                "figures": [],
                "tables": [],
            }
            section |= write(one, record)
            if record.get("missing"):
                told = f"No time was left for: {', '.join(map(tell, record['missing']))}."
                section["sentences"] = [*section["sentences"], told]
            found.append(section)
    return found


DESCRIBED = ("sensitivity stakeholders", "elicit")
"""Commands whose section follows the others', written from a sheet alone."""


def write_nothing(one: Reported, record: Record) -> Section:
    """No section: a sheet is written instead."""
    del one, record
    return {}


def write_explain(one: Reported, record: Record) -> Section:
    """Prices of limits and what it would take to fund what is not."""
    names = name_all(one.scenario.instruments)
    if "repairs" in record:
        is_idle = record["status"] == "spends_nothing"
        repairs = [
            [tell(repair["gives_up"]), tell(repair.get("gain"))]
            for repair in record.get("repairs", ())
        ]
        return {
            "title": f"Why no plan {'spends anything' if is_idle else 'meets every limit'}",
            "short": "Why",
            "sentences": [
                f"These limits clash: {tell(clash)}." for clash in record.get("conflicts", ())
            ],
            "tables": [make_table("Ways to mend it", ["gives up", "gain, points"], repairs)],
        }
    rows = [
        [
            names.get(own["id"], own["id"]),
            tell(own["funded"]),
            tell(own.get("spending_bn")),
            tell(own.get("held_by")),
            tell((own.get("replacement") or {}).get("points"), 3),
            "; ".join(filter(None, (tell_change(way) for way in own.get("to_fund") or ()))),
        ]
        for own in record["instruments"] or ()
    ]
    columns = ["programme", "funded", "$ bn", "held by", "points if replaced", "to fund it"]
    return {
        "title": "Why each programme is funded or not",
        "short": "Why",
        "sentences": [tell(sentence) for sentence in (record.get("sentences") or ())[:6]],
        "tables": [make_table("Programmes", columns, rows)] if rows else [],
    }


def tell_change(way: Record) -> str:
    """A change that would fund a programme, or nothing where none within reach does.

    >>> tell_change({"change": "cost", "factor": 0.5}), tell_change({"change": "budget", "to": 14})
    ('cost times 0.50', 'budget 14.00')
    >>> tell_change({"change": "weights", "to": {"a": 1.0}, "shift_pp": 7.0})
    'weights moved by 7.0 percentage points'
    """
    if way.get("factor") is not None:
        return f"{way['change']} times {way['factor']:.2f}"
    if way.get("shift_pp") is not None:
        return f"{way['change']} moved by {way['shift_pp']:.1f} percentage points"
    to = way.get("to")
    return f"{way['change']} {tell(to)}" if isinstance(to, int | float) else ""


def write_weights(one: Reported, record: Record) -> Section:
    """Funded shares over sampled weightings."""
    names = name_all(one.scenario.instruments)
    rows = [
        [
            names.get(row["id"], row["id"]),
            f"{row['funded_share']:.0%}",
            tell(row["spend_p05_bn"]),
            tell(row["spend_median_bn"]),
            tell(row["spend_p95_bn"]),
            tell(row["class"]),
        ]
        for row in record["instruments"]
    ]
    columns = ["programme", "funded under", "5 % of spending, $ bn", "median", "95 %", "class"]
    return {
        "title": "Under thousands of weightings",
        "short": "Samples",
        "sentences": [
            f"{record['samples']} weightings; plans within {record['tolerance']:.1%} of the best."
        ],
        "tables": [make_table("Programmes", columns, rows)],
    }


JUDGED_BY = {
    "expected": "expected gain",
    "worst": "smallest gain",
    "regret": "largest regret",
    "cvar": "mean of the worst",
}
"""What each criterion looks at."""


def write_robust(one: Reported, record: Record) -> Section:
    """One plan for several futures: what is shared, what each does, and the four criteria."""
    scenario = one.scenario
    titles, names = name_all(scenario.futures), name_all(scenario.instruments)
    futures = [
        [
            titles.get(id_, id_),
            f"{own['probability']:.0%}",
            tell(own.get("known_from") or "never"),
            tell(own["gain"], 3),
            tell(own["own_best"], 3),
            f"{own['regret']:.1%}" if own["regret"] is not None else "-",
        ]
        for id_, own in record["futures"].items()
    ]
    columns = ["future", "probability", "known from", "gain", "best there", "regret"]
    tables = [make_table("Futures", columns, futures)]
    years = sorted({year for own in record["first_stage"].values() for year in own})
    if years:
        rows = [
            [names.get(i, i), *(tell(own.get(year, 0.0)) for year in years)]
            for i, own in record["first_stage"].items()
        ]
        heading = "Until the first future is known, $ billion"
        tables.append(make_table(heading, ["programme", *years], rows))
    if record.get("criteria"):
        rows = [
            [
                JUDGED_BY[name],
                *(tell(own[key], 3) for key in ("expected", "worst")),
                f"{own['regret']:.2%}" if own["regret"] is not None else "-",
                tell(own["cvar"], 3),
            ]
            for name, own in record["criteria"].items()
        ]
        tables.append(make_table("Plans by criterion", ["best by", *JUDGED_BY.values()], rows))
    criterion, value = record["criterion"], record["value"]
    shown = f"{value:.2%}" if criterion == "regret" and value is not None else tell(value, 3)
    said = [f"The plan with {ASKED[criterion]}: {shown}."]
    if record.get("evpi") is not None:
        said.append(f"To know the future at once is worth {tell(record['evpi'], 3)} points.")
    if record.get("vss") is not None:
        said.append(f"To think of futures at all is worth {tell(record['vss'], 3)} points.")
    if record.get("complete") is False:
        said.append(tell_proven(record["answered"]))
    return {
        "title": "One plan for several futures",
        "short": "Futures",
        "sentences": said,
        "tables": tables,
    }


def write_compare(one: Reported, record: Record) -> Section:
    """The regret matrix that a comparison kept."""
    del one
    labels = list(record["scenarios"])
    plans = list(record.get("plans") or labels)
    rows = [
        [
            label,
            tell(record["gain"].get(label), 3),
            *(
                "-"
                if (record["regret"].get(label) or {}).get(world) is None
                else f"{record['regret'][label][world]:.1%}"
                for world in labels
            ),
        ]
        for label in plans
    ]
    columns = ["plan of", "gain, points", *(f"regret in {label}" for label in labels)]
    return {
        "title": "Held against other scenarios",
        "short": "Compared",
        "tables": [make_table("Regret", columns, rows)],
    }


WRITERS = {
    "explain": write_explain,
    "sensitivity weights": write_weights,
    "sensitivity budget": write_budget,
    "sensitivity inputs": write_inputs,
    "frontier": write_frontier,
    "alternatives": write_alternatives,
    "robust": write_robust,
    "compare": write_compare,
}
"""What writes the section of each command's record."""
