"""How to generate, both ways."""

from typing import Any

import pytest

from triforce_daemon.dialects.canonical import OutputFormat, Request
from triforce_daemon.dialects.gemini.generation import read_generation, write_generation
from triforce_daemon.dialects.gemini.models import abilities
from triforce_daemon.dialects.losses import Losses
from triforce_daemon.errors import InvalidRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}

FULL: dict[str, Any] = {
    "maxOutputTokens": 100,
    "temperature": 0.5,
    "topP": 0.9,
    "topK": 40,
    "stopSequences": ["END"],
    "seed": 7,
    "presencePenalty": 0.1,
    "frequencyPenalty": 0.2,
    "responseMimeType": "application/json",
    "responseJsonSchema": SCHEMA,
}


def read(config: dict[str, Any]) -> tuple[Request, dict[str, Any]]:
    request = Request("m", [])
    extras: dict[str, Any] = {}
    read_generation({"generationConfig": config}, request, extras)
    return request, extras


def write(request: Request, model: str = "gemini-2.0-flash") -> tuple[dict[str, Any], list[str]]:
    losses = Losses()
    return write_generation(request, abilities(model), losses), losses.names()


def test_everything_is_read() -> None:
    request, extras = read(FULL)
    assert request == Request(
        "m",
        [],
        max_tokens=100,
        temperature=0.5,
        top_p=0.9,
        top_k=40,
        stop=["END"],
        seed=7,
        presence_penalty=0.1,
        frequency_penalty=0.2,
        output=OutputFormat(type="schema", schema=SCHEMA),
    )
    assert extras == {}


def test_everything_is_written() -> None:
    assert write(read(FULL)[0]) == (FULL, [])


def test_nothing_is_nothing() -> None:
    request = Request("m", [])
    read_generation({}, request, {})
    assert request == Request("m", [])
    assert write(request) == ({}, [])


@pytest.mark.parametrize(
    ("config", "output", "extras"),
    [
        ({"response_mime_type": "application/json"}, {"type": "json"}, {}),
        ({"responseMimeType": "text/plain"}, {"type": "text"}, {}),
        ({"responseMimeType": "text/x.enum"}, None, {"generationConfig.responseMimeType": "text/x.enum"}),
        ({"responseSchema": {"type": "OBJECT"}}, {"type": "schema", "schema": {"type": "object"}}, {}),
        ({"_responseJsonSchema": SCHEMA}, {"type": "schema", "schema": SCHEMA}, {}),
        ({"candidateCount": 1, "responseModalities": ["TEXT"]}, None, {}),
        ({"candidate_count": 2, "logprobs": None}, None, {"generationConfig.candidateCount": 2}),
    ],
)
def test_the_form_of_the_answer(config: dict[str, Any], output: Any, extras: dict[str, Any]) -> None:
    request, kept = read(config)
    assert (request.output, kept) == (output, extras)


def test_thinking_is_read_and_written() -> None:
    request, _ = read({"thinking_config": {"thinking_level": "low", "include_thoughts": True}})
    assert request.thinking == {"effort": "low", "visible": True}
    assert write(request, "gemini-3.8-flash")[0] == {
        "thinkingConfig": {"includeThoughts": True, "thinkingLevel": "LOW"}
    }
    assert write(request, "gemini-2.0-flash") == ({}, ["thinking"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("maxOutputTokens", "9"),
        ("temperature", "hot"),
        ("topK", 0.5),
        ("stopSequences", [1]),
        ("seed", []),
        ("responseMimeType", 7),
        ("responseSchema", 7),
        ("thinkingConfig", 7),
    ],
)
def test_mistakes_are_named(name: str, value: object) -> None:
    with pytest.raises(InvalidRequest, match=rf"^`generationConfig\.{name}"):
        read({name: value})


@pytest.mark.parametrize(
    ("request_", "model", "written", "lost"),
    [
        (Request("m", [], stop=list("abcdef")), "gemini-2.5-pro", {"stopSequences": list("abcde")}, ["stop"]),
        (Request("m", [], stop=["", "a"]), "gemini-2.5-pro", {"stopSequences": ["a"]}, []),
        (Request("m", [], seed=1 << 31), "gemini-2.5-pro", {}, ["seed"]),
        (Request("m", [], seed=-(1 << 31)), "gemini-2.5-pro", {"seed": -(1 << 31)}, []),
        (Request("m", [], presence_penalty=0.1, frequency_penalty=0), "gemini-2.5-pro", {}, ["presence_penalty"]),
        (
            Request("m", [], output=OutputFormat(type="json")),
            "gemini-2.5-pro",
            {"responseMimeType": "application/json"},
            [],
        ),
        (Request("m", [], output=OutputFormat(type="text")), "gemini-2.5-pro", {"responseMimeType": "text/plain"}, []),
    ],
)
def test_what_others_ask_for(request_: Request, model: str, written: dict[str, Any], lost: list[str]) -> None:
    assert write(request_, model) == (written, lost)
