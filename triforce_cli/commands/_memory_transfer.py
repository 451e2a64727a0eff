"""Memory carried out of a daemon and into one, as much at once as it takes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from triforce_cli.commands._files import read_text
from triforce_cli.commands._memory_words import entries_of
from triforce_cli.daemon_client import DaemonClient
from triforce_cli.errors import DaemonError, InputInvalid
from triforce_cli.output.memory_files import read_back

if TYPE_CHECKING:
    from triforce_daemon.wire.memory import MemoryDocument

AT_ONCE = 200


def carried_out(client: DaemonClient) -> "list[MemoryDocument]":
    """Every entry, page by page."""
    reply = client.export_memory(AT_ONCE)
    found = reply["items"]
    while reply["next"] is not None:
        reply = client.export_memory(AT_ONCE, reply["next"])
        found += reply["items"]
    return found


def carried_in(client: DaemonClient, files: Sequence[str]) -> dict[str, Any]:
    """What came of adding the entries of these files; whoever starts anew after an error adds none of them twice.

    Raises InputInvalid.
    """
    found = [entry for file in files for entry in read_back(read_text(file), file)]
    done: dict[str, Any] = {"schema": "triforce.memory.import/1", "items": [], "next": None, "duplicates": 0}
    changes: list[str] = []
    for at in range(0, len(found), AT_ONCE):
        try:
            reply = client.import_memory({"entries": found[at : at + AT_ONCE]})
        except DaemonError as error:
            if error.code != "invalid_request":
                raise
            before = f" Added before it: {entries_of(len(done['items']))}." if done["items"] else ""
            raise InputInvalid(f"{', '.join(files)}: {error.message}{before}", error.hint) from None
        done["items"] += reply["items"]
        done["duplicates"] += reply["duplicates"]
        changes += [reply["change"]] if reply["change"] else []
    return {**done, "changes": changes}
