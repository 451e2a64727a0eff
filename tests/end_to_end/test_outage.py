"""A provider is away for a while: the log says so in few words, without tracebacks, and without anybody's secrets."""

import http.client
import json
import os
import secrets

from tests.end_to_end.processes import running
from tests.triforce_cli.tls_door import free_port

REQUESTS = 200
#: What one request may add to the log while all is lost.
BYTES_EACH = 10_000
QUICKLY = ("--set", "builtin.enabled=false", "--set", "providers.ollama.enabled=false", "--set", "log.level=debug")


def test_an_outage_fills_no_disk_and_tells_no_secret(home: dict[str, str]) -> None:
    canary = {name: f"canary{name}{secrets.token_hex(12)}" for name in ("key", "prompt", "password", "typed")}
    environ = {**home, "PLAYED_KEY": canary["key"]}
    away = ("--set", f"providers.played.base_url=http://127.0.0.1:{free_port()}/v1")
    keyed = ("--set", "providers.played.key_environment=PLAYED_KEY")
    http_on = ("--set", "http.enabled=true", "--set", "http.port=0")
    with running(environ, *QUICKLY, *away, *keyed, *http_on) as daemon:
        _, status = daemon.call("GET", "/v1/status")
        port = int(status["daemon"]["listen"][0].rpartition(":")[2])
        assert daemon.call("POST", "/v1/users", {"name": "anna", "password": canary["password"]})[0] == 200
        _, made = daemon.call("POST", "/v1/tokens", {"name": "t"})
        before = len(daemon.words())
        statuses: set[int] = set()
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(REQUESTS):
            said = {"model": "played/x", "messages": [{"role": "user", "content": canary["prompt"]}]}
            body = json.dumps({**said, "stream": bool(number % 2)})
            shown = f"Bearer {made['token']}" if number % 5 else f"Bearer tf_{canary['typed']}"
            connection.request("POST", "/v1/chat/completions", body, {"authorization": shown})
            reply = connection.getresponse()
            statuses.add(reply.status)
            reply.read()
        login = json.dumps({"name": "anna", "password": canary["typed"]})
        connection.request("POST", "/v1/client/login", login, {"content-type": "application/json"})
        assert connection.getresponse().status == 401
        connection.close()
    log = daemon.words()
    assert statuses == {401, 502, 503}
    assert (len(log) - before) / REQUESTS < BYTES_EACH
    assert "Traceback" not in log
    everything = [log, *_files(home["HOME"])]
    shown = {
        name for name, secret in {**canary, "token": made["token"]}.items() for text in everything if secret in text
    }
    assert shown == set()


def _files(folder: str) -> list[str]:
    """All that was written below it."""
    found: list[str] = []
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if os.path.isfile(path):
                with open(path, encoding="latin-1") as file:
                    found.append(file.read())
    return found
