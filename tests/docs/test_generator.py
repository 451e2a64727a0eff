"""The generator: a Typer tree in, manual pages and Markdown out, the same on every machine."""

import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from docs.generator import command_reference, commands, manual, roff, tool_reference
from docs.generator.files import stale, write
from triforce_daemon.assemble.tools import CATEGORIES
from triforce_daemon.toolbox.declaration import tools_of


@pytest.fixture
def tree() -> commands.Command:
    app = typer.Typer(help="Talk to things.\n\nSlowly.", add_completion=False)
    things = typer.Typer(help="What there is.")
    app.add_typer(things, name="things")

    @app.callback()
    def root(json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None: ...

    @app.command(epilog="\n  triforce ask why   # a question\n  .hidden dot\n")
    def ask(
        words: Annotated[list[str], typer.Argument(help="What to ask.")],
        model: Annotated[str | None, typer.Option("-m", "--model", help="Which.", envvar="MODEL", metavar="ID")] = None,
        secret: Annotated[bool, typer.Option("--secret", hidden=True)] = False,
    ) -> None:
        """Ask `one` thing.

        It may take long.
        """

    @things.command("list")
    def things_list(count: Annotated[int, typer.Option("-n", help="How many.")] = 20) -> None:
        """List them."""

    @things.command("forget", hidden=True)
    def things_forget() -> None: ...

    _ = root, ask, things_list, things_forget
    return commands.read("triforce", typer.main.get_command(app))


def test_the_tree_is_read(tree: commands.Command) -> None:
    assert [command.title for command in tree.walk()] == [
        "triforce",
        "triforce ask",
        "triforce things",
        "triforce things list",
    ]
    ask = tree.commands[0]
    assert ask.usage == "[OPTIONS] WORDS..."
    assert ask.options == (commands.Option(("-m", "--model"), "ID", "Which.", None, "MODEL"),)
    assert ask.summary == "Ask `one` thing"


def test_pages(tree: commands.Command) -> None:
    pages = dict(manual.pages(tree, "1.2.3", {0: "done"}))
    assert list(pages) == ["triforce.1", "triforce-ask.1", "triforce-things.1"]
    assert '.TH TRIFORCE\\-ASK 1 "" "triforce 1.2.3"' in pages["triforce-ask.1"]
    assert "\\fB\\-m\\fR, \\fB\\-\\-model\\fR \\fIID\\fR\nWhich. (environment: MODEL)" in pages["triforce-ask.1"]
    assert "\n\\&.hidden dot\n" in pages["triforce-ask.1"]
    assert ".SS triforce things list [OPTIONS]" in pages["triforce-things.1"]
    assert not any("forget" in text or "secret" in text for text in pages.values())


def test_reference(tree: commands.Command) -> None:
    text = command_reference.text(tree)
    assert "| `-m, --model ID` | Which. (environment: MODEL) |" in text
    assert "```sh\ntriforce ask why   # a question\n.hidden dot\n```" in text
    assert "### triforce things list\n\nList them." in text


@pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
@settings(deadline=None, max_examples=25)
@given(st.lists(st.text(st.characters(exclude_categories=("C", "Z"))), min_size=1, max_size=5))
def test_groff_prints_what_was_written(words: list[str]) -> None:
    """No text is taken for a command of roff, and none is lost."""
    page = roff.Page("p", 1, "1", "s")
    page.section("Here")
    page.line(roff.escape(" ".join(words)) or "\\&")
    printed = render(page.text())
    body = printed[printed.index("HERE") + 4 :]
    assert "".join("".join(words).split()) in "".join(body.split())


def render(text: str) -> str:
    command = ["groff", "-k", "-man", "-Tutf8", "-P-cbou", "-wall", "-rLL=9999n"]
    result = subprocess.run(command, input=text, capture_output=True, text=True, encoding="utf-8", check=True)
    assert result.stderr == ""
    return result.stdout


def test_a_stale_file_is_found_and_written(tmp_path: Path) -> None:
    files = {"man/a.1": "new\n", "man/b.1": "b\n"}
    (tmp_path / "man").mkdir()
    (tmp_path / "man/a.1").write_text("old\n")
    (tmp_path / "man/gone.1").write_text("no command any more\n")
    assert stale(tmp_path, files) == ["man/a.1", "man/b.1", "man/gone.1"]
    write(tmp_path, files)
    assert stale(tmp_path, files) == []
    assert not (tmp_path / "man/gone.1").exists()


def test_every_tool_stands_in_the_reference_with_what_it_takes() -> None:
    text = tool_reference.text()
    names = [function.__name__ for category in CATEGORIES for function in tools_of(category)]
    assert f"has {len(names)} tools" in text
    assert all(text.count(f"| `{name}` |") == 1 for name in names)
    [line] = [line for line in text.splitlines() if line.startswith("| `git_commit` |")]
    assert "`message`* " in line and "`tools:write`" in line
    [line] = [line for line in text.splitlines() if line.startswith("| `config_set` |")]
    assert "the owner" in line and "needs approval" in line


def test_the_readme_counts_the_tools() -> None:
    count = sum(len(tools_of(category)) for category in CATEGORIES)
    assert tool_reference.counted("a <!-- tools -->7<!-- --> b") == f"a <!-- tools -->{count}<!-- --> b"
    with pytest.raises(ValueError, match="does not say"):
        tool_reference.counted("many tools")
