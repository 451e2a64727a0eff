"""Conversations, both ways; calls and results find each other."""

from typing import Any

import orjson
import pytest
from hypothesis import given

from tests.triforce_daemon.dialects.canonical_values import conversations, messages_by_value
from triforce_daemon.dialects.canonical import Message, Part
from triforce_daemon.dialects.gemini.contents import UNSIGNED, read_contents, write_contents
from triforce_daemon.dialects.gemini.models import abilities
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

OLD, NEW = abilities("gemini-2.5-flash"), abilities("gemini-3.8-flash")


def call(name: str, id: str | None = None, **arguments: Any) -> dict[str, Any]:
    value = {"name": name, "args": arguments}
    return {"functionCall": value if id is None else {"id": id, **value}}


def result(name: str, said: str, id: str | None = None) -> dict[str, Any]:
    value = {"name": name, "response": {"output": said}}
    return {"functionResponse": value if id is None else {"id": id, **value}}


def found(*contents: dict[str, Any]) -> list[Any]:
    """Calls and results of a conversation, by id."""
    messages = read_contents({"contents": list(contents)})
    parts: list[Any] = [part for message in messages for part in message["parts"]]
    return [(part["type"], part["id"], part["name"]) for part in parts if part["type"] in ("tool_call", "tool_result")]


BODY: dict[str, Any] = {
    "contents": [
        {"role": "user", "parts": [{"text": "Weather in Rome?"}]},
        {"role": "model", "parts": [{"text": "I look."}, call("weather", "c1", city="Rome")]},
        {"role": "user", "parts": [result("weather", "sunny", "c1")]},
        {"role": "user", "parts": [{"text": "And?"}]},
        {"role": "model", "parts": [{"text": "Sunny."}]},
    ],
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
}


def test_a_conversation_is_read() -> None:
    assert [(message["role"], len(message["parts"])) for message in read_contents(BODY)] == [
        ("system", 1),
        ("user", 1),
        ("assistant", 2),
        ("tool", 1),
        ("user", 1),
        ("assistant", 1),
    ]


def test_a_conversation_is_written() -> None:
    losses = Losses()
    assert write_contents(read_contents(BODY), OLD, losses) == BODY
    assert losses.names() == []


def test_calls_and_results_without_ids_find_each_other_by_name_and_order() -> None:
    model = {"role": "model", "parts": [call("a"), call("b"), call("a")]}
    user = {"role": "user", "parts": [result("a", "1"), result("a", "2"), result("b", "3")]}
    first, again = ("call_0_0", "call_0_1", "call_0_2"), ("call_2_0", "call_2_1", "call_2_2")
    assert found(model, user, model, user) == [
        *(("tool_call", id, name) for id, name in zip(first, "aba", strict=True)),
        ("tool_result", first[0], "a"),
        ("tool_result", first[2], "a"),
        ("tool_result", first[1], "b"),
        *(("tool_call", id, name) for id, name in zip(again, "aba", strict=True)),
        ("tool_result", again[0], "a"),
        ("tool_result", again[2], "a"),
        ("tool_result", again[1], "b"),
    ]


@pytest.mark.parametrize(
    ("asked", "answered", "id"),
    [
        ([call("a", "x"), call("a", "y")], result("a", "1", "y"), "y"),
        ([call("a")], result("a", "1", "given later"), "call_0_0"),
        ([call("a", "x")], result("a", "1"), "x"),
        ([call("a", "x")], result("other", "1"), "x"),
        ([call("a", "x")], result("other", "1", "z"), "z"),
        ([], result("a", "1"), "call_1_0"),
        ([], result("a", "1", "z"), "z"),
    ],
)
def test_which_call_a_result_belongs_to(asked: list[Any], answered: dict[str, Any], id: str) -> None:
    *_, last = found({"role": "model", "parts": asked or [{"text": "a"}]}, {"parts": [answered]})
    assert last[1] == id


def test_the_role_of_functions_is_understood() -> None:
    roles = [
        message["role"] for message in read_contents({"contents": [{"role": "function", "parts": [result("a", "b")]}]})
    ]
    assert roles == ["tool"]


@given(conversations("gemini"))
def test_what_is_written_is_read_again(messages: list[Message]) -> None:
    losses = Losses()
    body = write_contents(messages, OLD, losses)
    assert losses.names() == []
    assert messages_by_value(read_contents(orjson.loads(orjson.dumps(body)))) == messages_by_value(messages)


def says(role: Any, *parts: Any) -> Message:
    return Message(role=role, parts=list(parts))


def text(said: str) -> Part:
    return {"type": "text", "text": said}


def asks(id: str, **more: Any) -> Part:
    part: Any = {"type": "tool_call", "id": id, "name": "f", "arguments": "{}", **more}
    return part


def answers(id: str, *more: Any, name: str | None = None) -> Part:
    part: Any = {"type": "tool_result", "id": id, "name": name, "content": [text("ok"), *more], "failed": False}
    return part


def test_the_name_of_a_result_is_that_of_its_call() -> None:
    body = write_contents([says("assistant", asks("c1")), says("tool", answers("c1"))], OLD, Losses())
    assert body["contents"][1]["parts"][0]["functionResponse"]["name"] == "f"


def test_results_of_calls_made_together_stand_together() -> None:
    messages = [
        says("tool", answers("a")),
        says("tool", answers("b")),
        says("user", text("x")),
        says("tool", answers("c")),
    ]
    assert [len(content["parts"]) for content in write_contents(messages, OLD, Losses())["contents"]] == [2, 1, 1]


def test_pictures_in_results() -> None:
    picture = {"type": "image", "media_type": "image/png", "data": "eA==", "url": None}
    messages = [says("tool", answers("a", picture), answers("b"))]
    inline = {"inlineData": {"mimeType": "image/png", "data": "eA=="}}
    [old] = write_contents(messages, OLD, Losses())["contents"]
    assert [next(iter(part)) for part in old["parts"]] == ["functionResponse", "functionResponse", "inlineData"]
    [new] = write_contents(messages, NEW, Losses())["contents"]
    assert new["parts"][0]["functionResponse"]["parts"] == [inline]
    assert len(new["parts"]) == 2


def test_calls_of_other_models_are_let_in() -> None:
    messages = [
        says("user", text("1")),
        says("assistant", asks("old")),
        says("tool", answers("old")),
        says("user", text("2")),
        says("assistant", text("hm"), asks("a"), asks("b")),
        says("tool", answers("a"), answers("b")),
        says("assistant", asks("c", signature="own")),
        says("tool", answers("c")),
    ]

    def signatures(model: Any) -> list[str | None]:
        contents = write_contents(messages, model, Losses())["contents"]
        parts = [part for content in contents for part in content["parts"] if "functionCall" in part]
        return [part.get("thoughtSignature") for part in parts]

    assert signatures(NEW) == [None, UNSIGNED, None, "own"], "the first of each step of the current turn"
    assert signatures(OLD) == [None, None, None, "own"]


def test_instructions_on_the_way_join_the_first() -> None:
    messages = [says("system", text("A")), says("user", text("1")), says("system", text("B"))]
    body = write_contents(messages, OLD, Losses())
    assert body["systemInstruction"] == {"parts": [{"text": "A"}, {"text": "B"}]}
    assert len(body["contents"]) == 1


def test_a_message_without_content_is_left_out() -> None:
    assert len(write_contents([says("user", text("1")), says("assistant")], OLD, Losses())["contents"]) == 1


MISTAKES: list[tuple[dict[str, Any], str]] = [
    ({}, "contents"),
    ({"contents": []}, "contents"),
    ({"contents": {}}, "contents"),
    ({"contents": ["hi"]}, r"contents\[0\]"),
    ({"contents": [{"role": "assistant"}]}, r"contents\[0\].role"),
    ({"contents": [{"parts": "hi"}]}, r"contents\[0\].parts"),
    ({"contents": [{"parts": ["hi"]}]}, r"contents\[0\].parts\[0\]"),
    ({"contents": [{"parts": [{"text": 7}]}]}, r"contents\[0\].parts\[0\].text"),
    ({"systemInstruction": "Be brief.", "contents": [{}]}, "systemInstruction"),
    ({"systemInstruction": {"parts": [{"text": 7}]}, "contents": [{}]}, r"systemInstruction.parts\[0\].text"),
]


@pytest.mark.parametrize(("body", "place"), MISTAKES)
def test_mistakes_are_named(body: dict[str, Any], place: str) -> None:
    with pytest.raises(InvalidRequest, match=f"^`{place}`"):
        read_contents(body)
