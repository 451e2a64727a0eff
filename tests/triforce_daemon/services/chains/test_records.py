"""Chains as they are told."""

from typing import Any, cast

from triforce_daemon.services.chains.records import chain_of
from triforce_daemon.stores.chains import ChainRow, CycleRow

ROW = ChainRow(
    id="c", account="anna", owner="anna", project=None, prompt="p", lead="m", profile="search", aggressive=0,
    max_cycles=3, status="running", job="j", error=None, daemon="d", created=0, updated=1,
)  # fmt: skip


def cycle(**more: Any) -> CycleRow:
    row = CycleRow(
        chain="c", number=1, request="r", report="seen", next="", done=0, steps="[]", tokens_in=3, tokens_out=2,
        estimated=0, cost="0.10", started=0, finished=1,
    )  # fmt: skip
    return cast(CycleRow, {**row, **more})


def test_what_was_used_adds_up_and_an_unknown_price_is_unknown() -> None:
    chain = chain_of(ROW, [cycle(), cycle(estimated=1)], cycles=False)
    assert chain["tokens"] == {"input_tokens": 6, "output_tokens": 4, "estimated": True}
    assert chain["cost"] == "0.2" and chain_of(ROW, [cycle(), cycle(cost=None)], cycles=False)["cost"] is None
    assert chain_of(ROW, [], cycles=True)["cost"] == "0"


def test_the_last_report_is_its_output_once_it_has_ended() -> None:
    assert chain_of(ROW, [cycle()], cycles=False)["final_output"] is None
    ended = chain_of({**ROW, "status": "done", "error": '{"code": "x"}'}, [cycle()], cycles=True)
    assert ended["final_output"] == "seen" and ended["error"] == {"code": "x"}
    assert [one["receipt"] for one in ended.get("cycles", [])] == ["r"]
