"""How far a stage of a solve has got, and which of its searches to believe."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..equations.curves import Array
from ..equations.evaluate import relative
from ..failures import SolverFailed
from .compiled import Target
from .matrices import INFINITE
from .solution import Stage

BOUND_ROUNDING = 1e-5
"""A plan beats a bound if it gains more by this times max(1, gain)."""


@dataclass
class Reached:
    """How far a stage has got: the best values, what they gain, and what is proven of it.

    `bounds` are what its searches proved, one each; `bound` is the one that counts. `way` is the
    one of the solver's ways that found the values.
    """

    target: Target
    values: Array | None = None
    known: float = -INFINITE
    bound: float = INFINITE
    is_proven: bool = False
    bounds: list[float] = field(default_factory=list)
    way: int = 0

    @property
    def best(self) -> Array:
        """The values, where there have to be some. Raises SolverFailed."""
        if self.values is None:
            raise SolverFailed("HiGHS gave no plan, and did not say that there is none")
        return self.values

    @property
    def gain(self) -> float:
        return self.target.value(self.best)

    def keep(self, room: float) -> float:
        """The least of it that later stages keep, with so much room."""
        return self.target.keep(self.gain, room)

    @property
    def stage(self) -> Stage:
        gain, offset = self.gain, self.target.offset
        bound = max(self.bound, gain)
        gap = relative(bound - gain, gain)
        return Stage(self.target.name, offset + gain, offset + bound, gap)

    def settle(self, needed: int) -> bool:
        """Whether so many searches stand, and prove between them what is then the bound.

        A search whose bound a plan beats was wrong.
        """
        edge = self.known - BOUND_ROUNDING * max(1.0, abs(self.known))
        standing = sorted(bound for bound in self.bounds if bound >= edge)
        self.bound = (standing or [INFINITE])[:needed][-1]
        return len(standing) >= needed
