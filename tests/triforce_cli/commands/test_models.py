"""`triforce models`."""

import json

import pytest

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from tests.triforce_cli.replies import ALIAS, ALIASES, DEFAULT, MODEL, MODEL_ID, MODELS, PULLING, REFRESHED, TURN, WHY

PULL = ("POST", "/v1/registry/pull")
PATH = "/home/a/.local/share/triforce/models/smollm2.gguf"


def test_list(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert json.loads(triforce("models", "list", "--json").out) == MODELS
    first, second = triforce("models", "list").out.splitlines()
    price = '{"input": "0", "output": "0", "currency": "USD"}'
    assert first == f"{MODEL_ID}\ttrue\tok\t8192\t93000000\tchat,json_schema\t{price}"
    assert second == f"builtin/other\tfalse\tabsent\t\t\tchat,json_schema\t{price}"


def test_list_narrowed(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("models", "list", "-q", "SMOL", "--quiet").out == f"{MODEL_ID}\n"
    assert fake_daemon.asked[-1].query == {}
    done = triforce("models", "list", "-q", "gpt", "--provider", "builtin")
    assert (done.out, done.err) == ("", "There is no such model.\n")
    assert fake_daemon.asked[-1].query == {"provider": "builtin"}


def test_show(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("models", "show", MODEL_ID).out
    assert "8,192 tokens" in shown and "93 MB" in shown and PATH in shown
    assert triforce("models", "show", MODEL_ID, "--fields", "path").out == f"{PATH}\n"


def test_a_model_that_is_not_there(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.refuses("GET", "/v1/registry/models/gpt", 404, "model_not_found", "There is none.", near=[MODEL_ID])
    done = triforce("models", "show", "gpt")
    assert done.status == 5
    assert MODEL_ID in done.err


def test_the_default(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("models", "default").out == f"{MODEL_ID}\n"
    assert json.loads(triforce("models", "default", "--json").out) == DEFAULT
    assert triforce("models", "default", "builtin/x").status == 0
    assert fake_daemon.asked[-1].body == {"model": "builtin/x"}


def test_pull(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "pull")
    assert (done.status, done.out) == (0, f"{PATH}\n")
    assert fake_daemon.asked[-1].body == {}
    assert triforce("models", "pull", MODEL_ID, "--quiet").err == ""
    assert fake_daemon.asked[-1].body == {"model": MODEL_ID}


def test_pull_as_json(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "pull", "--json")
    assert done.err == ""
    reply = json.loads(done.out)
    assert reply["schema"] == "triforce.models.pull/1"
    assert {**PULLING[-1], "schema": reply["schema"]} == {**reply, "type": "done"}


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([{"type": "error", "error": {"code": "model_fetch_failed", "message": "No.", "hint": None}}], 69),
        ([{"type": "error", "error": {"code": "model_file_invalid", "message": "No.", "hint": None}}], 65),
        ([PULLING[0], b""], 69),
        ([b""], 69),
    ],
)
def test_a_pull_that_fails(fake_daemon: FakeDaemon, triforce: Triforce, events: list[object], status: int) -> None:
    fake_daemon.streams(*PULL, events)
    done = triforce("models", "pull")
    assert (done.status, done.out) == (status, "")
    assert "error: " in done.err


def named(id: str, **more: object) -> dict[str, object]:
    return {**MODEL, "id": id, "default": False, **more}


ROWS = [
    named("a/tools", abilities=["chat", "tools"]),
    named("a/eyes", abilities=["chat", "vision", "tools"], boundary="any", price=None),
    named("a/dear", boundary="any", price={"input": "1", "output": "2", "currency": "USD"}),
    named("a/keyless", boundary="any", price=None, state="no-key", reason="There is no key.", fix="Set one."),
    named("a/voice", abilities=[], state="disabled", reason="It neither chats nor embeds."),
    named("a/gone", state="retired"),
]


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ((), ["tools", "eyes", "dear", "keyless"]),
        (("--all",), ["tools", "eyes", "dear", "keyless", "voice", "gone"]),
        (("--tools",), ["tools", "eyes"]),
        (("--tools", "--vision"), ["eyes"]),
        (("--free",), ["tools"]),
        (("--local",), ["tools"]),
        (("--all", "--local"), ["tools", "voice", "gone"]),
    ],
)
def test_flags_narrow(fake_daemon: FakeDaemon, triforce: Triforce, flags: tuple[str, ...], shown: list[str]) -> None:
    fake_daemon.answers("GET", "/v1/registry/models", {**MODELS, "items": ROWS})
    assert triforce("models", "list", *flags, "--quiet").out.split() == [f"a/{name}" for name in shown]
    reply = json.loads(triforce("models", "list", *flags, "--json").out)
    assert [model["id"] for model in reply["items"]] == [f"a/{name}" for name in shown]


def test_a_list_says_why_some_cannot_be_asked(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    rows = [named(f"a/{number}", state="no-key", reason="There is no key.", fix="Set one.") for number in range(3)]
    others = [named(f"b/{number}", provider="b", state="down", reason=f"{number}\x1b[2J") for number in range(6)]
    fake_daemon.answers("GET", "/v1/registry/models", {**MODELS, "items": [*rows, *others, MODEL]})
    said = triforce("models", "list").err.splitlines()
    assert said[0] == "builtin: 3 cannot be asked now. There is no key. Set one."
    assert said[1] == "b: 1 cannot be asked now. 0␛[2J"
    assert said[5] == "And for 2 more reasons; `triforce models why MODEL` tells one."
    assert triforce("models", "list", "--json").err == ""


def test_a_list_on_a_terminal(fake_daemon: FakeDaemon, on_terminal: OnTerminal) -> None:
    fake_daemon.answers("GET", "/v1/registry/models", {**MODELS, "items": ROWS[:3]})
    head, first, second, third = on_terminal("models", "list", environ={"NO_COLOR": "1"}).out.splitlines()
    assert head.split()[:3] == ["ID", "DEFAULT", "STATE"]
    assert [line.split("  ")[-1].strip() for line in (first, second, third)] == ["free", "-", "1 / 2"]


def test_aliases(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert json.loads(triforce("models", "alias", "--json").out) == ALIASES
    first, second = triforce("models", "alias").out.splitlines()
    assert first == f"quick\t{MODEL_ID}\t1\tany\tpriority\tsetting\tgroq/*,{MODEL_ID}"
    assert second.split("\t")[:3] == ["auto", "", "0"]
    assert triforce("models", "alias", "quick", "--quiet").out == "quick\n"
    assert triforce("models", "alias", "nothing").err == "There is no alias nothing.\n"


def test_an_alias_is_made_changed_and_forgotten(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    shown = triforce("models", "alias", "quick", "groq/*", "phi", "--boundary", "machine", "--order", "scored").out
    assert fake_daemon.asked[-1].body == {"models": ["groq/*", "phi"], "boundary": "machine", "order": "scored"}
    assert ALIAS["boundary"] in shown
    triforce("models", "alias", "quick", "--boundary", "mesh")
    assert fake_daemon.asked[-1].body == {"boundary": "mesh"}
    assert triforce("models", "alias", "quick", "--remove").err == "Forgot the alias quick.\n"
    assert (fake_daemon.asked[-1].method, fake_daemon.asked[-1].path) == ("DELETE", "/v1/registry/aliases/quick")


@pytest.mark.parametrize(
    "words", [("--remove",), ("quick", "phi", "--remove"), ("--order", "scored"), ("quick", "--order", "any")]
)
def test_an_alias_that_is_told_wrongly(fake_daemon: FakeDaemon, triforce: Triforce, words: tuple[str, ...]) -> None:
    assert triforce("models", "alias", *words).status == 2
    assert [asked for asked in fake_daemon.asked if "aliases" in asked.path] == []


def test_refresh(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "refresh", "groq", "mistral")
    assert (done.status, fake_daemon.asked[-1].body) == (0, {"providers": ["groq", "mistral"]})
    assert done.out == "groq\tok\t16\tllama-4\t\t\n"
    failed = {**REFRESHED["items"][0], "ok": False, "state": "down", "reason": "Broken."}
    fake_daemon.answers("POST", "/v1/registry/refresh", {**REFRESHED, "items": [failed]})
    done = triforce("models", "refresh")
    assert (done.status, fake_daemon.asked[-1].body) == (1, {})
    assert "Broken." in done.out


def test_what_is_in_memory(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    assert triforce("models", "ps", "--fields", "model,pid").out == f"{MODEL_ID}\t4243\n"
    assert json.loads(triforce("models", "ps", "--json").out)["schema"] == "triforce.models.ps/1"


def test_removing_needs_a_yes(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "rm", MODEL_ID)
    assert (done.status, [asked for asked in fake_daemon.asked if asked.method == "DELETE"]) == (6, [])
    assert PATH in done.err
    done = triforce("models", "rm", MODEL_ID, "--yes")
    assert (done.status, done.err) == (0, f"Removed {MODEL_ID}.\n")
    assert fake_daemon.asked[-1].method == "DELETE"


def test_why(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "why", "quick")
    assert (done.status, fake_daemon.asked[-1].query) == (0, {"model": "quick"})
    assert done.out.splitlines() == [
        "no  groq/llama: There is no key.",
        "    `triforce keys set groq`",
        f"ok  {MODEL_ID}: ok",
        f"{MODEL_ID} would answer.",
    ]
    assert json.loads(triforce("models", "why", "quick", "--json").out) == WHY
    fake_daemon.answers("GET", "/v1/registry/why", {**WHY, "answers": None})
    done = triforce("models", "why")
    assert (done.status, done.out.splitlines()[-1]) == (1, "Nobody would answer.")


def test_compare(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "compare", "Why?", "-m", "a", "-m", "b", "--max-tokens", "9")
    assert done.status == 0
    assert done.out.count("Because of Rayleigh scattering.") == 2
    assert done.out.splitlines()[-1] == f"{MODEL_ID}\t90\t400\t34\t\t"
    asked = [asked.body for asked in fake_daemon.asked if asked.path == "/v1/sessions/new/turns"]
    assert sorted(body["model"] for body in asked) == ["a", "b"]
    assert all((body["keep"], body["options"]) == (False, {"max_tokens": 9}) for body in asked)


def test_a_comparison_keeps_the_order_and_tells_of_failures(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    error = {"code": "upstream_failed", "message": "It broke.", "hint": None}
    fake_daemon.streams("POST", "/v1/sessions/new/turns", [TURN[0], TURN[1], {"type": "error", "error": error}])
    done = triforce("models", "compare", "Why?", "-m", "a", "-m", "b", "--json")
    reply = json.loads(done.out)
    assert (done.status, reply["schema"]) == (1, "triforce.models.compare/1")
    assert [(item["model"], item["text"], item["error"]) for item in reply["items"]] == [
        ("a", "Because of ", "It broke."),
        ("b", "Because of ", "It broke."),
    ]
    assert reply["items"][0]["usage"] is None
