"""The model that finds by meaning, as a real child; and children that do it wrong."""

import asyncio
import os
import struct
import sys
from collections.abc import AsyncIterator, Callable

import pytest

from triforce_daemon.children.embedder import Embedder
from triforce_daemon.errors import ProviderUnavailable
from triforce_daemon.runtime.tasks import Tasks

Open = Callable[..., Embedder]

#: Answers each text with a vector of its length, and its own number as a process.
COUNTING = """
import base64, json, os, struct, sys
for line in sys.stdin:
    texts = json.loads(line)["texts"]
    vectors = [base64.b64encode(struct.pack("<ee", len(text), os.getpid() % 1000)).decode() for text in texts]
    print(json.dumps({"vectors": vectors, "refused": None}), flush=True)
"""


@pytest.fixture
async def embedder() -> AsyncIterator[Open]:
    tasks = Tasks()
    opened: list[Embedder] = []

    def open(script: str | None = None, **options: object) -> Embedder:
        program = {"program": [sys.executable, "-c", script]} if script is not None else {}
        opened.append(Embedder(os.environ, tasks, **program, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open
    for one in opened:
        await one.close()
    await tasks.stop()


def numbers(vector: bytes) -> tuple[float, ...]:
    return struct.unpack(f"<{len(vector) // 2}e", vector)


async def refusal(embedder: Embedder) -> ProviderUnavailable:
    with pytest.raises(ProviderUnavailable) as refused:
        await embedder.query("x")
    return refused.value


async def test_like_means_near(embedder: Open) -> None:
    model = embedder()
    question = numbers(await model.query("Which database do we use?"))
    right, wrong = map(numbers, await model.passages(["Wir nehmen SQLite.", "Cats sleep all day.\0"]))
    assert len(question) == 384
    assert sum(a * b for a, b in zip(question, question, strict=True)) == pytest.approx(1, abs=0.01)
    near, far = (sum(a * b for a, b in zip(question, one, strict=True)) for one in (right, wrong))
    assert near > far


async def test_who_asks_at_once_gets_his_own_answer(embedder: Open) -> None:
    model = embedder(COUNTING)
    answers = await asyncio.gather(*(model.passages(["x" * n, "y"]) for n in range(1, 20)))
    assert [numbers(one[0])[0] for one in answers] == list(range(1, 20))
    assert len({numbers(one[0])[1] for one in answers}) == 1, "one child for all"


async def test_an_idle_child_ends_and_the_next_question_starts_another(embedder: Open) -> None:
    model = embedder(COUNTING, idle_seconds=0.05)
    first = numbers(await model.query("x"))[1]
    async with asyncio.timeout(10):
        while model.running:
            await asyncio.sleep(0.01)
    assert numbers(await model.query("x"))[1] != first


async def test_a_restart_waits_for_the_answer_and_the_next_question_starts_another(embedder: Open) -> None:
    model = embedder(COUNTING)
    first, _ = await asyncio.gather(model.query("x"), model.restart())
    assert not model.running
    assert numbers(await model.query("x"))[1] != numbers(first)[1]


async def test_a_child_that_dies_is_replaced(embedder: Open) -> None:
    model = embedder("import sys; sys.stdin.readline(); raise SystemExit('out of memory')")
    assert "out of memory" in (await refusal(model)).message
    assert "out of memory" in (await refusal(model)).message


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("import time; time.sleep(60)", "no answer within 0.5 seconds"),
        ("print('no json', flush=True); input()", "it ended"),
        ('input(); print(\'{"vectors": [], "refused": "ValueError: odd"}\', flush=True); input()', "odd"),
        ('input(); print(\'{"vectors": [], "refused": null}\', flush=True); input()', "no vectors"),
    ],
)
async def test_one_that_does_it_wrong_is_named(embedder: Open, script: str, why: str) -> None:
    assert why in (await refusal(embedder(script, seconds=0.5))).message


async def test_one_that_cannot_be_started(embedder: Open) -> None:
    tasks = Tasks()
    assert "No such file" in (await refusal(Embedder(os.environ, tasks, program=["/nowhere/python"]))).message


async def test_whoever_stops_waiting_spoils_nothing(embedder: Open) -> None:
    slow = COUNTING.replace("texts = ", "import time; time.sleep(0.2); texts = ")
    model = embedder(slow)
    waiting = asyncio.create_task(model.query("long question"))
    await asyncio.sleep(0.1)
    waiting.cancel()
    assert numbers(await model.query("xy"))[0] == 2


async def test_where_it_is_missing_or_switched_off_it_says_so(embedder: Open) -> None:
    missing = embedder(package="no_such_package")
    assert "extra `embeddings`" in str((await refusal(missing)).hint)
    assert "memory.embeddings" in str((await refusal(embedder(enabled=False))).hint)
