"""What a scenario holds and how one types it: programmes, layers, limits, stakeholders, figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from ...inputs.scenario import Scenario
from ..sheet import Column, Record, Sheet, Table
from .figure_titles import list_figure, name_unit, path_column, tell_value
from .rows import list_figures
from .words import Words, count, drop_empty, join_words, tell_text


def tabulate(scenario: Scenario, wanted: Collection[str]) -> Record:
    """Everything `scenario list SCENARIO --json` promises, of the kinds that are wanted."""
    listed = {kind: LISTERS[kind](scenario) for kind in LISTERS if kind in wanted}
    return {"scenario": scenario.name, "title": scenario.title, **listed}


def list_programmes(scenario: Scenario) -> list[Record]:
    """Each programme with its area and the most that a year may spend on it."""
    return [
        {"id": id_, "title": own.title, "area": own.area, "max_per_year": own.max_per_year}
        for id_, own in scenario.instruments.items()
    ]


def list_layers(scenario: Scenario) -> list[Record]:
    """Each layer with its weight and the unit of its indicator."""
    return [
        {
            "id": id_,
            "title": own.title,
            "weight": scenario.weights.get(id_, 0.0),
            "unit": own.unit or "",
        }
        for id_, own in scenario.layers.items()
    ]


def list_limits(scenario: Scenario) -> list[Record]:
    """Each limit of the scenario's own with its kind."""
    return [
        {"id": id_, "title": own.title or "", "kind": own.kind}
        for id_, own in scenario.constraints.items()
    ]


def list_stakeholders(scenario: Scenario) -> list[Record]:
    """Each stakeholder, and whether weights, statements or beliefs of theirs are known."""
    return [
        {
            "id": id_,
            "title": own.title or "",
            "has": [what for what in ("weights", "statements", "beliefs") if getattr(own, what)],
        }
        for id_, own in scenario.stakeholders.items()
    ]


def list_ranged(scenario: Scenario) -> list[Record]:
    """Each figure of the ledger by its path, with its range."""
    keys = ("path", "title", "value", "low", "high", "confidence")
    return [{key: row[key] for key in keys} for row in list_figures(scenario)]


LISTERS: Mapping[str, Callable[[Scenario], list[Record]]] = {
    "programmes": list_programmes,
    "layers": list_layers,
    "limits": list_limits,
    "stakeholders": list_stakeholders,
    "figures": list_ranged,
}
"""Who lists each kind of thing that one may ask for."""


def describe(scenario: Scenario, record: Record) -> Sheet:
    """A table for each kind: ids as one types them, titles as one reads them."""
    words = Words(scenario)
    counted = [
        count(len(record[kind]), kind.removesuffix("s"), kind) for kind in LISTERS if kind in record
    ]
    return Sheet(
        name="contents",
        title=words.title,
        of=scenario.name,
        short="Contents",
        verdict=f"This scenario has {join_words(counted)}.",
        parts=[TABLES[kind](words, record[kind]) for kind in TABLES if record.get(kind)],
    )


def show_programmes(words: Words, rows: list[Record]) -> Table:
    """Programmes by title with their ids."""
    titled = [row | {"title": words.programmes[row["id"]]} for row in rows]
    columns = [Column("id", "id"), Column("title", "programme"), words.area_column()]
    columns.append(words.money_column("max_per_year", "most a year"))
    note = (
        "To ask what it would take to fund one: stratafolio explain --fund ID; to change one: "
        "--set instruments.ID.max_per_year=1."
    )
    return Table("programmes", "Programmes", columns, titled, note)


def show_layers(words: Words, rows: list[Record]) -> Table:
    """Layers by title with their ids."""
    titled = [
        row | {"title": words.layers[row["id"]], "unit": tell_text(row["unit"])} for row in rows
    ]
    columns = [Column("id", "id"), Column("title", "layer"), Column("weight", "weight", "share")]
    columns.append(Column("unit", "its own unit"))
    note = "To weigh one otherwise: --weights ID=2x; to name several: --layers ID,ID."
    return Table("layers", "Layers", drop_empty(columns, titled), titled, note)


def show_limits(words: Words, rows: list[Record]) -> Table:
    """Limits by title with their ids."""
    del words
    told = [row | {"title": tell_text(row["title"])} for row in rows]
    columns = [Column("id", "id"), Column("title", "limit"), Column("kind", "kind")]
    note = "To take one away: --set constraints.ID=null."
    return Table("limits", "Limits", columns, told, note)


def show_stakeholders(words: Words, rows: list[Record]) -> Table:
    """Stakeholders by title with their ids."""
    del words
    told = [
        row | {"title": tell_text(row["title"]), "has": join_words(row["has"]) or "nothing yet"}
        for row in rows
    ]
    columns = [Column("id", "id"), Column("title", "stakeholder"), Column("has", "brings")]
    note = "To solve by the weights of one: --weights ID; by statements: --stakeholder ID."
    return Table("stakeholders", "Stakeholders", columns, told, note)


def show_figures(words: Words, rows: list[Record]) -> Table:
    """Figures by their paths, in words and with their ranges."""
    told = []
    for row in rows:
        value = f"{tell_value(row['value'])} {name_unit(words, row['path'])}".rstrip()
        told.append({**row, **list_figure(words, row), "value": value})
    columns = [path_column(), Column("figure", "figure"), Column("value", "value")]
    columns += [Column("range", "range"), Column("confidence", "confidence")]
    note = "To change one: --set PATH=VALUE (of an assumption, assumptions.ID.value)."
    return Table("figures", "Figures", columns, told, note)


TABLES: Mapping[str, Callable[[Words, list[Record]], Table]] = {
    "programmes": show_programmes,
    "layers": show_layers,
    "limits": show_limits,
    "stakeholders": show_stakeholders,
    "figures": show_figures,
}
"""Who shows each kind."""
