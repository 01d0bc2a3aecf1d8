"""`stratafolio alternatives`: plans nearly as good as the best, and how far they may differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .options import typed
from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study()
@click.option(
    "--within",
    type=float,
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Share of the best gain that a plan may fall short by.",
)
@click.option(
    "--count",
    type=int,
    default=5,
    show_default=True,
    metavar="N",
    help="Plans to find, the best one among them.",
)
def alternatives(asked: Asked, within: float, count: int) -> Result:
    """Which plans of SCENARIO are nearly as good: room to negotiate.

    For each area and instrument the least and the most spent among plans within the share of the
    best gain; then a few plans, each as far as can be from all before it.
    """
    from ..calls.trades import list_alternatives

    return asked.ask(
        list_alternatives,
        ("alternatives.jsonl", "alternatives"),
        within=within,
        count=typed("count", count),
        gap=asked.gap,
    )
