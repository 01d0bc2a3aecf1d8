"""Rules for ranges and how they go together: shapes that ends allow, correlations that can be."""

from __future__ import annotations

from collections.abc import Sequence

from .assumption import Assumption
from .complaint import Path, Unknown
from .figures import Figure, list_ranged
from .problem import Found, Known, Problem
from .scenario import Scenario

DEMANDING = ("lognormal", "beta")
"""Shapes that not every low and high value allows."""

SLIGHT = 1e-9
"""An eigenvalue above minus this is 0 but for rounding."""


def check_shapes(scenario: Scenario, known: Known) -> Found:
    """Shapes that their low and high value allow."""
    if scenario.uncertainty.shape in DEMANDING:
        for figure in list_ranged(scenario):
            if figure.shape in DEMANDING:
                path = _find_shape(scenario, figure)
                where = "" if path[0] == "assumptions" else f" of '{figure.path}'"
                yield from _check_shape(path, where, figure.shape, figure)
        return
    for id_, own in scenario.assumptions.items():
        if own.shape in DEMANDING:
            yield from _check_shape(("assumptions", id_, "shape"), "", own.shape, own)


def _check_shape(path: Path, where: str, shape: str, ranged: Figure | Assumption) -> Found:
    low, high, value = ranged.low, ranged.high, ranged.value
    if low is None or high is None:
        return
    if shape == "lognormal" and low <= 0:
        message = f"lognormal has no values of 0 or less, and the low value{where} is {low:g}"
        yield Problem(path, f"{message}; take normal, beta or uniform, or raise it")
    if shape == "beta" and not low <= value <= high:
        message = f"beta has its peak at the value{where}, {value:g}, which must lie within "
        yield Problem(path, f"{message}{low:g} to {high:g}; move it, or take another shape")


def _find_shape(scenario: Scenario, figure: Figure) -> Path:
    """Where the shape of a figure is said."""
    if figure.is_assumption and scenario.assumptions[figure.keys[1]].shape:
        return ("assumptions", figure.keys[1], "shape")
    return ("ranges", "shape")


def check_correlations(scenario: Scenario, known: Known) -> Found:
    """Correlations of figures that carry a range, each pair once, that some distribution has."""
    if not scenario.correlations:
        return
    named = {path for own in scenario.correlations.values() for path in own.between}
    ranged = {
        f"assumptions.{id_}"
        for id_, own in scenario.assumptions.items()
        if own.ranges and own.low != own.high
    }
    if not named <= ranged:
        figures = list_ranged(scenario)
        ranged = {figure.path for figure in figures if figure.low != figure.high}
    usable = frozenset(ranged)
    pairs: dict[frozenset[str], str] = {}
    is_sound = True
    for id_, own in scenario.correlations.items():
        path = ("correlations", id_, "between")
        for figure in own.between:
            if figure in usable:
                continue
            is_sound = False
            if not _was_refused(scenario, known, figure):
                message = f"'{figure}' is no figure with a range, such as assumptions.ID"
                yield Problem(path, message, unknown=Unknown(figure, usable))
        pair = frozenset(own.between)
        if pair in pairs:
            is_sound = False
            message = f"these two already stand in '{pairs[pair]}'; give a pair once"
            yield Problem(path, message)
        pairs[pair] = id_
    if is_sound:
        yield from _check_matrix(scenario)


def _was_refused(scenario: Scenario, known: Known, figure: str) -> bool:
    """Whether the row of a figure is there, and has an error that was told already."""
    table, _, rest = figure.partition(".")
    id_ = rest.partition(".")[0]
    return table in known and id_ in known[table] and id_ not in getattr(scenario, table)


def _check_matrix(scenario: Scenario) -> Found:
    """Rank correlations that can all be at once: their matrix has no negative eigenvalue."""
    ranks = {own.between: own.rank for own in scenario.correlations.values()}
    for figures in part_figures(list(ranks)):
        if len(figures) == 2:
            continue  # any rank from -1 to 1 can be
        import numpy as np

        index = {figure: k for k, figure in enumerate(figures)}
        matrix = np.eye(len(figures))
        for (one, other), rank in ranks.items():
            if one in index:
                matrix[index[one], index[other]] = matrix[index[other], index[one]] = rank
        if np.linalg.eigvalsh(matrix)[0] >= -SLIGHT:
            continue
        ids = [id_ for id_, own in scenario.correlations.items() if own.between[0] in index]
        told = ", ".join(
            f"{id_} ({' and '.join(scenario.correlations[id_].between)}: "
            f"{scenario.correlations[id_].rank:g})"
            for id_ in ids[:10]
        )
        message = (
            f"no distribution has these rank correlations together: {told}; where two go with a "
            "third, they go with each other: bring some nearer to 0, or give the pair that is left "
            "out"
        )
        yield Problem(("correlations",), message)


def part_figures(pairs: Sequence[tuple[str, str]]) -> list[list[str]]:
    """The figures in pairs, parted so that no pair lies across two parts.

    >>> part_figures([("a", "b"), ("c", "d"), ("b", "e")])
    [['a', 'b', 'e'], ['c', 'd']]
    """
    part_of: dict[str, list[str]] = {}
    for pair in pairs:
        parts = [part_of.get(figure, [figure]) for figure in pair]
        joined = list(dict.fromkeys([*parts[0], *parts[1]]))
        part_of |= dict.fromkeys(joined, joined)
    return list({id(part): part for part in part_of.values()}.values())
