"""Being known to the daemons of contexts: by a password or by a token, tried first, kept then, and forgotten."""

from contextlib import suppress
from typing import Any

from triforce_cli.commands._secrets import read_secret
from triforce_cli.contexts import Globals, remote, transport_to
from triforce_cli.errors import DaemonError, InputInvalid, TokenNotKept, TriforceCliError, WrongUsage
from triforce_cli.output.sanitise import one_line
from triforce_cli.remotes import context_changes, context_file
from triforce_cli.remotes.context import LOCAL, Context
from triforce_cli.remotes.credential import REFRESH, TOKEN, Given, Nobody, secret_of
from triforce_cli.remotes.token_store import KEYRING, Secret, TokenStore

_PREFIX = "tf_"


def log_in(user: str, source: str | None, chosen: Globals) -> tuple[dict[str, Any], str]:
    """Log in with a password; returns the reply, and what to say. Raises DaemonError where the daemon refuses it."""
    context = _meant(chosen)
    question = f"Password of {one_line(user)} at {context.name} (not shown): "
    password = read_secret(source, question, chosen, "password").rstrip("\r\n")
    anybody = transport_to(context, chosen, credential=Nobody())
    try:
        answer = anybody.call("POST", "/v1/client/login", body={"name": user, "password": password})
    except DaemonError as error:
        raise _refused(error, "Is it the right daemon? triforce context show") from None
    return _kept(context, secret_of(answer), answer["user"]["name"], chosen)


def take_token(source: str | None, chosen: Globals) -> tuple[dict[str, Any], str]:
    """Keep an API token that the daemon knows; returns the reply, and what to say. Raises as `log_in` does."""
    context = _meant(chosen)
    token = _checked(read_secret(source, f"Token for {context.name} (not shown): ", chosen, "token"))
    try:
        transport_to(context, chosen, credential=Given(token)).call("GET", "/v1/client/profile")
    except DaemonError as error:
        # One that may do little is known all the same.
        if error.code != "forbidden":
            raise _refused(error, "Its owner makes one there: triforce auth token create NAME") from None
    return _kept(context, {TOKEN: token}, None, chosen)


def log_out(chosen: Globals) -> tuple[dict[str, Any], str]:
    """End the log-in, and forget what is kept for the context; returns the reply, and what to say."""
    context = _meant(chosen)
    store = TokenStore(chosen.environ)
    if context.store is None:
        return _logged_out(context), f"You were not logged in to {context.name}."
    untold = _end(context, store, chosen)
    store.forget(context)
    context_changes.keep(context._replace(store=None, user=None), chosen.environ)
    remark = f"Logged out of {context.name}."
    if untold:
        remark += f" Its daemon could not be told, and the log-in ends there by itself: {untold}"
    return _logged_out(context), remark


def log_ins(chosen: Globals) -> dict[str, Any]:
    """What is kept for which context; no daemon is asked."""
    contexts, store = context_file.read(chosen.environ), TokenStore(chosen.environ)
    items = [_item(contexts.items[name], store) for name in sorted(contexts.items)]
    return {"schema": "triforce.auth.status/1", "contexts": items}


def switch(name: str | None, chosen: Globals) -> tuple[dict[str, Any], str]:
    """Speak as another log-in from now on: that of a context or of a user's name; without one, the only other.

    Returns the reply, and what to say. Raises ContextNotFound, WrongUsage, DaemonError where nobody is logged in there.
    """
    contexts = context_file.read(chosen.environ)
    context = _switched_to(name, contexts)
    if context is None:
        context_changes.use(LOCAL, chosen.environ)
        return {"schema": "triforce.auth.switch/1", "name": LOCAL, "user": None}, "From now on: this machine's daemon."
    if context.store is None:
        hint = f"triforce auth login --context {context.name}"
        raise DaemonError(
            {"code": "unauthenticated", "message": f"You are not logged in to {context.name}.", "hint": hint}
        )
    context_changes.use(context.name, chosen.environ)
    who = f" as {context.user}" if context.user else ""
    reply = {"schema": "triforce.auth.switch/1", **_item(context, TokenStore(chosen.environ))}
    return reply, f"From now on: {context.name} ({context.url}){who}."


def _switched_to(name: str | None, contexts: context_file.Contexts) -> Context | None:
    """None: the daemon of this machine."""
    known = [one for one in contexts.items.values() if one.store is not None]
    if name is not None:
        named = [one for one in known if one.user == name]
        return named[0] if name not in contexts.items and len(named) == 1 else contexts.named(name)
    others = [one for one in known if one.name != contexts.current]
    if len(others) != 1:
        places = ", ".join(sorted(one.name for one in others)) or "nowhere else"
        raise WrongUsage(f"Which log-in is meant? You are logged in to: {places}.", "triforce auth switch NAME")
    return others[0]


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


def _refused(error: DaemonError, hint: str) -> DaemonError:
    if error.code != "unauthenticated":
        return error
    return DaemonError({**error.body(), "hint": hint}, error.http_status)


def _kept(context: Context, secret: Secret, user: str | None, chosen: Globals) -> tuple[dict[str, Any], str]:
    store = TokenStore(chosen.environ)
    if context.store is not None:
        with suppress(TokenNotKept):
            store.forget(context)
    place, reason = store.keep(context, secret)
    context = context._replace(store=place, user=user)
    context_changes.keep(context, chosen.environ)
    where = "your session's keyring" if place == KEYRING else f"a file that only you can read: {store.path}"
    who = f" as {user}" if user else ""
    remark = f"Logged in to {context.name} ({context.url}){who}. The token is kept in {where}."
    reply = {"schema": "triforce.auth.login/1", **_item(context, store)}
    return reply, f"{remark} {reason}" if reason else remark


def _end(context: Context, store: TokenStore, chosen: Globals) -> str | None:
    """Tell the daemon that a log-in has ended; why not, where that failed. An API token stays good."""
    try:
        secret = store.read(context)
        if secret is not None and REFRESH in secret:
            transport_to(context, chosen).call("POST", "/v1/client/logout", body={})
    except TriforceCliError as error:
        return error.message if error.code != "unauthenticated" else None
    return None


def _logged_out(context: Context) -> dict[str, Any]:
    return {"schema": "triforce.auth.logout/1", "name": context.name, "url": context.url}


def _item(context: Context, store: TokenStore) -> dict[str, Any]:
    secret: Secret | None = None
    # Where a keyring is locked, the rest is told all the same.
    with suppress(TokenNotKept):
        secret = store.read(context)
    known = secret or {}
    return {
        "name": context.name,
        "url": context.url,
        "user": context.user,
        "tier": known.get("tier"),
        "expires_at": known.get("expires"),
        "store": context.store,
    }
