"""The global flags: before or after the verb, with one meaning."""

import json

import pytest

from tests.triforce_cli.conftest import Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.app.tree import Root
from triforce_cli.contexts import Globals


def chosen_by(*argv: str) -> Globals:
    """The flags as a command's context has them."""
    root = Root({})
    context = root.make_context("triforce", list(argv))
    path: list[str] = [*context._protected_args, *context.args]  # pyright: ignore
    command = root
    while path:
        name, command, path = command.resolve_command(context, path)
        context = command.make_context(name, path, parent=context)
        path = [*context._protected_args, *context.args]  # pyright: ignore
    return context.obj


@pytest.mark.parametrize(
    ("flags", "field", "value"),
    [
        (["--json"], "json", True),
        (["--fields", "id, title"], "fields", ("id", "title")),
        (["--quiet"], "quiet", True),
        (["-q"], "quiet", True),
        (["-v"], "verbose", True),
        (["--debug"], "debug", True),
        (["--no-color"], "no_color", True),
        (["--no-input"], "no_input", True),
        (["-y"], "yes", True),
        (["--yes"], "yes", True),
        (["--socket", "/x"], "socket", "/x"),
        (["--timeout", "1500ms"], "timeout", 1.5),
        (["--timeout=2m"], "timeout", 120.0),
        (["--config", "c.toml"], "config", "c.toml"),
    ],
)
def test_each_flag_in_each_place(flags: list[str], field: str, value: object) -> None:
    for argv in ([*flags, "sessions", "list"], ["sessions", *flags, "list"], ["sessions", "list", *flags]):
        chosen = chosen_by(*argv)
        assert getattr(chosen, field) == value
        assert chosen._replace(**{field: Globals._field_defaults[field]}) == Globals({})


def test_the_last_one_wins() -> None:
    assert chosen_by("--timeout", "1s", "sessions", "--timeout", "2s", "list", "--timeout", "3s").timeout == 3


def test_a_commands_own_letter_wins() -> None:
    root = Root({})
    context = root.make_context("triforce", [], resilient_parsing=True)
    models = root.get_command(context, "models")
    inner = models.make_context("models", [], parent=context, resilient_parsing=True)
    listing = models.get_command(inner, "list")
    owners = [param.name for param in listing.get_params(inner) if "-q" in param.opts]
    assert owners == ["word"]
    assert chosen_by("models", "list", "-q", "smol").quiet is False
    assert chosen_by("-q", "models", "list").quiet is True
    assert chosen_by("models", "list", "--quiet").quiet is True


@pytest.mark.parametrize("argv", [["status", "-V"], ["-V", "status"], ["sessions", "list", "--version"]])
def test_the_version_after_a_verb(triforce: Triforce, argv: list[str]) -> None:
    done = triforce(*argv)
    assert (done.status, done.out) == (0, "triforce 0.1.0\n")


def test_the_time_limit_ends_a_command(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    fake_daemon.answers("GET", "/v1/status", {}, pause=2)
    assert triforce("status", "--timeout", "100ms").status == 124


def test_a_field_narrows_json_and_tables(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    reply = json.loads(triforce("--fields", "id", "models", "list", "--json").out)
    assert reply["items"] == [{"id": "builtin/smollm2-135m-instruct"}, {"id": "builtin/other"}]
    shown = triforce("models", "list", "--fields", "state,id").out
    assert shown == "ok\tbuiltin/smollm2-135m-instruct\nabsent\tbuiltin/other\n"


def test_an_unknown_field_names_those_there_are(fake_daemon: FakeDaemon, triforce: Triforce) -> None:
    done = triforce("models", "list", "--fields", "nme")
    assert (done.status, done.out) == (2, "")
    assert "provider" in done.err
