"""Every call is found, admitted, checked, agreed to, made and written down, in this order."""

import asyncio
from dataclasses import replace

import pytest

from tests.triforce_daemon.toolbox.bench import OWNER, bench, token, user
from triforce_daemon.access.acting import Acting
from triforce_daemon.errors import Forbidden
from triforce_daemon.toolbox.requirement import Missing


async def test_a_call_returns_what_the_tool_returned_and_is_written_down(folder: str) -> None:
    async with bench(folder) as at:
        outcome = await at.run(OWNER, "books_find", query="e")
        assert outcome.ok and outcome.value == {"books": ["emma", "ulysses"]} and outcome.tool == "books_search"
        ((request, digest, written),) = at.written
        assert request.arguments == {"query": "e"} and len(digest) == 64 and written is outcome


async def test_every_refusal_is_an_outcome_and_is_written_down(folder: str) -> None:
    async with bench(folder) as at:
        at.ladder.lack = Missing("there is no ladder.", "Buy one.")
        outcomes = [
            await at.run(OWNER, "nothing"),
            await at.run(token("t1", "read"), "books_search", query="e"),
            await at.run(OWNER, "books_shelve", titles=[]),
            await at.run(OWNER, "books_search"),
            await at.run(OWNER, "books_burn", title="emma"),
        ]
        assert [outcome.error.code for outcome in outcomes if outcome.error] == [
            "tool_not_found",
            "forbidden",
            "tool_unavailable",
            "invalid_arguments",
            "approval_needed",
        ]
        assert len(at.written) == 5 and at.shelf.books == {"emma", "ulysses"}
        assert outcomes[2].error and outcomes[2].error.hint == "Buy one."


async def test_a_mistake_of_ours_is_an_error_without_its_details(folder: str) -> None:
    async with bench(folder) as at:
        outcome = await at.run(user(), "books_break")
        assert outcome.error and outcome.error.code == "internal_error" and "ladder broke" not in outcome.text()


async def test_a_person_agrees_at_his_own_terminal_and_a_token_does_not(folder: str) -> None:
    async with bench(folder) as at:
        refused = await at.ask(token(), "books_burn", {"title": "emma"}, approved=True)
        assert refused.error and refused.error.code == "approval_needed"
        burnt = await at.ask(user(), "books_burn", {"title": "emma"}, approved=True)
        assert burnt.ok and [change.words for change in burnt.changes] == ["burnt emma"]


async def test_a_rehearsal_needs_nobody_to_agree(folder: str) -> None:
    async with bench(folder) as at:
        outcome = await at.run(token(), "books_burn", title="emma", dry_run=True)
        assert outcome.value == {"burnt": False} and "emma" in at.shelf.books


async def test_a_model_asks_for_what_runs_code_and_is_never_at_a_terminal(folder: str) -> None:
    async with bench(folder) as at:
        acting = replace(OWNER, acting=Acting("chat/a", frozenset({"tools:exec", "tools:write"})))
        for tool, arguments in (("books_break", {}), ("books_burn", {"title": "emma"})):
            asked = await at.ask(acting, tool, arguments)
            assert asked.error and asked.error.code == "approval_needed"
            refused = await at.ask(acting, tool, arguments, asks=False)
            assert refused.error and refused.error.code == "approval_denied"
        (one, _) = (await at.approvals.all(OWNER))["items"]
        with pytest.raises(Forbidden):
            await at.approvals.answer(acting, one["id"], "granted")
        assert (await at.approvals.answer(OWNER, one["id"], "granted"))["state"] == "granted"


async def test_a_call_that_is_cancelled_is_written_down(folder: str) -> None:
    async with bench(folder) as at:
        waiting = asyncio.Event()

        async def never(*_: object, **__: object) -> None:
            waiting.set()
            await asyncio.Event().wait()

        at.approvals.require = never  # type: ignore[method-assign, assignment]
        call = asyncio.create_task(at.run(token(), "books_burn", title="emma"))
        await waiting.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert [outcome.error and outcome.error.code for _, _, outcome in at.written] == ["tool_failed"]


async def test_what_cannot_be_written_down_is_not_done(folder: str) -> None:
    async with bench(folder) as at:
        deep: object = "emma"
        for _ in range(300):
            deep = [deep]
        for value in (deep, "\ud800", 1 << 70):
            outcome = await at.run(OWNER, "books_search", query="e", more=value)
            assert outcome.error and outcome.error.code == "invalid_arguments"
        assert [digest for _, digest, _ in at.written] == ["", "", ""]
