"""`stratafolio sensitivity flip`: how far the weights may move before the decision turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .options import tolerance_option
from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study(gap=False)
@tolerance_option(0.001, "Share of the best gain that today's programmes may lose before they go.")
def flip(asked: Asked, tolerance: float) -> Result:
    """Find the weights nearest to those of SCENARIO at which other programmes are funded.

    And for each layer, its weight from 0 to 1 with the others in proportion: where the funded set
    has to change. --gap is not needed here: --tolerance says how sure an answer is.
    """
    from ..calls.weights import find_flip

    return asked.ask(find_flip, ("bank.jsonl", "weights"), tolerance=tolerance)
