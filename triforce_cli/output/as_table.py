"""Replies as text: aligned and coloured for a person, tab-separated and bare for a program."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from triforce_cli.contexts import Globals
from triforce_cli.output.as_json import narrowed, print_json
from triforce_cli.output.columns import Column, bare
from triforce_cli.output.pager import show
from triforce_cli.output.paint import Paint, is_terminal, paint_for
from triforce_cli.output.sanitise import one_line


def print_list(reply: Mapping[str, Any], columns: Sequence[Column], chosen: Globals, empty: str) -> None:
    """Print a list reply as the global flags want it. Where there is nothing, `empty` is said and nothing printed."""
    if chosen.json:
        print_json(reply, chosen.fields)
        return
    if chosen.fields:
        reply, columns = narrowed(reply, chosen.fields), [_of_field(name) for name in chosen.fields]
    elif chosen.quiet:
        columns = columns[:1]
    items: Sequence[Mapping[str, Any]] = reply["items"]
    if not items and chosen.talks:
        print(empty, file=sys.stderr)
    if is_terminal(sys.stdout) and not chosen.quiet:
        _draw(items, columns, chosen)
    else:
        print_rows([[bare(item.get(column.field)) for column in columns] for item in items])


def print_object(reply: Mapping[str, Any], chosen: Globals, page: Callable[[Paint], str]) -> None:
    """Print one thing as the global flags want it: as JSON, some fields a line each, or as `page` draws it."""
    if chosen.json:
        print_json(reply, chosen.fields)
    elif chosen.fields:
        fields = narrowed(reply, chosen.fields)
        print_rows([[bare(fields[name])] for name in chosen.fields])
    else:
        show(page(paint_for(sys.stdout, chosen.environ, chosen.no_color)), chosen.environ)


def print_done(reply: Mapping[str, Any], chosen: Globals, remark: str, result: str | None = None) -> None:
    """Print what an act left behind: the reply as JSON where that is wanted, else `result`; and say `remark`."""
    if chosen.json:
        print_json(reply, chosen.fields)
        return
    if chosen.talks:
        print(one_line(remark), file=sys.stderr)
    if result is not None:
        print(one_line(result))


def print_rows(rows: Sequence[Sequence[str]]) -> None:
    """Print tab-separated lines, as `cut` and `awk` like them."""
    for row in rows:
        print("\t".join(row))


class Fact(NamedTuple):
    name: str
    value: str | None
    colour: str = ""
    """The name of a `Paint` method."""


def facts(rows: Sequence[Fact], paint: Paint) -> str:
    """Names and values, a line each; what is unknown is left out."""
    known = [fact for fact in rows if fact.value]
    width = max((len(fact.name) for fact in known), default=0)
    return "\n".join(f"{paint.dim(fact.name.ljust(width))}  {_value(fact, paint)}" for fact in known)


def _value(fact: Fact, paint: Paint) -> str:
    text = one_line(fact.value or "")
    return getattr(paint, fact.colour)(text) if fact.colour else text


def _of_field(name: str) -> Column:
    return Column(name.upper(), name, flexible=True)


def _draw(items: Sequence[Mapping[str, Any]], columns: Sequence[Column], chosen: Globals) -> None:
    # Widths of characters come from a library that takes a moment to load, and only a terminal needs them.
    from triforce_cli.output.aligned import table

    width = os.get_terminal_size(sys.stdout.fileno()).columns or 80
    show(table(items, columns, width, paint_for(sys.stdout, chosen.environ, chosen.no_color)), chosen.environ)
