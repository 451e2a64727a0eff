"""An approval is bound to exactly one call, used once, ends, and is never given by who asked."""

import asyncio

import pytest

from tests.triforce_daemon.toolbox.bench import OWNER, Bench, StillClock, bench, token, user
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import ApprovalNeeded, ApprovalNotFound, Conflict, Forbidden

EMMA = {"title": "emma"}


async def asked(at: Bench, caller: Caller, arguments: dict | None = None) -> str:
    outcome = await at.ask(caller, "books_burn", arguments or EMMA)
    assert isinstance(outcome.error, ApprovalNeeded)
    return outcome.error.approval


async def test_it_holds_for_exactly_this_call_and_once(folder: str) -> None:
    async with bench(folder) as at:
        approval = await asked(at, token())
        await at.approvals.answer(OWNER, approval, "granted")
        other = await at.run(token(), "books_burn", title="ulysses")
        assert other.error and other.error.code == "approval_needed"
        theirs = await at.run(token("t2"), "books_burn", title="emma")
        assert theirs.error and theirs.error.code == "approval_needed"
        assert (await at.run(token(), "books_burn", title="emma")).ok
        again = await at.run(token(), "books_burn", title="emma")
        assert again.error and again.error.code == "approval_needed"


async def test_two_calls_at_once_use_it_once(folder: str) -> None:
    async with bench(folder) as at:
        await at.approvals.answer(OWNER, await asked(at, token()), "granted")
        outcomes = await asyncio.gather(*(at.run(token(), "books_burn", title="emma") for _ in range(20)))
        passed = [outcome for outcome in outcomes if not isinstance(outcome.error, ApprovalNeeded)]
        assert len(passed) == 1


async def test_the_same_call_asks_once(folder: str) -> None:
    async with bench(folder) as at:
        assert await asked(at, token()) == await asked(at, token())
        assert len((await at.approvals.all(OWNER))["items"]) == 1


async def test_what_is_denied_stays_so_and_can_be_asked_again(folder: str) -> None:
    async with bench(folder) as at:
        approval = await asked(at, token())
        await at.approvals.answer(OWNER, approval, "denied")
        assert await asked(at, token()) != approval
        with pytest.raises(Conflict, match="denied already"):
            await at.approvals.answer(OWNER, approval, "granted")


@pytest.mark.parametrize(
    ("answerer", "words"),
    [
        (token(), "A token answers no approvals"),
        (token("t2", "admin"), "fits no approval"),
        (user("bert"), "fits no approval"),
        (user("bert", admin=True), None),
        (OWNER, None),
        (user("anna"), None),
    ],
)
async def test_who_may_answer_what_annas_program_asked(folder: str, answerer: Caller, words: str | None) -> None:
    async with bench(folder) as at:
        approval = await asked(at, token("t1", of="anna"))
        if words is None:
            assert (await at.approvals.answer(answerer, approval, "granted"))["state"] == "granted"
            return
        with pytest.raises((Forbidden, ApprovalNotFound), match=words):
            await at.approvals.answer(answerer, approval, "granted")


async def test_nobody_answers_what_he_asked_himself(folder: str) -> None:
    async with bench(folder) as at:
        for asker in (OWNER, user("anna"), user("root", admin=True)):
            approval = await asked(at, asker)
            with pytest.raises(Forbidden, match="asked for himself"):
                await at.approvals.answer(asker, approval, "granted")


async def test_it_ends(folder: str) -> None:
    clock = StillClock()
    async with bench(folder, clock) as at:
        late = await asked(at, token())
        granted = await asked(at, token("t2"))
        await at.approvals.answer(OWNER, granted, "granted")
        clock.seconds += 601
        with pytest.raises(Conflict, match="expired"):
            await at.approvals.answer(OWNER, late, "granted")
        assert await asked(at, token("t2")) != granted
        states = {item["id"]: item["state"] for item in (await at.approvals.all(OWNER))["items"]}
        assert states[late] == states[granted] == "expired"


async def test_one_that_stands_covers_other_calls_of_that_tool_until_it_ends(folder: str) -> None:
    clock = StillClock()
    async with bench(folder, clock) as at:
        approval = await asked(at, token())
        await at.approvals.answer(OWNER, approval, "granted", until=clock.now_ms() + 3_600_000)
        clock.seconds += 1_800
        assert (await at.run(token(), "books_burn", title="ulysses")).ok
        assert (await at.run(token(), "books_burn", title="emma")).ok
        clock.seconds += 1_801
        await asked(at, token())


async def test_what_was_granted_can_be_taken_back(folder: str) -> None:
    async with bench(folder) as at:
        approval = await asked(at, token())
        await at.approvals.answer(OWNER, approval, "granted")
        assert (await at.approvals.revoke(OWNER, approval[:4]))["state"] == "revoked"
        await asked(at, token())
        with pytest.raises(Conflict):
            await at.approvals.revoke(OWNER, approval)


async def test_who_waits_hears_of_the_answer(folder: str) -> None:
    async with bench(folder) as at:
        approval = await asked(at, token())
        waiting = asyncio.create_task(at.approvals.wait(token(), approval, 10))
        await asyncio.sleep(0)
        await at.approvals.answer(OWNER, approval, "granted")
        assert (await waiting)["state"] == "granted"
        other = await asked(at, token("t2"))
        assert (await at.approvals.wait(token("t2"), other, 0.01))["state"] == "pending"


async def test_who_asks_without_end_neither_fills_the_queue_nor_hides_the_others(folder: str) -> None:
    async with bench(folder) as at:
        theirs = await asked(at, token("t2"))
        for number in range(100):
            await asked(at, token(), {"title": f"book {number}"})
        refused = await at.run(token(), "books_burn", title="one more")
        assert refused.error and refused.error.code == "conflict"
        assert await asked(at, token(), {"title": "book 7"})
        await asked(at, token("t2"), {"title": "ulysses"})
        shown = [one["id"] for one in (await at.approvals.all(OWNER, state="pending"))["items"]]
        assert len(shown) == 102 and theirs in shown


async def test_what_is_left_out_of_long_arguments_is_said_before_them(folder: str) -> None:
    async with bench(folder) as at:
        approval = await asked(at, token(), {"title": "x" * 9_000})
        shown = (await at.approvals.get(OWNER, approval))["arguments"]
        assert shown.startswith("[1,012 more characters") and shown.endswith("xxx")
