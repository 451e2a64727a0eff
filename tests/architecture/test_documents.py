"""What the texts tell people to type exists, and what they point to is there."""

import importlib
import pkgutil
import re
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException

from tests.architecture.documents import Line, command_lines, exists, links, texts
from tests.architecture.source import ROOT
from triforce_cli.app.tree import PROGRAM, Root
from triforce_cli.errors import TriforceCliError
from triforce_cli.repl import slash_commands
from triforce_cli.repl.slash import commands_of
from triforce_daemon import routes
from triforce_daemon.__main__ import parser
from triforce_daemon.routes.table import Routes

LINES = {
    program: [line for path, text in texts().items() for line in command_lines(path, text, program)]
    for program in ("triforce", "triforced", "make")
}


def refusal(words: list[str]) -> str | None:
    """Why the real command tree does not take these words; None where it does. Nothing runs."""
    command: Any = Root({})
    name, context = PROGRAM, None
    try:
        while True:
            context = command.make_context(name, words, parent=context)
            rest = [*context._protected_args, *context.args]
            if not hasattr(command, "resolve_command") or not rest:
                return None
            name, command, words = command.resolve_command(context, rest)
    except typer.Exit:
        # --help and --version end here.
        return None
    except (TyperException, TriforceCliError) as error:
        return str(error)


@pytest.mark.parametrize("line", LINES["triforce"], ids=lambda line: line.place)
def test_the_tree_takes_every_command(line: Line) -> None:
    why = refusal(list(line.words))
    assert why is None or (line.in_prose and re.match(r"Missing parameter|Option '.*' requires an argument", why)), why


@pytest.mark.parametrize("line", LINES["triforced"], ids=lambda line: line.place)
def test_the_daemon_takes_every_command(line: Line) -> None:
    parser().parse_args(line.words)


def test_there_are_commands_to_check() -> None:
    assert len(LINES["triforce"]) > 50
    assert LINES["triforced"]


def targets(makefile: str) -> set[str]:
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_the_make_targets_exist() -> None:
    asked = {line.words[0] for line in LINES["make"] if line.words}
    assert {"demo", "test"} <= asked
    assert asked <= targets((ROOT / "Makefile").read_text("utf-8"))


def test_links_lead_somewhere() -> None:
    assert [
        f"{path}: {target}" for path, text in texts().items() for target in links(text) if not exists(path, target)
    ] == []


def declared_routes() -> set[str]:
    """`METHOD /path` of every route, from the tables of the route files."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(routes.__path__):
        table = getattr(importlib.import_module(f"{routes.__name__}.{module.name}"), "routes", None)
        for route in table.all if isinstance(table, Routes) else ():
            path = re.sub(r"\{(\w+):\w+\}", r"{\1}", getattr(route, "path", ""))
            found |= {f"{method} {path}" for method in getattr(route, "methods", ()) if method != "HEAD"}
    return found


def documented_routes() -> set[str]:
    text = (ROOT / "docs/api/README.md").read_text("utf-8")
    return {
        f"{method} {path}" for method, path in re.findall(r"^\| `([A-Z]+) (/\S+?)(?:\?\S*)?` \|", text, re.MULTILINE)
    }


def test_every_route_is_documented() -> None:
    assert documented_routes() == declared_routes()


@pytest.mark.parametrize(
    "words",
    ["chatt hello", "status --nope", "sessions frobnicate", "sessions show", "models list extra words", "--socket"],
)
def test_what_does_not_exist_is_refused(words: str) -> None:
    assert refusal(words.split())


def test_commands_are_found_in_texts() -> None:
    block = "$ A=1 triforce chat 'why?' | less  # ask\ngit diff | triforce chat -s x"
    text = f"Run `triforce status`, or:\n\n```sh\n{block}\n```\n"
    found = [line.words for line in command_lines("x.md", text, "triforce")]
    assert found == [("chat", "why?"), ("chat", "-s", "x"), ("status",)]
    assert not any(line.in_prose for line in list(command_lines("x.md", text, "triforce"))[:2])


def test_slash_commands_are_real() -> None:
    text = (ROOT / "docs/chat.md").read_text("utf-8")
    named = set(re.findall(r"`/(\w+)(?: [A-Z\[\]]+)?`", text))
    assert {"help", "model", "retry"} <= named <= set(commands_of(slash_commands))


def test_dead_links_are_found() -> None:
    assert list(links("[a](b.md#c) and [d](https://e.f) and ```x```")) == ["b.md#c"]
    assert not exists("docs/chat.md", "no-such-page.md")
    assert not exists("docs/chat.md", "../README.md#no-such-heading")
    assert exists("docs/chat.md", "../README.md#first-steps")
