"""`stratafolio robust`: one plan for several futures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


def _check_alpha(context: click.Context, parameter: click.Parameter, value: float) -> float:
    del context, parameter
    if not 0 < value <= 1:
        from ..inputs.complaint import InputError

        raise InputError.of("--alpha", f"expected a share above 0 and at most 1, got {value:g}")
    return value


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
