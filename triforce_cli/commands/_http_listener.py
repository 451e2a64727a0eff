"""Sees to it that the daemon listens on http, for programs that speak no Unix socket."""

import sys
from contextlib import suppress
from typing import Any

from triforce_cli.commands._asking import require_yes
from triforce_cli.commands.daemon import restarted
from triforce_cli.contexts import Globals
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonNotRunning, Failed, TriforceCliError
from triforce_cli.launcher import ask_program, start_daemon

_ENABLED = "http.enabled"


def http_address(chosen: Globals, who: str) -> str:
    """The address of the http listener; where it is off, its owner is asked to have it switched on.

    Raises NotApproved, and Failed where switching it on is not enough.
    """
    client = DaemonClient.started(chosen)
    address = _address(client)
    if address is None:
        daemon = client.status()["daemon"]
        require_yes(f"{who} needs the http listener, which is off. Switch it on and restart the daemon?", chosen)
        client.change_setting(_ENABLED, True)
        if daemon["managed_by"] != "cli":
            raise Failed(
                "The http listener is switched on, and comes with the next start of the daemon.",
                "Restart the daemon as you started it, then give this command again.",
            )
        _restart(chosen)
        address = _address(client)
    if address is None:
        raise Failed(
            "The http listener stays off: the environment or a flag of the daemon wins over its configuration.",
            f"See: triforce config list --origin, and the setting {_ENABLED}.",
        )
    _warn_of_a_port_that_changes(client, chosen)
    return address


def planned_address(chosen: Globals) -> str:
    """Where the http listener is, or would be; nothing is started, changed or asked."""
    with suppress(DaemonNotRunning):
        client = DaemonClient.of(chosen)
        return _address(client) or _configured(client.settings())
    return _configured(ask_program(chosen, "config", "list"))


def _address(client: DaemonClient) -> str | None:
    listen = client.status()["daemon"]["listen"]
    return next((address for address in listen if address.startswith("http://")), None)


def _configured(settings: Any) -> str:
    values = {setting["key"]: setting["value"] for setting in settings["items"]}
    host = values["http.host"]
    return f"http://{f'[{host}]' if ':' in host else host}:{values['http.port']}"


def _restart(chosen: Globals) -> None:
    """Restart with the listener on; where it cannot be had, without it as before."""
    try:
        restarted(chosen)
    except TriforceCliError:
        ask_program(chosen, "config", "unset", _ENABLED)
        start_daemon(chosen)
        raise


def _warn_of_a_port_that_changes(client: DaemonClient, chosen: Globals) -> None:
    port = next(setting["value"] for setting in client.settings()["items"] if setting["key"] == "http.port")
    if port == 0 and chosen.talks:
        print("http.port is 0: the address changes with each start. Set one: triforce config set http.port 9000",
              file=sys.stderr)  # fmt: skip
