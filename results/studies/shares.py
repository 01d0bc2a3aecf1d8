"""What shares of all weightings say of programmes and of portfolios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ...inputs.scenario import Scenario
from ..charts import weight_drawings
from ..sheet import EVERYWHERE, SCREEN, SHOWN, TIDY, Chart, Column, Record, Table
from ..titles import name_all
from .portfolios import CORE, EXTERIOR, classify
from .words import Words, colour_titles, count, mark_areas, tell_counts

MOST_PORTFOLIOS = 10
"""Portfolios shown; the rest are summed up in a line."""

ADVICE = {"core": "fund anyway", "borderline": "depends", "exterior": "leave anyway"}
"""What the class of a programme advises, in the order told."""

SPREADS = {"spend_p05_bn": "5% below", "spend_median_bn": "median", "spend_p95_bn": "5% above"}
"""Percentiles of spending over weightings: 5% of them spend less than the first."""

WHAT_CLASSES_MEAN = (
    f"Fund anyway: funded under at least {CORE:.0%} of the weightings; leave anyway: under at most "
    f"{EXTERIOR:.0%}."
)


def tell_classes(shares: Mapping[str, float | None]) -> str:
    """How many programmes are right whatever counts, and how many depend on it, in a sentence.

    >>> tell_classes({"a": 1.0, "b": 0.5, "c": 0.0})
    'Nearly whatever counts, fund 1 of 3 programmes and leave 1; 1 depends on the weights.'
    >>> tell_classes({"a": 0.4, "b": 0.5})
    'Nearly whatever counts, fund none of 2 programmes and leave none; 2 depend on the weights.'
    """
    classes = [classify(share) for share in shares.values() if share is not None]
    core, between, exterior = (classes.count(own) for own in ADVICE)
    depend = tell_counts((between, "depends on the weights", "depend on the weights"))
    return (
        f"Nearly whatever counts, fund {core or 'none'} of {count(len(shares), 'programme')} and "
        f"leave {exterior or 'none'}; {depend}."
    )


def list_verdicts(
    words: Words,
    shares: Mapping[str, float | None],
    details: Mapping[str, Record] | None = None,
    on: frozenset[str] = SHOWN,
) -> Table:
    """Programmes by what they are funded under: first what to fund anyway, last what to leave.

    `details`: the sampling error and the spread of spending of each, where they were counted.
    """
    order = list(ADVICE)
    known = {id_: share for id_, share in shares.items() if share is not None}
    ranked = sorted(known, key=lambda id_: (order.index(classify(known[id_])), -known[id_]))
    rows = [
        {
            **(details or {}).get(id_, {}),
            "id": id_,
            "advice": ADVICE[classify(known[id_])],
            "share": known[id_],
        }
        for id_ in ranked
    ]
    columns = [
        words.programme_column(),
        Column("advice", "advice"),
        Column("share", "funded under", "share"),
    ]
    if details is not None:
        columns.append(Column("sampling_error", "+/-", "share"))
        columns += [words.money_column(key, title, 1) for key, title in SPREADS.items()]
    bar = Column("share", "", "bar", unit="share", on=frozenset({SCREEN}))
    title = "Programmes, by the share of weightings under which they are funded"
    return Table("programmes", title, [*columns, bar], rows, note=WHAT_CLASSES_MEAN, on=on)


def list_portfolios(
    words: Words,
    portfolios: Sequence[Record],
    share: str,
    on: frozenset[str] = SHOWN,
) -> list[Table]:
    """Portfolios, the largest share first: spending by area, and what sets each apart."""
    if not portfolios:
        return []
    first = portfolios[0]["funded"]
    shown, tidy_rows = [], []
    for row in portfolios:
        head: Record = {"id": row["id"], share: row[share], **row["areas"]}
        tidy_rows.append({**head, "funded": " ".join(row["funded"])})
        cells = words.change_cells(row["funded"], first)
        shown.append({**head, "funds": len(row["funded"]), **cells})
    ends = [Column("id", "portfolio"), Column(share, "best under", "share")]
    columns = [
        *ends,
        *words.area_columns(0),
        Column("funds", "funds", "count"),
        *words.change_columns("beside the first", "funds also", "does not fund"),
    ]
    rest = sum(row[share] or 0.0 for row in portfolios[MOST_PORTFOLIOS:])
    note = f"The others together are best under {rest:.1%}." if rest else ""
    title = "Portfolios, the best under most weightings first, each beside the first"
    tidy_columns = [*ends, *words.area_columns(), Column("funded", "funded")]
    return [
        Table("portfolios", title, columns, shown, note, most=MOST_PORTFOLIOS, on=on),
        Table("portfolios", "", tidy_columns, tidy_rows, on=TIDY),
    ]


def draw_shares(
    scenario: Scenario,
    shares: Mapping[str, float | None],
    name: str,
    title: str,
    on: frozenset[str] = EVERYWHERE,
) -> Chart:
    """The share of weightings under which each programme is funded, the highest first."""
    words = Words(scenario)
    listed = sorted(scenario.instruments, key=lambda id_: -(shares.get(id_) or 0.0))
    labels, areas = name_all(words.scenario.instruments), name_all(words.scenario.areas)
    rows = [
        {
            "programme": labels[id_],
            "area": areas[scenario.instruments[id_].area],
            "share": shares.get(id_) or 0.0,
        }
        for id_ in listed
    ]
    always = sum((shares.get(id_) or 0.0) >= CORE for id_ in listed)
    of, under = f"of {len(listed)}", f"funded under {CORE:.0%} of the weightings or more"
    says = f"Bars by programme; {tell_counts((always, f'{of} is {under}', f'{of} are {under}'))}"
    names = [labels[id_] for id_ in listed]
    draw: Any = partial(weight_drawings.draw_core, rows, names, colour_titles(words.scenario))
    marks = mark_areas(scenario)
    return Chart(name, title, says, draw, table="programmes", legend=marks, on=on)
