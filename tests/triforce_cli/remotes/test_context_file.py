"""Reading `cli.toml`."""

from pathlib import Path

import pytest

from triforce_cli.errors import ContextNotFound, ContextsInvalid
from triforce_cli.remotes import context_file
from triforce_cli.remotes.context import Context


def environ_with(home: Path, text: str) -> dict[str, str]:
    path = home / ".config/triforce/cli.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return {"HOME": str(home)}


def test_without_a_file_there_is_this_machine(home: Path) -> None:
    contexts = context_file.read({"HOME": str(home)})
    assert (contexts.current, contexts.items, contexts.named("local")) == ("local", {}, None)
    with pytest.raises(ContextNotFound, match="'prod'") as caught:
        contexts.named("prod")
    assert caught.value.exit_status == 5


def test_what_it_says(home: Path) -> None:
    contexts = context_file.read(environ_with(home, 'current = "p"\n[contexts.p]\nurl = "https://p"\nca = "/c"\n'))
    assert contexts.current == "p"
    assert contexts.named("p") == Context("p", "https://p", ca="/c")


@pytest.mark.parametrize(
    "text",
    ["=", "contexts = 3", "[contexts]\np = 3", "[contexts.p]\n", '[contexts.p]\nurl = "https://p"\nuser = 3', "\0"],
)
def test_what_cannot_be_read_is_told(home: Path, text: str) -> None:
    with pytest.raises(ContextsInvalid) as caught:
        context_file.read(environ_with(home, text))
    assert caught.value.exit_status == 78
