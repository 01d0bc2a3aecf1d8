"""What a question gives in Python: its record, its tables and charts, and how it shows itself."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..inputs.arguments import check_arguments, take_path, take_text
from ..inputs.complaint import InputError, suggest
from ..inputs.scenario import Scenario
from .sheet import Chart, Record, Sheet

if TYPE_CHECKING:
    import pandas as pd


class Result:
    """The answer to one question about a scenario.

    `record` is what `--json` prints. What the study found (`findings`) can be read off it by name:
    `result.gain`.
    """

    def __init__(
        self,
        command: str,
        scenario: Scenario,
        record: Record,
        findings: Any = None,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """`command`: the words of the command line; `options`: how it was asked."""
        self.command, self.scenario, self.record = command, scenario, record
        self.findings = findings
        self.options = dict(options or {})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "findings":
            raise AttributeError(name)
        return getattr(self.findings, name)

    @functools.cached_property
    def sheet(self) -> Sheet:
        """What it says, once: sentences, tables, charts."""
        from .studies.describe import describe

        return describe(self.command, self.scenario, self.record, self.findings)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tidy tables by name: units in the names of columns, years as integers.

        Together they leave nothing of the record out; the last, `overview`, has what belongs to
        the answer as a whole.
        """
        from .studies.describe import list_tables
        from .writers.frames import make_frames

        return make_frames(list_tables(self.command, self.record, self.sheet))

    @check_arguments(name=take_text)
    def to_frame(self, name: str | None = None) -> pd.DataFrame:
        """One of the tables: the first, unless it is named. Raises InputError for no table.

        >>> import stratafolio as sf
        >>> sf.solve(sf.read_scenario("textbook")).to_frame("areas").columns.tolist()
        ['area', 'bn']
        """
        from .studies.describe import list_tables
        from .writers.frames import make_frame

        listed = list_tables(self.command, self.record, self.sheet)
        return make_frame(_pick({table.name: table for table in listed}, name, "table"))

    @check_arguments(name=take_text)
    def chart(self, name: str | None = None) -> Any:
        """One of the charts as an Altair chart: the first, unless it is named.

        Raises InputError for no chart.

        >>> import stratafolio as sf
        >>> chart = sf.map_weights(sf.read_scenario("textbook")).chart("core-index")
        >>> chart.properties(width=300).to_dict()["width"]
        300
        """
        from .charts.vega import make_altair

        chart: Chart = _pick({chart.name: chart for chart in self.sheet.charts}, name, "chart")
        return make_altair(chart)

    @check_arguments(folder=take_path)
    def save(self, folder: str | Path) -> Path:
        """Keeps it as a run folder, which is a scenario itself. Raises InputError."""
        from .runs.claim import claim_folder

        out = Path(folder)
        claim = claim_folder(out, self.scenario)
        try:
            self.write(out, self.options)
        finally:
            claim.release()
        return out

    def write(self, folder: Path, options: Mapping[str, Any]) -> None:
        """Writes the run into a folder that is held; `options`: how it was asked."""
        from .runs.folder import write_study
        from .writers.frames import write_tables

        told = {"command": self.command, **options}
        write_study(folder, self.scenario, self.record, told, write_tables(self.sheet))

    def __str__(self) -> str:
        from .writers.terminal import print_sheet

        return print_sheet(self.sheet)

    def __repr__(self) -> str:
        return f"<{self.command} of {self.scenario.name}: {self.sheet.verdict}>"

    def _repr_html_(self) -> str:
        from .writers.notebook import write_html

        return write_html(self.sheet)


def _pick(known: Mapping[str, Any], name: str | None, what: str) -> Any:
    """One of several by name, the first without one. Raises InputError that names the nearest."""
    if name is None and known:
        return next(iter(known.values()))
    if name is None or name not in known:
        named = "" if name is None else f" {name!r}"
        raise InputError.of(what, f"there is no {what}{named}; {suggest(str(name), known)}")
    return known[name]
