"""The schema of a tool that takes nothing: empty in the vocabulary, spelt out on the wire, where upstreams want it."""

from typing import Any


def read(schema: dict[str, Any] | None) -> dict[str, Any]:
    return {} if not schema or schema == write({}) else schema


def write(schema: dict[str, Any]) -> dict[str, Any]:
    return schema or {"type": "object", "properties": {}}
