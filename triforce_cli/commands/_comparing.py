"""Asks several models the same at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from threading import Thread
from typing import TYPE_CHECKING, TypedDict

from triforce_cli.conversation.conversation import Conversation
from triforce_cli.errors import DaemonError, TriforceCliError

if TYPE_CHECKING:
    from triforce_cli.daemon_client import DaemonClient
    from triforce_daemon.wire.sessions import Options
    from triforce_daemon.wire.usage import Usage


class Compared(TypedDict):
    """One model's answer; `error` says why there is none, or why it broke off."""

    model: str
    text: str
    ttft_ms: int | None
    total_ms: int | None
    usage: Usage | None
    cost: str | None
    currency: str | None
    error: str | None


class Comparison(TypedDict):
    schema: str
    items: list[Compared]
    next: None


def compare_models(client: DaemonClient, prompt: str, models: Sequence[str], options: Options) -> Comparison:
    """Each model's answer, in the order in which they were named. A model that fails is an item like others."""
    items = [_nothing(model) for model in models]
    # Threads that die with the program: whoever interrupts it does not wait for the slowest model.
    asking = [Thread(target=_ask, args=(client, prompt, options, item), daemon=True) for item in items]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    return Comparison(schema="triforce.models.compare/1", items=items, next=None)


def _nothing(model: str) -> Compared:
    return Compared(model=model, text="", ttft_ms=None, total_ms=None, usage=None, cost=None, currency=None, error=None)


def _ask(client: DaemonClient, prompt: str, options: Options, item: Compared) -> None:
    """Fill in what comes; an error that is ours to tell becomes part of it."""
    conversation = Conversation(model=item["model"], options=options, keep=False)
    try:
        with closing(conversation.ask(client, prompt)) as events:
            for event in events:
                if event["type"] == "text.delta":
                    item["text"] += event["text"]
                elif event["type"] == "error":
                    raise DaemonError(event["error"])
                elif event["type"] == "done":
                    item["model"] = event["model"]
                    item["ttft_ms"], item["total_ms"] = event["first_token_ms"], event["total_ms"]
                    item["usage"] = event["usage"]
                    item["cost"], item["currency"] = event["cost"], event["currency"]
    except TriforceCliError as error:
        item["error"] = error.message
