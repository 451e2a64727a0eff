"""What is heard of a model in the background."""

from typing import Any, cast

from triforce_daemon.services.chains.heard import Heard, JobLog
from triforce_daemon.services.job_run import JobRun
from triforce_daemon.stores.jobs import JobRow


async def test_what_was_said_before_a_call_is_forgotten() -> None:
    heard = Heard()
    heard.take({"type": "text", "index": 0, "text": "Let me see."})
    heard.begin()
    heard.take({"type": "refusal", "index": 0, "text": "No."})
    heard.take({"type": "finished", "reason": "stop"})
    await heard.room()
    assert heard.text == ["No."]


def test_steps_are_lines_of_the_log() -> None:
    run = JobRun(cast(JobRow, {"id": "j"}))
    say: Any = JobLog(run)
    say("tool.call", name="look", arguments="{}")
    say("tool.progress", done=0.5, words="half")
    say("tool.approval", name="burn", approval="k7wq")
    say("tool.result", name="look", ok=False, result="nothing")
    log = cast(Any, run.peek())["log"]
    assert log == '["calls look {}","burn waits: triforce approvals grant k7wq","look failed with nothing"]'
