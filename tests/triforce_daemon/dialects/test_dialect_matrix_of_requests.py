"""A request that comes by one dialect and goes on by another asks for the same, or says what it lost."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.triforce_daemon.dialects.canonical_values import by_value, conversations, tools
from tests.triforce_daemon.dialects.expressible import LIMITS
from tests.triforce_daemon.dialects.pairs import DIALECTS, few, pairs, through
from triforce_daemon.dialects.canonical import DialectName, Message, OutputFormat, Request, Thinking, Tool, ToolChoice
from triforce_daemon.dialects.effort import effort_of

#: Where a model's name decides what may be asked of it, one that may be asked much.
MODELS: dict[DialectName, str] = {"anthropic": "claude-sonnet-4-5", "gemini": "gemini-2.5-pro"}

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"a": {"type": "string"}},
    "required": ["a"],
    "additionalProperties": False,
}
CHOICES: list[ToolChoice] = [{"mode": "auto"}, {"mode": "none"}, {"mode": "required"}]
FORMS: list[OutputFormat | None] = [None, {"type": "json"}, {"type": "schema", "schema": SCHEMA}]
THOUGHTS: list[Thinking | None] = [
    None,
    {"effort": "none"},
    {"effort": "low"},
    {"effort": "high", "visible": True},
    {"budget": 9_000},
]


@st.composite
def requests(draw: st.DrawFn, origin: DialectName) -> Request:
    """What a client of this dialect may ask: all that there is a word for."""
    known: list[Tool] = draw(tools())
    request = Request(
        "some-model",
        draw(conversations(origin)),
        tools=known if draw(st.booleans()) else [],
        max_tokens=draw(st.integers(20_000, 30_000)),
        temperature=draw(st.none() | st.sampled_from([0, 0.5, 1])),
        top_p=draw(st.none() | st.sampled_from([0.5, 0.9])),
        top_k=draw(st.none() | st.integers(1, 50)),
        stop=draw(st.lists(st.sampled_from(["END", "STOP"]), max_size=2, unique=True)),
        seed=draw(st.none() | st.integers(0, 9)),
        presence_penalty=draw(st.none() | st.sampled_from([0.5])),
        frequency_penalty=draw(st.none() | st.sampled_from([0.5])),
        user=draw(st.none() | st.just("ann")),
    )
    if request.tools:
        one: ToolChoice = {"mode": "one", "name": known[0]["name"]}
        request.tool_choice = draw(st.sampled_from([None, *CHOICES, one]))
        if request.tool_choice is not None:
            request.parallel_tool_calls = draw(st.none() | st.booleans())
    request.output = draw(st.sampled_from(FORMS))
    request.thinking = draw(st.sampled_from(THOUGHTS))
    return request


#: A field of the vocabulary, and how its name begins where it is said to be lost, if not by itself.
FIELDS = {
    "max_tokens": "max",
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "stop": "stop",
    "seed": "seed",
    "presence_penalty": "presence_penalty",
    "frequency_penalty": "frequency_penalty",
    "user": "user",
    "parallel_tool_calls": "parallel_tool_calls",
}


#: Holds where nothing is said.
PARALLEL = ("parallel_tool_calls", True)


@pairs
@few
@given(data=st.data())
def test_requests(client: DialectName, upstream: DialectName, data: st.DataObject) -> None:
    front, behind = DIALECTS[client], DIALECTS[upstream]
    body = through(front.write_request(data.draw(requests(client))).body)
    asked = front.read_request(body, model=MODELS.get(upstream, "some-model"), stream=False)
    sent = behind.write_request(asked)
    found = behind.read_request(through(sent.body), model=asked.model, stream=False)
    if asked.tool_choice == {"mode": "none"}:
        asked.parallel_tool_calls = None
    for field, name in FIELDS.items():
        meant, said = getattr(asked, field), getattr(found, field)
        silent = f"{field}: {meant} became {said} in silence"
        assert meant in (None, [], said) or lost(sent.dropped, name) or (field, meant) == PARALLEL, silent
    assert retold(found.messages, upstream) == retold(thought_by(asked.messages, upstream), upstream)
    check_tools(asked, found, sent.dropped)
    check_forms(asked, found, sent.dropped)


def lost(dropped: list[str], name: str) -> bool:
    return any(one.startswith(name) for one in dropped)


def check_tools(asked: Request, found: Request, dropped: list[str]) -> None:
    chosen = asked.tool_choice
    if chosen is not None and chosen["mode"] == "none" and not found.tools:
        return
    # Where a dialect names the one by leaving the others out, they are gone when it is read.
    wanted = [tool for tool in asked.tools if chosen is None or chosen.get("name", tool["name"]) == tool["name"]]
    if len(found.tools) != len(wanted):
        wanted = asked.tools
    assert [tool["name"] for tool in found.tools] == [tool["name"] for tool in wanted]
    for meant, said in zip(wanted, found.tools, strict=True):
        assert (said["description"], said["schema"]) == (meant["description"], meant["schema"]) or lost(
            dropped, "tools"
        )
    plain = chosen is None or chosen["mode"] == "auto"
    assert (
        found.tool_choice == chosen
        or (plain and found.tool_choice in (None, {"mode": "auto"}))
        or lost(dropped, "tool_choice")
    )


def check_forms(asked: Request, found: Request, dropped: list[str]) -> None:
    if asked.output is not None:
        said = found.output or {"type": "text"}
        same = (said["type"], said.get("schema")) == (asked.output["type"], asked.output.get("schema"))
        assert same or lost(dropped, "output")
    if asked.thinking is not None:
        said = effort_of(found.thinking) if found.thinking else None
        assert said == effort_of(asked.thinking) or lost(dropped, "thinking")


def thought_by(messages: list[Message], upstream: DialectName) -> list[Message]:
    """Without thoughts that are not the upstream's own, or not as it wants them back."""
    signed = LIMITS[upstream].signatures

    def kept(part: Any) -> bool:
        return part["type"] != "thinking" or (part["origin"] == upstream and bool(part["signature"]) is signed)

    return [Message(role=one["role"], parts=[part for part in one["parts"] if kept(part)]) for one in messages]


def retold(messages: list[Message], upstream: DialectName) -> list[Any]:
    """The conversation as runs of one role: their words, and their other parts in order."""
    runs: list[tuple[str, list[str], list[Any]]] = []
    for message in messages:
        for part in message["parts"]:
            role = "user" if message["role"] == "user" else message["role"]
            if not runs or runs[-1][0] != role:
                runs.append((role, [], []))
            if part["type"] == "text":
                runs[-1][1].append(part["text"])
            else:
                runs[-1][2].append(_comparable(part))
    return [(role, "".join("".join(words).split()), others) for role, words, others in runs]


def _comparable(part: Any) -> Any:
    one = {name: value for name, value in part.items() if name not in ("extras", "id", "redacted")}
    if part["type"] == "tool_call":
        one.pop("signature", None)
        return {**by_value(one), "id": part["id"]}
    if part["type"] == "tool_result":
        words = "".join(piece["text"] for piece in part["content"])
        return {"id": part["id"], "name": part["name"], "failed": part["failed"], "words": "".join(words.split())}
    return one
