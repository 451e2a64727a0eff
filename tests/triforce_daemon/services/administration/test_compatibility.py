"""Whether the providers take the tools: by their dialects' rules, and by how many they take."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated, Any

import pytest
from typing_extensions import TypedDict

from tests.scriptable_upstream.fixtures import upstream
from tests.scriptable_upstream.upstream import Upstream
from tests.triforce_daemon.remotes import remotes
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.tools.admin.test_looking import over_http, value
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.declaration import tool
from triforce_daemon.toolbox.entry import bind

__all__ = ["upstream"]


class Nothing(TypedDict):
    pass


@tool(tier="guest", effect="read", keywords=("odd",))
async def odd(things: Annotated[list[Any], "of any kind"], word: Annotated[str, "a word"] = "") -> Nothing:
    """Do nothing."""
    return Nothing()


@pytest.fixture
async def served(folder: str, upstream: Upstream) -> AsyncIterator[ServedDaemon]:
    """With a provider of each dialect."""
    others = remotes(upstream, "groq", "gemini", "anthropic", "ollama", "openrouter")
    async with serve(folder, others) as daemon:
        yield daemon


def add(served: ServedDaemon, *names: str) -> None:
    """Tools of these names, as a mounted server might have them."""
    for name in names:
        entry = bind(odd, {}.__getitem__)
        served.parts.get(Catalog).add(replace(entry, name=name, server="far"))


async def reports(served: ServedDaemon, **asked: object) -> dict[str, dict[str, Any]]:
    return {one["provider"]: one for one in (await value(served, "check_compatibility", **asked))["providers"]}


async def test_the_daemons_own_tools_are_taken_by_everybody(served: ServedDaemon) -> None:
    told = await reports(served)
    assert {"scripted", "gemini", "anthropic", "groq", "ollama"} <= told.keys()
    assert [(one["provider"], one["problems"]) for one in told.values() if not one["ok"]] == []


async def test_one_tool_is_told_with_all_that_there_is_to_say(served: ServedDaemon) -> None:
    told = await reports(served, tool="list_models")
    assert {one["severity"] for one in told["ollama"]["problems"]} == {"loose"}
    assert {one["severity"] for one in told["groq"]["problems"]} == {"strict"}
    assert all(one["tool"] == "models" and one["problem"] for one in told["groq"]["problems"])
    assert list(await reports(served, tool="models", provider="gemini")) == ["gemini"]


async def test_a_foreign_name_is_refused_where_it_is_too_long(served: ServedDaemon) -> None:
    add(served, "server__" + "x" * 60)
    told = await reports(served)
    assert not told["groq"]["ok"] and not told["gemini"]["ok"] and told["anthropic"]["ok"] and told["ollama"]["ok"]
    assert [one["tool"] for one in told["groq"]["problems"]] == ["server__" + "x" * 60]


async def test_more_tools_than_a_provider_gets_are_told(served: ServedDaemon) -> None:
    add(served, *(f"far_{number}" for number in range(128)))
    told = await reports(served)
    for provider, words in (("groq", "it gets 128 "), ("openrouter", "models of openai/ get 128 ")):
        (problem,) = told[provider]["problems"]
        assert problem["severity"] == "dropped" and words in problem["problem"] and not told[provider]["ok"]
    assert told["gemini"]["ok"]


async def test_each_caller_hears_of_what_he_may_call(served: ServedDaemon) -> None:
    anna = (await served.user("anna"))["access_token"]
    told = (await over_http(served, "check_compatibility", anna))["value"]["providers"]
    assert all(one["ok"] for one in told)
    assert (await run(served, "check_compatibility", provider="nobody"))["error"]["code"] == "not_found"
    assert (await run(served, "check_compatibility", tool="nothing_like_it"))["error"]["code"] == "tool_not_found"
