"""Reads the form of `asking` while it is being written: what the model says, and what it calls with which arguments."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_OPENING = re.compile(r'\s*\{\s*"(answer|name|calls)"\s*:\s*')
_OPENINGS = ('{"answer":', '{"name":', '{"calls":')
_LIST = re.compile(r'\s*\[\s*\{\s*"name"\s*:\s*')
_LISTS = ('[{"name":',)
_NEXT = re.compile(r'\s*\}\s*,\s*\{\s*"name"\s*:\s*')
_END = re.compile(r"\s*\}")
_END_OF_LIST = re.compile(r"\s*\}\s*\]\s*\}")
_ENDS_IN_LIST = ("}]}", '},{"name":')
_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*(?:,\s*"arguments"\s*:\s*(?=\S)|(?=\}))', re.DOTALL)
#: The beginning of that.
_UNNAMED = re.compile(r'\s*(?:"(?:[^"\\]|\\.)*(?:\\|"\s*,?\s*(?:"(?:a\w*"?)?\s*:?\s*)?)?)?', re.DOTALL)
#: Whole elements of a JSON string. Half a surrogate pair waits for its other half.
_STRING = re.compile(
    r'(?:[^"\\]+|\\[^u]|\\u(?![dD][89abAB])[0-9a-fA-F]{4}'
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\u[0-9a-fA-F]{4}|(?=[^\\])|(?=\\[^u])))+",
    re.DOTALL,
)
#: What matters to where a value ends.
_STRUCTURE = re.compile(r'[{}\[\]",\s]')
_IN_STRING = re.compile(r'["\\]')


@dataclass(frozen=True, slots=True)
class Found:
    """`said` and `arguments`: the next piece of a text; `call`: the name of one that begins."""

    kind: Literal["said", "call", "arguments"]
    text: str


class Scanner:
    """Takes the text in pieces. What does not keep to the form is something said."""

    def __init__(self) -> None:
        self._buffer = ""
        #: What was taken from the buffer for the form's own, and is something said if the form goes no further.
        self._framing = ""
        self._found: list[Found] = []
        #: What to do with the buffer; False: more must come first.
        self._state: Callable[[], bool] = self._open
        self._kind: Literal["said", "arguments"] = "said"
        self._in_list = False
        self._depth = 0
        self._quoted = False
        self._escaped = False

    def feed(self, text: str) -> list[Found]:
        """What is certain now."""
        self._buffer += text
        while self._buffer and self._state():
            pass
        found, self._found = self._found, []
        return found

    def end(self) -> list[Found]:
        """Nothing more comes: what looked like the beginning of the form, and was none."""
        rest = self._buffer if self._state == self._open else ""
        return [Found("said", rest)] if rest.strip() else []

    def _open(self) -> bool:
        opening = _OPENING.match(self._buffer)
        if opening is None:
            return self._wait_for(_OPENINGS)
        self._drop(opening)
        self._in_list = opening[1] == "calls"
        self._state = {"answer": self._answer, "name": self._name, "calls": self._list}[opening[1]]
        return True

    def _wait_for(self, forms: tuple[str, ...]) -> bool:
        """Whether the buffer can still become one of `forms`; if not, it is something said."""
        begun = "".join(self._buffer.split())
        if any(form.startswith(begun) for form in forms):
            return False
        self._state = self._say
        return True

    def _say(self) -> bool:
        self._find("said", self._framing + self._buffer)
        self._buffer = ""
        return False

    def _answer(self) -> bool:
        self._buffer = self._buffer.lstrip()
        if not self._buffer:
            return False
        self._kind = "said"
        if self._buffer[0] == '"':
            self._buffer, self._state = self._buffer[1:], self._string
        else:
            self._state = self._value
        return True

    def _string(self) -> bool:
        if whole := _STRING.match(self._buffer):
            self._find("said", _unescaped(whole[0]))
            self._buffer = self._buffer[whole.end() :]
        if self._buffer.startswith('"'):
            self._buffer, self._state = self._buffer[1:], self._close
            return True
        return False

    def _list(self) -> bool:
        opening = _LIST.match(self._buffer)
        if opening is None:
            return self._wait_for(_LISTS)
        self._drop(opening)
        self._state = self._name
        return True

    def _name(self) -> bool:
        named = _NAME.match(self._buffer)
        if named is None:
            if _UNNAMED.fullmatch(self._buffer):
                return False
            self._state = self._say
            return True
        self._drop(named)
        self._find("call", _unescaped(named[1][1:-1]))
        self._kind = "arguments"
        self._state = self._close if self._buffer[0] == "}" else self._value
        return True

    def _value(self) -> bool:
        """A JSON value, as it is written, up to its end."""
        text, place = self._buffer, 0
        while place < len(text):
            if self._quoted:
                place = self._skip_quoted(text, place)
                continue
            mark = _STRUCTURE.search(text, place)
            if mark is None:
                break
            if self._depth == 0 and mark[0] not in '{["':
                return self._end_value(mark.start())
            place = mark.end()
            self._quoted = mark[0] == '"'
            self._depth += (mark[0] in "{[") - (mark[0] in "}]")
            if self._depth == 0 and mark[0] in "}]":
                return self._end_value(place)
        self._find(self._kind, text)
        self._buffer = ""
        return False

    def _skip_quoted(self, text: str, place: int) -> int:
        if self._escaped:
            self._escaped = False
            return place + 1
        mark = _IN_STRING.search(text, place)
        if mark is None:
            return len(text)
        self._quoted, self._escaped = mark[0] == "\\", mark[0] == "\\"
        return mark.end()

    def _end_value(self, end: int) -> bool:
        self._find(self._kind, self._buffer[:end])
        self._buffer, self._state = self._buffer[end:], self._close
        return True

    def _close(self) -> bool:
        """What stands behind a value: another call, or the end of the form."""
        if self._in_list and (another := _NEXT.match(self._buffer)):
            self._drop(another)
            self._state = self._name
            return True
        end = (_END_OF_LIST if self._in_list else _END).match(self._buffer)
        if end is None:
            return self._wait_for(_ENDS_IN_LIST if self._in_list else ("}",))
        self._buffer, self._state = self._buffer[end.end() :], self._over
        return True

    def _over(self) -> bool:
        """After the form there is only space, or the form once more."""
        self._buffer = self._buffer.lstrip()
        self._state = self._open if self._buffer.startswith("{") else self._say
        if not self._buffer:
            self._state = self._over
        self._framing = ""
        return bool(self._buffer)

    def _find(self, kind: Literal["said", "call", "arguments"], text: str) -> None:
        self._framing = ""
        if text or kind == "call":
            self._found.append(Found(kind, text))

    def _drop(self, match: re.Match[str]) -> None:
        self._framing += match[0]
        self._buffer = self._buffer[match.end() :]


def _unescaped(text: str) -> str:
    """The inside of a JSON string; as it is where it is none, and never half a character."""
    try:
        value = str(json.loads(f'"{text}"', strict=False))
    except json.JSONDecodeError:
        value = text
    return value.encode("utf-8", "replace").decode()
