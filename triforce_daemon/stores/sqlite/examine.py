"""Looks whether a file is a whole database."""

import contextlib
import os
import sqlite3

from triforce_daemon.stores.database import Finding
from triforce_daemon.stores.sqlite import schema


def examine(path: str) -> Finding:
    if not os.path.exists(path):
        return "ok", "no database yet; it is made at the first start", None
    try:
        with contextlib.closing(sqlite3.connect(schema.for_reading(path), uri=True)) as connection:
            answer = str(connection.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.Error as error:
        return "fail", f"{path}: {error}", "Check its owner and mode, or restore a backup."
    if answer != "ok":
        return "fail", f"{path}: {answer}", "Stop the daemon and restore a backup."
    return "ok", f"{path} is whole", None
