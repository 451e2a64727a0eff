import pytest

from triforce_daemon.dialects.canonical import Message, Request, Tool
from triforce_daemon.providers.listed import Listed
from triforce_daemon.services.routing.needs import Needs

IMAGE = {"type": "image", "media_type": "image/png", "data": "eA==", "url": None}
TEXT = {"type": "text", "text": "hi"}
SHOWN = {"type": "tool_result", "id": "1", "name": None, "content": [IMAGE], "failed": False}


def asked(*parts: dict, **more: object) -> Request:
    return Request(model="m", messages=[Message(role="user", parts=list(parts))], **more)


@pytest.mark.parametrize(
    ("request_", "abilities"),
    [
        (asked(TEXT), {"chat"}),
        (asked(TEXT, IMAGE), {"chat", "vision"}),
        (asked(SHOWN), {"chat", "vision"}),
        (asked(TEXT, tools=[Tool(name="t", description=None, schema={})]), {"chat", "tools"}),
        (asked(TEXT, output={"type": "schema", "schema": {}}), {"chat", "json_schema"}),
        (asked(TEXT, output={"type": "json"}), {"chat"}),
    ],
)
def test_a_request_tells_what_it_needs(request_: Request, abilities: set[str]) -> None:
    assert Needs.of(request_, 400) == Needs(frozenset(abilities), 100)


def test_what_is_lacking_is_named() -> None:
    needs = Needs(frozenset({"chat", "tools", "vision"}), 10)
    assert needs.refusal(Listed("m", abilities=("chat",))) == "it lacks tools and vision"
    assert needs.refusal(Listed("m", abilities=("chat", "tools", "vision"))) is None


def test_prompt_and_answer_have_to_fit_together() -> None:
    listed = Listed("m", abilities=("chat",), context=1_000)
    assert Needs(frozenset({"chat"}), 600, 400).refusal(listed) is None
    assert Needs(frozenset({"chat"}), 600, 401).refusal(listed) == "about 1,001 tokens do not fit its context of 1,000"


def test_of_who_is_unknown_nothing_is_said() -> None:
    assert Needs(frozenset({"chat", "vision"}), 1 << 30).refusal(None) is None
