"""Coding agents as people install them: from npm, once, into the user's cache folder."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

#: The program of each and the package it comes in; the versions are those that were tried.
PACKAGES = {
    "codex": "@openai/codex@0.169.0",
    "gemini": "@google/gemini-cli@0.61.0",
    "opencode": "opencode-ai@1.18.33",
}
SECONDS = 240


def program(name: str) -> str:
    """The path of that agent's program, installed where it is not yet. Skips where npm cannot do that."""
    package = PACKAGES[name]
    folder = _cache() / package.rpartition("/")[2]
    found = folder / "node_modules" / ".bin" / name
    if not found.exists():
        _install(package, folder)
    return str(found)


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base, "triforce-tests", "clients")


def _install(package: str, folder: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip(f"npm is missing, with which {package} would be installed")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place and moved there when it is whole: what breaks off is not taken for it the next time.
    draft = tempfile.mkdtemp(prefix=".draft-", dir=folder.parent)
    words = ["npm", "install", "--prefix", draft, "--no-save", "--no-audit", "--no-fund", package]
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        shutil.rmtree(draft)
        pytest.skip(f"npm could not install {package}: {done.stderr.strip()[-300:]}")
    os.replace(draft, folder)
