"""`stratafolio sensitivity stakeholders`: what each would fund, what all would, least regret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .options import tolerance_option
from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study(may_disbelieve=True)
@tolerance_option(
    0.01, "Share of the best gain within which a plan counts as best, and a regret as proven."
)
def stakeholders(asked: Asked, tolerance: float) -> Result:
    """Ask what the stakeholders of SCENARIO have in common, each by own weights and own beliefs.

    What each would fund alone; what all would, what none would, and whether a dispute is about
    values or about facts; and the plan whose largest regret over all of them is the smallest, each
    judged in the world they believe in, with a proof of how small it can be at all.
    """
    from ..calls.people import question_stakeholders

    return asked.ask(
        question_stakeholders,
        ("stakeholders.jsonl", "stakeholders"),
        tolerance=tolerance,
        gap=asked.gap,
    )
