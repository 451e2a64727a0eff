"""Tokens for the daemons of contexts: kept where they are tried first, and forgotten."""

from typing import Any

from triforce_cli.commands._secrets import read_secret
from triforce_cli.contexts import Globals, remote, transport_to
from triforce_cli.errors import DaemonError, InputInvalid, TriforceCliError, WrongUsage
from triforce_cli.remotes import context_changes, context_file
from triforce_cli.remotes.context import Context
from triforce_cli.remotes.credential import TOKEN, Given
from triforce_cli.remotes.token_store import KEYRING, TokenStore

_PREFIX = "tf_"


def log_in(source: str | None, chosen: Globals) -> tuple[dict[str, Any], str]:
    """Keep a token that the daemon of the context takes; returns the reply, and what to say.

    Raises DaemonError where the daemon refuses it: nothing is kept then.
    """
    context = _meant(chosen)
    token = _checked(read_secret(source, f"Token for {context.name} (not shown): ", chosen))
    _try(context, token, chosen)
    store = TokenStore(chosen.environ)
    if context.store is not None:
        store.forget(context)
    place, reason = store.keep(context, {TOKEN: token})
    context_changes.keep(context._replace(store=place, user=None), chosen.environ)
    kept = "your session's keyring" if place == KEYRING else f"a file that only you can read: {store.path}"
    remark = f"Logged in to {context.name} ({context.url}). The token is kept in {kept}."
    reply = {"schema": "triforce.auth.login/1", **_item(context._replace(store=place, user=None))}
    return reply, f"{remark} {reason}" if reason else remark


def log_out(chosen: Globals) -> tuple[dict[str, Any], str]:
    """Forget what is kept for the context; returns the reply, and what to say."""
    context = _meant(chosen)
    was = context.store is not None
    TokenStore(chosen.environ).forget(context)
    context = context._replace(store=None, user=None)
    context_changes.keep(context, chosen.environ)
    reply = {"schema": "triforce.auth.logout/1", **_item(context)}
    return reply, f"Logged out of {context.name}." if was else f"You were not logged in to {context.name}."


def log_ins(chosen: Globals) -> dict[str, Any]:
    """What is kept for which context; nobody is asked."""
    contexts = context_file.read(chosen.environ)
    return {
        "schema": "triforce.auth.status/1",
        "contexts": [_item(contexts.items[name]) for name in sorted(contexts.items)],
    }


def _meant(chosen: Globals) -> Context:
    context = remote(chosen)
    if context is None:
        raise WrongUsage(
            "This machine's daemon knows you by its socket: there is nothing to log in to.",
            "Name another one with --context, or first: triforce context add NAME URL",
        )
    return context


def _checked(text: str) -> str:
    token = text.strip()
    if not token.startswith(_PREFIX) or not token.isascii() or any(sign.isspace() for sign in token):
        raise InputInvalid(
            f"That is no token of triforce: one begins with {_PREFIX}.",
            "Its owner makes one there: triforce auth token create NAME",
        )
    return token


def _try(context: Context, token: str, chosen: Globals) -> None:
    """Return where the daemon knows the token, whatever it may do."""
    try:
        transport_to(context, chosen, credential=Given(token)).call("GET", "/v1/status")
    except DaemonError as error:
        if error.code != "forbidden":
            raise _refused(error) from None


def _refused(error: DaemonError) -> TriforceCliError:
    if error.code != "unauthenticated":
        return error
    hint = "Its owner makes one there: triforce auth token create NAME"
    return DaemonError({**error.body(), "hint": hint}, error.http_status)


def _item(context: Context) -> dict[str, Any]:
    return {"name": context.name, "url": context.url, "user": context.user, "store": context.store}
