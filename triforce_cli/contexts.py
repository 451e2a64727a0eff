"""What holds for a whole run of `triforce`: the global flags, the environment, and which daemon they lead to."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from triforce_cli.errors import LocalOnly, WrongUsage
from triforce_cli.remotes import context_file
from triforce_cli.remotes.context import LOCAL, Context
from triforce_cli.transport.replies import Transport
from triforce_cli.transport.unix_socket import SocketTransport
from triforce_daemon.wire.paths import config_file, find_socket

if TYPE_CHECKING:
    from triforce_cli.transport.remote import Credential


class Globals(NamedTuple):
    """The global flags as they stood on the command line, before or after the verb. Commands find it in `ctx.obj`."""

    environ: Mapping[str, str]
    json: bool = False
    fields: tuple[str, ...] = ()
    quiet: bool = False
    verbose: bool = False
    debug: bool = False
    no_color: bool = False
    no_input: bool = False
    yes: bool = False
    context: str | None = None
    """The name of a daemon, as `--context` gave it."""
    socket: str | None = None
    timeout: float | None = None
    """Seconds that the command may take; None: as long as it takes."""
    config: str | None = None

    @property
    def talks(self) -> bool:
        """Whether remarks belong on standard error: not where a program reads, nor where none are wanted."""
        return not (self.quiet or self.json)


def remote(chosen: Globals) -> Context | None:
    """The context that this run speaks to; None: the daemon of this machine.

    A flag wins over the environment, and that over what `context use` chose; a socket that is named is this machine's.
    Raises ContextNotFound, ContextsInvalid, WrongUsage.
    """
    if chosen.context and chosen.socket and chosen.context != LOCAL:
        raise WrongUsage("--context and --socket lead to different daemons.", "Give one of them.")
    if chosen.socket:
        return None
    environ = chosen.environ
    name = chosen.context or environ.get("TRIFORCE_CONTEXT")
    if not name and (environ.get("TRIFORCE_SOCKET") or environ.get("TRIFORCE_DAEMON_SOCKET")):
        return None
    if name == LOCAL:
        return None
    contexts = context_file.read(environ)
    return contexts.named(name or contexts.current)


def transport(chosen: Globals) -> Transport:
    """The way to the daemon that this run speaks to."""
    context = remote(chosen)
    if context is None:
        return SocketTransport(socket_path(chosen), chosen.timeout)
    return transport_to(context, chosen)


def transport_to(context: Context, chosen: Globals, *, credential: "Credential | None" = None) -> Transport:
    """The way to the daemon of a context, with what is kept for it where no credential is given."""
    from triforce_cli.remotes.credential import Kept, Nobody
    from triforce_cli.remotes.token_store import TokenStore
    from triforce_cli.transport.remote import RemoteTransport

    def prolong(refresh: str) -> object:
        unknown = RemoteTransport(context.remote, Nobody(), chosen.environ, chosen.timeout)
        return unknown.call("POST", "/v1/client/refresh", body={"refresh_token": refresh})

    known_by = credential or Kept(context, TokenStore(chosen.environ), prolong)
    return RemoteTransport(context.remote, known_by, chosen.environ, chosen.timeout)


def require_local(what: str, chosen: Globals) -> None:
    """Raises LocalOnly where this run speaks to another machine: `what` cannot be done from here."""
    context = remote(chosen)
    if context is not None:
        raise LocalOnly(
            f"{what} works on this machine's daemon alone, and this is for {context.name} ({context.url}).",
            f"Give the command on that machine, or here with --context {LOCAL}.",
        )


def socket_path(chosen: Globals) -> str:
    """The Unix socket of this machine's daemon, as an absolute path.

    What was told wins, by flag or environment; then the usual place; then, if nothing is there, what the daemon's
    configuration says.
    """
    told = chosen.socket or chosen.environ.get("TRIFORCE_SOCKET") or chosen.environ.get("TRIFORCE_DAEMON_SOCKET")
    if told:
        return _absolute(told)
    usual = os.path.abspath(find_socket(chosen.environ))
    if os.path.exists(usual):
        return usual
    told = configured(chosen, "daemon", "socket")
    return _absolute(told) if told else usual


def configuration(chosen: Globals) -> str:
    """The daemon's configuration file, as an absolute path; it need not exist."""
    return _absolute(chosen.config or config_file(chosen.environ))


def configured(chosen: Globals, section: str, key: str) -> str | None:
    """The text that the configuration file has under `section.key`; None where it says nothing that can be read."""
    path = configuration(chosen)
    if not os.path.exists(path):
        return None
    import tomllib

    try:
        with open(path, "rb") as file:
            value = tomllib.load(file).get(section, {}).get(key)
    except (OSError, ValueError, AttributeError):
        # What is wrong with the file is the daemon's to say, with the line: `triforce config validate`.
        return None
    return value if isinstance(value, str) and value else None


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(path))
