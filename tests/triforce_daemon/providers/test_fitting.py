"""Bodies made to fit: what strict providers refuse is gone and named, everything else is as it was."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.accepted_fields import ASSISTANT, CHAT, OPENAI_CHAT
from triforce_daemon.errors import InvalidRequest
from triforce_daemon.providers.catalog import catalog, row_of
from triforce_daemon.providers.fitting import fitting
from triforce_daemon.settings import Provider

STRICT = ["groq", "cerebras", "mistral"]


def fit(name: str, body: dict[str, Any], model: str = "m") -> tuple[dict[str, Any], list[str]]:
    before = copy.deepcopy(body)
    fitted = fitting(catalog()[name], model)
    assert fitted is not None
    result = fitted(body)
    assert body == before, "the caller's own body must stay as it is"
    return result


def tool(name: object) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "parameters": {}}}


def call(name: str, id: object = "c1") -> dict[str, Any]:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": "{}"}}


@pytest.mark.parametrize("name", ["gemini", "anthropic", "ollama", "cloudflare"])
def test_who_takes_everything_gets_everything(name: str) -> None:
    assert fitting(catalog()[name], "m") is None


def test_a_model_decides_where_only_some_have_a_limit() -> None:
    row = catalog()["openrouter"]
    assert fitting(row, "anthropic/claude") is None
    assert fitting(row, "openai/gpt-4o") is not None


@pytest.mark.parametrize("name", STRICT)
def test_nothing_is_left_of_openais_fields_that_the_provider_refuses(name: str) -> None:
    body = {field: "x" for field in OPENAI_CHAT if field not in ("messages", "functions")}
    said = {"content": "x", "name": "n", "refusal": "r", "audio": {"id": "a"}, "annotations": [1]}
    message = {"role": "assistant", "reasoning_content": "t", "function_call": {"name": "f"}, **said}
    fitted, dropped = fit(name, {**body, "messages": [message]})
    assert not set(fitted) - CHAT[name]
    assert not set(fitted["messages"][0]) - ASSISTANT[name]
    gone = set(body) - set(fitted) - set(catalog()[name].renames)
    assert set(dropped) == {
        *(gone - {"stream_options"}),
        *(entry for entry in dropped if entry.startswith("messages.")),
    }
    assert "messages.refusal" in dropped


@pytest.mark.parametrize("name", STRICT)
def test_what_says_nothing_goes_without_a_word(name: str) -> None:
    silent = dict.fromkeys(catalog()[name].refuses)
    message = {"role": "assistant", "content": "x", "refusal": None, "annotations": [], "audio": None}
    fitted, dropped = fit(name, {"model": "m", **silent, "store": False, "messages": [message]})
    assert dropped == []
    assert fitted["messages"] == [{"role": "assistant", "content": "x", **catalog()[name].messages.begun}]


def test_an_answer_that_is_to_be_gone_on_with_is_called_one() -> None:
    begun = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "Hel"}]
    assert fit("mistral", {"messages": begun})[0]["messages"] == [begun[0], {**begun[1], "prefix": True}]
    asked = [*begun, {"role": "user", "content": "go on"}]
    assert fit("mistral", {"messages": asked})[0]["messages"] == asked


@pytest.mark.parametrize("name", STRICT)
def test_what_it_takes_stays(name: str) -> None:
    body = {"model": "m", "temperature": 0, "stream": True, "stop": ["x"], "tools": [tool("f")], "unknown": {"a": 1}}
    assert fit(name, body) == (body, [])


def test_fields_have_the_names_that_the_provider_knows() -> None:
    fitted, dropped = fit("mistral", {"seed": 7, "max_completion_tokens": 5, "messages": []})
    assert (fitted, dropped) == ({"random_seed": 7, "max_tokens": 5, "messages": []}, [])
    fitted, _ = fit("mistral", {"max_tokens": 3, "max_completion_tokens": 5})
    assert fitted == {"max_tokens": 3}
    fitted, _ = fit("groq", {"messages": [{"role": "assistant", "content": "x", "reasoning_content": "t"}]})
    assert fitted["messages"] == [{"role": "assistant", "content": "x", "reasoning": "t"}]
    fitted, _ = fit("mistral", {"messages": [{"role": "developer", "content": "x"}]})
    assert fitted["messages"] == [{"role": "system", "content": "x"}]


def test_ids_of_calls_and_results_stay_together() -> None:
    messages = [
        {"role": "assistant", "tool_calls": [call("f", "call_abc"), call("g", "AAAAAAAA1")]},
        {"role": "tool", "tool_call_id": "call_abc", "content": "1"},
        {"role": "tool", "tool_call_id": "AAAAAAAA1", "content": "2"},
    ]
    asked, one, two = fit("mistral", {"messages": messages})[0]["messages"]
    first, second = (each["id"] for each in asked["tool_calls"])
    assert (one["tool_call_id"], two["tool_call_id"]) == (first, second)
    assert first != "call_abc"
    assert second == "AAAAAAAA1"


def test_tools_over_the_cap_are_left_out_from_behind_and_counted() -> None:
    fitted, dropped = fit("groq", {"tools": [tool(f"t{n}") for n in range(134)]})
    assert [each["function"]["name"] for each in fitted["tools"]] == [f"t{n}" for n in range(128)]
    assert dropped == ["tools (6 of 134)"]
    assert fit("groq", {"tools": [tool(f"t{n}") for n in range(128)]})[1] == []


def test_tools_that_the_request_needs_stay() -> None:
    body = {
        "tools": [tool(f"t{n}") for n in range(134)],
        "tool_choice": {"type": "function", "function": {"name": "t133"}},
        "messages": [{"role": "assistant", "tool_calls": [call("t130")]}],
    }
    names = [each["function"]["name"] for each in fit("groq", body)[0]["tools"]]
    assert names == [*(f"t{n}" for n in range(126)), "t130", "t133"]


def test_more_needed_tools_than_the_provider_takes_are_an_error_of_ours() -> None:
    calls = [call(f"t{n}", f"c{n}") for n in range(129)]
    body = {"tools": [tool(f"t{n}") for n in range(130)], "messages": [{"role": "assistant", "tool_calls": calls}]}
    with pytest.raises(InvalidRequest) as raised:
        fit("groq", body)
    assert raised.value.message == "Groq takes at most 128 tools in one request; this one needs 129 of its 130."


def test_functions_are_refused_where_nothing_would_be_left_of_them() -> None:
    for name in ("cerebras", "mistral"):
        with pytest.raises(InvalidRequest, match="knows no `functions`"):
            fit(name, {"functions": [{"name": "f"}]})
    assert fit("groq", {"functions": [{"name": "f"}]}) == ({"functions": [{"name": "f"}]}, [])


def test_the_cap_is_a_setting() -> None:
    fitted = fitting(row_of("mistral", Provider(max_tools=1), {}), "m")
    assert fitted is not None
    assert fitted({"tools": [tool("a"), tool("b")]}) == ({"tools": [tool("a")]}, ["tools (1 of 2)"])


@pytest.mark.parametrize("url", ["https://api.openai.com/v1", "https://API.openai.com/v1/"])
def test_openai_itself_is_known_by_its_address(url: str) -> None:
    fitted = fitting(row_of("mine", Provider(base_url=url), {}), "gpt-5")
    assert fitted is not None
    assert fitted({"max_tokens": 5, "model": "gpt-5"}) == ({"max_completion_tokens": 5, "model": "gpt-5"}, [])
    assert fitted({"tools": [tool(f"t{n}") for n in range(129)]})[1] == ["tools (1 of 129)"]
    assert fitting(row_of("mine", Provider(base_url="https://api.openai.com.example/v1"), {}), "gpt-5") is None


anything = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["messages", "tools", "tool_calls", "function", "name", "id", "role", "tool_call_id", "seed", "store", "user"]
    ), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["messages", "tools", "tool_choice", "seed", "store"]), anything, max_size=4))
def test_any_body_is_fitted_or_refused_in_words(body: dict[str, Any]) -> None:
    for name in STRICT:
        fit(name, body)
