"""A conversation with tools stays coherent whoever answers: each provider refuses what its own API would refuse."""

from tests.scriptable_upstream.script import Call, Text, Thinking, answer, say
from tests.triforce_daemon.gateway import SPOKEN, gateway

CALLED = answer(
    Thinking(("Hm.",), signature="c2ln"),
    Text(("Let me see.",)),
    Call("calculate", ('{"expression": "2 + 2"}',)),
    Call("calculate", ('{"expression": "3 + 3"}',)),
)


async def test_who_began_with_tools_goes_on_with_them_and_without_them_at_any_provider(folder: str) -> None:
    async with gateway(folder) as at:
        for first in SPOKEN:
            at.upstream.enqueue(CALLED)
            at.upstream.enqueue(say("4 and 6."))
            done = (await at.served.turn("2 + 2, 3 + 3?", model=f"{first}/m", tools=["calculate"]))[-1]
            assert (done["type"], done.get("message")) == ("done", "4 and 6."), (first, done)
            assert [step["ok"] for step in done["steps"]] == [True, True]
            for second in SPOKEN:
                for tools in (["calculate"], []):
                    more = {"tools": tools} if tools else {}
                    at.upstream.enqueue(say("Yes."))
                    on = (await at.served.turn("Sure?", done["session"], model=f"{second}/m", keep=False, **more))[-1]
                    assert on.get("message") == "Yes.", (first, second, tools, on)


async def test_a_model_that_is_cut_short_of_tools_is_followed_by_any_other(folder: str) -> None:
    async with gateway(folder) as at:
        at.upstream.enqueue(CALLED)
        at.upstream.enqueue(CALLED)
        failed = (await at.served.turn("?", model="claude/m", tools=["calculate"], limits={"rounds": 1}))[-1]
        assert failed["error"]["code"] == "turn_limit_reached"
        for second in SPOKEN:
            at.upstream.enqueue(say("Yes."))
            more = {"model": f"{second}/m", "tools": ["calculate"], "keep": False}
            on = (await at.served.turn("Go on", failed["session"], **more))[-1]
            assert on.get("message") == "Yes.", (second, on)
