"""Files to scenarios: folders with CSV tables, single YAML files, workbooks, bundled names."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from .arguments import check_arguments, take_settings
from .build import build_scenario
from .complaint import InputError, Place, suggest
from .draft import Draft
from .fields import name_value
from .file_text import read_csv, read_text
from .frames import plain
from .patch import TABLES, Document, apply_setting, list_paths, merge, nest, read_setting
from .scenario import Scenario
from .tables import read_cell, read_rows
from .yaml_text import parse_yaml

LIBRARY = FilePath(__file__).parent / "library"
DEFAULT_SCENARIO = "us-2027"


def list_bundled() -> list[str]:
    """Names of the bundled scenarios, the default first.

    >>> list_bundled()[0], "textbook" in list_bundled()
    ('us-2027', True)
    """
    names = {entry.stem for entry in LIBRARY.glob("*.yaml")}
    names |= {entry.parent.name for entry in LIBRARY.glob("*/scenario.yaml")}
    return sorted(names, key=lambda name: (name != DEFAULT_SCENARIO, name))


def find_bundled(name: str) -> FilePath | None:
    """The file of a bundled scenario, or None."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", name):
        return None
    for file in (LIBRARY / f"{name}.yaml", LIBRARY / name / "scenario.yaml"):
        if file.is_file():
            return file
    return None


def find_file(reference: str, relative_to: FilePath | None, where: str) -> FilePath:
    """The file behind a bundled name or a path; raises InputError if there is none."""
    bundled = find_bundled(reference)
    if bundled:
        return bundled
    path = (relative_to or FilePath()) / reference
    try:
        if path.is_dir():
            for name in ("scenario.yaml", "scenario.yml"):
                if (path / name).is_file():
                    return path / name
            raise InputError.of(where, f"the folder {reference!r} has no scenario.yaml in it")
        if path.is_file():
            return path
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError.of(where, f"{reference[:80]!r} cannot be looked up ({reason})") from None
    names = list_bundled()
    raise InputError.of(
        where,
        f"there is no file, folder or bundled scenario {reference[:200]!r}; "
        + suggest(reference, names).replace("known are", "bundled are"),
    )


def name_scenario(file: FilePath) -> str:
    """What a scenario is called: its folder's name, or its file's without the ending."""
    if file.stem == "scenario" and file.suffix in (".yaml", ".yml"):
        return file.resolve().parent.name or "scenario"
    return file.stem


def find_table_file(name: str, folder: FilePath, where: str) -> FilePath:
    """The file a table's name means: a CSV inside the scenario's folder."""
    if not name.lower().endswith(".csv"):
        message = f"expected a mapping or the name of a CSV file, got {name[:80]!r}"
        raise InputError.of(where, message)
    file = folder / name
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
        exists = file.is_file()
    except (OSError, RuntimeError, ValueError):
        # A name that cannot be one, or (a RuntimeError) a link that leads to itself.
        inside, exists = True, False
    if not inside:
        message = f"{name!r} leads out of the scenario's folder; put the table beside the scenario"
        raise InputError.of(where, message)
    if not exists:
        there = [entry.name for entry in folder.glob("*.csv") if entry.is_file()]
        hint = suggest(name, there) if there else "there is no CSV file at all"
        raise InputError.of(where, f"there is no file {name!r} beside it; {hint}")
    return file


def load_yaml(file: FilePath, prefix: str) -> Draft:
    """A YAML file with the tables it names; raises InputError if it is no mapping at all."""
    label = prefix + file.name
    document, places = parse_yaml(read_text(file, label), label)
    if not isinstance(document, dict):
        raise InputError.of(label, "expected a mapping of keys such as years, budget and layers")
    draft = Draft(document, {(): Place(label), **places})
    for table in TABLES:
        name = document.get(table)
        if not isinstance(name, str):
            continue
        try:
            found = find_table_file(name, file.parent, places[(table,)].name_field((table,)))
            label = prefix + found.name
            draft.add_table(table, read_rows(table, read_csv(found, label), label))
        except InputError as error:
            draft.lack_table(table, error.complaints)
    return draft


def load_draft(file: FilePath, prefix: str = "", chain: tuple[FilePath, ...] = ()) -> Draft:
    """A file with everything it extends, parents first."""
    label = prefix + file.name
    resolved = file.resolve()
    if resolved in chain:
        names = " -> ".join(link.name for link in (*chain[chain.index(resolved) :], resolved))
        raise InputError.of(label, f"extends goes round in a circle ({names}); break it")
    if file.suffix.lower() in (".xlsx", ".xlsm"):
        from .workbook import load_workbook

        draft = load_workbook(file, label)
    elif file.suffix.lower() in (".yaml", ".yml", ".json"):
        draft = load_yaml(file, prefix)
    else:
        message = "expected a folder, a .yaml file or an .xlsx workbook"
        raise InputError.of(label, message)
    return lay_on_parent(draft, file.parent, Place(label), (*chain, resolved))


def lay_on_parent(
    draft: Draft, folder: FilePath | None, place: Place, chain: tuple[FilePath, ...] = ()
) -> Draft:
    """What a draft says, laid on what it extends. Raises InputError if that cannot be read.

    `folder`: where paths start from; `place`: of the draft; `chain`: the files that led here.
    """
    parent = draft.document.pop("extends", None)
    if parent is None:
        draft.document = dict(merge({}, draft.document))
        return draft
    where = draft.places.get(("extends",), place).name_field(("extends",))
    if not isinstance(parent, str):
        raise InputError.of(where, "expected the name of a bundled scenario or a path")
    found = find_file(parent, folder, where)
    base = load_draft(found, f"{name_scenario(found)}/", chain)
    base.lay(draft.document, draft.places)
    base.complaints += draft.complaints
    base.unread |= draft.unread
    return base


def read_weights(text: str, document: Document, option: str = "--weights") -> dict[str, Any]:
    """The weights that an option means: `layer=v,...`, `layer=2x,...`, or a stakeholder's id.

    Figures replace all weights, factors leave those of the layers that are not named.
    """
    if "=" in text:
        told = _split_weights(text, option)
        if any(map(_FACTOR.fullmatch, told.values())):
            return _multiply_weights(told, document, option)
        weights = {la: read_cell(value, False, f"{option} {la}") for la, value in told.items()}
        return {layer: value for layer, value in weights.items() if value is not None}
    stakeholders = document.get("stakeholders") or {}
    if text not in stakeholders:
        message = f"{text!r} is no stakeholder; {suggest(text, stakeholders)} (or layer=number,...)"
        raise InputError.of(option, message)
    found = stakeholders[text]
    if isinstance(found, dict) and isinstance(found.get("weights"), dict):
        return dict(found["weights"])
    if not isinstance(found, dict) or not found.get("statements"):
        raise InputError.of(option, f"stakeholder '{text}' has no weights to take")
    message = (
        f"stakeholder '{text}' makes statements, which span a region and are not one weighting; "
        f"give layer=number,... here, or `--stakeholder {text}` to a sensitivity command"
    )
    raise InputError.of(option, message)


def _split_weights(text: str, option: str) -> dict[str, str]:
    """What `layer=v,...` says of each layer. Raises InputError."""
    found: dict[str, str] = {}
    for part in text.split(","):
        layer, _, value = (piece.strip() for piece in part.partition("="))
        if not layer or not value:
            raise InputError.of(option, f"expected layer=number,..., got {part!r}")
        if layer in found:
            raise InputError.of(option, f"'{layer}' is given twice; keep one")
        found[layer] = value
    return found


def _multiply_weights(told: Mapping[str, str], document: Document, option: str) -> dict[str, Any]:
    """The document's weights, some of them times a factor. Raises InputError."""
    before, layers = document.get("weights"), document.get("layers") or {}
    weights = dict(before) if isinstance(before, Mapping) else {}
    for layer, value in told.items():
        factor, now = _FACTOR.fullmatch(value), weights.get(layer)
        if factor is None:
            message = (
                f"expected layer=FACTORx,..., as diffusion=2x, got '{layer}={value}'; factors and "
                "figures do not mix"
            )
            raise InputError.of(option, message)
        if layer not in layers:
            raise InputError.of(option, f"'{layer}' is not a layer; {suggest(layer, layers)}")
        if isinstance(now, bool) or not isinstance(now, int | float) or not now:
            message = f"'{layer}' has no weight to multiply; give all weights as numbers"
            raise InputError.of(option, message)
        weights[layer] = now * float(factor[1])
    return weights


_FACTOR = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)x")


def lay_setting(draft: Draft, text: str) -> None:
    """Applies `path=value` to a draft; raises InputError."""
    path, value = read_setting(text)
    changed = apply_setting(draft.document, path, value)
    place = Place(f"--set {'.'.join(path)}", len(path))
    inner: Any = draft.document
    for depth, key in enumerate(path, start=1):
        inner = inner.get(key) if isinstance(inner, Mapping) else None
        if not isinstance(inner, Mapping):
            draft.places[path[:depth]] = place  # made, or replaced, by the setting
    draft.places.update(dict.fromkeys(list_paths(path, value), place))
    draft.document = changed


@check_arguments(settings=take_settings)
def read_scenario(
    name_or_path: str | os.PathLike[str] = DEFAULT_SCENARIO,
    settings: str | Sequence[str] = (),
    budget: float | None = None,
    weights: str | Mapping[str, float | str] | None = None,
) -> Scenario:
    """The scenario behind a bundled name or path, with patches in this order.

    `extends` (parents first), `settings` (`path=value`) from left to right, `budget` (money a
    year, in the scenario's unit), `weights` (by layer, as a mapping or `layer=v,...`; or a
    stakeholder's id). Raises InputError with every complaint.

    >>> read_scenario("textbook", settings=["steady=0.1"], budget=4).budget.per_year
    4.0
    """
    file = find_file(read_name(name_or_path), None, "SCENARIO")
    draft = load_draft(file)
    if draft.unread and (settings or budget is not None or weights is not None):
        # What the options would change or mend is not known yet.
        raise InputError(draft.complaints)
    for text in settings:
        try:
            lay_setting(draft, text)
        except InputError as error:
            draft.complaints.extend(error.complaints)
    if budget is not None:
        patch = nest(("budget", "per_year"), plain(budget))
        draft.lay(patch, {("budget", "per_year"): Place("--budget", 2)})
    if weights is not None:
        try:
            chosen = read_weights(write_weights(weights), draft.document)
        except InputError as error:
            draft.complaints.extend(error.complaints)
        else:
            draft.document["weights"] = chosen
            place = Place("--weights", 1)
            draft.places.update(dict.fromkeys(list_paths(("weights",), chosen), place))
    unread = frozenset(draft.unread)
    return build_scenario(
        draft.document, draft.places, name_scenario(file), draft.complaints, unread
    )


def read_name(name_or_path: object) -> str:
    """A bundled name or a path as text; raises InputError for what is neither.

    A path object never is a bundled name.
    """
    if isinstance(name_or_path, str):
        return name_or_path
    if isinstance(name_or_path, os.PathLike):
        return os.path.join(os.curdir, os.fsdecode(name_or_path))  # noqa: PTH118  # Path drops ./
    message = f"expected a bundled name or a path, got {name_value(name_or_path)}"
    raise InputError.of("SCENARIO", message)


def write_weights(weights: object) -> str:
    """Weights as the command line has them; raises InputError for what cannot be any.

    >>> write_weights({"frontier": 2, "diffusion": 0.5}), write_weights("unions")
    ('frontier=2,diffusion=0.5', 'unions')
    """
    if isinstance(weights, Mapping):
        return ",".join(f"{layer}={value}" for layer, value in plain(weights).items())
    if not isinstance(weights, str):
        message = f"expected layer=number,... or a mapping of layers, got {name_value(weights)}"
        raise InputError.of("--weights", message)
    return weights
