"""Writes what is derived from the program: manual, completions, reference pages. With --check: says what is stale.

python -m docs.regenerate [--check]
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from docs.generator import (
    command_reference,
    commands,
    completions,
    daemon_commands,
    error_reference,
    manual,
    new_database,
    openapi_document,
    setting_reference,
    tool_reference,
    unit_files,
)
from docs.generator.files import stale, write
from triforce_cli.app.tree import Root
from triforce_cli.exit_codes import MEANINGS
from triforce_daemon.__main__ import parser
from triforce_daemon.wire.constants import VERSION

ROOT = Path(__file__).resolve().parents[1]


def generated() -> dict[str, str]:
    """Every generated file: its path below the root, and its text."""
    return dict(_generated())


def _generated() -> Iterator[tuple[str, str]]:
    tree = commands.read("triforce", Root({}))
    for name, text in manual.pages(tree, VERSION, MEANINGS):
        yield f"man/{name}", text
    yield "man/triforced.1", manual.daemon_page(daemon_commands.read(parser()), VERSION)
    for name, text in completions.scripts():
        yield f"completions/{name}", text
    yield "docs/reference/commands.md", command_reference.text(tree)
    yield "docs/reference/settings.md", setting_reference.text()
    yield "docs/reference/errors.md", error_reference.text()
    yield "docs/reference/tools.md", tool_reference.text()
    yield "README.md", tool_reference.counted((ROOT / "README.md").read_text("utf-8"))
    yield "docs/reference/openapi.json", openapi_document.text()
    yield "triforce_daemon/stores/sqlite/new_database.sql", new_database.text()
    for name, text in unit_files.packaged():
        yield f"packaging/systemd/{name}", text


def main(arguments: list[str]) -> int:
    files = generated()
    old = stale(ROOT, files)
    if "--check" not in arguments:
        write(ROOT, files)
    elif old:
        print("Stale, run `make docs`:", *old, sep="\n  ", file=sys.stderr)
        return 1
    print(f"{len(files)} generated files are fresh" if not old else f"Written: {', '.join(old)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
