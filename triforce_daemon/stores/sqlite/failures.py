"""SQLite's complaints, as an error that says what to do."""

from triforce_daemon.errors import StorageFailed

_HINTS = {
    "full": "Free some disk space, then try again.",
    "readonly": "Check the owner and mode of the database and its folder.",
    "unable to open": "Check the owner and mode of the database and its folder.",
    "locked": "Another program holds the database; try again.",
    "disk I/O": "Look at the disk and at free space; the system's log may say more.",
    "malformed": "Stop the daemon and restore a backup; `triforce doctor` examines the database.",
}


def storage_failed(what: str, error: BaseException) -> StorageFailed:
    """`what` is what did not work, as a sentence without its end; `error` is SQLite's, or SQLAlchemy's around it."""
    cause = str(getattr(error, "orig", None) or error)
    hint = next((text for word, text in _HINTS.items() if word in cause), "See the daemon's log.")
    return StorageFailed(f"{what} ({cause}).", hint)
