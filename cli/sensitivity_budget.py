"""`stratafolio sensitivity budget`: the best plan as the budget moves, what to cut and to add."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study()
@click.option(
    "--from", "lower", type=float, required=True, metavar="BN", help="Least $ billion a year."
)
@click.option(
    "--to", "upper", type=float, required=True, metavar="BN", help="Most $ billion a year."
)
@click.option(
    "--tolerance",
    type=float,
    default=0.001,
    show_default=True,
    metavar="SHARE",
    help="A funded set is kept while it is within this share of the best gain, proven.",
)
def budget(asked: Asked, lower: float, upper: float, tolerance: float) -> Result:
    """How the best plan of SCENARIO moves with its yearly budget, every breakpoint found.

    The gain and the funded set between two yearly budgets; then, from today's plan, what to cut
    first and what to add first, whole programmes at a time.
    """
    from ..calls.trades import move_budget

    return asked.ask(
        move_budget,
        ("budget.jsonl", "sensitivity budget"),
        from_=lower,
        to=upper,
        tolerance=tolerance,
        gap=asked.gap,
    )
