"""What is done afterwards: not before others had their turn, in order, in its own context, and never forgotten."""

import asyncio
from contextvars import ContextVar

import pytest

from triforce_daemon.runtime.afterwards import DELAY_SECONDS, Afterwards


async def test_it_comes_after_what_is_asked_meanwhile() -> None:
    done, afterwards = list[str](), Afterwards()
    afterwards.add(lambda: done.append("first"))
    afterwards.add(lambda: done.append("second"))
    for _ in range(3):
        await asyncio.sleep(0)
    done.append("the next request")
    await asyncio.sleep(DELAY_SECONDS * 4)
    assert done == ["the next request", "first", "second"]


async def test_it_is_done_while_somebody_is_waited_for() -> None:
    done, afterwards = list[str](), Afterwards()
    afterwards.add(lambda: done.append("first"))
    afterwards.add(lambda: done.append("second"))
    afterwards.meanwhile()
    done.append("the provider is asked")
    await asyncio.sleep(0)
    assert done == ["the provider is asked", "first"]
    await afterwards.close()


async def test_what_is_left_at_the_end_is_done_once() -> None:
    done, afterwards = list[str](), Afterwards()
    afterwards.add(lambda: done.append("once"))
    await afterwards.close()
    assert done == ["once"]
    await asyncio.sleep(DELAY_SECONDS * 4)
    assert done == ["once"]


@pytest.mark.parametrize("closed", [False, True])
async def test_it_knows_for_whom_it_is_done(closed: bool) -> None:
    request = ContextVar[str]("request")
    done, afterwards = list[str](), Afterwards()
    for name in ("req_1", "req_2"):
        request.set(name)
        afterwards.add(lambda: done.append(request.get()))
    request.set("req_3")
    if closed:
        await afterwards.close()
    await asyncio.sleep(DELAY_SECONDS * 4)
    assert done == ["req_1", "req_2"]


async def test_a_failure_holds_up_nothing(caplog: pytest.LogCaptureFixture) -> None:
    done, afterwards = list[str](), Afterwards()
    afterwards.add(lambda: done.append(str(1 // 0)))
    afterwards.add(lambda: done.append("done"))
    await asyncio.sleep(DELAY_SECONDS * 4)
    assert done == ["done"]
    assert "ZeroDivisionError" in caplog.text
