"""Events keep their order, pile up into batches, and hold a fast writer back."""

import asyncio

from triforce_daemon.services.outbox import BACKLOG, Outbox


async def read(outbox: Outbox, patience: float = 5) -> list[list[bytes]]:
    return [batch async for batch in outbox.batches(patience)]


async def test_what_waits_goes_out_together_and_in_order() -> None:
    outbox = Outbox()
    for number in range(3):
        outbox.put({"n": number})
    outbox.close()
    assert await read(outbox) == [[b'{"n":0}', b'{"n":1}', b'{"n":2}']]


async def test_what_is_put_in_before_the_close_still_goes_out() -> None:
    outbox = Outbox()
    reader = asyncio.create_task(read(outbox))
    await asyncio.sleep(0)
    outbox.put({"last": True})
    outbox.close()
    assert await reader == [[b'{"last":true}']]


async def test_an_empty_box_ends_at_once() -> None:
    outbox = Outbox()
    outbox.close()
    assert await read(outbox) == []


async def test_silence_yields_empty_batches_only_after_the_first_event() -> None:
    outbox = Outbox()
    reader = asyncio.create_task(read(outbox, patience=0.05))
    await asyncio.sleep(0.12)
    outbox.put({"n": 1})
    await asyncio.sleep(0.12)
    outbox.close()
    batches = await reader
    assert batches[0] == [b'{"n":1}']
    assert batches[1:] and all(batch == [] for batch in batches[1:])


async def test_a_fast_writer_waits_for_a_slow_reader() -> None:
    outbox = Outbox()
    for number in range(BACKLOG):
        outbox.put({"n": number})
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0.02)
    assert not waiting.done()
    batches = outbox.batches(5)
    await anext(batches)
    await asyncio.wait_for(waiting, 1)
    await batches.aclose()
