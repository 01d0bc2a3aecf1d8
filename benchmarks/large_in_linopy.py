"""The large scenario as linopy's users would build it, whole arrays at a time; see docs/model.md.

Run by large_linear.py; prints one line of JSON.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
from large_scenario import (
    AREA_SHARE,
    BUDGET_BN,
    DISCOUNT_RATE,
    FIRST,
    LAST,
    LAYERS,
    SCORE_UNTIL,
    WORTH,
    Figures,
)

warnings.filterwarnings("ignore", message=".*has absent slots.*")  # they count as 0, as meant
linopy: Any = importlib.import_module("linopy")
xr: Any = importlib.import_module("xarray")

KNOTS = np.array([0.0, 0.28, 0.6, 0.95, 1.35, 1.82, 2.38, 3.07, 3.98, 5.31, 7.84])
"""Where the saturating curve is interpolated, in stock / scale."""


def build_in_linopy(figures: Figures) -> Any:
    """Give the linear program, from authority to outcomes."""
    model = linopy.Model()
    years, scored = np.arange(FIRST, LAST + 3), np.arange(FIRST, SCORE_UNTIL + 1)
    instruments, responses = np.arange(len(figures.area)), np.arange(len(figures.scale))
    layers = np.arange(len(LAYERS))
    largest = xr.DataArray(figures.max_per_year, coords={"instrument": instruments})
    own = xr.DataArray(figures.response_instrument, coords={"response": responses})
    is_linear = xr.DataArray(figures.is_linear, coords={"response": responses})
    scale = xr.DataArray(figures.scale, coords={"response": responses})

    # Equation 1: outlays from authority.
    spent = {"instrument": instruments, "year": years[years <= LAST]}
    authority = model.add_variables(0.0, largest, spent, name="authority")
    paid = {"instrument": instruments, "year": years}
    outlays = model.add_variables(0.0, largest, paid, name="outlays")
    given = authority.reindex(year=years)
    shares = xr.DataArray(figures.spendout, {"instrument": instruments, "age": np.arange(3)})
    spread = sum(shares.sel(age=age, drop=True) * given.shift(year=age) for age in range(3))
    model.add_constraints(outlays - spread == 0, name="equation_1")

    # Equation 2: stocks keep what their half-life leaves and gain the lagged outlays.
    cells = {"response": responses, "scored": scored}
    arrives = np.arange(len(scored)) - figures.lag[:, None]
    in_range = xr.DataArray((arrives >= 0) & (arrives < len(years)), cells)
    at = xr.DataArray(arrives.clip(0, len(years) - 1), cells)
    lagged = outlays.isel(instrument=own, year=at).where(in_range)
    kept = xr.DataArray(2.0 ** (-1.0 / figures.half_life), coords={"response": responses})
    most = bound_stocks(figures, arrives, cells)
    some = most > 0
    stock = model.add_variables(0.0, widen(most), cells, mask=some, name="stock")
    change = stock - kept * stock.shift(scored=1) - (1.0 * lagged).drop_vars(["instrument", "year"])
    model.add_constraints(change == 0, name="equation_2", mask=some)

    # Equation 3: reach on the chords of the curve, filled segment by segment.
    rises = 1.0 - 2.0**-KNOTS
    pieces = {"piece": np.arange(len(KNOTS) - 1)}
    begins = xr.DataArray(KNOTS[:-1], pieces) * scale
    widths = np.minimum(xr.DataArray(KNOTS[1:], pieces) * scale, most) - begins
    slopes = xr.DataArray(np.diff(rises) / np.diff(KNOTS), pieces) / scale
    exists = (widths > 1e-6) & ~is_linear
    top = xr.where(is_linear, most / scale, (slopes * widths.where(exists, 0.0)).sum("piece"))
    reach = model.add_variables(0.0, widen(top), cells, mask=some, name="reach")
    fill = model.add_variables(0.0, widths.clip(min=0.0), widths.coords, mask=exists, name="fill")
    curved = some & ~is_linear
    model.add_constraints(
        reach - (slopes * fill).sum("piece") == 0, name="equation_3_curve", mask=curved
    )
    model.add_constraints(fill.sum("piece") - stock <= 0, name="filling", mask=curved)
    model.add_constraints(reach - stock / scale == 0, name="equation_3_line", mask=some & is_linear)

    # Equation 4: what spending adds to each lead.
    effects = {"effect": np.arange(len(figures.points))}
    points = xr.DataArray(figures.points, effects)
    layer = xr.DataArray(figures.layer, effects, name="layer")
    of_effect = xr.DataArray(figures.effect_response, effects)
    pushed = (points * reach.isel(response=of_effect)).drop_vars("response")
    pushes = points * top.isel(response=of_effect, drop=True)
    by_layer = {"layer": layers, "scored": scored}
    least = pushes.clip(max=0.0).groupby(layer).sum().transpose("layer", "scored")
    greatest = pushes.clip(min=0.0).groupby(layer).sum().transpose("layer", "scored")
    lead_gain = model.add_variables(-widen(-least), widen(greatest), by_layer, name="lead_gain")
    model.add_constraints(lead_gain - pushed.groupby(layer).sum() == 0, name="equation_4")

    # Equation 5: outcomes, the concave worth being the smallest of its pieces.
    levels, worths = np.array(WORTH).T
    steps = {"step": np.arange(len(levels) - 1)}
    slope = xr.DataArray(np.diff(worths) / np.diff(levels), steps)
    edge = xr.DataArray(worths[:-1] - np.diff(worths) / np.diff(levels) * levels[:-1], steps)
    drift = figures.us_trend[:, None] * (scored - FIRST)
    trend = xr.DataArray(figures.us[:, None] + drift, by_layer)
    now = (slope * trend + edge).min("step")
    low, high = ((slope * (trend + gain) + edge).min("step") - now for gain in (least, greatest))
    worth_gain = model.add_variables(-widen(-low), widen(high), by_layer, name="worth_gain")
    room = slope * trend + edge - now
    model.add_constraints(worth_gain - slope * lead_gain <= room, name="worth_piece")
    factors = (1.0 + DISCOUNT_RATE) ** (FIRST - scored)
    weight = xr.DataArray(factors / factors.sum(), coords={"scored": scored})
    edges = -widen(-(weight * low).sum("scored")), widen((weight * high).sum("scored"))
    outcome_gain = model.add_variables(*edges, {"layer": layers}, name="outcome_gain")
    model.add_constraints(
        outcome_gain - (weight * worth_gain).sum("scored") == 0, name="equation_5"
    )

    # Limits, and equation 6: the gain, written as its negative.
    model.add_constraints(authority.sum("instrument") <= BUDGET_BN, name="budget")
    area = xr.DataArray(figures.area, coords={"instrument": instruments}, name="area")
    inside = (area == xr.DataArray(np.arange(5), {"area": np.arange(5)})) - AREA_SHARE
    model.add_constraints((inside * authority).sum("instrument") <= 0, name="shares")
    model.add_objective(outcome_gain.sum() * (-1.0 / len(LAYERS)))
    return model


def bound_stocks(figures: Figures, arrives: Any, cells: Any) -> Any:
    """Give the largest stock in each scored year, $ billion: every year's authority at its most."""
    shares = figures.spendout[figures.response_instrument].cumsum(axis=1)
    most = figures.max_per_year[figures.response_instrument]
    kept = 2.0 ** (-1.0 / figures.half_life)
    funded = LAST - FIRST + 1
    stock, stocks = np.zeros(len(most)), []
    each = np.arange(len(most))
    for age in arrives.T:
        begun = np.where(age >= 0, shares[each, age.clip(0, 2)], 0.0)
        ended = np.where(age >= funded, shares[each, (age - funded).clip(0, 2)], 0.0)
        stock = kept * stock + most * (begun - ended).round(9)
        stocks.append(stock)
    return xr.DataArray(np.column_stack(stocks), cells)


def widen(upper: Any) -> Any:
    """Give upper bounds a tenth wider than the rows imply."""
    return upper + 0.1 * upper.clip(min=1.0)
