"""The bases that variants of a scenario leave along a path, for the next one to begin from.

From one value of a figure to the next a program changes less than from the scenario's own value: of
us-2027 the linear programs of a search for a turn take a third of the pivots.
"""

from __future__ import annotations

from .live import Basis, carry_basis, stretch_basis
from .matrices import Matrices
from .memory import RELAXED


class Trail:
    """The latest basis under each decisions that were held, and of the relaxation.

    What is asked along one trail is asked in one order: answers may hang on it.
    """

    def __init__(self) -> None:
        self._latest: dict[bytes, tuple[Matrices, Basis]] = {}

    def note(self, matrices: Matrices, start: Basis, held: bytes = RELAXED) -> None:
        """Keeps the basis of a program over some matrices, perhaps with further rows."""
        rows = len(matrices.row_lower)
        if len(start.row_status) > rows:
            start = stretch_basis(start, rows)
        self._latest[held] = matrices, start

    def find(self, matrices: Matrices, held: bytes = RELAXED) -> Basis | None:
        """The latest basis, told of a program over other matrices."""
        known = self._latest.get(held)
        return None if known is None else carry_basis(known[1], known[0], matrices)
