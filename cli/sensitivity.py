"""`stratafolio sensitivity`: what the answer owes to the weights."""

from __future__ import annotations

import click

from .lazy_group import LazyGroup

COMMANDS = {
    "weights": "Thousands of weightings: which programmes are funded under how many.",
    "map": "A few portfolios, one of them good enough under every weighting, proven.",
    "flip": "The nearest weights at which the funded set changes.",
    "inputs": "Which doubtful figures matter to the decision, and at which value it turns.",
}
"""Each command's first line; its file in this folder is `sensitivity_` and its name."""


@click.group(cls=LazyGroup, lines=COMMANDS, prefix="sensitivity_")
def sensitivity() -> None:
    """Question the weights: samples, a certified map, where the decision flips."""
