"""Which cases are drawn: a few, so many, or those from one number to another."""

from __future__ import annotations

import pytest
from fuzz.cases import list_cases


@pytest.mark.parametrize(
    ("said", "cases"), [(None, range(5)), ("20", range(20)), ("3000-3002", range(3000, 3003))]
)
def test_cases_are_those_that_were_asked_for(
    said: str | None, cases: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STRATAFOLIO_FUZZ", raising=False)
    if said is not None:
        monkeypatch.setenv("STRATAFOLIO_FUZZ", said)
    assert list_cases(5) == cases
