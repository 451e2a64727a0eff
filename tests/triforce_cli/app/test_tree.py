"""The tree of commands: each file is one, found when it is needed, and explained."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.triforce_cli.conftest import OnTerminal, Triforce
from tests.triforce_cli.fake_daemon import FakeDaemon
from triforce_cli.app.tree import Command, Group, Root

PATHS = ["chat", "completion", "config", "daemon", "doctor", "help", "models", "sessions", "status", "usage", "version"]


def leaves(group: Any, context: Any) -> Iterator[tuple[Any, Any]]:
    """Every command below `group`, with its context."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        inner = command.make_context(name, [], parent=context, resilient_parsing=True)
        yield from leaves(command, inner) if isinstance(command, Group) else [(command, inner)]


def all_commands() -> list[tuple[Any, Any]]:
    root = Root({})
    return list(leaves(root, root.make_context("triforce", [], resilient_parsing=True)))


def test_every_file_is_a_command(triforce: Triforce) -> None:
    shown = triforce("--help").out
    for name in PATHS:
        assert f"\n  {name} " in shown
    assert "_" not in shown.partition("Commands:")[2].partition("Options:")[0]


def test_every_command_is_explained() -> None:
    for command, context in all_commands():
        assert isinstance(command, Command)
        assert command.help and command.help.strip().endswith((".", "`.")), context.command_path
        for param in command.params:
            assert getattr(param, "help", None), f"{context.command_path}: {param.name}"


def test_every_command_has_the_global_flags_once() -> None:
    for command, context in all_commands():
        names = [name for param in command.get_params(context) for name in (*param.opts, *param.secondary_opts)]
        assert len(names) == len(set(names)), context.command_path
        assert {"--json", "--fields", "--quiet", "--yes", "--socket", "--timeout", "--help"} <= set(names)
        assert not {"--install-completion", "--show-completion"} & set(names), context.command_path


@pytest.mark.parametrize(
    "argv", [["--help"], ["-h"], ["sessions", "-h"], ["sessions", "list", "--help"], ["status", "-h"]]
)
def test_help_everywhere(triforce: Triforce, argv: list[str]) -> None:
    done = triforce(*argv)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Usage: triforce")
    assert "Global options:" in done.out
    assert max(map(len, done.out.splitlines())) <= 80


def test_examples_stand_as_written(triforce: Triforce) -> None:
    shown = triforce("sessions", "export", "--help").out
    assert "Examples:\n  triforce sessions export k3v > talk.md\n" in shown
    assert shown.index("Examples:") < shown.index("Global options:")


def test_help_fits_the_terminal(on_terminal: OnTerminal) -> None:
    shown = on_terminal("sessions", "list", "--help", columns=60).out
    assert max(map(len, shown.splitlines())) <= 60


@pytest.mark.parametrize(
    ("argv", "hint"),
    [
        (["chta"], "Did you mean: triforce chat"),
        (["stauts", "--json"], "triforce status"),
        (["sessions", "expotr", "x"], "Did you mean: triforce sessions export\n"),
        (["xyzzy"], "See what there is: triforce --help"),
        (["why is the sky blue"], 'triforce chat "why is the sky blue"'),
        (["__init__"], "triforce --help"),
        (["_checks"], "triforce --help"),
        (["../x"], "triforce --help"),
    ],
)
def test_an_unknown_command(triforce: Triforce, argv: list[str], hint: str) -> None:
    done = triforce(*argv)
    assert (done.status, done.out) == (2, "")
    assert hint.replace('"', '\\"' if "--json" in argv else '"') in done.err


def test_a_noun_without_a_verb(triforce: Triforce) -> None:
    done = triforce("sessions")
    assert (done.status, done.out) == (2, "")
    assert "Missing command" in done.err


@pytest.mark.parametrize(("alias", "verb"), [("ls", "list"), ("rm", "delete")])
def test_aliases_work_and_are_not_shown(fake_daemon: FakeDaemon, triforce: Triforce, alias: str, verb: str) -> None:
    words = ["k3v9x2m7q4ab", "-y"] if verb == "delete" else []
    assert triforce("sessions", alias, *words).status == 0
    assert fake_daemon.asked[-1].method == ("DELETE" if verb == "delete" else "GET")
    assert f"\n  {alias} " not in triforce("sessions", "--help").out
    assert triforce("daemon", "ls").status == 2


def test_triforce_alone_asks_for_nothing(triforce: Triforce) -> None:
    done = triforce()
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("triforce 0.1.0 · the daemon is not running")
