"""YAML 1.2 text to plain values, with the line of every key; nothing is executed or fetched."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from .complaint import Complaint, InputError, Path, Place

LARGEST_TEXT = 3_000_000
"""Characters of the longest text read: fifty times `us-2027`, and about twenty seconds to parse."""

LARGEST_DOCUMENT = 1_000_000
"""Values a document may hold once its aliases are written out: more is an alias bomb."""

DEEPEST = 100
"""Levels of lists and mappings a document may nest: whatever reads them on comes through."""

_TAG = "tag:yaml.org,2002:"


class _NodeReader:
    """Turns composed nodes into values, remembering lines and collecting complaints."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.places: dict[Path, Place] = {}
        self.complaints: list[Complaint] = []
        self.measures: dict[int, tuple[int, int] | None] = {}

    def where(self, node: Node, path: Path = ()) -> str:
        return Place(self._line(node)).name_field(path)

    def _line(self, node: Node) -> str:
        line = node.start_mark.line + 1
        return f"{self.label} line {line}" if self.label else "the value"

    def measure(self, node: Node) -> tuple[int, int]:
        """Values and levels below a node, aliases written out; refuses aliases of themselves."""
        if id(node) in self.measures:
            known = self.measures[id(node)]
            if known is None:
                message = "an alias contains itself; write the value out"
                raise InputError.of(self.where(node), message)
            return known
        self.measures[id(node)] = None
        below: list[Node] = []
        if isinstance(node, SequenceNode):
            below = node.value
        elif isinstance(node, MappingNode):
            below = [part for pair in node.value for part in pair]
        found = [self.measure(child) for child in below]
        size = 1 + sum(size for size, _ in found)
        depth = 1 + max((depth for _, depth in found), default=0)
        self.measures[id(node)] = size, depth
        return size, depth

    def read(self, node: Node, path: Path) -> Any:
        if isinstance(node, MappingNode):
            return self.read_mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.read(child, path) for child in node.value]
        return self.read_scalar(node)

    def read_mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                message = "a key must be a word or a number, not a list or mapping"
                self.complaints.append(Complaint(self.where(key_node, path), message))
                continue
            key = self.read_text(key_node)
            below = (*path, key)
            if key in values:
                first = self.places[below].label
                message = f"'{key}' is given twice (first in {first}); keep one of them"
                self.complaints.append(Complaint(self.where(key_node, path), message))
                continue
            if key == "<<":
                message = (
                    "merge keys are not part of YAML 1.2; write the fields out, or use extends"
                )
                self.complaints.append(Complaint(self.where(key_node, path), message))
                continue
            self.places[below] = Place(self._line(key_node))
            values[key] = self.read(value_node, below)
        return values

    def read_scalar(self, node: Node) -> Any:
        kind = str(node.tag).removeprefix(_TAG)
        text = self.read_text(node)
        if kind == "null":
            return None
        if kind == "bool":
            return text.lower() == "true"
        if kind == "int":
            return read_whole(text)
        if kind == "float":
            return read_float(text)
        return text

    def read_text(self, node: Node) -> str:
        """The text of a scalar; JSON writes some characters as two escapes, which become one."""
        text = str(node.value)
        if text.isascii():
            return text
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            message = "holds an escape that is half a character; mend it or take it out"
            self.complaints.append(Complaint(self.where(node), message))
            return ""


def read_whole(text: str) -> int | float | str:
    """An integer of the YAML 1.2 core schema; one too long for arithmetic reads as infinite."""
    if "_" in text:
        return text  # a number in YAML 1.1 only
    base = {"0x": 16, "0o": 8, "0b": 2}.get(text.lstrip("+-").lower()[:2], 10)
    if len(text) > 400:
        return float("inf")
    return int(text, base)


def read_float(text: str) -> float | str:
    """A float of the YAML 1.2 core schema, `.inf` and `.nan` among them."""
    if "_" in text:
        return text
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def parse_yaml(text: str, label: str = "") -> tuple[Any, dict[Path, Place]]:
    """The value of a YAML 1.2 text, and the line of every key in it.

    Keys become text (`2027:` and `'2027':` are one key). Raises InputError.

    >>> parse_yaml("{a: no, b: [1, .5]}")[0]
    {'a': 'no', 'b': [1, 0.5]}
    """
    if len(text) > LARGEST_TEXT:
        message = (
            f"{len(text) / 1e6:.1f} MB is too large for YAML, which is slow to read; at most "
            f"{LARGEST_TEXT / 1e6:.0f} MB is read: move its longest table into a CSV file beside it"
        )
        raise InputError.of(label or "the value", message)
    reader = _NodeReader(label)
    yaml = YAML(typ="safe", pure=True)
    yaml.allow_duplicate_keys = True
    yaml.composer.warn_double_anchors = False  # YAML has it so: an alias means the latest
    if re.match(r"\s*%YAML\s+1\.[01]\b", text):
        message = "asks for YAML 1.1, where `on` and `no` are no words; take the %YAML line out"
        raise InputError.of(f"{label} line 1" if label else "the value", message)
    too_deep = f"nested too deeply to be a scenario; at most {DEEPEST} levels are read"
    try:
        node = yaml.compose(text)
        if node is None:
            return None, {}
        size, depth = reader.measure(node)
        if depth > DEEPEST:
            raise InputError.of(label or "the value", too_deep)
        if size > LARGEST_DOCUMENT:
            message = f"aliases blow this up to more than {LARGEST_DOCUMENT:,} values; write it out"
            raise InputError.of(label or "the value", message)
        value = reader.read(node, ())
    except RecursionError:
        raise InputError.of(label or "the value", too_deep) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{label} line {mark.line + 1}" if label and mark else label or "the value"
        problem = " ".join(str(error.problem or error.context or "unreadable").split())
        message = f"not readable as YAML ({problem}); check indentation, quotes and brackets"
        raise InputError.of(where, message) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"the character U+{error.character:04X} may not stand in YAML; take it out"
        raise InputError.of(f"{label} line {line}" if label else "the value", message) from None
    except (YAMLError, ValueError) as error:
        message = f"not readable as YAML ({' '.join(str(error).split())[:200]})"
        raise InputError.of(label or "the value", message) from None
    if reader.complaints:
        raise InputError(reader.complaints)
    return value, reader.places
