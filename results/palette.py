"""The colours of areas and layers, the same in every chart, page and workbook."""

from __future__ import annotations

from collections.abc import Iterable

AREAS = ("#e69f00", "#0072b2", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#8c6d1f", "#999999")
"""Okabe and Ito's set, told apart under every common colour blindness (jfly.uni-koeln.de/color)."""

LAYERS = ("#332288", "#117733", "#882255", "#44aa99", "#aa4499", "#999933", "#6699cc", "#661100")
"""Paul Tol's muted set, without its lightest (SRON/EPS/TN/09-002); for layers."""

INK, QUIET, FAINT, PAPER = "#1d2733", "#5c6875", "#dfe4e8", "#ffffff"
"""Text, secondary text, lines, ground."""


def colour_areas(areas: Iterable[str]) -> dict[str, str]:
    """A colour for each area, by the scenario's order.

    >>> colour_areas(["energy", "safety"])
    {'energy': '#e69f00', 'safety': '#0072b2'}
    """
    return {area: AREAS[at % len(AREAS)] for at, area in enumerate(areas)}


def colour_layers(layers: Iterable[str]) -> dict[str, str]:
    """A colour for each layer, by the scenario's order."""
    return {layer: LAYERS[at % len(LAYERS)] for at, layer in enumerate(layers)}
