"""A log's file with lines in it, for a daemon that is served with the setting log.file."""

import json
from pathlib import Path
from typing import Any


def write(folder: str, *lines: dict[str, Any]) -> None:
    with Path(folder, "log").open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in lines)


def line(msg: str, **more: Any) -> dict[str, Any]:
    return {"ts": "2026-03-01T12:00:01.000Z", "level": "info", "unit": "services.jobs", "msg": msg, **more}
