"""The daemon's log: one JSON object a line, or words for a person; secrets are masked in both."""

import contextlib
import json
import logging
import logging.handlers
import math
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import TextIOWrapper
from typing import Any, cast

import orjson

from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.log_writer import LogWriter, current_listener, current_request
from triforce_daemon.runtime.recent_lines import RecentLines
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.settings import Log

__all__ = ["JsonFormatter", "LogFile", "TextFormatter", "configure", "current_listener", "current_request", "tell"]

#: What JSON has a word for, beside texts; of floats for most.
_PLAIN = (int, bool, type(None), float)
_PLAIN_KINDS = frozenset({*_PLAIN, str})
#: What every record has, with what says nothing.
_BLANK: dict[str, object] = vars(logging.makeLogRecord({}))
_STANDARD = frozenset(_BLANK) | {"message", "asctime", "taskName", "request_id"}
_MAX_BYTES = 10 << 20
_BACKUPS = 3


def take_level(name: str) -> None:
    """Write this level and all above it."""
    level = logging.getLevelNamesMapping()[name.upper()]
    logging.getLogger().setLevel(level)
    for chatty in ("uvicorn", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def configure(settings: Log, redactor: Redactor, recent: RecentLines | None = None) -> None:
    """Send all log records to the file of the settings or, where there is none, to standard error and `recent`.

    Raises ConfigurationInvalid.
    """
    sink = _sink(settings.file, recent)
    sink.setFormatter(JsonFormatter(redactor) if settings.format == "json" else TextFormatter(redactor))
    handler = LogWriter(sink)
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    take_level(settings.level)
    logging.setLogRecordFactory(Record)
    # The documented way not to look for the line of code that logs.
    logging._srcfile = None  # pyright: ignore[reportAttributeAccessIssue, reportPrivateUsage]


def counts() -> dict[str, int]:
    """How many records were logged since `configure`, by the names of their levels; none where it was not called."""
    writers = (handler for handler in logging.getLogger().handlers if isinstance(handler, LogWriter))
    counted = sum((writer.counts for writer in writers), Counter[int]())
    return {logging.getLevelName(level).lower(): many for level, many in sorted(counted.items())}


def _sink(file: str, recent: RecentLines | None) -> "LogStream | LogFile":
    if not file:
        return LogStream(sys.stderr, recent)
    try:
        make_private(os.path.dirname(os.path.abspath(file)))
        return LogFile(file)
    except OSError as error:
        raise ConfigurationInvalid(
            f"The log {file} cannot be written: {error.strerror}.", "Name another file with the setting log.file."
        ) from None


class Record(logging.LogRecord):
    """One for which nobody looks up the file, the thread and the task that log: no line tells of them, and to find
    them out is most of what a record costs."""

    #: What stands beside the message, where it was told in one piece.
    facts_told: Mapping[str, object] | None = None

    def __init__(
        self,
        name: str,
        level: int,
        pathname: str,
        lineno: int,
        msg: object,
        args: Any,
        exc_info: Any,
        func: str | None = None,
        sinfo: str | None = None,
    ) -> None:
        # One mapping fills in a message by its names.
        named = args and len(args) == 1 and isinstance(args[0], Mapping) and args[0]
        self.__dict__ = {
            **_BLANK,
            "name": name,
            "levelno": level,
            "levelname": logging.getLevelName(level),
            "msg": msg,
            "args": named or args,
            "exc_info": exc_info,
            "stack_info": sinfo,
            "created": time.time(),
        }


def tell(logger: logging.Logger, level: int, message: str, facts: Mapping[str, object]) -> None:
    """`logger.log(level, message, extra=facts)`, for a line that each request has: nobody looks for its facts again.

    No fact may be called what a record has of its own, as `name` is.
    """
    if logger.isEnabledFor(level):
        record = Record(logger.name, level, "", 0, message, (), None)
        vars(record).update(facts)
        record.facts_told = facts
        logger.handle(record)


class LogStream(logging.StreamHandler[Any]):
    def __init__(self, stream: Any, recent: RecentLines | None = None) -> None:
        super().__init__(stream)
        self._recent = recent

    def write_all(self, lines: Sequence[str]) -> None:
        """All of them in one piece."""
        if self._recent is not None:
            self._recent.add(lines)
        # Nobody reads standard error any more: there is no other place to say so.
        with contextlib.suppress(OSError, ValueError):
            self.stream.write("".join(lines))
            self.flush()


class LogFile(logging.handlers.RotatingFileHandler):
    """A file that only its owner may read; it is moved aside when it grows large."""

    def __init__(self, file: str, limit: int = _MAX_BYTES) -> None:
        super().__init__(file, maxBytes=limit, backupCount=_BACKUPS, encoding="utf-8", errors="backslashreplace")

    def write_all(self, lines: Sequence[str]) -> None:
        """All of them in one piece, or in two where the file is full in between."""
        waiting: list[str] = []
        size = os.path.getsize(self.baseFilename) if os.path.exists(self.baseFilename) else 0
        for line in lines:
            length = len(line.encode("utf-8", "backslashreplace"))
            if size and size + length > self.maxBytes:
                self._put(waiting)
                self._roll()
                waiting, size = [], 0
            waiting.append(line)
            size += length
        self._put(waiting)

    def _put(self, lines: list[str]) -> None:
        try:
            if self.stream is None:
                self.stream = self._open()
            self.stream.write("".join(lines))
            self.flush()
        except (OSError, ValueError):
            self._complain()

    def _roll(self) -> None:
        try:
            self.doRollover()
        except OSError:
            self._complain()

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=_private)

    def _complain(self) -> None:
        """Without the record: as it stands it may hold a secret."""
        with contextlib.suppress(OSError, ValueError):
            print(f"triforced: {self.baseFilename} cannot be written: {sys.exc_info()[1]}", file=sys.stderr)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class JsonFormatter(logging.Formatter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        message, extras = _message(record), _extras(record)
        line: dict[str, object] = {
            "ts": rfc3339(record.created * 1_000),
            "level": record.levelname.lower(),
            "unit": record.name.removeprefix("triforce_daemon."),
            "msg": message,
        }
        if request := getattr(record, "request_id", None) or current_request.get():
            line["request_id"] = request
        # Nothing is to be masked, which is nearly always so.
        if not record.exc_info and self._harmless(message, extras) and (short := _dumped({**line, **extras})):
            return short
        line["msg"] = self._redactor.clean(message)
        line.update((name, self._plain(name, value)) for name, value in extras.items())
        if record.exc_info:
            line["traceback"] = self._redactor.clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)

    def _harmless(self, message: str, extras: Mapping[str, object]) -> bool:
        """Whether there is nothing but plain values, none of which holds a secret or is called one."""
        kinds = tuple(map(type, extras.values()))
        texts = _texts(tuple(extras), kinds)
        if texts is None or (float in kinds and any(map(_is_endless, extras.values()))):
            return False
        return not self._redactor.suspects("\n".join([message, *map(str, map(extras.__getitem__, texts))]))

    def _plain(self, name: str, value: object) -> object:
        """The value as JSON knows it. It is masked before it is written as JSON: a mask must not eat its brackets."""
        if isinstance(value, _PLAIN) and not _is_endless(value):
            return value
        if isinstance(value, Mapping):
            inner = cast(Mapping[Any, object], value)
            return {self._redactor.clean(str(key)): self._plain(str(key), held) for key, held in inner.items()}
        if isinstance(value, list | tuple):
            return [self._plain(name, held) for held in cast("list[object]", value)]
        return self._redactor.clean_value(name, str(value))


class TextFormatter(logging.Formatter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        unit = record.name.removeprefix("triforce_daemon.")
        extras = "".join(f" {name}={value}" for name, value in _extras(record).items())
        text = f"{rfc3339(record.created * 1_000)} {record.levelname:<7} {unit}: {_message(record)}{extras}"
        lines = [self._redactor.clean(text)]
        if record.exc_info:
            lines += self._redactor.clean(self.formatException(record.exc_info)).split("\n")
        return "\n".join(_visible(line) for line in lines)


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        # The arguments do not fit the message: a bug of the caller's, and no reason to lose what it says.
        return f"{record.msg} {record.args}"


def _visible(line: str) -> str:
    """What could move a terminal's cursor, or pass for another line of the log, is shown as its escape."""
    return line if line.isprintable() else "".join(one if one.isprintable() else repr(one)[1:-1] for one in line)


def _is_endless(value: object) -> bool:
    """Whether it is a float for which JSON has no word."""
    return isinstance(value, float) and not math.isfinite(value)


def _dumped(line: Mapping[str, object]) -> str | None:
    """None for what only the longer way knows: half of a character, or a number of more than 64 bits."""
    try:
        return orjson.dumps(line).decode()
    except orjson.JSONEncodeError:
        return None


@lru_cache(maxsize=256)
def _names_a_secret(name: str) -> bool:
    """Whether a value is masked for its name alone."""
    return Redactor().suspects(f"{name}=value1234")


@lru_cache(maxsize=256)
def _texts(names: tuple[str, ...], kinds: tuple[type, ...]) -> tuple[str, ...] | None:
    """Which values of such a line are texts; None where some are not plain, or are masked for their names alone."""
    texts = tuple(name for name, kind in zip(names, kinds, strict=True) if kind is str)
    return None if any(map(_names_a_secret, texts)) or not _PLAIN_KINDS.issuperset(kinds) else texts


def _extras(record: logging.LogRecord) -> Mapping[str, object]:
    """What stands beside the message."""
    if isinstance(record, Record) and record.facts_told is not None:
        return record.facts_told
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
