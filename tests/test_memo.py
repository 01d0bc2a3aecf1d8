"""The memo of one page, as Markdown and as a document."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from small_scenarios import refuse, run, tiny_document
from test_report import load_record, make_run

from stratafolio.results.runs.reported import read_run
from stratafolio.results.studies.memo import Memo, Part, write_memo
from stratafolio.results.writers.memo_document import write_document


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder of the tiny scenario with a map beside the plan."""
    return make_run(tmp_path_factory.mktemp("report") / "tiny-run", tiny_document())


def test_a_memo_says_the_numbers_of_the_run_on_one_page(folder: Path, tmp_path: Path) -> None:
    text, document = tmp_path / "memo.md", tmp_path / "memo.docx"
    for file in (text, document):
        assert run("report", folder, "--memo", file).code == 0
    record = load_record(folder, "solve")
    told = text.read_text("utf-8")
    assert f"Gain {record['gain']:.3f} points" in told
    assert (
        told.index("The question") < told.index("The recommendation") < told.index("What to doubt")
    )
    assert (tmp_path / "memo-spending.png").stat().st_size > 1000
    paragraphs = [own.text for own in docx.Document(str(document)).paragraphs]
    for heading in ("The recommendation", "What it rests on", "What to doubt first"):
        assert heading in paragraphs
    assert any(f"Gain {record['gain']:.3f} points" in text for text in paragraphs)


def test_a_memo_of_another_kind_is_refused(folder: Path, tmp_path: Path) -> None:
    refuse("report", folder, "--memo", tmp_path / "memo.pdf", says=(".md or .docx", "memo.pdf"))
    assert not list(tmp_path.glob("memo*"))


def test_text_of_a_scenario_is_no_mark_in_a_memo(tmp_path: Path) -> None:
    title = ("--set", "title='*Bold* [link](x) | <b>'")
    out = tmp_path / "memo.md"
    assert run("report", "textbook", *title, "--memo", out, "--time-limit", "20").code == 0
    assert r"\*Bold\* \[link\](x) \| \<b\>" in out.read_text("utf-8")


LETTERS = {
    "The question": (240,),
    "The recommendation": (310, 140, 60),
    "What it rests on": (100, 240),
    "Robust and disputed": (140, 160, 120),
    "What would change the answer": (200,) * 6 + (120,) * 2,
    "What to doubt first": (100,) * 3,
}
"""How long the sentences are of a memo of us-2027 with every study, most of them cut short."""


def test_a_memo_with_every_study_stays_on_one_page(folder: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("there is no LibreOffice here to set the memo with")
    one = read_run(folder)
    assert one is not None
    chart = next(part.chart for part in write_memo(one).parts if part.chart is not None)
    parts = [
        Part(heading, tuple(("lines " * count)[:count] for count in counts))
        for heading, counts in LETTERS.items()
    ]
    parts[1] = replace(parts[1], chart=chart)
    memo = tmp_path / "memo.docx"
    memo.write_bytes(write_document(Memo("A title", "kept in a run folder", tuple(parts))))
    home = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir"]
    done = subprocess.run(
        [*command, str(tmp_path), str(memo)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = re.findall(rb"/Type\s*/Page\b", memo.with_suffix(".pdf").read_bytes())
    assert len(pages) == 1
