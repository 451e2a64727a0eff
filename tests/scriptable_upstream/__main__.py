"""Runs an upstream by hand: `python -m tests.scriptable_upstream --port 8123 --plan "10%: status=500"`."""

import argparse
import asyncio
import contextlib
import importlib.util
import json
import signal
import sys
from types import ModuleType

from tests.scriptable_upstream.plan import read_plan
from tests.scriptable_upstream.providers import PROVIDERS
from tests.scriptable_upstream.server import serve
from tests.scriptable_upstream.upstream import Upstream


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.scriptable_upstream", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; 0: a free one (default)")
    parser.add_argument("--socket", help="listen on this Unix socket too")
    parser.add_argument("--plan", type=read_plan, help="how requests are answered, in the fault language")
    parser.add_argument("--key", action="append", default=[], metavar="PROVIDER=KEY", help="accept only such keys")
    parser.add_argument("--github-alive", action="store_true", help="as if GitHub had not retired its models")
    parser.add_argument("--lenient", action="store_true", help="refuse no request for what stands in it")
    parser.add_argument("--remember", type=int, default=1000, help="how many requests are kept (default %(default)s)")
    parser.add_argument("--json", action="store_true", help="say where it is as one line of JSON")
    return parser


async def run(options: argparse.Namespace) -> None:
    """Serves until SIGTERM or SIGINT."""
    upstream = Upstream(github_retired=not options.github_alive, strict=not options.lenient)
    upstream.records.most = options.remember
    for given in options.key:
        provider, _, key = given.partition("=")
        upstream.keys.setdefault(provider, set()).add(key)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with serve(upstream, port=options.port, socket=options.socket, plan=options.plan):
        print(_where(upstream, options.json), flush=True)
        await stop.wait()


def _where(upstream: Upstream, as_json: bool) -> str:
    urls = {name: upstream.base_url(name) for name in PROVIDERS}
    if as_json:
        return json.dumps({"port": upstream.port, "socket": upstream.socket, "base_urls": urls})
    return "\n".join(f"{name:<11} {url}" for name, url in urls.items())


def _loop() -> ModuleType:
    """The faster loop where it is installed."""
    return importlib.import_module("uvloop" if importlib.util.find_spec("uvloop") else "asyncio")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=_loop().new_event_loop) as runner:
        runner.run(run(parser().parse_args()))
    sys.exit(0)
