"""How a module begins, what it is called, and where it may import."""

import ast
import re
from collections.abc import Iterable

import pytest

from tests.architecture.source import Module, imports, modules

#: Names that choose nothing. A thing that can only be called this belongs somewhere else.
FORBIDDEN = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "core",
    "misc",
    "base",
    "manager",
    "shared",
    "lib",
    "tools2",
}
PRAISE = re.compile(r"(^|_)(new|old|legacy|enhanced|unified|improved|better|final|v\d+|\d+)$|[a-z](v?[2-9])$")

#: Imports inside functions, each with the start-up time or the heavy library that it keeps away. Others are an error.
LAZY_DOORS: dict[str, str] = {
    "triforce_daemon/services/asking/extraction.py:_validator": "5 MB for what few daemons are asked",
    "triforce_daemon/children/documents/pdf.py:read": "pypdf: a fifth of a second that other documents need not",
    "triforce_daemon/mcp_client/door.py:_reaching": "MCP's library takes a second and 25 MB, and few mount servers",
    "triforce_daemon/mcp_server/desk.py:_builder": "MCP's library takes a second and 25 MB, and few ask for it",
    "triforce_cli/__main__.py:_run": "nothing is loaded before it is known that more than the version is wanted",
    "triforce_cli/__main__.py:_version": "the version is printed from one module that imports nothing",
    "triforce_cli/files/toml_text.py:_tomlkit": "tomlkit: only a command that changes a TOML file needs it",
    "triforce_cli/contexts.py:transport_to": "httpx and TLS: only another machine's daemon is reached by them",
    "triforce_cli/remotes/context_file.py:read": "tomllib: most people know no daemon but their own",
    "triforce_cli/contexts.py:configured": "tomllib: most runs have no configuration file to read",
    "triforce_cli/commands/chat.py:_talk": "prompt_toolkit: only a conversation needs the line editor",
    "triforce_cli/commands/chat.py:_code": "Markdown's parser: only -x needs it",
    "triforce_cli/commands/chat.py:_words": "subprocess: only -e starts an editor",
    "triforce_cli/commands/_memory_words.py:rewritten": "subprocess: only an edit without options starts an editor",
    "triforce_cli/commands/prompts.py:edit": "subprocess: only `prompts edit` starts an editor",
    "triforce_cli/output/as_stream.py:_markdown": "rich: only an answer that is rendered on a terminal needs it",
    "triforce_cli/output/as_table.py:_draw": "widths of characters: only a terminal needs aligned columns",
    "triforce_daemon/__main__.py:_run": "all that serves: `triforced config` answers in half the time without it",
    "triforce_daemon/__main__.py:_doctor": "as above",
    "triforce_daemon/__main__.py:_restore": "as above",
    "triforce_daemon/__main__.py:_make_certificate": "cryptography: whoever makes no certificate does without",
    "triforce_daemon/assemble/storage.py:storage": "asyncpg: whoever keeps to SQLite does without",
    "triforce_daemon/assemble/daemon.py:start": "uvloop: `triforced config` and `doctor` do without",
    "triforce_daemon/services/memory_vectors.py:nearest": "numpy: it comes with the extra `embeddings`, or not at all",
    "triforce_daemon/assemble/redis.py:connection_to": "redis: most daemons count alone",
    "triforce_daemon/assemble/limits.py:_counters": "redis: most daemons count alone",
    "triforce_daemon/services/prices.py:__init__": "genai-prices: a daemon without keys has nothing to pay for",
    "triforce_daemon/stores/revisions.py:upgrade": "Alembic: a database that is up to date does not need it",
}


def without_docstring(modules: Iterable[Module]) -> list[str]:
    """Modules without a first line that says, as one sentence, what lives there."""
    return [module.path for module in modules if module.text and not _says(ast.get_docstring(module.tree))]


def _says(docstring: str | None) -> bool:
    first = "".join((docstring or "").splitlines()[:1])
    return bool(re.search(r"[.:?]$|: https://\S+$", first))


def speaking_inits(modules: Iterable[Module]) -> list[str]:
    return [module.path for module in modules if module.path.endswith("__init__.py") and module.text]


#: Names that say what they should elsewhere and mean something here, with what that is.
MEANT = {"triforce_daemon/tools/core/": "the category of tools that has this name"}


def vague_names(modules: Iterable[Module]) -> list[str]:
    parts = {(module.path, part) for module in modules for part in module.path.removesuffix(".py").split("/")}
    return sorted(
        path for path, part in parts if not path.startswith(tuple(MEANT)) and (part in FORBIDDEN or PRAISE.search(part))
    )


def inner_imports(modules: Iterable[Module]) -> set[str]:
    """`path:function` of every function that imports."""
    return {f"{module.path}:{found.function}" for module in modules for found in imports(module) if found.function}


def test_every_module_says_what_lives_there() -> None:
    assert without_docstring(modules()) == []


def test_package_inits_are_empty() -> None:
    assert speaking_inits(modules()) == []


def test_names_choose() -> None:
    assert vague_names(modules()) == []


def test_imports_stand_at_the_top() -> None:
    found = inner_imports(modules())
    assert found - set(LAZY_DOORS) == set(), "import at the top, or list the door with its reason"
    assert set(LAZY_DOORS) - found == set(), "a door that is gone leaves the list"


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        ("a/x.py", "import os\n", without_docstring),
        ("a/x.py", '"""Things without an end"""\n', without_docstring),
        ("a/__init__.py", "from a import b\n", speaking_inits),
        ("a/utils.py", "", vague_names),
        ("a/core/x.py", "", vague_names),
        ("a/router_v2.py", "", vague_names),
        ("a/router2.py", "", vague_names),
        ("a/chat_new.py", "", vague_names),
        ("a/x.py", "def f():\n    import os\n", inner_imports),
        ("a/x.py", "class A:\n    async def f(self):\n        from os import path\n", inner_imports),
    ],
)
def test_a_violation_is_seen(path: str, text: str, rule: object) -> None:
    assert callable(rule)
    assert rule([Module(path, text)])
