"""Shows on standard error how far the fetching of a model is: a bar on a terminal, a line now and then elsewhere."""

import os
import sys
import time
from typing import TYPE_CHECKING

from triforce_cli.contexts import Globals
from triforce_cli.output.paint import is_terminal
from triforce_cli.output.sanitise import one_line
from triforce_cli.output.words import size

if TYPE_CHECKING:
    from triforce_daemon.wire.models import PullProgress

_WORDS = {
    "resolving": "Looking for the model",
    "fetching": "Fetching",
    "unpacking": "Unpacking",
    "checking": "Checking",
    "loading": "Loading the model",
}
_BAR_WIDTH = 24
_REDRAW_SECONDS = 0.1
#: Without a terminal, a line for each tenth.
_STEPS = 10


def show_progress(chosen: Globals) -> "Progress":
    """What shows the progress of this run: nothing where no remarks are wanted."""
    if not chosen.talks:
        return Progress()
    smart = is_terminal(sys.stderr) and chosen.environ.get("TERM", "dumb") != "dumb"
    return Bar() if smart else Lines()


class Progress:
    """Shows nothing. Others override `show`."""

    def show(self, event: "PullProgress") -> None:
        """Take notice of a `model.loading` event."""

    def step(self, done: float, words: str) -> None:
        """Take notice of how far something else is, from 0 to 1, and at what."""

    def end(self) -> None:
        """Leave the terminal clean; also where it ended badly."""


class Lines(Progress):
    """For logs and pipes: a line for each phase, and for each tenth of what is fetched."""

    def __init__(self) -> None:
        self._last: tuple[str, int] | None = None

    def show(self, event: "PullProgress") -> None:
        done, total = event["done_bytes"], event["total_bytes"]
        step = done * _STEPS // total if done is not None and total else 0
        if (event["phase"], step) != self._last:
            self._last = event["phase"], step
            of = f" {one_line(event['model'])}" if event["phase"] == "fetching" else ""
            print(f"{_phase(event)}{of}{_amount(done, total)}", file=sys.stderr, flush=True)

    def step(self, done: float, words: str) -> None:
        if (words, int(done * _STEPS)) != self._last:
            self._last = words, int(done * _STEPS)
            print(f"{one_line(words)}  {done:.0%}", file=sys.stderr, flush=True)


class Bar(Progress):
    """For a person: one line that is drawn over itself."""

    def __init__(self) -> None:
        self._began: tuple[float, int] | None = None
        self._phase = ""
        self._drawn = 0.0

    def show(self, event: "PullProgress") -> None:
        now = time.monotonic()
        if event["phase"] == self._phase and now - self._drawn < _REDRAW_SECONDS:
            return
        if event["phase"] != self._phase:
            self._began = now, event["done_bytes"] or 0
        self._phase, self._drawn = event["phase"], now
        self._draw(f"{_phase(event)}{self._bar(event, now)}")

    def step(self, done: float, words: str) -> None:
        now = time.monotonic()
        if self._phase and now - self._drawn < _REDRAW_SECONDS:
            return
        self._phase, self._drawn = "step", now
        self._draw(f"{one_line(words)}  {_drawn(done)}  {done:.0%}")

    def end(self) -> None:
        if self._phase:
            self._draw("")
            # Once: what stands on the line next is no longer ours to clear.
            self._phase = ""

    def _bar(self, event: "PullProgress", now: float) -> str:
        done, total = event["done_bytes"], event["total_bytes"]
        if done is None or not total:
            return _amount(done, total)
        return f"  {_drawn(done / total)}{_amount(done, total)}{self._speed(done, now)}"

    def _speed(self, done: int, now: float) -> str:
        began, before = self._began or (now, done)
        return f"  {size((done - before) / (now - began))}/s" if now - began > 1 and done > before else ""

    def _draw(self, line: str) -> None:
        width = os.get_terminal_size(sys.stderr.fileno()).columns or 80
        print(f"\r\x1b[K{line[: width - 1]}", end="", file=sys.stderr, flush=True)


def _drawn(share: float) -> str:
    filled = min(_BAR_WIDTH, int(_BAR_WIDTH * share))
    return f"[{'#' * filled}{'-' * (_BAR_WIDTH - filled)}]"


def _phase(event: "PullProgress") -> str:
    return _WORDS.get(event["phase"], event["phase"])


def _amount(done: int | None, total: int | None) -> str:
    if done is None:
        return ""
    return f"  {size(done)} of {size(total)}" if total else f"  {size(done)}"
