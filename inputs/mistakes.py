"""What the fields of one row get wrong, in words for the people who typed them."""

from __future__ import annotations

import re

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from .complaint import Path, Unknown
from .fields import name_value
from .patch import known_fields
from .problem import Problem
from .record import Record


def list_mistakes(error: ValidationError, record: type[Record], path: Path) -> list[Problem]:
    """A problem for each field of a record, at a path, that was refused."""
    found = []
    for detail in error.errors():
        message = word_mistake(detail, record)
        if message:
            is_key = detail["type"] == "extra_forbidden"  # may look like a step of the reader's own
            places = [str(part) for part in detail["loc"]]
            steps = tuple(p for p in places if is_key or not re.search(r"[\[\]-]", p))
            unknown = _find_unknown(detail, record) if is_key else None
            found.append(Problem((*path, *steps), message, detail["type"] == "missing", unknown))
    return found


def _find_unknown(detail: ErrorDetails, record: type[Record]) -> Unknown:
    """A key that is none, and those that may stand there."""
    if len(detail["loc"]) > 1:
        outer = str(detail["loc"][0])
        inner = next(
            info.annotation
            for name, info in record.model_fields.items()
            if outer in (name, info.alias)
        )
        record = inner if isinstance(inner, type) and issubclass(inner, Record) else record
    return Unknown(str(detail["loc"][-1]), known_fields(record))


def word_mistake(detail: ErrorDetails, record: type[Record]) -> str:
    """What was got, expected, and mends it; nothing where another mistake says it better."""
    kind, field = detail["type"], str(detail["loc"][-1])
    if kind == "missing":
        info = record.model_fields.get(field)
        hint = f" ({info.description})" if info and info.description else ""
        return f"is missing{hint}; give it a value"
    if kind == "extra_forbidden":
        return "is not a known key"
    if kind == "none_required":
        return ""
    if kind == "literal_error":
        return f"expected {detail['ctx']['expected']}, got {name_value(detail['input'])}"
    if kind in ("model_type", "mapping_type", "dict_type", "model_attributes_type"):
        return f"expected a mapping, got {name_value(detail['input'])}"
    if kind in ("tuple_type", "list_type"):
        return f"expected a list, got {name_value(detail['input'])}"
    return detail["msg"]
