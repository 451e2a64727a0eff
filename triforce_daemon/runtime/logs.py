"""The daemon's log: one JSON object a line, or words for a person; secrets are masked in both."""

import contextlib
import json
import logging
import logging.handlers
import math
import os
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from io import TextIOWrapper
from typing import Any, cast

from triforce_daemon.errors import ConfigurationInvalid
from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.runtime.folders import make_private
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.settings import Log

#: The request that the current task serves; set at the door.
current_request: ContextVar[str | None] = ContextVar("current_request", default=None)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MAX_BYTES = 10 << 20
_BACKUPS = 3


def configure(settings: Log, redactor: Redactor) -> None:
    """Send all log records to standard error or to the file of the settings. Raises ConfigurationInvalid."""
    handler = _handler(settings.file)
    handler.setFormatter(JsonFormatter(redactor) if settings.format == "json" else TextFormatter(redactor))
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for chatty in ("uvicorn", "aiosqlite", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def _handler(file: str) -> logging.Handler:
    if not file:
        return logging.StreamHandler(sys.stderr)
    try:
        make_private(os.path.dirname(os.path.abspath(file)))
        return LogFile(file)
    except OSError as error:
        raise ConfigurationInvalid(
            f"The log {file} cannot be written: {error.strerror}.", "Name another file with the setting log.file."
        ) from None


class LogFile(logging.handlers.RotatingFileHandler):
    """A file that only its owner may read; it is moved aside when it grows large."""

    def __init__(self, file: str, limit: int = _MAX_BYTES) -> None:
        super().__init__(file, maxBytes=limit, backupCount=_BACKUPS, encoding="utf-8", errors="backslashreplace")

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding=self.encoding, errors=self.errors, opener=_private)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say that the file cannot be written. What `logging` does here would print the record as it is, unmasked."""
        with contextlib.suppress(OSError, ValueError):
            print(f"triforced: {self.baseFilename} cannot be written: {sys.exc_info()[1]}", file=sys.stderr)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


class JsonFormatter(logging.Formatter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "ts": rfc3339(record.created * 1_000),
            "level": record.levelname.lower(),
            "unit": record.name.removeprefix("triforce_daemon."),
            "msg": self._redactor.clean(_message(record)),
        }
        if request := current_request.get():
            line["request_id"] = request
        line.update((name, self._plain(name, value)) for name, value in _extras(record).items())
        if record.exc_info:
            line["traceback"] = self._redactor.clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)

    def _plain(self, name: str, value: object) -> object:
        """The value as JSON knows it. It is masked before it is written as JSON: a mask must not eat its brackets."""
        if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
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


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
