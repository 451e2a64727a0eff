"""What a mounted server asks of whoever called it, made fit to be put to him: bounded, plain, and with its name."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson

from triforce_daemon.mcp_client.foreign_schema import Unfit, fit
from triforce_daemon.mcp_client.line import Unasked
from triforce_daemon.mcp_client.plain_text import plain

#: Under this a question says which server asks it.
SERVER_META = "triforce/server"
_MOST_BYTES = 1 << 20
_LONGEST_MESSAGE = 4_000
_MOST_TOKENS = 100_000
#: Of what a server may say on how to sample; what it would hear of other servers' conversations, it does not get.
_SAMPLING = ("modelPreferences", "temperature", "stopSequences")


def passed_on(capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """What of that which a client has said that it can do is said to a mounted server."""
    kept: dict[str, Any] = {name: {} for name in ("sampling", "roots") if name in capabilities}
    if _has_forms(capabilities):
        kept["elicitation"] = {"form": {}}
    return kept


def question_of(server: str, method: str, params: Mapping[str, Any], capabilities: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with which the client is asked.

    Raises Unasked where that client cannot be asked so, or nobody should be.
    """
    if len(orjson.dumps(params)) > _MOST_BYTES:
        raise Unasked(f"It asks with more than {_MOST_BYTES:,} bytes.")
    can = passed_on(capabilities)
    meta = {"_meta": {SERVER_META: server}}
    match method:
        case "elicitation/create" if "elicitation" in can:
            return _form(server, params) | meta
        case "sampling/createMessage" if "sampling" in can:
            return _sample(params) | meta
        case "roots/list" if "roots" in can:
            return meta
        case "elicitation/create" | "sampling/createMessage" | "roots/list":
            raise Unasked(f"Whoever has called it has not said that he answers {method}.")
        case _:
            raise Unasked("It asks for what nobody is asked.")


def _has_forms(capabilities: Mapping[str, Any]) -> bool:
    """As the revisions before 2025-11-25 have it, a client that names no mode has that one."""
    said: Any = capabilities.get("elicitation")
    return isinstance(said, Mapping) and (not said or "form" in said)


def _form(server: str, params: Mapping[str, Any]) -> dict[str, Any]:
    if params.get("mode", "form") != "form":
        raise Unasked("It would send the user to an address, which no mounted server does here.")
    try:
        schema = fit(params.get("requestedSchema"))
    except Unfit as why:
        raise Unasked(f"Its form is none: {why}.") from None
    message = plain(str(params.get("message", ""))).strip()[:_LONGEST_MESSAGE]
    return {"message": f"The server {server} asks: {message}", "requestedSchema": schema}


def _sample(params: Mapping[str, Any]) -> dict[str, Any]:
    if params.get("tools") or params.get("toolChoice"):
        raise Unasked("It would have tools called while it is answered.")
    asked: dict[str, Any] = {name: params[name] for name in _SAMPLING if params.get(name) is not None}
    system = params.get("systemPrompt")
    if isinstance(system, str):
        asked["systemPrompt"] = plain(system)
    asked["messages"] = [_message(one) for one in cast("Sequence[Mapping[str, Any]]", params.get("messages") or ())]
    most: Any = params.get("maxTokens")
    asked["maxTokens"] = min(most, _MOST_TOKENS) if isinstance(most, int) else _MOST_TOKENS
    return asked


def _message(message: Mapping[str, Any]) -> dict[str, Any]:
    content: Any = message.get("content")
    blocks = cast("list[Mapping[str, Any]]", content if isinstance(content, list) else [content])
    shown = [{**one, "text": plain(str(one["text"]))} if one.get("type") == "text" else dict(one) for one in blocks]
    return {"role": message.get("role"), "content": shown if isinstance(content, list) else shown[0]}
