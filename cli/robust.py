"""`stratafolio robust`: one plan for several futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


def _check_alpha(context: click.Context, parameter: click.Parameter, value: float) -> float:
    from ..inputs.arguments import take_part

    del context
    return take_part(parameter.opts[0], value)


@study(typed_gap=True, dask=True)
@click.option(
    "--criterion",
    type=click.Choice(["expected", "worst", "regret", "cvar"]),
    default="expected",
    show_default=True,
    help="What the plan is best by: mean, smallest gain, largest regret, mean of the worst.",
)
@click.option(
    "--alpha",
    type=float,
    default=0.2,
    show_default=True,
    metavar="SHARE",
    callback=_check_alpha,
    help="The worst share of futures that cvar takes the mean of.",
)
def robust(asked: Asked, **options: Any) -> Result:
    """One plan now for all futures of SCENARIO, and what each of them does once it is known.

    The futures share all decisions until known_from; one without it is never
    known before the end. Workers solve each future on its own; then one joint
    model is solved, which shares what is spent before. A joint model of more than 300 on/off
    decisions is solved to a gap of 1e-3 unless --gap says otherwise.
    """
    from ..calls.robust import plan_robustly

    return asked.ask(
        plan_robustly,
        ("futures.jsonl", "robust"),
        **options,
        gap=asked.typed_gap,
        dask=asked.dask,
    )
