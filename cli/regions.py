"""Options that say which weightings are meant."""

from __future__ import annotations

import click

from .options import Function


def region_options(function: Function) -> Function:
    """--where and --stakeholder: statements that the weightings keep."""
    for add in (
        click.option(
            "--stakeholder",
            metavar="ID",
            help="Only weightings that keep all statements of a stakeholder.",
        ),
        click.option(
            "--where",
            multiple=True,
            metavar="STATEMENT",
            help='Only weightings that keep this, as "diffusion >= frontier" (repeatable).',
        ),
    ):
        function = add(function)
    return function
