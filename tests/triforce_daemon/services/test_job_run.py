"""What a job's work may say of itself."""

import orjson

from triforce_daemon.services.job_run import JobRun
from triforce_daemon.stores.jobs import JobRow

ROW = JobRow(
    id="j", account="a", owner="a", kind="x", title="x", state="queued", progress=0.0, doing=None, result=None,
    error=None, log="[]", node="n", daemon="d", cancel=None, created=1, started=None, finished=None,
)  # fmt: skip


def test_progress_stays_within_its_bounds() -> None:
    run = JobRun(JobRow(**ROW))
    for said, kept in ((-1, 0.0), (0.5, 0.5), (7, 1.0)):
        run.progress(said, "x" * 5_000)
        assert run.peek()["progress"] == kept
    assert len(run.peek()["doing"] or "") == 1_000


def test_of_a_long_log_the_end_is_kept() -> None:
    run = JobRun(JobRow(**ROW))
    for number in range(1_000):
        run.log(f"{number} " + "x" * 5_000)
    log = orjson.loads(run.peek()["log"])
    assert len(log) == 200 and log[-1].startswith("999 ") and all(len(line) <= 1_000 for line in log)


def test_what_was_kept_is_not_kept_again() -> None:
    run = JobRun(JobRow(**ROW))
    assert not run.changed
    run.log("x")
    assert run.changed
    run.row()
    assert not run.changed
