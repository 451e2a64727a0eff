"""JSON with comments, changed in place: what is not meant stays as its owner wrote it, to the last blank."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

_BLANK = re.compile(r"(?:[\s\ufeff]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_DECODER = json.JSONDecoder()
#: What a person would find hard to read is no configuration, and Python could not parse it.
_DEPTH = 100

Path = tuple[str, ...]


class _Member(NamedTuple):
    name: str
    start: int
    node: "_Node"


@dataclass
class _Node:
    """A value and where it stands; `members` are those of an object."""

    start: int
    end: int
    value: Any = None
    members: list[_Member] | None = None
    #: Whether a comma stands behind the last member.
    open_ended: bool = field(default=False)

    def member(self, name: str) -> _Member | None:
        # Of two of one name programs take the last.
        return next((member for member in reversed(self.members or ()) if member.name == name), None)


def value_at(text: str, path: Path, missing: object = None) -> Any:
    """The value at `path`. Raises ValueError where the text is no JSON."""
    node: _Node | None = _root(text) if text.strip() else None
    for name in path:
        member = node.member(name) if node else None
        node = member.node if member else None
    return missing if node is None else node.value


def with_value(text: str, path: Path, value: object) -> str:
    """`text` with `value` at `path`. Raises ValueError where the text is no JSON or something else is in the way."""
    node = _root(text) if text.strip() else None
    if node is None:
        return json.dumps(_nested(path, value), indent=2, ensure_ascii=False) + "\n"
    unit = _indent_of(text, node) or "  "
    for depth, name in enumerate(path):
        if node.members is None:
            raise ValueError(f"`{'.'.join(path[:depth])}` is no object")
        member = node.member(name)
        if member is None:
            return _inserted(text, node, name, _nested(path[depth + 1 :], value), unit)
        node = member.node
    return text[: node.start] + _written(value, _indent_at(text, node.start), unit) + text[node.end :]


def without(text: str, path: Path) -> str:
    """`text` without what is at `path`, which is there."""
    node = _root(text)
    for name in path[:-1]:
        member = node.member(name)
        assert member is not None
        node = member.node
    members = node.members or []
    at = max(number for number, member in enumerate(members) if member.name == path[-1])
    if len(members) == 1:
        return text[: node.start] + "{}" + text[node.end :]
    if at + 1 < len(members):
        return text[: members[at].start] + text[members[at + 1].start :]
    return text[: members[at - 1].node.end] + text[members[at].node.end :]


def _nested(path: Path, value: object) -> object:
    for name in reversed(path):
        value = {name: value}
    return value


def _inserted(text: str, node: _Node, name: str, value: object, unit: str) -> str:
    outer = _indent_at(text, node.start)
    if not node.members:
        inner = outer + unit
        body = f"{json.dumps(name, ensure_ascii=False)}: {_written(value, inner, unit)}"
        return f"{text[: node.start]}{{\n{inner}{body}\n{outer}}}{text[node.end :]}"
    last = node.members[-1].node.end
    inner = _indent_of(text, node)
    if inner is None:
        body = f", {json.dumps(name, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
        return text[:last] + body + text[last:]
    body = f"{inner}{json.dumps(name, ensure_ascii=False)}: {_written(value, inner, unit)}"
    # Behind all that stands there, so that a remark stays with the line that it is about.
    close = node.end - 1
    end = len(text[:close].rstrip())
    comma = "" if node.open_ended else ","
    return f"{text[:last]}{comma}{text[last:end]}\n{body}{text[end:close]}{text[close:]}"


def _written(value: object, indent: str, unit: str) -> str:
    return json.dumps(value, indent=unit, ensure_ascii=False).replace("\n", "\n" + indent)


def _indent_of(text: str, node: _Node) -> str | None:
    """What stands before the first member of an object on its line; None where they share the brace's line."""
    if not node.members:
        return None
    start = node.members[0].start
    line = text.rfind("\n", 0, start) + 1
    before = text[line:start]
    return before if line > node.start and not before.strip() else None


def _indent_at(text: str, position: int) -> str:
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return line[: len(line) - len(line.lstrip())]


def _root(text: str) -> _Node:
    node = _read(text, _skip(text, 0), 0)
    if _skip(text, node.end) != len(text):
        raise ValueError(f"there is more behind its end, in line {_line(text, node.end)}")
    if node.members is None:
        raise ValueError("it is no object")
    return node


def _read(text: str, at: int, depth: int) -> _Node:
    if depth > _DEPTH:
        raise ValueError("it nests too deeply")
    if text.startswith("{", at):
        return _read_object(text, at, depth)
    if text.startswith("[", at):
        return _read_array(text, at, depth)
    try:
        value, end = _DECODER.raw_decode(text, at)
    except ValueError:
        raise ValueError(f"line {_line(text, at)} cannot be understood") from None
    return _Node(at, end, value)


def _read_object(text: str, at: int, depth: int) -> _Node:
    node = _Node(at, at, {}, [])
    members: list[_Member] = []
    at = _skip(text, at + 1)
    while not text.startswith("}", at):
        name = _read(text, at, depth)
        if not isinstance(name.value, str):
            raise ValueError(f"line {_line(text, at)} has no name for a value")
        value = _read(text, _expect(text, name.end, ":"), depth + 1)
        members.append(_Member(name.value, at, value))
        at, node.open_ended = _next(text, value.end, "}")
    node.end, node.members = at + 1, members
    node.value = {member.name: member.node.value for member in members}
    return node


def _read_array(text: str, at: int, depth: int) -> _Node:
    node = _Node(at, at, [])
    at = _skip(text, at + 1)
    while not text.startswith("]", at):
        item = _read(text, at, depth + 1)
        node.value.append(item.value)
        at, _ = _next(text, item.end, "]")
    node.end = at + 1
    return node


def _next(text: str, at: int, close: str) -> tuple[int, bool]:
    """Where the next element or the end is, and whether a comma led there."""
    at = _skip(text, at)
    if text.startswith(close, at):
        return at, False
    return _expect(text, at, ","), True


def _expect(text: str, at: int, sign: str) -> int:
    at = _skip(text, at)
    if not text.startswith(sign, at):
        raise ValueError(f"`{sign}` is missing in line {_line(text, at)}")
    return _skip(text, at + 1)


def _skip(text: str, at: int) -> int:
    """Over blanks and remarks."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1
