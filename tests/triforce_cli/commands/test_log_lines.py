"""The lines of a log: followed while it is moved aside, and drawn."""

import json
import os
import threading
import time
from itertools import islice
from pathlib import Path
from typing import Any

from triforce_cli.commands._log_lines import drawn, follow
from triforce_cli.output.paint import Paint
from triforce_daemon.wire.log_lines import Wanted


def line(number: int, **other: Any) -> dict[str, Any]:
    made = {"ts": f"2026-03-01T12:00:{number:02d}.000Z", "level": "info", "unit": "routes.app", "msg": f"m{number}"}
    return {**made, **other}


def written(path: Path, *lines: dict[str, Any]) -> str:
    with path.open("a") as file:
        file.writelines(json.dumps(one) + "\n" for one in lines)
    return str(path)


def test_what_is_written_later_is_followed_also_into_the_next_file(tmp_path: Path) -> None:
    path = tmp_path / "log"
    followed = follow(written(path, line(1)), Wanted())
    heard: list[str] = []
    # The first step opens the file at its end.
    listening = threading.Thread(target=lambda: heard.extend(one["msg"] for one in islice(followed, 3)), daemon=True)
    listening.start()
    time.sleep(0.3)
    half = json.dumps(line(2))
    with path.open("a") as file:
        file.write(half[:20])
        file.flush()
        time.sleep(0.3)
        file.write(half[20:] + "\n" + json.dumps(line(3)) + "\n")
    os.rename(path, tmp_path / "log.1")
    written(path, line(4))
    listening.join(10)
    assert heard == ["m2", "m3", "m4"]


def test_a_line_is_drawn_without_obeying_it() -> None:
    told = drawn(line(1, level="error", msg="bad \x1b[2J", model="m", traceback="a\nb"), Paint(False))
    assert "\x1b" not in told
    first, *trace = told.splitlines()
    assert "error   routes.app bad" in first and "model=m" in first
    assert trace == ["  a", "  b"]
    assert drawn({"msg": "alone"}, Paint(False)) == "alone"
