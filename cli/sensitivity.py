"""`stratafolio sensitivity`: what the answer owes to weights, budget and figures."""

from __future__ import annotations

import click

from .lazy_group import LazyGroup

COMMANDS = {
    "weights": "Thousands of weightings: which programmes are funded under how many.",
    "map": "A few portfolios, one of them good enough under every weighting, proven.",
    "flip": "The nearest weights at which the funded set changes.",
    "budget": "The best plan as the budget moves; a cut list and an add list.",
    "inputs": "Which doubtful figures matter to the decision, and at which value it turns.",
    "stakeholders": "What each would fund, what all would, and the plan that none regrets much.",
}
"""Each command's first line; its file in this folder is `sensitivity_` and its name."""


@click.group(cls=LazyGroup, lines=COMMANDS, prefix="sensitivity_")
def sensitivity() -> None:
    """Question the weights, the budget and the figures: what the answer owes to each.

    On a scenario like us-2027 each takes minutes; --time-limit ends it with what is proven by then.
    """
