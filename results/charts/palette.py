"""The colours of areas and layers, the same in every chart, page and workbook."""

from __future__ import annotations

from collections.abc import Iterable

AREAS = ("#e69f00", "#0072b2", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c6d1f", "#999999")
"""Okabe and Ito's set, told apart under every common colour blindness (jfly.uni-koeln.de/color)."""

LAYERS = ("#332288", "#117733", "#882255", "#44aa99", "#aa4499", "#999933", "#6699cc", "#661100")
"""Paul Tol's muted set, without its lightest (SRON/EPS/TN/09-002); for layers."""

INK, QUIET, FAINT, PAPER = "#1d2733", "#5c6875", "#dfe4e8", "#ffffff"
"""Text, secondary text, lines, ground."""


KNOWN_AREAS = ("energy", "open_source", "research_compute", "export_controls", "safety")
KNOWN_LAYERS = (
    "frontier",
    "efficiency",
    "diffusion",
    "integration",
    "semiconductors",
    "safety_stability",
)
"""Each has its own colour in every scenario, whichever others there are."""


def colour_areas(areas: Iterable[str]) -> dict[str, str]:
    """A colour for each area.

    >>> colour_areas(["safety", "energy"])
    {'safety': '#cc79a7', 'energy': '#e69f00'}
    """
    return _colour(areas, AREAS, KNOWN_AREAS)


def colour_layers(layers: Iterable[str]) -> dict[str, str]:
    """A colour for each layer."""
    return _colour(layers, LAYERS, KNOWN_LAYERS)


def _colour(ids: Iterable[str], palette: tuple[str, ...], known: tuple[str, ...]) -> dict[str, str]:
    """Those known have their places; others take what is left, in their order.

    >>> _colour(["a", "k", "b"], ("red", "blue", "green"), ("j", "k"))
    {'a': 'red', 'k': 'blue', 'b': 'green'}
    """
    named = list(ids)
    own = {id_: palette[known.index(id_)] for id_ in named if id_ in known}
    free = [colour for colour in palette if colour not in own.values()] or list(palette)
    others = [id_ for id_ in named if id_ not in own]
    own |= {id_: free[at % len(free)] for at, id_ in enumerate(others)}
    return {id_: own[id_] for id_ in named}
