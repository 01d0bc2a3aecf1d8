"""Mappings and lists that cannot be changed: what a scenario holds stays as it was checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

K = TypeVar("K")
V = TypeVar("V")


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise TypeError("a scenario is read-only; apply a patch to get another one")


def _keep(whole: V, *_: Any) -> V:
    return whole


class FrozenMapping(dict[K, V]):
    """A mapping that refuses every change; a dict still, so that it is pickled and told as JSON."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse
    __copy__ = __deepcopy__ = _keep

    def __reduce__(self) -> tuple[type[FrozenMapping[K, V]], tuple[dict[K, V]]]:
        return type(self), (dict(self),)


class FrozenList(list[V]):
    """A list that refuses every change; a list still, for the same reasons."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse
    __copy__ = __deepcopy__ = _keep

    def __reduce__(self) -> tuple[type[FrozenList[V]], tuple[list[V]]]:
        return type(self), (list(self),)


_PLAIN = frozenset({str, float, int, bool, type(None), FrozenMapping, FrozenList})
"""Types that are left as they are: most values of a document."""


def freeze(value: Any) -> Any:
    """The value with every mapping and list in it read-only; it is equal to what it was made of.

    >>> freeze({"a": [{"b": 1}]})
    {'a': [{'b': 1}]}
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return FrozenMapping({key: freeze(inner) for key, inner in value.items()})
    if isinstance(value, list):
        return FrozenList([freeze(inner) for inner in value])
    if kind is tuple:
        return tuple([freeze(inner) for inner in value])
    return value
