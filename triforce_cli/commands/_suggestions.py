"""What Tab offers for names that only a running daemon knows; where none runs, nothing, and none is started."""

import string

import typer

from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import TriforceCliError
from triforce_cli.remotes import context_file
from triforce_cli.remotes.context import LOCAL

#: Nobody waits longer for a suggestion.
_SECONDS = 1.0
_MOST = 50

# zsh evaluates what it is offered, and Typer escapes only some of what that obeys: names with anything else in them
# are not offered, and titles, which anybody may have written, never are.
_HARMLESS = frozenset(string.ascii_letters + string.digits + "._/-@+")


def sessions(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the latest conversations that begin so."""
    try:
        items = _client(ctx).sessions(_MOST)["items"]
    except TriforceCliError:
        return []
    return _fitting([session["id"] for session in items], incomplete)


def memory(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the latest entries that begin so."""
    try:
        items = _client(ctx).search_memory({"limit": _MOST})["items"]
    except TriforceCliError:
        return []
    return _fitting([entry["id"] for entry in items], incomplete)


def models(ctx: typer.Context, incomplete: str) -> list[str]:
    """The aliases and the ids of the models that begin so."""
    client = _client(ctx)
    try:
        aliases = [alias["name"] for alias in client.aliases()["items"]]
        ids = [model["id"] for model in client.models()["items"]]
    except TriforceCliError:
        return []
    return _fitting([*aliases, *ids], incomplete)


def providers_with_keys(ctx: typer.Context, incomplete: str) -> list[str]:
    """The providers that take a key and begin so."""
    try:
        items = _client(ctx).keys()["items"]
    except TriforceCliError:
        return []
    return _fitting(list(dict.fromkeys(key["provider"] for key in items)), incomplete)


def providers(ctx: typer.Context, incomplete: str) -> list[str]:
    """The providers that begin so."""
    try:
        items = _client(ctx).providers()["items"]
    except TriforceCliError:
        return []
    return _fitting([provider["name"] for provider in items], incomplete)


def contexts(ctx: typer.Context, incomplete: str) -> list[str]:
    """The names of daemons that begin so."""
    try:
        known = context_file.read(ctx.obj.environ)
    except TriforceCliError:
        return []
    return _fitting([LOCAL, *known.items], incomplete)


def tools(ctx: typer.Context, incomplete: str) -> list[str]:
    """The tools whose names begin so."""
    try:
        items = _client(ctx).tools()["items"]
    except TriforceCliError:
        return []
    return _fitting([tool["name"] for tool in items], incomplete)


def servers(ctx: typer.Context, incomplete: str) -> list[str]:
    """The mounted servers whose names begin so."""
    try:
        items = _client(ctx).mcp_servers()["items"]
    except TriforceCliError:
        return []
    return _fitting([server["name"] for server in items], incomplete)


def toolsets(ctx: typer.Context, incomplete: str) -> list[str]:
    """The toolsets whose names begin so."""
    try:
        items = _client(ctx).toolsets()["items"]
    except TriforceCliError:
        return []
    return _fitting([toolset["name"] for toolset in items], incomplete)


def jobs(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids of the latest jobs that begin so."""
    try:
        items = _client(ctx).jobs(limit=_MOST)["items"]
    except TriforceCliError:
        return []
    return _fitting([job["id"] for job in items], incomplete)


def prompts(ctx: typer.Context, incomplete: str) -> list[str]:
    """The prompts whose names begin so."""
    try:
        items = _client(ctx).prompts()["items"]
    except TriforceCliError:
        return []
    return _fitting([prompt["name"] for prompt in items], incomplete)


def users(ctx: typer.Context, incomplete: str) -> list[str]:
    """The users whose names begin so."""
    try:
        items = _client(ctx).users()["items"]
    except TriforceCliError:
        return []
    return _fitting([user["name"] for user in items], incomplete)


def _client(ctx: typer.Context) -> DaemonClient:
    return DaemonClient.of(ctx.obj._replace(timeout=_SECONDS))


def _fitting(names: list[str], incomplete: str) -> list[str]:
    return [name for name in names if name.startswith(incomplete) and _HARMLESS.issuperset(name)]
