"""What a GGUF file says of itself: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md"""

import struct
from dataclasses import dataclass
from typing import BinaryIO

from triforce_daemon.errors import ModelFileInvalid

MAGIC = b"GGUF"

_VERSIONS = (2, 3)
#: Far more than any model has; what claims more is damaged.
_MOST_ENTRIES = 1 << 16
_LONGEST_TEXT = 1 << 20
#: Longer lists are vocabularies; they come last, and nothing of interest follows.
_LONGEST_LIST = 1 << 10

_TEXT, _LIST = 8, 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}

Value = int | float | str | None


@dataclass(frozen=True, slots=True)
class Header:
    architecture: str
    name: str | None
    size_label: str | None
    context: int | None
    """Tokens that the model was trained on at once."""
    pools: bool = False
    """It was made to turn texts into vectors, and says how."""


class _Damaged(Exception):
    pass


def read_header(path: str) -> Header:
    """The header of the file at `path`. Raises ModelFileInvalid for what is no GGUF, OSError for what can't be read."""
    with open(path, "rb") as file:
        try:
            values = _values(file)
        except (_Damaged, struct.error, UnicodeDecodeError) as error:
            raise invalid(path, str(error) if isinstance(error, _Damaged) else "its header is damaged") from error
    architecture = values.get("general.architecture")
    if not isinstance(architecture, str):
        raise invalid(path, "it does not say which kind of model it holds")
    context = values.get(f"{architecture}.context_length")
    return Header(
        architecture,
        name=_text(values.get("general.name")),
        size_label=_text(values.get("general.size_label")),
        context=context if isinstance(context, int) and context > 0 else None,
        pools=f"{architecture}.pooling_type" in values,
    )


def invalid(path: str, reason: str) -> ModelFileInvalid:
    return ModelFileInvalid(f"{path} cannot be used: {reason}.", "Name a GGUF model file in the setting builtin.model.")


def _values(file: BinaryIO) -> dict[str, Value]:
    """The key-value pairs up to the vocabulary."""
    magic = file.read(4)
    if magic != MAGIC:
        raise _Damaged("it is empty" if not magic else "it is not a GGUF file")
    version, _, entries = _unpack(file, "<IQQ")
    if version not in _VERSIONS:
        raise _Damaged(f"its GGUF version {version} is not known")
    if entries > _MOST_ENTRIES:
        raise _Damaged("its header is damaged")
    values: dict[str, Value] = {}
    for _ in range(entries):
        key = _read_text(file)
        if key.startswith("tokenizer."):
            break
        (kind,) = _unpack(file, "<I")
        if kind == _LIST:
            if not _skip_list(file):
                break
        else:
            values[key] = _read_value(file, kind)
    return values


def _read_value(file: BinaryIO, kind: int) -> Value:
    if kind == _TEXT:
        return _read_text(file)
    if kind not in _NUMBERS:
        raise _Damaged("its header is damaged")
    (number,) = _unpack(file, "<" + _NUMBERS[kind])
    return number


def _read_text(file: BinaryIO) -> str:
    (length,) = _unpack(file, "<Q")
    if length > _LONGEST_TEXT:
        raise _Damaged("its header is damaged")
    text = file.read(length)
    if len(text) < length:
        raise _Damaged("it ends in the middle of its header")
    return text.decode()


def _skip_list(file: BinaryIO) -> bool:
    """Read past a list; False where it is too long for that."""
    kind, length = _unpack(file, "<IQ")
    if length > _LONGEST_LIST or kind == _LIST:
        return False
    for _ in range(length):
        _read_value(file, kind)
    return True


def _unpack(file: BinaryIO, layout: str) -> tuple[int, ...]:
    data = file.read(struct.calcsize(layout))
    if len(data) < struct.calcsize(layout):
        raise _Damaged("it ends in the middle of its header")
    return struct.unpack(layout, data)


def _text(value: Value) -> str | None:
    return value if isinstance(value, str) else None
