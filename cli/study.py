"""What all studies share: SCENARIO, the options, the run folder, and how they end."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .contenders import read_contenders
from .ending import claim, open_store
from .interrupts import allow_late
from .options import (
    change_options,
    dask_option,
    debug_option,
    json_option,
    open_scenario,
    out_option,
    scenario_options,
    solve_options,
    time_left,
    typed,
)
from .output import print_json, printable

if TYPE_CHECKING:
    from ..inputs.scenario import Scenario
    from ..model.studies.compare.findings import Contender
    from ..model.work.store import Store
    from ..results.result import Result

UNKEPT = ("scenario", "set", "budget", "weights", "json", "out", "csv")
"""Options that a run does not keep: the scenario that it keeps holds them, or they write files."""

CONCLUDING = 0.25
"""Share of what a command may last beyond its limit that is kept back for what follows a study."""


@dataclass(frozen=True)
class Asked:
    """One call of a study: what it is about, and how much time and how many workers it has."""

    scenario: Scenario
    gap: float
    limit: float | None
    workers: int
    dask: str | None
    out: Path | None
    contenders: Sequence[Contender] = ()
    kept: Mapping[str, Any] = field(default_factory=dict)

    @property
    def time_limit(self) -> float | None:
        """Seconds left of the limit on the whole command, less what concluding takes."""
        left = time_left(self.limit)
        if self.limit is None or left is None:
            return None
        return max(0.001, left - CONCLUDING * allow_late(self.limit))

    @property
    def typed_gap(self) -> float | None:
        """The gap if it was typed."""
        gap: float | None = typed("gap", self.gap)
        return gap

    def open_store(self, file: str, study: str) -> Store:
        """Where the study keeps its answers: a file of the run folder, or memory."""
        return open_store(self.out, self.scenario, file, study)

    def keep(self, result: Result) -> None:
        """Writes what is known so far into the run folder, if there is to be one."""
        if self.out:
            result.write(self.out, self.kept)

    def ask(
        self, call: Callable[..., Result], store: tuple[str, str] | None = None, **own: Any
    ) -> Result:
        """The answer of a call about the scenario, or all that are compared, as far as time goes.

        It shows how far it has come. `store`: the file in which it keeps its answers, and of what.
        """
        import_module("..model.solving.live", __package__)  # it takes long: before time is read
        kept = {"store": self.open_store(*store)} if store else {}
        return call(
            *(self.contenders or (self.scenario,)),
            **own,
            **kept,
            time_limit=self.time_limit,
            workers=self.workers,
            progress=True,
        )


Study = Callable[..., "Result"]


def study(
    *,
    gap: bool = True,
    typed_gap: bool = False,
    dask: bool = False,
    several: bool = False,
    may_disbelieve: bool = False,
) -> Callable[[Study], click.Command]:
    """Makes a command of a function that takes what was asked, and its own options, to a result.

    The command brings SCENARIO, --set, --budget, --weights, --gap, --time-limit, --workers, --json,
    --out and, with `dask`, --dask; it claims the run folder, writes it, and prints the answer.
    `gap`: whether the gap counts, so that the run keeps it among its options; `typed_gap`: null
    there unless it was typed, as the study chooses its own. `several`: it takes A B ... in place of
    SCENARIO, and is about the first of them. `may_disbelieve`: stakeholders whose beliefs are
    invalid do not keep it from being asked.
    """

    def decorate(function: Study) -> click.Command:
        own = list(getattr(function, "__click_params__", ()))

        @functools.wraps(function)
        def call(
            settings: tuple[str, ...],
            budget: float | None,
            weights: str | None,
            gap: float,
            time_limit: float | None,
            workers: int,
            as_json: bool,
            out: Path | None,
            **options: Any,
        ) -> None:
            changes = (settings, budget, weights)
            problem, contenders = read_asked(options, changes, may_disbelieve)
            claim(out, problem)
            address = options.pop("dask", None)
            kept = list_options(keeps_gap) | ({"gap": typed("gap", gap)} if typed_gap else {})
            asked = Asked(problem, gap, time_limit, workers, address, out, contenders, kept)
            result = function(asked, **options)
            finish(result, kept, out, as_json)
            if getattr(result.findings, "interrupted", False):
                raise KeyboardInterrupt

        keeps_gap = gap
        vars(call)["__click_params__"] = []
        command: Any = call
        for add in (debug_option, out_option, json_option, solve_options):
            command = add(command)
        if dask:
            command = dask_option(command)
        command.__click_params__ += own
        if several:
            command = click.argument("items", nargs=-1, required=True, metavar="A B ...")(
                change_options(command)
            )
            return click.command()(command)
        return click.command()(scenario_options(command))

    return decorate


def read_asked(
    options: dict[str, Any],
    changes: tuple[tuple[str, ...], float | None, str | None],
    may_disbelieve: bool,
) -> tuple[Scenario, Sequence[Contender]]:
    """The scenario that a command is about, and all contenders of one that takes several.

    What names them is taken out of the options.
    """
    if "items" not in options:
        return open_scenario(options.pop("scenario"), *changes, may_disbelieve), ()
    contenders = read_contenders(options.pop("items"), *changes)
    return next(each.scenario for each in contenders if each.is_world), contenders


def list_options(keeps_gap: bool) -> dict[str, Any]:
    """How the command was asked, in the words of its options, as a run keeps it."""
    context = click.get_current_context()
    dropped = UNKEPT if keeps_gap else (*UNKEPT, "gap")
    words = {own.name: own.opts[0].lstrip("-").replace("-", "_") for own in context.command.params}
    told = {words[name]: value for name, value in context.params.items()}
    return {word: simplify(value) for word, value in told.items() if word not in dropped}


def simplify(value: Any) -> Any:
    """The value of an option as JSON holds it.

    >>> simplify(("a", "b")), simplify(Path("x")), simplify(None)
    (['a', 'b'], 'x', None)
    """
    if isinstance(value, tuple):
        return list(value)
    return str(value) if isinstance(value, Path) else value


def finish(result: Result, options: Mapping[str, Any], out: Path | None, as_json: bool) -> None:
    """Prints a result as JSON or on the screen, and writes the run folder if there is to be one."""
    if out:
        result.write(out, options)
    if as_json:
        print_json(result.record)
    else:
        from ..results.writers.terminal import show_sheet

        show_sheet(result.sheet)
    if out and not as_json:
        click.echo(f"wrote {printable(str(out))}: {', '.join(list_files(result))}", err=True)


def list_files(result: Result) -> list[str]:
    """The names of the files of a run."""
    from ..results.sheet import FILE

    tables = [f"{table.name}.csv" for table in result.sheet.tables_on(FILE)]
    return ["run.json", "scenario.yaml", *tables]
