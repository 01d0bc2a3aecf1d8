"""The versions of the packages that numbers depend on."""

from __future__ import annotations

from importlib.metadata import version

ENGINES_IN_NUMBERS = {"stratafolio", "highspy", "numpy", "pyomo"}
"""Packages whose versions numbers depend on: a worker has to have the same."""


def list_versions() -> dict[str, str]:
    """Versions of the packages that numbers depend on."""
    return {name: version(name) for name in sorted(ENGINES_IN_NUMBERS)}
