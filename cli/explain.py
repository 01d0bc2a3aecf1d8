"""`stratafolio explain`: why the plan is what it is, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study()
@click.option(
    "--fund",
    multiple=True,
    metavar="ID",
    help="Say what it would take to fund this one (repeatable; all unfunded without it).",
)
@click.option("--rates", is_flag=True, help="Say what more of each layer costs in the others.")
def explain(asked: Asked, fund: tuple[str, ...], rates: bool) -> Result:
    """Why the plan of SCENARIO is what it is, and what would change it.

    What each limit costs, why each programme is funded as it is, what it would take to fund
    another, where plans tie, which figures carry the result. A scenario without a plan, or with
    none that spends: which limits clash, by how much, and what could give, each repair as a patch.
    """
    from ..calls.explain import explain as explain_plan

    return asked.ask(explain_plan, fund=fund, rates=rates, gap=asked.gap, keep=asked.keep)
