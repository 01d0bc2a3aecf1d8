"""The memo of one page, as Markdown and as a document."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest
from small_scenarios import refuse, run, tiny_document
from test_report import load_record, make_run


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
