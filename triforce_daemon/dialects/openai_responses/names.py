"""What tools are called: here they may stand in namespaces, elsewhere in one row."""

from typing import Any

from triforce_daemon.dialects.canonical import Tool

_OWN = "openai_responses"


def flat_name(namespace: str | None, name: str) -> str:
    """One name for a tool in a namespace, of the characters that every upstream takes."""
    return f"{_prefix(namespace)}{name}" if namespace else name


def _prefix(namespace: str) -> str:
    return namespace if namespace.endswith("__") else f"{namespace}__"


class Names:
    """The tools of a request, as its calls are to be written."""

    def __init__(self, tools: list[Tool]) -> None:
        self._namespaces: dict[str, str] = {}
        for tool in tools:
            if (space := tool.get("extras", {}).get(_OWN, {}).get("namespace")) is not None:
                self._namespaces[tool["name"]] = space["name"]
        self._texts = {tool["name"] for tool in tools if "freeform" in tool}

    def takes_text(self, name: str) -> bool:
        return name in self._texts

    def written(self, name: str) -> dict[str, Any]:
        """The fields that name a tool."""
        namespace = self._namespaces.get(name)
        if namespace is None:
            return {"name": name}
        return {"name": name.removeprefix(_prefix(namespace)), "namespace": namespace}
