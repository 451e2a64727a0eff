"""Coding agents as they are, connected by `triforce connect`, take a turn with a tool call through the daemon."""

import json
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.end_to_end.npm_clients import program
from tests.end_to_end.processes import Daemon, running, triforce
from tests.scriptable_upstream.process import RemoteUpstream, run_upstream
from tests.scriptable_upstream.script import Call, answer, say

pytestmark = [pytest.mark.agents, pytest.mark.timeout(300)]

MODEL = "groq/llama-3.3-70b-versatile"
KEY = "gsk_abcdefgh0123456789"
QUESTION = "Which word is in notes.txt?"
WORD = "halloumi"


@dataclass
class Agent:
    """How an agent is asked without a terminal, and the tool with which it reads a file."""

    name: str
    words: tuple[str, ...]
    tool: str
    arguments: dict[str, str]
    environ: dict[str, str]


AGENTS = [
    Agent(
        "codex",
        ("exec", "--skip-git-repo-check", "--json", "--sandbox", "danger-full-access", QUESTION),
        "exec_command",
        {"cmd": "cat notes.txt"},
        {},
    ),
    Agent("gemini", ("-p", QUESTION), "read_file", {"file_path": "notes.txt"}, {"GEMINI_CLI_TRUST_WORKSPACE": "true"}),
    Agent(
        "opencode",
        # With a title it does not ask for one first.
        ("run", "--format", "json", "--title", "t", QUESTION),
        "read",
        {"filePath": "notes.txt"},
        {"OPENCODE_DISABLE_MODELS_FETCH": "1", "OPENCODE_DISABLE_LSP_DOWNLOAD": "1"},
    ),
]


@dataclass
class Bench:
    upstream: RemoteUpstream
    daemon: Daemon
    environ: dict[str, str]
    work: Path

    def connect(self, *words: str) -> dict[str, object]:
        done = triforce(self.environ, "connect", *words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def ask(self, agent: Agent) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program(agent.name), *agent.words],
            cwd=self.work,
            env={**self.environ, **agent.environ},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture
def bench(home: Mapping[str, str], in_full: bool) -> Iterator[Bench]:
    if not in_full:
        pytest.skip("installs programs from npm: `make test-all` does")
    environ = {name: home[name] for name in ("HOME", "PATH", "TERM")}
    work = Path(environ["HOME"], "work")
    work.mkdir()
    (work / "notes.txt").write_text(f"the word is {WORD}\n")
    with run_upstream() as upstream, socket.create_server(("127.0.0.1", 0)) as free:
        upstream.accept("groq", KEY)
        port = free.getsockname()[1]
        free.close()
        config = Path(environ["HOME"], ".config", "triforce", "config.toml")
        config.parent.mkdir(parents=True)
        config.write_text(
            f"http = {{ enabled = true, port = {port} }}\nbuiltin = {{ enabled = false }}\n"
            f'[providers.groq]\nbase_url = "{upstream.base_url("groq")}"\n'
        )
        with running({**environ, "GROQ_API_KEY": KEY}) as daemon:
            yield Bench(upstream, daemon, environ, work)


@pytest.mark.parametrize("agent", AGENTS, ids=lambda agent: agent.name)
def test_an_agent_takes_a_turn_with_a_tool_call(bench: Bench, agent: Agent) -> None:
    made = bench.connect(agent.name, "--model", MODEL)
    bench.upstream.enqueue(answer(Call(agent.tool, (json.dumps(agent.arguments),))))
    bench.upstream.enqueue(say("It says ", WORD.upper()))

    done = bench.ask(agent)

    assert done.returncode == 0, done.stdout + done.stderr
    assert WORD.upper() in done.stdout
    first, second = [one for one in bench.upstream.requests() if one["kind"] == "chat"]
    assert agent.tool in first["body"]
    assert WORD in second["body"], "the tool's result went to the model"
    assert {first["key"], second["key"]} == {KEY}
    used = json.loads(triforce(bench.environ, "usage", "--by", "client", "--json").stdout)["items"]
    assert [(item["key"], item["requests"], item["errors"]) for item in used] == [(f"token/{agent.name}", 2, 0)]
    files = bench.connect(agent.name, "--undo")["files"]
    assert isinstance(files, list)
    # What the agent itself has written to its file by then is its own.
    left = [path.read_text() for file in files if (path := Path(str(file))).exists()]
    assert not any("triforce" in text or "127.0.0.1" in text or MODEL in text for text in left), left
    assert bench.daemon.call("GET", "/v1/tokens?revoked=true")[1]["items"][0]["id"] == made["token"]


def test_an_agent_cannot_ask_another_model_than_its_own(bench: Bench) -> None:
    agent = AGENTS[0]
    bench.connect(agent.name, "--model", MODEL)
    config = Path(bench.environ["HOME"], ".codex", "config.toml")
    config.write_text(config.read_text().replace(MODEL, "groq/openai/gpt-oss-20b"))
    done = bench.ask(agent)
    assert done.returncode != 0
    assert "may not ask groq/openai/gpt-oss-20b" in done.stdout
    assert [one for one in bench.upstream.requests() if one["kind"] == "chat"] == []
