"""The command `stratafolio`: commands are imported when they are called, so that help is quick."""

from __future__ import annotations

import click

from .lazy_group import LazyGroup

COMMANDS = {
    "solve": "The optimal portfolio of one scenario.",
    "evaluate": "Play a plan of your own and hold it against the best.",
    "explain": "Why the plan is what it is and what would change it, or why there is none.",
    "compare": "Scenarios, runs and plans side by side, each judged in the others' worlds.",
    "sensitivity": "Question the weights, the budget and the figures.",
    "frontier": "The non-dominated outcomes over two or more layers.",
    "alternatives": "The range of spending among plans nearly as good; plans that differ most.",
    "robust": "One plan now for several futures, and what each does once it is known.",
    "elicit": "Answer trade-offs until one portfolio is proven good for all your answers allow.",
    "report": "A page, a workbook and charts of scenarios or runs.",
    "scenario": "List, show, check, start and export scenarios.",
}
"""Each command's first line; its file in this folder has its name."""


@click.group(
    cls=LazyGroup,
    lines=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="stratafolio")
@click.option("--debug", is_flag=True, help="Show a traceback where something goes wrong.")
def stratafolio(debug: bool) -> None:
    """Split a policy budget over areas, instruments and years to win a contest with many layers.

    SCENARIO is a bundled name or a path; without it, the bundled us-2027.
    """
    del debug
