"""A row of a table as a frozen type, and the ranges beside its figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, NamedTuple, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, PrivateAttr

from .frozen import FrozenMapping, freeze

V = TypeVar("V")

Table = Annotated[Mapping[str, V], AfterValidator(freeze)]


class Range(NamedTuple):
    """The low and high value of a figure."""

    low: float
    high: float


class Record(BaseModel):
    """A frozen row of a table; `ranges` holds its `_low` and `_high` fields by figure.

    `ranged`: its figures that may carry a range; `computes`: its numbers may be expressions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    ranged: ClassVar[tuple[str, ...]] = ()
    computes: ClassVar[bool] = False
    _ranges: Mapping[str, Range] = PrivateAttr(default_factory=FrozenMapping)

    @property
    def ranges(self) -> Mapping[str, Range]:
        """Low and high value of each figure that carries a range."""
        return self._ranges

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        copied = super().model_copy(update=freeze(update), deep=deep)
        for computed in copied.__dict__.keys() - type(self).model_fields.keys():
            del copied.__dict__[computed]  # from fields that may be others now
        return copied
