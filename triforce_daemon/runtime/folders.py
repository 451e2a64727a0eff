"""Makes folders that only their owner may enter."""

import os


def make_private(folder: str) -> None:
    """Make `folder` and what is missing above it, each with mode 0700, as the XDG specification asks. Raises OSError.

    `os.makedirs` gives its mode to the last folder only. What exists already keeps the mode that its owner chose.
    """
    folder = os.path.abspath(folder)
    if os.path.isdir(folder):
        return
    make_private(os.path.dirname(folder))
    try:
        os.mkdir(folder, mode=0o700)
    except FileExistsError:
        # Another process was faster; a file in the folder's place is still an error.
        if not os.path.isdir(folder):
            raise
