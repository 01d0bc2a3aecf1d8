"""`stratafolio evaluate`: a plan the user brings, held against the best."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study()
@click.option(
    "--plan",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="CSV with the columns instrument, year, bn (amounts of authority).",
)
def evaluate(asked: Asked, plan: Path) -> Result:
    """Play a plan of your own in SCENARIO: what it gains, what it breaks, its gap to the best.

    A run folder's spending.csv is such a plan. Launch costs are added by the rules.
    """
    from ..calls.plans import evaluate
    from ..inputs.plan import read_plan

    brought = read_plan(plan, asked.scenario)
    return evaluate(
        asked.scenario, brought, gap=asked.gap, time_limit=asked.time_limit, progress=True
    )
