"""Workflows: what there is, what each needs, and what its steps come to."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scriptable_upstream.script import call, say
from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from triforce_daemon.errors import InvalidArguments
from triforce_daemon.services.workflows import built_in, check, variables_of


def test_the_built_in_ones_need_what_their_titles_promise() -> None:
    wanted = {name: variables_of(one.steps) for name, one in built_in()}
    assert wanted == {
        "polish": ["task"],
        "summarize": ["text", "sentences"],
        "translate": ["language", "text"],
        "decide": ["question", "context"],
        "plan": ["task"],
    }
    assert all(one.title for _, one in built_in())


def test_only_earlier_steps_fill_a_gap() -> None:
    assert variables_of(["{{previous}} {{step1}}", "{{step1}} {{previous}} {{step2}}"]) == [
        "previous",
        "step1",
        "step2",
    ]


@given(st.lists(st.text(max_size=20), max_size=4))
def test_whatever_stands_in_a_step_its_gaps_are_found(steps: list[str]) -> None:
    assert all(f"{name}" in "".join(steps) for name in variables_of(steps))


@pytest.mark.parametrize("given", [{}, {"a": 1, "b": 2, "c": 3}, {"a": "x" * 1_000_001, "b": 1}])
def test_variables_that_do_not_fit_are_refused(given: dict[str, Any]) -> None:
    with pytest.raises(InvalidArguments):
        check("w", ["a", "b"], given)


async def test_each_step_knows_what_the_earlier_ones_came_to(served: ServedDaemon) -> None:
    for text in ("Draft", "Too {{short}}", "Better"):
        served.upstream.enqueue(say(text))
    await served.call("PUT", "/v1/registry/default", json={"model": "scripted/small"})
    result = await run(served, "workflows_create", template="polish", variables={"task": "a haiku"}, wait=True)
    assert result["value"]["outputs"] == {"step1": "Draft", "step2": "Too {{short}}", "step3": "Better"}
    last = served.upstream.records.last.json["messages"][0]["content"]
    assert "Draft" in last and "Too {{short}}" in last
    listed = (await run(served, "workflows_list"))["value"]
    assert [(one["template"], one["status"]) for one in listed["instances"]] == [("polish", "done")]
    for arguments, code in (
        ({"template": "polsh"}, "not_found"),
        ({"template": "polish"}, "invalid_arguments"),
    ):
        assert (await run(served, "workflows_create", **arguments))["error"]["code"] == code


async def test_ones_own_may_call_tools(folder: str) -> None:
    own = {
        "workflows__sum__steps": '["How much is {{what}}?"]',
        "workflows__sum__model": "scripted/small",
        "workflows__sum__toolset": "utilities",
    }
    async with serve(folder, **own) as served:
        served.upstream.enqueue(call("calculate", '{"expression": "2 + 2"}'))
        served.upstream.enqueue(say("4"))
        ran = (await run(served, "workflows_create", template="sum", variables={"what": "2 + 2"}, wait=True))["value"]
        assert ran["outputs"] == {"step1": "4"}
        job = (await run(served, "job_get", job_id=ran["workflow_id"]))["value"]
        assert job["kind"] == "workflow" and any("calculate" in line for line in job["log"])
        (template,) = [one for one in (await run(served, "workflows_list"))["value"]["templates"] if one["own"]]
        assert (template["id"], template["variables"]) == ("sum", ["what"])
