"""`stratafolio sensitivity weights`: thousands of weightings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import check_count, check_seed, tolerance_option
from .regions import region_options
from .study import Asked, study

if TYPE_CHECKING:
    from ..results.result import Result


@study(gap=False)
@click.option(
    "--samples",
    type=int,
    default=1000,
    show_default=True,
    callback=check_count,
    metavar="N",
    help="How many weightings are drawn.",
)
@click.option(
    "--seed",
    type=int,
    default=0,
    show_default=True,
    callback=check_seed,
    metavar="N",
    help="Which ones: the same seed draws the same.",
)
@tolerance_option(0.01, "Share of the best gain that an answer may lose.")
@click.option(
    "--around",
    metavar="LAYER=V,... | STAKEHOLDER",
    help="Draw around this weighting instead of from all there are.",
)
@click.option(
    "--spread",
    type=float,
    metavar="SHARE",
    help="How far around: this share of the weights is drawn freely (0.2 unless said).",
)
@region_options
@click.option(
    "--csv",
    "csv_folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the samples, portfolios and instruments as CSV files.",
)
def weights(
    asked: Asked,
    samples: int,
    seed: int,
    tolerance: float,
    around: str | None,
    spread: float | None,
    where: tuple[str, ...],
    stakeholder: str | None,
    csv_folder: Path | None,
) -> Result:
    """Draw weightings of SCENARIO: which programmes are funded under how many of them.

    A programme is core if it is funded under at least 99 % of them, exterior if under at most 1 %,
    and borderline between. --gap is not needed here: --tolerance says how sure an answer is.
    """
    from ..calls.weights import sample_weights

    if csv_folder:
        from ..inputs.whole_file import check_folder

        check_folder("--csv", csv_folder)
    result = asked.ask(
        sample_weights,
        ("bank.jsonl", "weights"),
        samples=samples,
        seed=seed,
        tolerance=tolerance,
        around=around,
        spread=spread,
        where=where,
        stakeholder=stakeholder,
    )
    if csv_folder:
        from ..results.runs.folder import write_tables as write_files
        from ..results.writers.frames import write_tables

        write_files(csv_folder, write_tables(result.sheet))
    return result
