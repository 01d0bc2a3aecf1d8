"""The words of describers: titles for ids, amounts of money, and sentences that several share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ...inputs.scenario import Scenario
from ..charts.palette import colour_areas
from ..sheet import SCREEN, SHOWN, TIDY, Column, Mark, Record, Show, Table
from ..titles import name_all, shorten

LONGEST = 120
"""Letters of a title that are shown."""

SHORT_UNITS = {"billion": "bn", "million": "m", "thousand": "k", "trillion": "tn"}
"""How units of money are told beside a number."""


class Words:
    """The titles of one scenario and the unit of its money."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.programmes = name_fully(scenario.instruments)
        self.layers = name_fully(scenario.layers)
        self.areas = name_fully(scenario.areas)
        self.title = tell_text(scenario.title or scenario.name)
        self.symbol = tell_text(scenario.money.symbol)
        self.unit = SHORT_UNITS.get(scenario.money.unit, tell_text(scenario.money.unit))

    @property
    def own(self) -> str:
        """Whose position is told."""
        return tell_text(self.scenario.sides.own)

    @property
    def other(self) -> str:
        """Against whose; empty where there is no other side."""
        return tell_text(self.scenario.sides.other or "")

    @property
    def lead(self) -> str:
        """What a lead is called: `US lead over China`, or a position where there is no other."""
        return f"{self.own} lead over {self.other}" if self.other else f"{self.own} position"

    def tell_whose(self, what: str) -> str:
        """That what a section of a page shows is of one of several scenarios."""
        return f"{what} of {self.title} alone; for another's, make a report of that one by itself."

    def limit(self, id_: str) -> str:
        """A limit by title, with its id where a user must type it."""
        budget = self.scenario.budget
        known = {
            "budget.per_year": "Budget up to each year, added up"
            if budget.carry_over
            else "Budget of each year",
            "budget.total": "Budget over all years",
        }
        own = self.scenario.constraints.get(id_)
        if own is not None and own.title:
            return f"{tell_text(own.title)} ({id_})"
        return f"{known[id_]} ({id_})" if id_ in known else id_

    @property
    def money(self) -> str:
        """The unit of money in a heading: `$ bn`."""
        return f"{self.symbol} {self.unit}".strip()

    def amount(self, value: float | None, digits: int = 1) -> str:
        """An amount of money in a sentence: `$12.5 bn`."""
        if value is None:
            return "an amount not known"
        sign = "-" if round(value, digits) < 0 else ""
        return f"{sign}{self.symbol}{abs(value):,.{digits}f} {self.unit}".strip()

    def tell_sum(self, value: float) -> str:
        """A large amount, its unit in full: `$120.0 billion`."""
        return f"{self.symbol}{value:,.1f} {tell_text(self.scenario.money.unit)}".strip()

    def programme_column(self, key: str = "id", title: str = "programme") -> Column:
        """A column of instruments' ids, told by title."""
        return Column(key, title, "title", titles=self.programmes)

    def programmes_column(self, key: str, title: str, **options: Any) -> Column:
        """A column of lists of instruments' ids, told by title."""
        return Column(key, title, "titles", titles=self.programmes, **options)

    def layer_column(self, key: str = "layer", title: str = "layer") -> Column:
        """A column of layers' ids, told by title."""
        return Column(key, title, "title", titles=self.layers)

    def area_column(self, key: str = "area", title: str = "area") -> Column:
        """A column of areas' ids, told by title."""
        return Column(key, title, "title", titles=self.areas)

    def money_column(self, key: str, title: str, digits: int = 2, **options: Any) -> Column:
        """A column of amounts of money."""
        return Column(key, title, "money", self.money, digits, **options)

    def area_columns(self, digits: int = 1, show: Show = "money") -> list[Column]:
        """A column for each area; its key is the area's id."""
        return [Column(id_, title, show, self.money, digits) for id_, title in self.areas.items()]

    def change_columns(self, beside: str, comes: str, goes: str) -> list[Column]:
        """Who comes and who goes (`comes`, `goes`): in one column on a screen, else in two."""
        elsewhere = SHOWN - {SCREEN}
        return [
            self.programmes_column("comes", comes, on=elsewhere),
            self.programmes_column("goes", goes, on=elsewhere),
            Column("changes", beside, on=frozenset({SCREEN})),
        ]

    def change_cells(self, funded: Sequence[str], before: Sequence[str]) -> dict[str, Any]:
        """The cells of those columns: what sets one funded set apart from another."""
        comes, goes = list_changes(funded, before)
        told = [
            f"{word}: {self.list_programmes(ids)}"
            for word, ids in (("in", comes), ("out", goes))
            if ids
        ]
        return {"comes": comes or "", "goes": goes or "", "changes": "; ".join(told)}

    def list_programmes(self, ids: Iterable[str], none: str = "none") -> str:
        """Titles of programmes, one after another."""
        return "; ".join(self.programmes.get(id_, id_) for id_ in ids) or none


def name_fully(members: Mapping[str, Any]) -> dict[str, str]:
    """The titles of members of a table by id, no two alike; ids where there is none."""
    return name_all(members, LONGEST)


def tell_text(text: str, longest: int = 200) -> str:
    """Text of a scenario on one line: data, never markup or control codes."""
    return shorten(text, longest)


def join_words(words: Sequence[str]) -> str:
    """Words with commas and an `and`.

    >>> join_words(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"


def colour_titles(scenario: Scenario) -> dict[str, str]:
    """The colour of each area by its short title, as charts name it."""
    titles = name_all(scenario.areas)
    return {titles[area]: colour for area, colour in colour_areas(scenario.areas).items()}


def mark_areas(scenario: Scenario) -> list[Mark]:
    """A legend of the areas."""
    return [Mark(title, colour) for title, colour in colour_titles(scenario).items()]


def count(number: int, singular: str, plural: str = "") -> str:
    """A number of things; nothing is told in words.

    >>> count(1, "programme"), count(0, "programme"), count(2, "country", "countries")
    ('1 programme', 'no programme', '2 countries')
    """
    return tell_counts((number, singular, plural or f"{singular}s"), none="no")


def tell_counts(*clauses: tuple[int, str] | tuple[int, str, str], none: str = "none") -> str:
    """How many do this, that and the other: a number, what one does, and what several do.

    Where the first clause counts nothing it says so in words; others are then left out.

    >>> tell_counts((2, "of 3 is funded", "of 3 are funded"), (0, "never"), (1, "in some"))
    '2 of 3 are funded, 1 in some'
    >>> tell_counts((0, "programme is funded", "programmes are funded"), (3, "never"), none="no")
    'no programme is funded, 3 never'
    """
    told: list[str] = []
    for number, *texts in clauses:
        if number or not told:
            told.append(f"{f'{number:,}' if number else none} {texts[-1 if number > 1 else 0]}")
    return ", ".join(told)


def capitalise(text: str) -> str:
    """The text with a capital first letter; what follows stays as it is.

    >>> capitalise("trend of US")
    'Trend of US'
    """
    return text[:1].upper() + text[1:]


def drop_empty(columns: Sequence[Column], rows: Sequence[Record]) -> list[Column]:
    """The columns in which some row says something.

    >>> [column.key for column in drop_empty([Column("a", "a"), Column("b", "b")], [{"a": ""}, {}])]
    []
    """
    return [
        column for column in columns if any(row.get(column.key, "") not in ("", []) for row in rows)
    ]


def keep_table(
    name: str,
    keys: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    on: frozenset[str] = TIDY,
) -> Table:
    """A table of a run, under the record's own names; a CSV file unless the record is enough."""
    return Table(name, "", [Column(key, key) for key in keys], rows, on=on)


def list_changes(funded: Sequence[str], before: Sequence[str]) -> tuple[list[str], list[str]]:
    """What comes in and what goes out from one funded set to another.

    >>> list_changes(["a", "b"], ["b", "c"])
    (['a'], ['c'])
    """
    return [i for i in funded if i not in before], [i for i in before if i not in funded]


def tell_effort(record: Mapping[str, Any]) -> str:
    """What an answer took.

    >>> tell_effort({"solves": 3, "linear_solves": 1200, "seconds": 4.2})
    '3 mixed-integer solves, 1,200 linear solves, 4 s.'
    >>> tell_effort({"solves": 0, "linear_solves": 2, "seconds": 0.2})
    '2 linear solves, 0 s.'
    >>> tell_effort({"solves": 1200, "linear_solves": 1200, "seconds": 4.2})
    '1,200 linear solves, 4 s.'
    >>> tell_effort({"solves": 1, "seconds": 0.2}), tell_effort({})
    ('1 solve, 0 s.', '')
    """
    if record.get("solves") is None or record.get("seconds") is None:
        return ""
    if record.get("linear_solves") is None:
        return capitalise(f"{count(record['solves'], 'solve')}, {record['seconds']:.0f} s.")
    linear = count(record["linear_solves"], "linear solve")
    if record["solves"] in (0, record["linear_solves"]):
        return capitalise(f"{linear}, {record['seconds']:.0f} s.")
    mixed = count(record["solves"], "mixed-integer solve")
    return f"{mixed}, {linear}, {record['seconds']:.0f} s."
