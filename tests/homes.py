"""Homes of people who have never used triforce."""

import os


def environment(folder: str) -> dict[str, str]:
    """With this folder as HOME, and nothing of ours set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRIFORCE_", "XDG_"))}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return {**kept, "HOME": folder, "TERM": "xterm-256color"}
