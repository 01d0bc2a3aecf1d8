"""Files that are empty, binary, huge, malformed or lead astray: YAML, tables, extends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_scenarios import (
    FORMS,
    put,
    refuse,
    run,
    show_yaml,
    spoil,
    tiny_document,
    write_folder,
    write_scenario,
)

from stratafolio.inputs.build import derive_scenario
from stratafolio.inputs.complaint import InputError
from stratafolio.inputs.read import read_scenario
from stratafolio.inputs.yaml_text import parse_yaml

CHECK = ("scenario", "check")


def write_bytes(file: Path, content: bytes) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def nest_aliases(levels: int, is_mapping: bool = False) -> str:
    """Write ten aliases a level: some hundred bytes that stand for 10^levels values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        names = [f"*a{level - 1}"] * 10
        inner = ", ".join(f"k{at}: {name}" for at, name in enumerate(names))
        lines.append(f"a{level}: &a{level} " + ("{" + inner + "}" if is_mapping else str(names)))
    return "\n".join(lines).replace("'", "") + "\n"


UNREADABLE: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "empty": (b"", ("empty",)),
    "blank": (b"\n  \n", ("empty",)),
    "comment": (b"# nothing here\n", ("mapping",)),
    "list": (b"- a\n- b\n", ("mapping",)),
    "word": (b"hello\n", ("mapping",)),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00", ("binary",)),
    "latin": ("title: caf\u00e9\n".encode("latin-1"), ("line 1", "UTF-8")),
    "utf16": ("title: x\n".encode("utf-16"), ("UTF-8",)),
    "control": (b"title: x\ndescription: a\x07b\n", ("line 2",)),
    "tab": (b"title: x\n\tyears: 3\n", ("line 2", "'\\t'")),
    "unclosed": (b"title: [1, 2\n", ("not readable as YAML",)),
    "two documents": (b"title: x\n---\ntitle: y\n", ("line 2", "another document")),
    "unknown alias": (b"title: *nobody\n", ("line 1", "nobody")),
    "alias of itself": (b"title: &a [*a]\n", ("line 1", "itself")),
    "alias bomb": (nest_aliases(10).encode(), ("aliases", "1,000,000")),
    "alias bomb of mappings": (nest_aliases(10, is_mapping=True).encode(), ("1,000,000",)),
    "deep lists": (b"title: " + b"[" * 20_000 + b"]" * 20_000, ("deep",)),
    "deep mappings": ("".join(f"{' ' * n}k:\n" for n in range(1500)).encode(), ("deep",)),
    "deep sequence": (b"- " * 20_000 + b"x\n", ("deep",)),
    "key twice": (b"title: a\ntitle: b\n", ("line 2", "'title'", "twice", "line 1")),
    "key twice below": (b"years:\n  first: 1\n  first: 2\n", ("line 3", "years", "'first'")),
    "year twice": (b"budget: {per_year: {2027: 1, '2027': 2}}\n", ("'2027'", "twice")),
    "merge key": (b"<<: {title: a}\n", ("line 1", "extends")),
    "list as key": (b"? [a, b]\n: 1\n", ("line 1", "key")),
    "command": (b"!!python/object/apply:os.system ['false']\n", ("mapping",)),
    "tagged word": (b"price_year: !!int soon\n", ("YAML",)),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_unreadable_yaml(case: str, tmp_path: Path) -> None:
    content, says = UNREADABLE[case]
    file = write_bytes(tmp_path / "bad.yaml", content)
    details = refuse(*CHECK, file, says=("bad.yaml", *says))
    assert all(d["where"].startswith("bad.yaml") for d in details)


@pytest.mark.parametrize("name", ["big.yaml", "big.xlsx", "tiny/instruments.csv", "plan.csv"])
def test_hundred_megabytes(name: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "tiny", tiny_document())
    file = tmp_path / name
    with file.open("ab") as stream:
        stream.truncate(100_000_000)
    arguments: tuple[object, ...] = (*CHECK, folder if "tiny" in name else file)
    if name == "plan.csv":
        arguments = ("evaluate", folder, "--plan", file)
    refuse(*arguments, says=(file.name, "100 MB", "10 MB"))


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + show_yaml(tiny_document()).encode(),
        show_yaml(tiny_document()).replace("\n", "\r\n").encode(),
        json.dumps(tiny_document()).encode(),
    ],
    ids=["byte order mark", "lines of Windows", "JSON"],
)
def test_harmless_ways_of_writing_are_read(content: bytes, tmp_path: Path) -> None:
    assert run(*CHECK, write_bytes(tmp_path / "fine.yaml", content)).code == 0


def test_an_alias_means_the_latest_of_two_anchors() -> None:
    """Which YAML says; the reader's warning ended the command as a fault of the program."""
    assert parse_yaml("{a: &x 1, b: &x 2, c: *x}")[0] == {"a": 1, "b": 2, "c": 2}


def test_escaped_pairs_of_json_are_one_character(tmp_path: Path) -> None:
    document = spoil("title", "power \U0001f50c")
    file = write_bytes(tmp_path / "fine.json", json.dumps(document, ensure_ascii=True).encode())
    shown = run("scenario", "show", file, "--json")
    assert json.loads(shown.out)["title"] == "power \U0001f50c"
    kept = run("solve", file, "--out", tmp_path / "run", "--json")
    assert kept.code == 0, kept.out[:500]


def test_half_a_character_is_refused_before_it_breaks_a_run(tmp_path: Path) -> None:
    file = write_bytes(tmp_path / "half.yaml", show_yaml(spoil("title", "\ud800")).encode())
    refuse("solve", file, "--out", tmp_path / "run", says=("half.yaml",))


# Tables in CSV files ----------------------------------------------------------------------------

HEAD = "id,area,max_per_year,scale,spendout,min_per_year\n"
GRID = 'grid,energy,2.0,4.0,"[0.4, 0.6]",\n'
LABS = "labs,open_source,1.0,2.0,,0.2\n"

BAD_TABLES: dict[str, tuple[str | bytes, tuple[str, ...]]] = {
    "empty": ("", ("empty",)),
    "no rows": (HEAD, ("at least one instrument",)),
    "binary": (b"\x00\x01\x02", ("binary",)),
    "latin": ((HEAD + GRID + "l\u00e9,energy,1,1,,\n").encode("latin-1"), ("line 3", "UTF-8")),
    "utf16": ((HEAD + GRID).encode("utf-16"), ("UTF-8",)),
    "id twice": (HEAD + GRID + LABS + GRID, ("row 4", "'grid'", "row 2")),
    "no id column": (HEAD.replace("id", "name", 1) + GRID, ("row 1", "'id'")),
    "column twice": (HEAD.replace("scale", "area") + GRID, ("row 1", "'area'", "twice")),
    "column without a name": (HEAD.replace(",scale", ",") + GRID + LABS, ("row 1",)),
    "semicolons": ((HEAD + GRID + LABS).replace(",", ";"), ("row 1", "'id'")),
    "no id": (HEAD + GRID + LABS + ",energy,1,1,,\n", ("row 4", "no id")),
    "too many cells": (HEAD + GRID + "labs,open_source,1,000,2,,0.2\n", ("row 3", "7", "6")),
    "too few cells": (HEAD + GRID + "labs,open_source\n", ("row 3", "max_per_year")),
    "open quote": (HEAD + GRID + '"labs,open_source,1,2,,\n', ("CSV", "row 3")),
    "quote amiss": (HEAD + GRID + 'labs,"open"_source,1,2,,\n', ("CSV", "row 3")),
    "broken list": (HEAD + GRID.replace("0.6]", "0.6") + LABS, ("row 2, spendout", "YAML")),
    "decimal comma": (HEAD + GRID.replace("4.0", '"4,0"') + LABS, ("row 2, scale", "'4,0'")),
    "other digits": (HEAD + GRID.replace("4.0", "\u0664") + LABS, ("row 2, scale", "number")),
    "long minus": (HEAD + GRID.replace("4.0", "\u22124") + LABS, ("row 2, scale", "number")),
    "word": (HEAD + GRID.replace("4.0", "N/A") + LABS, ("row 2, scale", "'N/A'")),
    "nan": (HEAD + GRID.replace("4.0", "NaN") + LABS, ("row 2, scale", "'NaN'")),
    "too large": (HEAD + GRID.replace("4.0", "1e400") + LABS, ("row 2, scale", "inf")),
    "many digits": (HEAD + GRID.replace("4.0", "9" * 5000) + LABS, ("row 2, scale", "number")),
    "flag": (HEAD + GRID.replace("4.0", "true") + LABS, ("row 2, scale", "true")),
    "error of a spreadsheet": (HEAD + GRID + LABS.replace("0.2", "#N/A"), ("row 3", "#N/A")),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_bad_table(case: str, tmp_path: Path) -> None:
    text, says = BAD_TABLES[case]
    folder = write_folder(tmp_path / "tiny", tiny_document())
    content = text if isinstance(text, bytes) else text.encode()
    write_bytes(folder / "instruments.csv", content)
    refuse(*CHECK, folder, says=("instruments.csv", *says))


@pytest.mark.parametrize(
    "text",
    [
        (HEAD + GRID + LABS).replace("\n", "\r\n"),
        "\ufeff" + HEAD + GRID + LABS,
        HEAD + "\n,,,,,\n" + GRID.replace("4.0", " 4.0\u00a0") + LABS + "\n",
    ],
    ids=["lines of Windows", "byte order mark", "blank rows and spaces"],
)
def test_harmless_ways_of_writing_tables_are_read(text: str, tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "tiny", tiny_document())
    write_bytes(folder / "instruments.csv", text.encode())
    assert run(*CHECK, folder).code == 0


def name_table(folder: Path, name: str) -> Path:
    """Write a folder whose settings name another file for the instruments."""
    write_folder(folder, tiny_document())
    settings = folder / "scenario.yaml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('"instruments.csv"', json.dumps(name)), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../other/instruments.csv", ("leads out",)),
        ("inner/../../other/instruments.csv", ("leads out",)),
        ("ABSOLUTE", ("leads out",)),
        ("/etc/passwd", ("CSV", "'/etc/passwd'")),
        ("instruments.xlsx", ("CSV", "'instruments.xlsx'")),
        ("instrumnts.csv", ("'instrumnts.csv'", "did you mean 'instruments.csv'")),
        ("https://example.org/a.csv", ("no file",)),
        ("a\0.csv", ("no file",)),
    ],
)
def test_table_outside_the_folder_or_missing(
    name: str, says: tuple[str, ...], tmp_path: Path
) -> None:
    other = write_folder(tmp_path / "other", tiny_document())
    name = str(other / "instruments.csv") if name == "ABSOLUTE" else name
    folder = name_table(tmp_path / "tiny", name)
    (detail,) = refuse(*CHECK, folder, says=says)
    assert detail["where"] == "scenario.yaml line 13, instruments"


def test_table_that_is_a_link_out_of_the_folder(tmp_path: Path) -> None:
    other = write_folder(tmp_path / "other", tiny_document())
    folder = write_folder(tmp_path / "tiny", tiny_document())
    (folder / "instruments.csv").unlink()
    (folder / "instruments.csv").symlink_to(other / "instruments.csv")
    refuse(*CHECK, folder, says=("scenario.yaml line 13", "leads out"))


def test_table_that_is_a_link_to_itself(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "tiny", tiny_document())
    (folder / "instruments.csv").unlink()
    (folder / "instruments.csv").symlink_to("instruments.csv")
    refuse(*CHECK, folder, says=("scenario.yaml line 13",))


def test_table_that_is_a_folder(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "tiny", tiny_document())
    (folder / "instruments.csv").unlink()
    (folder / "instruments.csv").mkdir()
    (detail,) = refuse(*CHECK, folder, says=("'instruments.csv'",))
    assert "did you mean 'instruments.csv'" not in detail["message"]


def test_mistakes_in_several_files_are_told_together(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "tiny", spoil("titel", "x"))
    write_bytes(folder / "effects.csv", b"\x00")
    write_bytes(folder / "layers.csv", b"id,us\nfrontier,[1\n")
    refuse(*CHECK, folder, says=("effects.csv", "layers.csv row 2, us", "titel"))


# extends and the name of the scenario -----------------------------------------------------------


def write_texts(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        write_bytes(folder / name, text.encode())


@pytest.mark.parametrize(
    ("texts", "says"),
    [
        ({"a.yaml": "extends: a.yaml\n"}, ("a.yaml", "circle")),
        (
            {
                "a.yaml": "extends: b.yaml\n",
                "b.yaml": "extends: c.yaml\n",
                "c.yaml": "extends: a.yaml\n",
            },
            ("a.yaml -> b.yaml -> c.yaml -> a.yaml",),
        ),
        (
            {"a.yaml": "extends: b.yaml\n", "b.yaml": "extends: b.yaml\n"},
            ("circle", "b.yaml -> b.yaml"),
        ),
        ({"a.yaml": "title: x\nextends: no.yaml\n"}, ("a.yaml line 2, extends", "'no.yaml'")),
        ({"a.yaml": "extends: [b.yaml]\n"}, ("a.yaml line 1, extends", "path")),
        ({"a.yaml": "extends: 3\n"}, ("a.yaml line 1, extends", "path")),
        ({"a.yaml": "extends: ..\n"}, ("a.yaml line 1, extends", "scenario.yaml")),
        ({"a.yaml": "extends: b.txt\n", "b.txt": "x"}, ("b.txt", ".yaml")),
        ({"a.yaml": "extends: b.yaml\n", "b.yaml": "title: [\n"}, ("b.yaml line", "YAML")),
        ({"a.yaml": "extends: b.yaml\n", "b.yaml": ""}, ("b.yaml", "empty")),
    ],
)
def test_bad_extends(texts: dict[str, str], says: tuple[str, ...], tmp_path: Path) -> None:
    write_texts(tmp_path, texts)
    refuse(*CHECK, tmp_path / "a.yaml", says=says)


def test_chain_of_three_names_the_file_at_fault(tmp_path: Path) -> None:
    write_texts(
        tmp_path,
        {
            "base.yaml": show_yaml(tiny_document()),
            "middle.yaml": "extends: base.yaml\ninstruments: {grid: {area: enrgy}}\n",
            "top.yaml": "extends: middle.yaml\neffects: {grid_frontier: {points: many}}\n",
        },
    )
    details = refuse(*CHECK, tmp_path / "top.yaml", says=("'enrgy'", "'many'"))
    wheres = sorted(d["where"] for d in details)
    assert wheres[0].endswith("middle.yaml line 2, instruments.grid.area")
    assert wheres[1] == "top.yaml line 2, effects.grid_frontier.points"


def test_table_as_a_patch_names_its_row(tmp_path: Path) -> None:
    write_scenario("folder", tmp_path, tiny_document())
    texts = {
        "scenario.yaml": "extends: ../tiny\ninstruments: instruments.csv\n",
        "instruments.csv": "id,min_per_year\ngrid,9\n",
    }
    write_texts(tmp_path / "top", texts)
    (detail,) = refuse(*CHECK, tmp_path / "top", says=("9", "max_per_year", "2"))
    assert detail["where"] == "instruments.csv row 2, min_per_year"


@pytest.mark.parametrize(
    "name", ["nowhere.yaml", "", "a\0b", "x" * 5000, "\x1b[31mx", "/dev/zero", "us-2072"]
)
def test_scenario_that_is_not_there(name: str) -> None:
    (detail,) = refuse("solve", name)
    assert detail["where"] == "SCENARIO"


def test_folder_without_settings(tmp_path: Path) -> None:
    refuse("solve", tmp_path, says=("SCENARIO", "scenario.yaml"))


@pytest.mark.parametrize("name", ["tiny.txt", "tiny.csv", "tiny.xls", "tiny"])
def test_file_of_another_kind(name: str, tmp_path: Path) -> None:
    file = write_bytes(tmp_path / name, show_yaml(put(tiny_document(), "title", "x")).encode())
    refuse(*CHECK, file, says=(name, ".yaml", ".xlsx"))


def test_a_path_is_a_path_and_never_a_bundled_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_scenario("folder", tmp_path / "textbook", tiny_document())
    assert read_scenario(folder).document == read_scenario(str(folder)).document
    monkeypatch.chdir(folder.parent)
    assert "grid" in read_scenario(Path(folder.name)).instruments
    with pytest.raises(InputError, match="there is no file"):
        read_scenario(Path("us-2027"))


@pytest.mark.parametrize("form", FORMS)
def test_a_number_where_text_is_meant_is_its_digits(form: str, tmp_path: Path) -> None:
    document = put(tiny_document(), "title", 2027)
    put(document, "sources.report", {"title": 1, "date": 2026})
    scenario = read_scenario(write_scenario(form, tmp_path, document))
    assert scenario.document["title"] == "2027"
    assert scenario.document["sources"]["report"] == {"title": "1", "date": "2026"}
    assert derive_scenario(scenario, {"title": 3}).document["title"] == "3"


def test_a_title_of_four_hundred_digits_is_a_title() -> None:
    """No float is as large, and nothing asks for one."""
    patch = {"title": 10**399, "areas": {"energy": {"title": 10**399}}}
    document = derive_scenario(read_scenario("textbook"), patch).document
    assert document["title"] == document["areas"]["energy"]["title"] == str(10**399)
    with pytest.raises(InputError, match="title"):
        derive_scenario(read_scenario("textbook"), {"title": 10**5000})
