"""Makes a request one that a provider takes, where it is stricter than its dialect."""

from dataclasses import dataclass
from typing import Any, cast

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.providers.catalog import Messages, Row
from triforce_daemon.providers.provider import Fit
from triforce_daemon.providers.tool_ids import nine

Fields = dict[str, Any]


def fitting(row: Row, model: str) -> Fit | None:
    """What `row` wants done to a body that asks for `model`; None where it takes everything."""
    most = row.tools_for(model)
    if most is None and not row.refuses and not row.renames and row.messages == Messages() and row.tool_ids is None:
        return None
    return _Fitting(row, most).fit


@dataclass(frozen=True, slots=True)
class _Fitting:
    row: Row
    most_tools: int | None

    def fit(self, body: Fields) -> tuple[Fields, list[str]]:
        """A body that the provider takes, and what was left out of it. Raises InvalidRequest where it cannot be."""
        dropped: list[str] = []
        fitted = self._renamed(body)
        if "functions" in self.row.refuses and fitted.get("functions"):
            raise InvalidRequest(f"{self.row.title} knows no `functions`.", "Send them as `tools`.")
        for name in self.row.refuses:
            if name in fitted and _says(fitted.pop(name)) and name not in _SILENTLY:
                dropped.append(name)
        if isinstance(messages := fitted.get("messages"), list):
            fitted["messages"] = self._begun([self._message(one, dropped) for one in cast(list[Any], messages)])
        if self.most_tools is not None and len(tools := _list(fitted.get("tools"))) > self.most_tools:
            fitted["tools"] = _trimmed(tools, self.most_tools, _needed(fitted), self.row.title)
            dropped.append(f"tools ({len(tools) - self.most_tools} of {len(tools)})")
        return fitted, list(dict.fromkeys(dropped))

    def _renamed(self, body: Fields) -> Fields:
        renames = self.row.renames
        if not renames.keys() & body.keys():
            return dict(body)
        # Where both names are there, the one that the provider knows counts.
        return {renames.get(name, name): value for name, value in body.items()} | {
            name: body[name] for name in renames.values() if name in body
        }

    def _begun(self, messages: list[Any]) -> list[Any]:
        last: Any = messages[-1] if messages and self.row.messages.begun else None
        if not isinstance(last, dict) or cast(Fields, last).get("role") != "assistant":
            return messages
        return [*messages[:-1], {**self.row.messages.begun, **cast(Fields, last)}]

    def _message(self, message: Any, dropped: list[str]) -> Any:
        if not isinstance(message, dict):
            return message
        rules = self.row.messages
        fitted = {rules.renames.get(name, name): value for name, value in cast(Fields, message).items()}
        for name in rules.refuses:
            if name in fitted and _says(fitted.pop(name)):
                dropped.append(f"messages.{name}")
        if rules.roles:
            role: Any = fitted.get("role")
            fitted["role"] = rules.roles.get(role, role) if isinstance(role, str) else role
        return _with_ids(fitted) if self.row.tool_ids == "9" else fitted


#: What is asked for on the daemon's own behalf, and comes unasked where it is refused: no loss to anybody.
_SILENTLY = frozenset({"stream_options"})


def _says(value: Any) -> bool:
    """Clients write out what they do not use: null, nothing, no. To leave that out is no loss."""
    return value not in (None, "", [], {}, False)


def _list(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else []


def _with_ids(message: Fields) -> Fields:
    """The message with ids of nine letters and digits, the same for the same id in every request."""
    if isinstance(answered := message.get("tool_call_id"), str):
        message = {**message, "tool_call_id": nine(answered)}
    if calls := _list(message.get("tool_calls")):
        message = {**message, "tool_calls": [_call_with_id(call) for call in calls]}
    return message


def _call_with_id(call: Any) -> Any:
    if not isinstance(call, dict) or not isinstance(id := cast(Fields, call).get("id"), str):
        return cast(Any, call)
    return {**cast(Fields, call), "id": nine(id)}


def _trimmed(tools: list[Any], most: int, needed: set[str], provider: str) -> list[Any]:
    """The first tools, and those that the request cannot be without, in their order."""
    kept = {place for place, tool in enumerate(tools) if _name(tool) in needed}
    if len(kept) > most:
        raise InvalidRequest(
            f"{provider} takes at most {most} tools in one request; this one needs {len(kept)} of its {len(tools)}.",
            "Offer fewer tools, or choose another model.",
        )
    for place in range(len(tools)):
        if len(kept) < most:
            kept.add(place)
    return [tools[place] for place in sorted(kept)]


def _needed(body: Fields) -> set[str]:
    """The tools that are asked for by name, and those that were called before."""
    needed = {_name(body.get("tool_choice"))}
    for message in _list(body.get("messages")):
        if isinstance(message, dict):
            needed |= {_name(call) for call in _list(cast(Fields, message).get("tool_calls"))}
    return needed - {""}


def _name(tool: Any) -> str:
    """Of a tool, a call or a choice: {"type": "function", "function": {"name"}}; empty where it has none."""
    function = cast(Fields, tool).get("function") if isinstance(tool, dict) else None
    name = cast(Fields, function).get("name") if isinstance(function, dict) else None
    return name if isinstance(name, str) else ""
