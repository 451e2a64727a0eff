"""Models, aliases and comparisons, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from triforce_cli.contexts import Globals
from triforce_cli.output.as_json import print_json
from triforce_cli.output.as_table import Fact, facts, print_list
from triforce_cli.output.columns import Column
from triforce_cli.output.paint import Paint
from triforce_cli.output.sanitise import one_line, sanitise
from triforce_cli.output.words import ago, size, span, thousands

if TYPE_CHECKING:
    from triforce_cli.commands._comparing import Comparison
    from triforce_daemon.wire.models import Model, ModelAlias, Price, Why

_COLOURS = {"ok": "green", "absent": "yellow", "degraded": "yellow", "deprecated": "yellow", "unknown": "yellow"}
#: States in which a model is asked all the same.
_CALLABLE = frozenset(_COLOURS)
#: Reasons that are told below a list; the others are for `triforce models why`.
_REMARKS = 5


def _star(default: bool) -> str:
    return "*" if default else ""


def _colour(row: Mapping[str, Any]) -> str:
    return _COLOURS.get(row["state"], "red")


def _how_many(names: Sequence[str]) -> str:
    return thousands(len(names))


def _milliseconds(number: int) -> str:
    return f"{number:,} ms"


def price_words(price: Price) -> str:
    """`free`, or dollars for a million tokens in and out: `0.59 / 0.79`."""
    if price["input"] == price["output"] == "0":
        return "free"
    return f"{price['input'] or '?'} / {price['output'] or '?'}"


def is_free(model: Model) -> bool:
    price = model["price"]
    return price is not None and price["input"] == price["output"] == "0"


MODELS = (
    Column("ID", "id", flexible=True),
    Column("DEFAULT", "default", _star),
    Column("STATE", "state", colour=_colour),
    Column("CONTEXT", "context", thousands, right=True),
    Column("SIZE", "size_bytes", size, right=True),
    Column("ABILITIES", "abilities", flexible=True),
    Column("PRICE", "price", price_words, right=True),
)
ALIASES = (
    Column("NAME", "name"),
    Column("FIRST", "first", flexible=True),
    Column("READY", "candidates", thousands, right=True),
    Column("BOUNDARY", "boundary"),
    Column("ORDER", "order"),
    Column("FROM", "origin"),
    Column("MODELS", "models", flexible=True),
)
REFRESHED = (
    Column("PROVIDER", "provider"),
    Column("STATE", "state", colour=_colour),
    Column("MODELS", "models", thousands, right=True),
    Column("ADDED", "added", _how_many, right=True),
    Column("GONE", "gone", _how_many, right=True),
    Column("REASON", "reason", flexible=True),
)
ENGINES = (
    Column("MODEL", "model", flexible=True),
    Column("STATE", "state"),
    Column("PID", "pid", str, right=True),
    Column("ANSWERING", "active", thousands, right=True),
    Column("SINCE", "since", ago),
    Column("STOPS IN", "idle_stop_seconds", span, right=True),
)
_COMPARED = (
    Column("MODEL", "model", flexible=True),
    Column("FIRST TOKEN", "ttft_ms", _milliseconds, right=True),
    Column("TOTAL", "total_ms", _milliseconds, right=True),
    Column("TOKENS OUT", "tokens_out", thousands, right=True),
    Column("COST", "cost", right=True),
    Column("ERROR", "error", flexible=True),
)


def remarks(models: Sequence[Model]) -> Iterator[str]:
    """Why some of them cannot be asked, and how to mend it: each reason once."""
    reasons: dict[tuple[str, str, str], int] = {}
    for model in models:
        if model["state"] not in _CALLABLE:
            reason = (model["provider"], model["reason"] or model["state"], model["fix"] or "")
            reasons[reason] = reasons.get(reason, 0) + 1
    for (provider, reason, fix), number in list(reasons.items())[:_REMARKS]:
        yield f"{provider}: {thousands(number)} cannot be asked now. {reason} {fix}".rstrip()
    if len(reasons) > _REMARKS:
        yield f"And for {len(reasons) - _REMARKS} more reasons; `triforce models why MODEL` tells one."


def page(model: Model, paint: Paint) -> str:
    """All that is known of a model."""
    context, answer, bytes_, price = model["context"], model["max_output"], model["size_bytes"], model["price"]
    rows = [
        Fact("id", model["id"]),
        Fact("title", model["title"]),
        Fact("state", model["state"], _colour(model)),
        Fact("reason", model["reason"]),
        Fact("fix", model["fix"]),
        Fact("default", "yes" if model["default"] else None),
        Fact("context", f"{thousands(context)} tokens" if context else None),
        Fact("answer", f"up to {thousands(answer)} tokens" if answer else None),
        Fact("abilities", ", ".join(model["abilities"])),
        Fact("price", _price_line(price) if price else None),
        Fact("goes to", model["boundary"]),
        Fact("listed", ago(model["listed_at"]) if model["listed_at"] else None),
        Fact("size", size(bytes_) if bytes_ else None),
        Fact("file", model["path"]),
        Fact("about", model["description"]),
    ]
    return facts(rows, paint)


def _price_line(price: Price) -> str:
    said = price_words(price)
    return said if said == "free" else f"{said} {price['currency']} for a million tokens in / out"


def alias_page(alias: ModelAlias, paint: Paint) -> str:
    first = alias["first"]
    rows = [
        Fact("alias", alias["name"]),
        Fact("models", ", ".join(alias["models"])),
        Fact("boundary", alias["boundary"]),
        Fact("order", alias["order"]),
        Fact("ready", str(alias["candidates"])),
        Fact("first", first or "nobody", "" if first else "red"),
    ]
    return facts(rows, paint)


def why_page(why: Why, paint: Paint) -> str:
    """A line for each check, with what mends it below."""
    lines: list[str] = []
    for step in why["steps"]:
        mark = paint.green("ok  ") if step["ok"] else paint.red("no  ")
        lines.append(f"{mark}{sanitise(step['check'])}: {sanitise(step['detail'])}")
        if step["fix"]:
            lines.append(f"    {paint.dim(sanitise(step['fix']))}")
    answers = why["answers"]
    lines.append(f"{answers} would answer." if answers else "Nobody would answer.")
    return "\n".join(lines)


def print_comparison(reply: Comparison, chosen: Globals) -> None:
    """The answers one below the other, then their figures in a table."""
    if chosen.json:
        print_json(reply, chosen.fields)
        return
    if chosen.talks and not chosen.fields:
        for item in reply["items"]:
            if item["text"]:
                print(one_line(f"── {item['model']} ──"))
                print(sanitise(item["text"]).strip(), end="\n\n")
    flat = [{**item, "tokens_out": item["usage"] and item["usage"]["output_tokens"]} for item in reply["items"]]
    print_list({**reply, "items": flat}, _COMPARED, chosen, "")
