"""docs/reference/settings.md: every setting with its variable, type, default and meaning."""

import json
from collections.abc import Iterator

from annotated_types import Ge, Gt, Le, Lt

from docs.generator.markdown import page, table
from triforce_daemon.configuration.keys import Key, keys
from triforce_daemon.settings import Settings

INTRODUCTION = """\
A setting is taken from the first of these that names it: a flag of the daemon (`--set KEY=VALUE`), an environment
variable, the file `config.toml`, the default. How to change one: [configuration](../configuration.md)."""


def text() -> str:
    return page("Settings", _parts())


def _parts() -> Iterator[str]:
    yield INTRODUCTION
    for section in dict.fromkeys(key.section for key in keys().values()):
        yield f"## {section}"
        members = (key for key in keys().values() if key.section == section)
        yield table(("setting, variable", "type", "default", "meaning"), map(_row, members))


def _row(key: Key) -> tuple[str, ...]:
    default = key.read(Settings())
    return (
        f"`{key.name}`<br>`{key.environment}`",
        " ".join([key.type_name, *_bounds(key)]),
        "" if default == "" else f"`{json.dumps(default)}`",
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
