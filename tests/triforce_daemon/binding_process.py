"""Processes that want the same socket: forked from one, let loose together, each telling how it went."""

import os
import sys

from triforce_daemon.listeners.unix_socket import SocketListener
from triforce_daemon.startup_errors import SocketRefused


def main() -> None:
    """For each line, a path: so many processes try to bind it, and who wins holds it until all have tried."""
    rivals = int(sys.argv[1])
    for line in sys.stdin:
        print(*race(line.strip(), rivals), flush=True)


def race(path: str, rivals: int) -> list[str]:
    begin, start = os.pipe()
    done, tell = os.pipe()
    outcomes, say = os.pipe()
    for _ in range(rivals):
        if os.fork() == 0:
            os.close(start)
            os.close(tell)
            os.read(begin, 1)
            listener = SocketListener(path)
            os.write(say, f"{attempt(listener)}\n".encode())
            os.read(done, 1)
            os._exit(0)
    os.close(start)
    told = [word for _ in range(rivals) for word in [read_line(outcomes)]]
    os.close(tell)
    for _ in range(rivals):
        os.wait()
    for descriptor in (begin, done, outcomes, say):
        os.close(descriptor)
    return sorted(told)


def attempt(listener: SocketListener) -> str:
    try:
        attempt.bound = listener.bind()  # pyright: ignore[reportFunctionMemberAccess]
    except SocketRefused as error:
        return type(error).__name__
    return "won"


def read_line(descriptor: int) -> str:
    line = b""
    while not line.endswith(b"\n"):
        line += os.read(descriptor, 1)
    return line.decode().strip()


if __name__ == "__main__":
    main()
