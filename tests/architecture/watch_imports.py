"""Imports the named modules from a folder and prints, as JSON, what doing so did besides defining things.

python -I watch_imports.py FOLDER MODULE…
"""

import importlib
import json
import os
import sys
import threading

#: Audit events that are work. Opening a file for reading is how a module comes in.
WORK = {
    *(
        "socket.bind",
        "socket.connect",
        "socket.getaddrinfo",
        "sqlite3.connect",
        "subprocess.Popen",
        "os.fork",
        "os.exec",
    ),
    *("os.posix_spawn", "os.mkdir", "os.remove", "os.rename", "os.chmod", "os.putenv", "shutil.rmtree"),
    *("tempfile.mkstemp", "tempfile.mkdtemp", "signal.signal"),
}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def main(folder: str, names: list[str]) -> None:
    seen: list[tuple[str, str]] = []

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        opened = event == "open" and isinstance(arguments[2], int) and arguments[2] & WRITING
        if event in WORK or opened:
            seen.append((event, repr(arguments)[:200]))

    sys.dont_write_bytecode = True
    sys.path.insert(0, folder)
    sys.addaudithook(watch)
    for name in names:
        importlib.import_module(name)
    seen += [("thread", thread.name) for thread in threading.enumerate() if thread is not threading.main_thread()]
    print(json.dumps(seen))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
