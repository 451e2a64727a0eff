"""docs/reference/settings.md: every setting with its variable, type, default and meaning."""

import json
from collections.abc import Iterator
from itertools import groupby

from annotated_types import Ge, Gt, Le, Lt

from docs.generator.markdown import page, table
from triforce_daemon.configuration.keys import Key, all_keys

INTRODUCTION = """\
A setting is taken from the first of these that names it: a flag of the daemon (`--set KEY=VALUE`), an environment
variable, the file `config.toml`, the default. How to change one: [configuration](../configuration.md). A daemon that
runs takes over at once what is marked with •, and the rest when it starts again."""

NAMED = """\
One table for each name that you choose, of up to 32 of `a`-`z`, `0`-`9`, `-` and `_`. In a variable, a `-` is a `_`."""


def text() -> str:
    return page("Settings", _parts())


def _parts() -> Iterator[str]:
    yield INTRODUCTION
    for path, members in groupby(all_keys(), lambda key: key.table):
        yield f"## {'.'.join(path)}"
        if len(path) > 1:
            yield NAMED
        yield table(("setting, variable", "type", "default", "meaning"), map(_row, members))


def _row(key: Key) -> tuple[str, ...]:
    return (
        f"`{key.name}`{' •' if key.at_once else ''}<br>`{key.environment}`",
        " ".join([key.type_name, *_bounds(key)]),
        "" if key.default in ("", None) else f"`{json.dumps(key.default)}`",
        key.description,
    )


def _bounds(key: Key) -> Iterator[str]:
    for limit in key.info.metadata:
        match limit:
            case Ge():
                yield f"from {limit.ge:,}"
            case Gt():
                yield f"over {limit.gt:,}"
            case Le():
                yield f"to {limit.le:,}"
            case Lt():
                yield f"under {limit.lt:,}"
            case _:
                pass
