"""The years that a limit holds in, told without arrays: whoever only checks loads none."""

from __future__ import annotations


def cut(span: tuple[int, int] | None, years: range) -> range:
    """A constraint's years, cut to those there are.

    >>> list(cut((2026, 2028), range(2027, 2031)))
    [2027, 2028]
    """
    if span is None:
        return years
    return range(max(span[0], years.start), min(span[1] + 1, years.stop))
