"""What a user meets where there is no answer: your problem, or not your fault."""

from __future__ import annotations


class Infeasible(Exception):
    """No plan meets every limit. `conflict`: limits that clash, none of them needless."""

    def __init__(self, conflict: tuple[str, ...], message: str) -> None:
        self.conflict = conflict
        super().__init__(message)

    def __reduce__(self) -> tuple[type[Infeasible], tuple[tuple[str, ...], str]]:
        return type(self), (self.conflict, str(self))  # as it comes from another process


class SolverFailed(Exception):
    """The solver gave no usable answer; the scenario may still be fine."""
