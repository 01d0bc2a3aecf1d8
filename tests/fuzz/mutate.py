"""Scenarios gone wrong: documents, texts and workbooks with something changed in them at random."""

from __future__ import annotations

import copy
import datetime as dt
import random
from collections.abc import Callable, Mapping
from typing import Any

from openpyxl.workbook import Workbook
from small_scenarios import Document, Raw, put, tiny_document

Step = str | int
Place = tuple[Step, ...]

ODD_TEXTS = (
    *("", " ", "x", "never", "null", "~", "yes", "=1+1", "#N/A", "2027", "2027.0", "0x1F", "1_000"),
    *("nan", "inf", "1e5", ".5", "saturating", "judgement", "grid", "labs frontier", "a.b", "a,b"),
    *("--json", "-1", "us-2027", "../x", "x.csv", "effects.csv", "0", "1e400", "12h", "x" * 300),
    *(
        "\u00e9\u4e2d",
        "\u202eabc",
        "\x1b[31m",
        "\x85",
        "\ufeff",
        "'",
        '"',
        "a: b",
        "[1, 2",
        "%",
        "{}",
    ),
    *("diffusion >= frontier", "frontier >= 2", "1 >= 0", "frontier * diffusion >= 0"),
    *("gw", "2 * gw", "-gw", "- gw", "gw / 0", "gw ** 2", "gw.x", "min(gw, 1)", "max(gw)", "1 / 3"),
    *("gw + rule", "1e300 * gw", "(" * 60, "f(gw)", "gw gw", "assumptions.gw", "lognormal", "beta"),
)
ODD_NUMBERS: tuple[float, ...] = (
    *(0, -0.0, 1, -1, 0.5, 2, 3, 1.5, 1e-9, 1e-6, 1e-3, 1e3, 1e6, 1e9, 1e12, 1e13, 1e300, 1e-300),
    *(5e-324, 2**53, 2**64, 10**30, 2027, 2028, 2030, 1, 0, 9999, 10000, -2027, 0.1 + 0.2),
    *(float("nan"), float("inf"), -float("inf")),
)
ODD_RAW = (
    *("1e400", "-1e400", "1" * 400, "0o17", "0b1", "!!float 1", "!!python/none x", "&a 1", "*a"),
    *(
        "? x",
        "|",
        ">-",
        "<<: 1",
        "2027-01-01",
        "1:30",
        "01",
        "+1",
        "1__0",
        "0.1e",
        "- 1",
        "@x",
        "`x`",
    ),
)
ODD_WHOLES: tuple[Any, ...] = (
    *(None, True, False, [], {}, [[]], [1, 2], [[0, 0], [1, 1]], [[0, 0], [1e-9, 1]], [0.5, 0.5]),
    *(["grid"], ["grid", "grid"], ["grid", "labs"], ["frontier"], [["frontier"], ["diffusion"]]),
    *({"x": 1}, {"2027": 1}, {"2027": 1, "2028": 2}, {"frontier": 1}, [2027, 2028], [2028, 2027]),
)


def full_document(draw: random.Random) -> Document:
    """Give a valid scenario that uses much of the format, and not the same each time."""
    document = tiny_document()
    kinds: dict[str, Document] = {
        "cap": {"kind": "spend", "of": ["energy"], "at_most": 0.9, "unit": "share"},
        "floor": {"kind": "lead", "layer": "frontier", "at_least": 1, "years": [2028, 2029]},
        "private": {"kind": "crowd_in", "at_least": 0.1, "of": ["energy", "labs"]},
        "few": {"kind": "choose", "of": ["grid", "labs"], "at_most": 2, "each": "year"},
        "after": {"kind": "requires", "instrument": "grid", "needs": ["labs"], "lead_time": 0},
        "begun": {"kind": "launches", "at_most": 2},
        "now": {"kind": "fund", "instruments": ["labs"], "from": 2028},
        "no": {"kind": "ban", "instruments": ["grid"], "priority": 2},
    }
    for id_ in draw.sample(list(kinds), draw.randint(0, 3)):
        put(document, f"constraints.{id_}", kinds[id_])
    effect = {"instrument": "labs", "layer": "frontier", "points": -0.5, "curve": [[0, 0], [1, 1]]}
    both = {"between": ["grid_frontier", "labs_diffusion"], "layer": "frontier", "points": 1}
    extras: list[tuple[str, Any]] = [
        ("layers.frontier.worth", [[0, 0], [20, 20], [40, 30]]),
        ("layers.diffusion.kind", "lead"),
        ("layers.calm", {"kind": "level", "us": 20, "trend_until": 2029, "unit": "percent"}),
        ("effects.labs_frontier", effect),
        ("interactions.both", both),
        ("instruments.grid.all_or_nothing", True),
        ("instruments.grid.launch_cost", 0.1),
        ("instruments.labs.max_growth", 0.5),
        ("instruments.labs.run_years", 2),
        ("instruments.grid.half_life", 5),
        ("instruments.grid.crowd_in", 2),
        ("effects.grid_frontier.points_low", 1),
        ("budget", {"per_year": {"2027": 1.0, "2028": 2.0}, "carry_over": True}),
        ("budget", {"total": 3.0, "counts": "outlays"}),
        ("objective", "weakest_layer"),
        ("priorities", [["diffusion"], ["frontier"]]),
        ("pillars", {"all": ["frontier", "diffusion"]}),
        ("steady", 0.1),
        ("discount_rate", 0.1),
        ("price_year", 2026),
        ("extends", "textbook"),
        ("sides", {"own": "EU", "other": "China"}),
        ("money.symbol", "x"),
        ("ranges", {"coverage": 0.8, "shape": "uniform"}),
    ]
    if draw.random() < 0.5:
        assume(document)
        extras += [
            ("discount_rate", "rule / 4"),
            ("budget", {"per_year": {"2027": "gw / 20", "2028": 2.0}}),
            ("instruments.grid.lag", "late"),
            ("instruments.grid.spendout", ["rule", "1 - rule"]),
            ("futures.storm.change", {"assumptions": {"gw": {"value": 5}}}),
            ("stakeholders.firms.beliefs", {"assumptions": {"rule": {"value": 0.1}}}),
            ("correlations.tie", {"between": "assumptions.gw assumptions.rule", "rank": 0.5}),
        ]
    for path, value in draw.sample(extras, draw.randint(0, 5)):
        put(document, path, copy.deepcopy(value))
    return document


def assume(document: Document) -> None:
    """Tells a document by assumptions, in place."""
    document["assumptions"] = {
        "gw": {"value": 20, "low": 10, "high": 40, "group": "power", "source": "judgement"},
        "rule": {"value": 0.2, "low": 0.1, "high": 0.4, "shape": "beta", "unit": "points"},
        "late": {"value": "gw / 20"},
    }
    put(document, "effects.grid_frontier.points", "gw * rule")
    put(document, "instruments.labs.max_per_year", "min(1, gw / 10)")


# Documents ------------------------------------------------------------------------------------


def list_places(value: Any, above: Place = ()) -> list[Place]:
    """The places of all values in a document, those of mappings and lists among them."""
    steps: list[tuple[Step, Any]] = []
    if isinstance(value, Mapping):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    found: list[Place] = [above] if above else []
    for step, inner in steps:
        found += list_places(inner, (*above, step))
    return found


def holder_of(document: Any, place: Place) -> Any:
    """The mapping or list that holds a place."""
    for step in place[:-1]:
        document = document[step]
    return document


def draw_odd(draw: random.Random) -> Any:
    """A value that hardly ever belongs where it is put."""
    kinds = (ODD_TEXTS, ODD_NUMBERS, tuple(map(Raw, ODD_RAW)), ODD_WHOLES)
    return copy.deepcopy(draw.choice(draw.choice(kinds)))


def misspell(draw: random.Random, text: str) -> str:
    """A text with a letter lost, doubled, swapped or changed."""
    at = draw.randrange(len(text)) if text else 0
    changes = (
        text[:at] + text[at + 1 :],
        text[:at] + text[at : at + 1] * 2 + text[at + 1 :],
        text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :],
        text[:at] + draw.choice("aZ_0 .-\u00e9:#") + text[at + 1 :],
        text.upper(),
        f" {text}",
    )
    return draw.choice(changes)


def change_document(draw: random.Random, document: Document) -> None:
    """Changes one thing in a document in place."""
    places = list_places(document)
    place = draw.choice(places)
    holder, last = holder_of(document, place), place[-1]
    value = holder[last]
    change = draw.randrange(10)
    if change <= 2:
        holder[last] = draw_odd(draw)
    elif change == 3 and isinstance(value, int | float):
        holder[last] = value * 10.0 ** draw.randint(-14, 14)
    elif change == 4:
        del holder[last]
    elif change == 5 and isinstance(last, str):
        holder[misspell(draw, last)] = holder.pop(last)
    elif change == 6 and isinstance(value, str):
        holder[last] = misspell(draw, value)
    elif change == 7:
        other = holder_of(document, place := draw.choice(places))
        holder[last] = copy.deepcopy(other[place[-1]])
    elif change == 8:
        holder[last] = draw.choice(([value], {"x": value}, [value, value]))
    elif isinstance(holder, dict):
        name = draw.choice((misspell(draw, str(last)), "note", "points", "grid", "x", "2029"))
        holder[name] = copy.deepcopy(value) if draw.random() < 0.5 else draw_odd(draw)
    else:
        holder.append(draw_odd(draw))


# Texts ----------------------------------------------------------------------------------------

ODD_PIECES = (
    *(
        ",",
        '"',
        "'",
        "\n",
        "\r\n",
        "\t",
        " ",
        ":",
        "-",
        "#",
        "{",
        "}",
        "[",
        "]",
        "&x ",
        "*x",
        "|",
        "%",
    ),
    *(
        "\x00",
        "\x1b",
        "\ufeff",
        "\u2028",
        "\u0085",
        "\ufffe",
        "9" * 30,
        "e400",
        "  ",
        "---\n",
        "...\n",
    ),
)


def change_text(draw: random.Random, text: str) -> bytes:
    """A file's text with something cut out, put in, moved or encoded as it should not be."""
    lines = text.splitlines(keepends=True) or [""]
    at, end = sorted((draw.randint(0, len(text)), draw.randint(0, len(text))))
    line = draw.randrange(len(lines))
    other = draw.randrange(len(lines))
    changes: tuple[Callable[[], str | bytes], ...] = (
        lambda: text[:at] + draw.choice(ODD_PIECES) + text[at:],
        lambda: text[:at] + draw.choice(ODD_PIECES) + text[at + 1 :],
        lambda: text[:at] + text[at + draw.randint(1, 5) :],
        lambda: text[:at] + text[end:],
        lambda: text[:at],
        lambda: "".join(lines[:line] + lines[line + 1 :]),
        lambda: "".join([*lines[:line], lines[line], *lines[line:]]),
        lambda: "".join([*lines[:line], lines[other], *lines[line:]]),
        lambda: text.replace(" ", draw.choice(("", "  ", "\t")), draw.randint(1, 9)),
        lambda: text.replace("\n", draw.choice(("\r\n", "\r", "\n\n"))),
        lambda: text.encode(draw.choice(("utf-16", "utf-8-sig", "utf-32"))),
        lambda: text.encode()[:at] + bytes([draw.randrange(256)]) + text.encode()[at:],
    )
    changed = draw.choice(changes)()
    return changed if isinstance(changed, bytes) else changed.encode()


# Workbooks ------------------------------------------------------------------------------------

ODD_CELLS: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1e300, 1e-300, 2**70, 1.5, "", " ", "x", "=1+1", "#N/A", "[1, 2]"),
    *(dt.date(2027, 1, 1), dt.datetime(2027, 1, 1, 12), dt.time(12), dt.timedelta(hours=30)),
    *("never", "null", "[", "{a: 1}", "'", "1e400", "2027", "0.5", "yes", "true", "id", "grid"),
)


def change_workbook(draw: random.Random, book: Workbook) -> None:
    """Changes one thing in a workbook in place."""
    sheet = draw.choice(book.worksheets)
    row, column = draw.randint(1, sheet.max_row + 1), draw.randint(1, sheet.max_column + 1)
    change = draw.randrange(12)
    if change <= 5:
        sheet.cell(row, column).value = draw.choice(ODD_CELLS)
    elif change == 6:
        sheet.delete_rows(row)
    elif change == 7:
        sheet.delete_cols(column)
    elif change == 8:
        sheet.insert_rows(row)
    elif change == 9:
        sheet.merge_cells(start_row=row, start_column=column, end_row=row + 1, end_column=column)
    elif change == 10:
        sheet.title = draw.choice(("effects", "Effects", "x", "figures", "Summary", "scenario "))
    elif len(book.worksheets) > 1:
        book.remove(sheet)
