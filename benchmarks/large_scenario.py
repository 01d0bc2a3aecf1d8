"""A synthetic scenario of 300 instruments, 1,000 effects and 20 years that is a linear program.

The figures are arrays; `write_document` tells the same figures as a scenario's document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

SEED = 2027
AREAS = ("energy", "open_source", "research_compute", "export_controls", "safety")
LAYERS = (
    "frontier",
    "efficiency",
    "diffusion",
    "integration",
    "semiconductors",
    "safety_stability",
)
FIRST, LAST, SCORE_UNTIL = 2027, 2046, 2051
DISCOUNT_RATE = 0.03
BUDGET_BN = 120.0
"""A year; about a fifth of what all instruments together could take."""

AREA_SHARE = 0.4
"""No area takes more of a year's spending."""

WORTH = ((0.0, 0.0), (10.0, 10.0), (20.0, 18.0), (40.0, 30.0), (80.0, 45.0))
OWN_RESPONSES = 250
"""Beside one response that all effects of an instrument share by default."""


@dataclass(frozen=True)
class Figures:
    """The scenario as arrays, by instrument, by response (a shared reach) and by effect."""

    area: Whole
    max_per_year: Floats
    spendout: Floats  # [instrument, age]
    response_instrument: Whole
    is_linear: NDArray[np.bool_]
    scale: Floats
    lag: Whole
    half_life: Floats
    effect_response: Whole
    layer: Whole
    points: Floats
    us: Floats  # by layer
    us_trend: Floats


def draw_figures(instruments: int, effects: int) -> Figures:
    """Figures from a fixed seed; every saturating effect helps, every linear one hurts."""
    draw = np.random.default_rng(SEED)
    own = min(OWN_RESPONSES, effects - instruments)
    responses = instruments + own
    others = draw.integers(instruments, size=own)
    response_instrument = np.concatenate([np.arange(instruments), others])
    effect_response = np.concatenate(
        [np.arange(responses), draw.integers(responses, size=effects - responses)]
    )
    is_linear = (np.arange(responses) >= instruments) & (draw.random(responses) < 0.3)
    size = draw.uniform(0.2, 2.0, effects).round(3)
    first = draw.uniform(0.3, 0.6, instruments).round(2)
    second = (0.8 * (1 - first)).round(2)
    return Figures(
        area=draw.integers(len(AREAS), size=instruments),
        max_per_year=draw.uniform(0.5, 3.5, instruments).round(2),
        spendout=np.column_stack([first, second, 1 - first - second]).round(4),
        response_instrument=response_instrument,
        is_linear=is_linear,
        scale=draw.uniform(3.0, 30.0, responses).round(4),
        lag=draw.integers(4, size=responses),
        half_life=draw.choice([3.0, 6.0, 12.0, np.inf], responses),
        effect_response=effect_response,
        layer=draw.integers(len(LAYERS), size=effects),
        points=np.where(is_linear[effect_response], -0.1 * size, size),
        us=draw.uniform(-5.0, 15.0, len(LAYERS)).round(1),
        us_trend=draw.uniform(-0.5, 0.5, len(LAYERS)).round(2),
    )


def write_document(figures: Figures) -> dict[str, Any]:
    """Tell the figures as the document that a scenario is read from."""
    instruments = {
        f"i{i}": {
            "area": AREAS[figures.area[i]],
            "max_per_year": float(figures.max_per_year[i]),
            "spendout": figures.spendout[i].tolist(),
        }
        for i in range(len(figures.area))
    }
    effects = {}
    for e, r in enumerate(figures.effect_response.tolist()):
        half_life = float(figures.half_life[r])
        effects[f"e{e}"] = {
            "instrument": f"i{figures.response_instrument[r]}",
            "layer": LAYERS[figures.layer[e]],
            "points": float(figures.points[e]),
            "curve": "linear" if figures.is_linear[r] else "saturating",
            "scale": float(figures.scale[r]),
            "lag": int(figures.lag[r]),
            "half_life": "never" if np.isinf(half_life) else half_life,
        }
    return {
        "title": "Synthetic and large",
        "years": {"first": FIRST, "last": LAST, "score_until": SCORE_UNTIL},
        "discount_rate": DISCOUNT_RATE,
        "budget": {"per_year": BUDGET_BN},
        "weights": dict.fromkeys(LAYERS, 1.0),
        "areas": {area: {} for area in AREAS},
        "layers": {
            layer: {
                "us": float(figures.us[at]),
                "us_trend": float(figures.us_trend[at]),
                "worth": [list(point) for point in WORTH],
            }
            for at, layer in enumerate(LAYERS)
        },
        "instruments": instruments,
        "effects": effects,
        "constraints": {
            f"share_of_{area}": {
                "kind": "spend",
                "of": [area],
                "at_most": AREA_SHARE,
                "unit": "share",
            }
            for area in AREAS
        },
    }
