"""The daemon's log: one JSON object a line, or words for a person; secrets are masked in both."""

import json
import logging
import logging.handlers
import os
import sys
from contextvars import ContextVar

from triforce_daemon.runtime.clock import rfc3339
from triforce_daemon.runtime.redaction import Redactor
from triforce_daemon.settings import Log

#: The request that the current task serves; set at the door.
current_request: ContextVar[str | None] = ContextVar("current_request", default=None)

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_MAX_BYTES = 10 << 20


def configure(settings: Log, redactor: Redactor) -> None:
    """Send all log records to standard error or to the file of the settings."""
    handler = _handler(settings.file)
    handler.setFormatter(JsonFormatter(redactor) if settings.format == "json" else TextFormatter(redactor))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(settings.level.upper())
    for chatty in ("uvicorn", "aiosqlite", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _handler(file: str) -> logging.Handler:
    if not file:
        return logging.StreamHandler(sys.stderr)
    os.makedirs(os.path.dirname(os.path.abspath(file)), mode=0o700, exist_ok=True)
    return logging.handlers.RotatingFileHandler(file, maxBytes=_MAX_BYTES, backupCount=3, encoding="utf-8")


class JsonFormatter(logging.Formatter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "ts": rfc3339(record.created * 1_000),
            "level": record.levelname.lower(),
            "unit": record.name.removeprefix("triforce_daemon."),
            "msg": record.getMessage(),
        }
        if request := current_request.get():
            line["request_id"] = request
        line.update(_extras(record))
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return self._redactor.clean(json.dumps(line, ensure_ascii=False, default=str))


class TextFormatter(logging.Formatter):
    def __init__(self, redactor: Redactor) -> None:
        super().__init__()
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        unit = record.name.removeprefix("triforce_daemon.")
        extras = " ".join(f"{name}={value}" for name, value in _extras(record).items())
        text = (
            f"{rfc3339(record.created * 1_000)} {record.levelname:<7} {unit}: {record.getMessage()} {extras}".rstrip()
        )
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return self._redactor.clean(text)


def _extras(record: logging.LogRecord) -> dict[str, object]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}
