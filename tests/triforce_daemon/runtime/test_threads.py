"""Work in threads, and callers that are cancelled."""

import asyncio
import threading
import time

import pytest

from triforce_daemon.runtime.threads import in_thread


async def test_the_result_and_the_failure() -> None:
    assert await in_thread(divmod, 7, 2) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        await in_thread(divmod, 7, 0)


@pytest.mark.parametrize("failure", [None, ValueError("too late to tell")])
async def test_a_cancelled_caller_goes_on_only_when_the_thread_is_done(failure: ValueError | None) -> None:
    began, done = threading.Event(), threading.Event()

    def slow() -> None:
        began.set()
        time.sleep(0.1)
        done.set()
        if failure is not None:
            raise failure

    caller = asyncio.create_task(in_thread(slow))
    while not began.is_set():
        await asyncio.sleep(0.005)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert done.is_set()
