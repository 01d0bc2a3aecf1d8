"""A small commented scenario to start from."""

from __future__ import annotations

from pathlib import Path

from .complaint import InputError
from .whole_file import list_missing, remove_empty, write_whole

SETTINGS = """\
# A small scenario. `stratafolio scenario check` says what looks strange in it,
# `stratafolio solve` finds its best plan, docs/inputs.md explains every key.
title: A first scenario
description: Two layers, three instruments, four years; every figure is an invented example.
years: {first: 2027, last: 2030, score_until: 2042}
discount_rate: 0.03
price_year: 2026
# What may be spent each year, $ billion; what a year leaves may be used later.
budget: {per_year: 2.0, carry_over: true}
# How much a lead in each layer counts; only the proportions matter.
weights: {frontier: 1, diffusion: 1}
areas:
  energy: {title: Energy for data centres}
  open_source: {title: Open models}
  export_controls: {title: Export controls}
layers:
  frontier:
    title: Frontier capability
    us: 15              # positions in the first year, points: 10 are a clear lead
    china: 0
    china_trend: 0.2    # points per year without new spending
    indicator: months by which the best Chinese model trails
    unit: months
    points_per_unit: 2
    source: judgement
  diffusion:
    title: Use of open models
    us: 14.6
    china: 16.4
    indicator: share of model downloads
    unit: percentage points
    points_per_unit: 0.4
    source: judgement
# Figures with names, from which others are computed: in effects.csv the points of the grid are
# grid_gw * points_per_gw. Low and high hold the truth nine times in ten.
assumptions:
  points_per_gw:
    title: Points of a gigawatt
    value: 0.2
    low: 0.1
    high: 0.4
    unit: points
    group: power
    confidence: judgement
    source: judgement
  grid_gw:
    title: Gigawatts that the grid would lack
    value: 20
    low: 12
    high: 32
    unit: GW
    group: power
    confidence: judgement
    source: judgement
# The other tables stand beside this file.
instruments: instruments.csv
effects: effects.csv
constraints:
  some_of_each:
    kind: spend
    title: No area takes more than seven tenths of the money
    of: [energy]
    at_most: 0.7
    unit: share
    each: horizon
"""

INSTRUMENTS = """\
id,area,title,max_per_year,min_per_year,max_growth,spendout,scale,lag,half_life,source,confidence,note
grid,energy,Grid upgrades,2.0,0.3,1.0,"[0.4, 0.6]",4.0,1,20,judgement,judgement,half of the effect after 4 bn
labs,open_source,Open-model laboratories,1.0,0.2,0.5,"[0.6, 0.4]",2.0,1,3,judgement,judgement,models age in three years
licences,export_controls,Licensing and enforcement,0.5,,,[1],0.6,1,3,judgement,judgement,smugglers adapt
"""

EFFECTS = """\
id,instrument,layer,points,points_low,points_high,curve,scale,lag,half_life,source,confidence,note
grid_frontier,grid,frontier,grid_gw * points_per_gw,,,,,,,judgement,judgement,power is what compute waits for
labs_diffusion,labs,diffusion,5.0,2.0,9.0,,,,,judgement,judgement,ten points of download share
labs_frontier,labs,frontier,0.5,-0.5,1.5,,,,,judgement,judgement,ideas flow back
licences_frontier,licences,frontier,2.0,0.5,4.0,,,,,judgement,judgement,a month of lead
licences_later,licences,frontier,-1.0,-3.0,0.0,linear,2.0,3,never,judgement,judgement,the push to local chips
"""


def write_template(folder: Path) -> list[Path]:
    """Writes the scenario to a new or empty folder; gives the files. Raises InputError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        what = "is not empty" if folder.is_dir() else "is a file"
        raise InputError.of("FOLDER", f"'{folder}' {what}; name a new folder")
    contents = {
        "scenario.yaml": SETTINGS,
        "instruments.csv": INSTRUMENTS,
        "effects.csv": EFFECTS,
    }
    made, written = list_missing(folder), []
    try:
        for name, text in contents.items():
            write_whole(folder / name, text.encode())
            written.append(folder / name)
    except InputError:
        for file in written:
            file.unlink()
        remove_empty(made)
        raise
    return written
