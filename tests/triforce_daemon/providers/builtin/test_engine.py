"""The child program with the real engine, and files that are no models."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.triforce_daemon.providers.builtin.small_wheel import MODEL
from triforce_daemon.providers.builtin.engine import Order


def order(path: Path, folder: str) -> Order:
    return Order(
        path=str(path),
        name="tiny",
        socket=os.path.join(folder, "e.sock"),
        key="k",
        context=256,
        parallel=1,
        threads=1,
        batch_threads=1,
        temperature=0,
        repeat_penalty=1,
        answer_tokens=5,
        pools=False,
    )


async def child(order: Order) -> asyncio.subprocess.Process:
    program = [sys.executable, "-m", "triforce_daemon.providers.builtin.engine"]
    child = await asyncio.create_subprocess_exec(*program, stdin=-1, stdout=-1, stderr=-1)
    assert child.stdin is not None
    child.stdin.write(json.dumps(order).encode() + b"\n")
    return child


async def test_a_file_that_the_engine_cannot_load(tmp_path: Path, folder: str) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(MODEL)
    engine = await child(order(path, folder))
    output, log = await asyncio.gather(*(pipe.read() for pipe in (engine.stdout, engine.stderr) if pipe is not None))
    assert json.loads(output)["event"] == "not_loaded"
    assert b"error loading model" in log
    assert await engine.wait() == 0


@pytest.mark.model
async def test_it_serves_until_its_standard_input_ends(model_file: str, folder: str) -> None:
    engine = await child(order(Path(model_file), folder))
    assert engine.stdin is not None
    assert engine.stdout is not None
    assert json.loads(await engine.stdout.readline())["event"] == "ready"
    assert os.listdir(folder) == ["e.sock"]
    engine.stdin.close()
    assert await engine.stdout.read() == b""
    assert await engine.wait() == 0
    assert not os.path.exists(folder)


def test_what_it_imports() -> None:
    """It lives as long as the model is in memory, so it carries nothing of the daemon."""
    program = "import sys; import triforce_daemon.providers.builtin.engine; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    ours = {name for name in loaded if name.startswith("triforce_daemon.")}
    rooms = {"triforce_daemon.providers", "triforce_daemon.providers.builtin"}
    assert ours == {*rooms, "triforce_daemon.providers.builtin.engine"}
    assert not {"asyncio", "aiohttp", "pydantic", "typing_extensions"} & set(loaded)
