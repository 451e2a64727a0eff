"""Disks that are full or read-only, for real: a small file system of its own where we may mount one."""

import os
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager

import pytest


@contextmanager
def small_disk(megabytes: int = 1) -> Generator[str]:
    """A folder on a file system of that size. Skips the test where we may not mount."""
    folder = tempfile.mkdtemp(prefix="tf-")
    try:
        with _mounted(folder, f"size={megabytes}m,mode=700"):
            yield folder
    finally:
        os.rmdir(folder)


@contextmanager
def filled(folder: str) -> Generator[None]:
    """While inside, the disk of `folder` has not one byte left."""
    ballast = os.path.join(folder, "ballast")
    with open(ballast, "wb", buffering=0) as handle:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while handle.write(b"x" * size) == size:
                    pass
            except OSError:
                continue
    yield
    os.unlink(ballast)


@contextmanager
def read_only(folder: str) -> Generator[None]:
    """While inside, nothing below `folder` can be written, by root neither."""
    if os.getuid() != 0:
        os.chmod(folder, 0o500)
        yield
        os.chmod(folder, 0o700)
        return
    _mount("--bind", folder, folder)
    try:
        _mount("-o", "remount,bind,ro", folder)
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def _mounted(folder: str, options: str) -> Generator[None]:
    _mount("-t", "tmpfs", "-o", options, "tmpfs", folder)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _mount(*words: str) -> None:
    if os.getuid() != 0:
        pytest.skip("only root may mount a file system")
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: {done.stderr.strip()}")
