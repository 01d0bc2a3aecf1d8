"""`stratafolio sensitivity map`: a certified map of the weightings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import split_names, tolerance_option
from .regions import region_options
from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study(gap=False)
@tolerance_option(0.05, "Share of the best gain that the best listed portfolio may lose anywhere.")
@click.option("--pillars", is_flag=True, help="Move the weight of the scenario's pillars.")
@click.option(
    "--layers",
    metavar="A,B,...",
    callback=split_names,
    help="Move the weight of these layers; the others keep theirs.",
)
@region_options
def command(
    asked: Asked,
    tolerance: float,
    pillars: bool,
    layers: list[str] | None,
    where: tuple[str, ...],
    stakeholder: str | None,
) -> Result:
    """Map the weightings of SCENARIO: a few portfolios, one of them good enough under each.

    Proven for every weighting, not for a sample. Stopped early, by --time-limit or Ctrl-C, it says
    what it has proven by then. --gap is not needed here: --tolerance takes its place.
    """
    from ..calls.weights import map_weights

    return asked.ask(
        map_weights,
        ("bank.jsonl", "weights"),
        tolerance=tolerance,
        pillars=pillars,
        layers=layers,
        where=where,
        stakeholder=stakeholder,
    )
