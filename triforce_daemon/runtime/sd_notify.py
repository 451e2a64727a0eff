"""Tells systemd how the daemon is, where systemd has started it and asks to be told (sd_notify(3))."""

import asyncio
import logging
import os
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SdNotify:
    """Where nobody asks, nothing is said."""

    #: Where the words go.
    place: str | None = None
    #: Who is silent for that long is taken for dead, and killed; None: nobody looks.
    watchdog_seconds: float | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "SdNotify":
        return cls(_place(environ.get("NOTIFY_SOCKET", "")), _watchdog_seconds(environ))

    def ready(self, words: str) -> None:
        """What was begun, the start or a reload, is done; `words` is what `systemctl status` shows."""
        self._say("READY=1", f"STATUS={words}")

    def reloading(self) -> None:
        """New settings are being taken in; `ready` follows."""
        self._say("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1_000}")

    def stopping(self, words: str, seconds: float) -> None:
        """The end has begun, and may take so long, whatever the unit allows."""
        self._say("STOPPING=1", f"STATUS={words}", f"EXTEND_TIMEOUT_USEC={int(seconds * 1_000_000)}")

    async def keep_alive(self) -> None:
        """Say again and again that the event loop turns; returns at once where nobody looks."""
        while self.watchdog_seconds is not None:
            self._say("WATCHDOG=1")
            await asyncio.sleep(self.watchdog_seconds / 3)

    def _say(self, *lines: str) -> None:
        if self.place is None:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as way:
                way.sendto("\n".join(lines).encode(), self.place)
        except OSError as error:
            # It will think the worst of us; the daemon serves all the same.
            log.warning("systemd cannot be told", extra={"words": lines[0], "reason": error.strerror})


def _place(told: str) -> str | None:
    """The address as the kernel takes it; one that begins with @ is no file. Others are for virtual machines."""
    if told.startswith("@"):
        return "\0" + told[1:]
    return told if told.startswith("/") else None


def _watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    meant = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    told = environ.get("WATCHDOG_USEC", "")
    return int(told) / 1_000_000 if meant and told.isdigit() and int(told) else None
