"""`stratafolio frontier`: the non-dominated outcomes over two or more layers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import check_ending, split_names
from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study(gap=False)
@click.option(
    "--layers",
    required=True,
    metavar="A,B,...",
    callback=split_names,
    help="Two or more layers to trade off.",
)
@click.option(
    "--floor",
    "floors",
    multiple=True,
    metavar="LAYER=Z",
    help="Hold a layer's outcome at Z or more (repeatable).",
)
@click.option(
    "--tolerance",
    type=float,
    default=0.01,
    show_default=True,
    metavar="SHARE",
    help="Share of each layer's range within which every outcome is covered.",
)
@click.option(
    "--csv",
    "csv",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    callback=check_ending(".csv"),
    help="Write the points there.",
)
def frontier(
    asked: Asked, layers: list[str], floors: tuple[str, ...], tolerance: float, csv: Path | None
) -> Result:
    """What a lead in one layer costs in another: the outcomes of SCENARIO that nothing beats.

    All of them where spending is all-or-nothing, else points that cover them within the
    tolerance, proven. Layers that are not named are free, or held at a floor. --gap plays no part.
    """
    from ..calls.trades import trace_frontier

    least = read_floors(floors)
    if csv:
        from ..inputs.whole_file import check_file

        check_file("--csv", csv)
    result = asked.ask(
        trace_frontier,
        ("frontier.jsonl", "frontier"),
        layers=layers,
        floor=least,
        tolerance=tolerance,
    )
    if csv:
        from ..inputs.whole_file import write_whole
        from ..results.writers.frames import write_tables

        write_whole(csv, write_tables(result.sheet)["frontier"])
    return result


def read_floors(texts: tuple[str, ...]) -> dict[str, float]:
    """The least outcomes that --floor names. Raises InputError with all that is wrong."""
    from ..inputs.complaint import Complaint, InputError

    found: dict[str, float] = {}
    wrong = []
    for text in texts:
        layer, _, value = text.partition("=")
        least = read_number(value)
        if least is None or layer.strip() in found:
            message = f"expected LAYER=Z, once for a layer, got '{text}'; as --floor diffusion=2"
            wrong.append(Complaint("--floor", message))
        else:
            found[layer.strip()] = least
    if wrong:
        raise InputError(wrong)
    return found


def read_number(text: str) -> float | None:
    """A number, or None for what is none."""
    try:
        return float(text)
    except ValueError:
        return None
