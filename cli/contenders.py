"""What `compare` compares, as the command line names it: scenarios, runs, plans and variants."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import change_options
from .output import printable

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario
    from ..model.studies.compare.findings import Contender

LABELLED = re.compile(r"([A-Za-z_][A-Za-z0-9_.#-]*)=(.+)", re.DOTALL)


@click.command(add_help_option=False)
@click.argument("scenario")
@change_options
def variant(
    scenario: str, settings: tuple[str, ...], budget: float | None, weights: str | None
) -> tuple[str, tuple[str, ...], float | None, str | None]:
    """A scenario with changes of its own."""
    return scenario, settings, budget, weights


def read_contenders(
    items: Sequence[str], settings: tuple[str, ...], budget: float | None, weights: str | None
) -> list[Contender]:
    """What the items mean, by their labels. Raises InputError with all that is wrong.

    `settings`, `budget` and `weights` change every scenario, after an item's own.
    """
    from ..inputs.complaint import Complaint, InputError

    complaints: list[Complaint] = []
    found: list[Contender] = []
    plans: list[tuple[int, str, Path]] = []
    for at, item in enumerate(items):
        label, text = split_label(item)
        if is_plan(text):
            plans.append((at, label or Path(text).stem, Path(text)))
            continue
        try:
            found.append(read_world(label, text, (settings, budget, weights)))
        except InputError as error:
            name = printable(item)[:60]
            complaints += [replace(c, where=f"{name}: {c.where}") for c in error.complaints]
    if not complaints and not found:
        message = "plans are compared in a scenario; name one as well"
        complaints.append(Complaint("compare", message))
    for at, label, file in plans if not complaints else ():
        try:
            found.insert(at, read_own_plan(label, file, [c.scenario for c in found if c.is_world]))
        except InputError as error:
            complaints += error.complaints
    if complaints:
        raise InputError(complaints)
    if len(found) < 2:
        raise InputError.of("compare", f"there is only '{items[0]}'; name two things or more")
    return found


def split_label(item: str) -> tuple[str | None, str]:
    """The label before `=`, if there is one, and the rest.

    >>> split_label("leaner=us-2027 --budget 8")
    ('leaner', 'us-2027 --budget 8')
    >>> split_label("us-2027 --set budget.per_year=8")
    (None, 'us-2027 --set budget.per_year=8')
    """
    found = LABELLED.fullmatch(item)
    return (found[1], found[2].strip()) if found and not Path(item).exists() else (None, item)


def is_plan(text: str) -> bool:
    """Whether an item names the CSV file of a plan."""
    return text.lower().endswith(".csv") and " --" not in text


Changes = tuple[tuple[str, ...], float | None, str | None]


def read_world(label: str | None, text: str, after: Changes) -> Contender:
    """A scenario with its own changes, then those for all; a run unchanged keeps its plan."""
    from ..inputs.complaint import InputError
    from ..inputs.read import read_scenario
    from ..model.studies.compare.findings import Contender
    from ..results.runs.claim import is_run

    words = [text] if Path(text).exists() else split_words(text)
    try:
        context = variant.make_context("compare", list(words))
        reference, *own = variant.invoke(context)
    except click.ClickException as error:
        raise InputError.of("its options", error.format_message()) from None
    settings, budget, weights = own
    changed = bool(settings or budget is not None or weights is not None or any(after))
    scenario = read_scenario(reference, settings, budget, weights)
    plan = None
    if is_run(Path(reference)):
        kept = read_run_plan(Path(reference), read_scenario(reference))
        plan = None if changed else kept
    if any(change is not None and change != () for change in after):
        scenario = change_again(scenario, after)
    return Contender(label or scenario.name, scenario, plan)


def split_words(text: str) -> list[str]:
    """An item as words, as a shell splits them; raises InputError where quotes do not close."""
    from ..inputs.complaint import InputError

    try:
        return shlex.split(text) or [text]
    except ValueError as error:
        raise InputError.of("its options", f"{error}; close the quotes") from None


def change_again(scenario: Scenario, changes: Changes) -> Scenario:
    """A scenario with --set, --budget and --weights applied to what it is."""
    from ..inputs.build import build_scenario
    from ..inputs.patch import apply_setting, merge, nest, read_setting
    from ..inputs.read import read_weights

    settings, budget, weights = changes
    document = dict(scenario.document)
    for text in settings:
        document = apply_setting(document, *read_setting(text))
    if budget is not None:
        document = dict(merge(document, nest(("budget", "per_year"), budget)))
    if weights is not None:
        document["weights"] = read_weights(weights, document)
    return build_scenario(document, {}, scenario.name)


def read_run_plan(folder: Path, scenario: Scenario) -> dict[str, dict[int, float]] | None:
    """The plan that a run holds; None where the scenario's best plan says the same or more.

    A run that was optimal may have been steadied: plans are compared before that.
    """
    from ..inputs.complaint import InputError
    from ..inputs.plan import read_plan
    from ..results.runs.folder import check_spending, read_run

    record = read_run(folder, scenario)
    if record["options"]["command"] not in ("solve", "evaluate"):
        return None
    file = folder / "spending.csv"
    if not file.exists():
        raise InputError.of(str(folder), "lacks spending.csv; run the command again")
    plan = read_plan(file, scenario)
    check_spending(folder, record, plan)
    return None if record.get("status") == "optimal" else plan


def read_own_plan(label: str, file: Path, scenarios: Sequence[Scenario]) -> Contender:
    """A plan from a file, read against the first scenario that knows all it names."""
    from ..inputs.complaint import InputError
    from ..inputs.plan import read_plan
    from ..model.studies.compare.findings import Contender

    first: InputError | None = None
    for scenario in scenarios:
        try:
            return Contender(label, scenario, read_plan(file, scenario), is_world=False)
        except InputError as error:
            first = first or error
    raise first or InputError.of(label, "there is no scenario to read it against")
