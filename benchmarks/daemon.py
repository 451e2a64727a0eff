"""A daemon of the benchmarks' own: temporary state, temporary socket, the model file of the user's data folder."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

TRIFORCE = str(Path(sys.executable).with_name("triforce"))


@contextmanager
def running_daemon(*settings: str) -> Generator[dict[str, str]]:
    """The environment of a daemon that is ready; it ends with the context. `settings` are written `key=value`."""
    with tempfile.TemporaryDirectory(prefix="triforce-bench-") as home:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("TRIFORCE_")}
        environ |= {"XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home, "TRIFORCE_SOCKET": f"{home}/triforced.sock"}
        for setting in settings:
            key, _, value = setting.partition("=")
            environ["TRIFORCE_" + key.replace(".", "_").upper()] = value
        # The first start makes the database, with what is not needed again: 13 MiB.
        for action in ("start", "restart"):
            subprocess.run([TRIFORCE, "daemon", action, "--quiet"], env=environ, check=True)
        try:
            yield environ
        finally:
            subprocess.run([TRIFORCE, "daemon", "stop", "--quiet"], env=environ, check=True)
