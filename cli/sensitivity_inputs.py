"""`stratafolio sensitivity inputs`: which doubtful figures matter, and at which value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study(typed_gap=True, dask=True)
@click.option(
    "--method",
    type=click.Choice(["tornado", "breakeven", "sobol", "sample", "voi"]),
    default="tornado",
    show_default=True,
    help="One figure at a time to its ends, or until the plan flips; all at once; or what knowing "
    "one before choosing is worth.",
)
@click.option(
    "--figure",
    "figures",
    multiple=True,
    metavar="PATH",
    help="A figure to question, as assumptions.ID, effects.ID.points or group:NAME (repeatable; "
    "all with a range).",
)
@click.option(
    "--samples",
    type=click.IntRange(min=2),
    metavar="N",
    help="Joint samples (1000), or base samples of Sobol's scheme (128).",
)
@click.option(
    "--options",
    type=click.IntRange(min=2),
    default=20,
    show_default=True,
    metavar="N",
    help="Plans to choose among, of voi.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="N",
    help="Of the samples: the same seed gives the same ones.",
)
def inputs(asked: Asked, **options: Any) -> Result:
    """Which doubtful figures of SCENARIO matter to the decision, and at which value it turns.

    A scenario of more than 100 on/off decisions is answered to a gap of 1e-3, any other to 1e-6,
    unless --gap says otherwise. Sobol takes the figures named, or the eight that matter most.
    """
    from ..calls.figures import question_figures

    return asked.ask(
        question_figures,
        ("answers.jsonl", "sensitivity inputs"),
        **options,
        gap=asked.typed_gap,
        dask=asked.dask,
    )
