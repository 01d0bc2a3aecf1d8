"""The studies that a run folder holds beside its plan, as sheets in a page's order."""

from __future__ import annotations

from dataclasses import replace

from ..questions import PLANS, list_answers
from ..runs.reported import Reported
from ..sheet import Chart, Sheet, Table
from .describe import describe
from .map import PATHS


def list_sheets(one: Reported) -> list[Sheet]:
    """What each study says; the paths of `sensitivity flip` take the place of a map's."""
    sheets = []
    for answer, command in list_answers().items():
        if command in PLANS or answer not in one.studies:
            continue
        sheet = describe(command, one.scenario, one.studies[answer])
        if command == "sensitivity map" and "sensitivity flip" in one.studies:
            sheet = replace(sheet, parts=[part for part in sheet.parts if not is_path(part)])
        sheets.append(sheet)
    return sheets


def is_path(part: Table | Chart) -> bool:
    """Whether a part of a map's sheet tells of one layer's weight alone."""
    return PATHS in (part.name, part.group if isinstance(part, Chart) else "")
