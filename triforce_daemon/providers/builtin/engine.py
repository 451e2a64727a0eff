"""The child program that holds the embedded model: `python -m triforce_daemon.providers.builtin.engine`.

It reads an order, one line of JSON, from its standard input, serves the model on a Unix socket and says so in one line
of JSON. It ends when its standard input does: with the daemon, however that ends.
"""

import importlib
import json
import os
import sys
import threading
from contextlib import suppress
from typing import Any, Literal, TypedDict

#: Errors only; they are the engine's last words when it does not start.
_ERRORS = 1
#: How many requests may be connected beyond those that are being answered.
_WAITING = 64
#: Tokens of a prompt that are read in one go; in between, others have their turn and abandoned requests end.
_BATCH = 128
#: Memory for prompts that were read before, in MiB.
_PROMPT_CACHE = 64


class Order(TypedDict):
    """What the daemon asks for."""

    path: str
    name: str
    socket: str
    key: str
    context: int
    parallel: int
    threads: int
    batch_threads: int
    temperature: float
    repeat_penalty: float
    answer_tokens: int
    #: The model says itself how its vectors come about.
    pools: bool


class Said(TypedDict):
    """What the child answers, once."""

    event: Literal["ready", "no_engine", "not_loaded"]
    reason: str


def main() -> None:
    # What the engine prints goes to the log; our one line must stand alone.
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    order: Order = json.loads(sys.stdin.buffer.readline())
    threading.Thread(target=_end_with_the_daemon, args=(order["socket"],), daemon=True).start()
    said, server = _serve(order)
    answer.write(json.dumps(said) + "\n")
    answer.flush()
    if server is not None:
        threading.Event().wait()


def _serve(order: Order) -> tuple[Said, Any]:
    """The engine's server, which runs in threads of its own; None with the reason."""
    try:
        engine = importlib.import_module("xllamacpp")
    except ImportError as error:
        return Said(event="no_engine", reason=str(error)), None
    try:
        server = engine.Server(_parameters(engine, order))
    except RuntimeError as error:
        return Said(event="not_loaded", reason=str(error)), None
    return Said(event="ready", reason=""), server


def _parameters(engine: Any, order: Order) -> Any:
    wanted = engine.CommonParams()
    wanted.model.path = order["path"]
    wanted.model_alias = {order["name"]}
    wanted.hostnames = [order["socket"]]
    wanted.api_keys = [order["key"]]
    # The engine divides its context among the answers that it gives at the same time.
    wanted.n_ctx = order["context"] * order["parallel"]
    wanted.n_parallel = order["parallel"]
    wanted.n_threads_http = order["parallel"] + _WAITING
    wanted.cpuparams.n_threads = order["threads"]
    wanted.cpuparams_batch.n_threads = order["batch_threads"]
    # What such a model reads, it must read in one go.
    wanted.n_batch = wanted.n_ubatch = order["context"] if order["pools"] else _BATCH
    wanted.embedding = True
    if not order["pools"]:
        wanted.pooling_type = engine.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    wanted.n_gpu_layers = 0
    wanted.sampling.temp = order["temperature"]
    wanted.sampling.penalty_repeat = order["repeat_penalty"]
    wanted.n_predict = order["answer_tokens"]
    wanted.cache_ram_mib = _PROMPT_CACHE
    wanted.verbosity = _ERRORS
    wanted.offline = True
    wanted.fit_params = wanted.ui = wanted.endpoint_slots = False
    return wanted


def _end_with_the_daemon(socket: str) -> None:
    # Not by `sys.stdin`, whose lock would then be held when the interpreter wants to end.
    while os.read(0, 1_024):
        pass
    with suppress(OSError):
        os.remove(socket)
    with suppress(OSError):
        os.rmdir(os.path.dirname(socket))
    os._exit(0)


if __name__ == "__main__":
    main()
