"""`stratafolio scenario`: list, show, check, new, export, schema."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..inputs.complaint import InputError
from .options import (
    change_options,
    debug_option,
    json_option,
    open_scenario,
    scenario_options,
)
from .output import print_json, printable, shows_unicode

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario

LAST_LINES = {".lp": b"end\n", ".mps": b"ENDATA\n"}
"""How the files of models end: HiGHS says nothing where the disk takes only a part of them."""


@click.group()
def scenario() -> None:
    """List, show, check, start and export scenarios."""


@scenario.command("list")
@click.argument("scenario", required=False)
@change_options
@click.option("--programmes", is_flag=True, help="The programmes: id, title, area, most a year.")
@click.option("--layers", is_flag=True, help="The layers: id, title, weight, unit.")
@click.option("--limits", is_flag=True, help="The limits: id, title, kind.")
@click.option("--stakeholders", is_flag=True, help="The stakeholders: id, title, what they bring.")
@click.option("--figures", is_flag=True, help="The figures: path, meaning, value, range.")
@json_option
@debug_option
def list_scenarios(
    scenario: str | None,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    as_json: bool,
    **kinds: bool,
) -> None:
    """The bundled scenarios, or what SCENARIO holds, with ids.

    Ids are what other commands take. A choice alone is about us-2027, SCENARIO alone lists all but
    the figures.
    """
    wanted = [kind for kind, is_wanted in kinds.items() if is_wanted]
    if scenario or wanted or settings or budget is not None or weights:
        chosen = wanted or [kind for kind in kinds if kind != "figures"]
        problem = open_scenario(scenario or "us-2027", settings, budget, weights)
        list_contents(problem, chosen, as_json)
    else:
        list_all_bundled(as_json)


def list_contents(problem: Scenario, kinds: Sequence[str], as_json: bool) -> None:
    """Prints what a scenario holds of some kinds."""
    from ..results.studies import contents
    from ..results.writers.terminal import show_sheet

    record = contents.tabulate(problem, kinds)
    if as_json:
        print_json(record)
    else:
        show_sheet(contents.describe(problem, record))


def list_all_bundled(as_json: bool) -> None:
    """Prints the bundled scenarios."""
    from ..inputs.read import list_bundled, read_scenario

    found = []
    for name in list_bundled():
        problem = read_scenario(name)
        found.append(
            {
                "scenario": name,
                "title": problem.title,
                "years": [problem.years.first, problem.years.last, problem.years.score_until],
                "instruments": len(problem.instruments),
                "layers": len(problem.layers),
            }
        )
    if as_json:
        print_json({"scenarios": found})
        return
    width = max(len(str(row["scenario"])) for row in found)
    for row in found:
        click.echo(f"{row['scenario']:<{width}}  {printable(str(row['title']))}")
    click.echo("What one holds: stratafolio scenario list NAME", err=True)


@scenario.command()
@scenario_options
@click.option("--numbers", is_flag=True, help="Expressions as the numbers that they come to.")
@json_option
@debug_option
def show(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    numbers: bool,
    as_json: bool,
) -> None:
    """The resolved document: all that SCENARIO extends, every change."""
    problem = open_scenario(scenario, settings, budget, weights)
    document = problem.document
    if numbers:
        from ..inputs.numbers import put_numbers

        document = put_numbers(document, problem.expressions)
    if as_json:
        print_json(document)
        return
    from ..inputs.write import dump_yaml

    click.echo(dump_yaml(document, ascii_only=not shows_unicode()), nl=False)


@scenario.command()
@scenario_options
@json_option
@debug_option
def check(
    scenario: str,
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    as_json: bool,
) -> None:
    """Whether SCENARIO is valid, and what in it looks strange."""
    problem = open_scenario(scenario, settings, budget, weights)
    from ..inputs.oddities import find_oddities
    from ..inputs.remarks import find_remarks
    from ..model.solving.shares import find_share_oddities

    found = [*find_share_oddities(problem), *find_oddities(problem)]
    remarks = find_remarks(problem)
    if as_json:
        record: dict[str, Any] = {
            "scenario": problem.name,
            "valid": True,
            "oddities": [{"where": c.where, "message": c.message} for c in found],
            "remarks": [{"where": c.where, "message": c.message} for c in remarks],
        }
        print_json(record)
        return
    from ..results.studies.words import count

    tables = ("layers", "instruments", "effects", "constraints")
    held = [count(len(getattr(problem, table)), table.removesuffix("s"), table) for table in tables]
    click.echo(f"{problem.name} is valid: {', '.join(held)}.")
    if found:
        click.echo(f"{count(len(found), 'thing looks', 'things look')} strange:")
    for complaint in found:
        click.echo(f"  {printable(str(complaint))}")
    if remarks:
        click.echo("Of its ranges:")
    for remark in remarks:
        click.echo(f"  {printable(str(remark))}")


@scenario.command()
@click.argument("folder", type=click.Path(path_type=Path))
@json_option
@debug_option
def new(folder: Path, as_json: bool) -> None:
    """Write a small commented scenario to FOLDER, to start from."""
    from ..inputs.template import write_template

    written = write_template(folder)
    if as_json:
        print_json({"written": [str(file) for file in written]})
        return
    for file in written:
        click.echo(f"wrote {printable(str(file))}")
    click.echo(f"next: stratafolio solve {folder}", err=True)


@scenario.command()
@click.argument("names", nargs=-1, required=True, metavar="[SCENARIO] FILE")
@change_options
@json_option
@debug_option
def export(
    names: tuple[str, ...],
    settings: tuple[str, ...],
    budget: float | None,
    weights: str | None,
    as_json: bool,
) -> None:
    """Write SCENARIO as an .lp, .mps, .xlsx or .yaml file.

    The .lp and .mps files are for solvers: they minimise the negative gain; the first stage of
    other objectives.
    """
    if len(names) > 2:
        raise click.UsageError(f"expected [SCENARIO] FILE, got {len(names)} names")
    reference = names[0] if len(names) == 2 else "us-2027"
    file = Path(names[-1])
    endings = (*LAST_LINES, ".xlsx", ".yaml", ".yml")
    if file.suffix.lower() not in endings:
        raise InputError.of("FILE", f"expected a name ending in {', '.join(endings)}, got '{file}'")
    problem = open_scenario(reference, settings, budget, weights)
    export_to(problem, file)
    if as_json:
        print_json({"written": [str(file)]})
    else:
        click.echo(f"wrote {printable(str(file))}", err=True)


def export_to(problem: Scenario, file: Path) -> None:
    """Writes a scenario in the form that a file's name ends with; whole or not at all."""
    ending = file.suffix.lower()
    if ending not in LAST_LINES:
        problem.save(file)
        return
    from ..inputs.whole_file import replacing
    from ..model.solving.solve import export_model

    with replacing(file, LAST_LINES[ending]) as half:
        export_model(problem, half)


@scenario.command()
@json_option
@debug_option
def schema(as_json: bool) -> None:
    """The JSON Schema of a scenario document, as JSON in any case."""
    from ..inputs.write import make_schema

    del as_json
    print_json(make_schema())
