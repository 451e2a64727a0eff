"""What a turn knows of itself while it is answered."""

from typing import Any, cast

from triforce_daemon.runtime.clock import Clock
from triforce_daemon.services.outbox import Outbox
from triforce_daemon.services.running_turn import RunningTurn
from triforce_daemon.services.turn_records import Opened


def running() -> RunningTurn:
    return RunningTurn(cast(Opened, type("O", (), {"session": {"id": "s"}})()), Outbox(), Clock())


def test_what_was_said_before_a_call_is_no_answer() -> None:
    turn = running()
    turn.take({"type": "text", "index": 0, "text": "Let me see."})
    turn.take({"type": "finished", "reason": "tool_calls"})
    turn.begin()
    turn.take({"type": "text", "index": 0, "text": "4"})
    assert (turn.text, turn.finish_reason) == (["4"], None) and turn.first_token_ms is not None


def test_a_call_is_one_only_where_tools_were_offered() -> None:
    turn = running()
    call: Any = {"type": "tool_call", "index": 0, "id": "a", "name": "calculate"}
    turn.take(call)
    assert not turn.calls_tools and turn.steps == []
    assert turn.used(None) == ({"input_tokens": 0, "output_tokens": 0, "estimated": False}, None)
