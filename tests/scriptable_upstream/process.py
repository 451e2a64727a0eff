"""An upstream in a process of its own, told and asked over its control routes."""

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

from tests.scriptable_upstream.control import PREFIX
from tests.scriptable_upstream.providers import PROVIDERS
from tests.scriptable_upstream.script import Script
from tests.scriptable_upstream.script_json import write_script
from tests.scriptable_upstream.upstream import ACCOUNT

TIMEOUT = 10.0
POLL = 0.01


@dataclass(frozen=True, slots=True)
class RemoteUpstream:
    """The same words as `Upstream`, for one that runs elsewhere; blocks while it asks."""

    port: int
    process: "subprocess.Popen[bytes]"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def base_url(self, provider: str) -> str:
        return self.url + PROVIDERS[provider].base.replace("{account}", ACCOUNT)

    def plan(self, text: str) -> None:
        self._ask("PUT", "plan", text)

    def script(self, model: str, script: Script | None = None, plan: str | None = None) -> None:
        self._ask("PUT", "scripts", json.dumps({"model": model, **_turn(script, plan)}))

    def enqueue(self, script: Script | None = None, plan: str | None = None) -> None:
        self._ask("POST", "queue", json.dumps(_turn(script, plan)))

    def accept(self, provider: str, *keys: str) -> None:
        self._ask("PUT", "keys", json.dumps({provider: keys}))

    def set_github(self, *, retired: bool) -> None:
        self._ask("PUT", "github", json.dumps({"retired": retired}))

    def reset(self) -> None:
        self._ask("POST", "reset")

    def state(self) -> dict[str, Any]:
        return self._ask("GET", "state")

    def requests(self, since: int = 0, **wanted: Any) -> list[dict[str, Any]]:
        """Those with these values, from the one with this number on."""
        found: list[dict[str, Any]] = self._ask("GET", f"requests?since={since}")["requests"]
        return [each for each in found if all(each[name] == value for name, value in wanted.items())]

    def asked(self, count: int = 1, within: float = 5.0, **wanted: Any) -> list[dict[str, Any]]:
        """Waits until there are so many. Raises TimeoutError."""
        deadline = time.monotonic() + within
        while len(found := self.requests(**wanted)) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(found)} of {count} requests")
            time.sleep(POLL)
        return found

    def end(self, number: signal.Signals = signal.SIGTERM) -> None:
        """Sends it a signal."""
        self.process.send_signal(number)

    def ended(self, within: float) -> int:
        """Waits for its end; its exit status. Raises TimeoutExpired."""
        return self.process.wait(within)

    def _ask(self, method: str, path: str, body: str = "") -> Any:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)) as connection:
            connection.request(method, PREFIX + path, body)
            answer = connection.getresponse()
            value = json.loads(answer.read())
        if answer.status != 200:
            raise ValueError(value["error"])
        return value


@contextlib.contextmanager
def run_upstream(*options: str) -> Generator[RemoteUpstream]:
    """Starts one with these options of its command line and ends it with the block."""
    command = [sys.executable, "-m", "tests.scriptable_upstream", "--json", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if not line:
                raise RuntimeError(f"the upstream did not start: {process.wait()}")
            yield RemoteUpstream(json.loads(line)["port"], process)
        finally:
            process.terminate()
            try:
                process.wait(TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()


def _turn(script: Script | None, plan: str | None) -> dict[str, Any]:
    return {"script": json.loads(write_script(script)) if script else None, "plan": plan}
