"""What code that is not ours gets to see, as arguments of bubblewrap: a system to read, and what it is given."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triforce_daemon.runtime.folders import make_private

#: A folder of its own, in memory, which is gone with it.
SCRATCH = "/tmp"
_SHARED_MEMORY = "/dev/shm"

#: Programs and libraries. On most systems all but the first are links into it.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64")
#: What programs read of the machine's configuration; neither its users nor its keys.
_CONFIGURATION = ("alternatives", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types")
_OF_NETWORKS = ("hosts", "resolv.conf", "nsswitch.conf", "ssl/certs", "ssl/openssl.cnf", "ca-certificates", "pki/tls")
#: Not given to anybody: what is there is the machine's, or is put there for each.
_NEVER = ("/proc", "/sys", "/dev", "/run")


@dataclass(frozen=True, slots=True)
class Grant:
    """What one run may use besides the system; every path is absolute and keeps its name inside."""

    read: Sequence[str] = ()
    write: Sequence[str] = ()
    network: bool = False
    """All that this machine reaches, its own ports included."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """The daemon's own, which stays hidden within whatever is given."""

    folders: Sequence[str] = ()
    files: Sequence[str] = ()


def arguments(grant: Grant, hidden: Hidden, scratch_bytes: int, folder: str) -> list[str]:
    """The words between `bwrap` and the program, which starts in `folder`.

    Raises ValueError for a path that nobody is given.
    """
    return [
        # Root keeps its capabilities otherwise, and with those could undo all that follows.
        *("--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--die-with-parent"),
        *(("--share-net",) if grant.network else ()),
        *_system(grant.network),
        *("--proc", "/proc", "--dev", "/dev"),
        *(word for place in (_SHARED_MEMORY, SCRATCH) for word in ("--size", str(scratch_bytes), "--tmpfs", place)),
        *_given(grant, hidden),
        # The kernel's settings belong to who has root's number, without further rights; and what bubblewrap builds all
        # this upon is memory, without a limit.
        *("--remount-ro", "/proc", "--remount-ro", "/dev", "--remount-ro", "/"),
        *("--chdir", folder),
    ]


def _system(network: bool) -> list[str]:
    words: list[str] = []
    for place in _SYSTEM:
        if os.path.islink(place):
            words += ("--symlink", os.readlink(place), place)
        elif os.path.isdir(place):
            words += ("--ro-bind", place, place)
    for name in (*_CONFIGURATION, *(_OF_NETWORKS if network else ())):
        words += ("--ro-bind-try", f"/etc/{name}", f"/etc/{name}")
    return words


def _given(grant: Grant, hidden: Hidden) -> list[str]:
    """Binds and what covers them, the outer ones first: what lies deeper has the last word."""
    readable = {_checked(path) for path in grant.read}
    writable = {_checked(path) for path in grant.write}
    mounts: dict[str, tuple[str, ...]] = {path: ("--ro-bind", path, path) for path in readable}
    mounts |= {path: ("--bind", path, path) for path in writable}
    for path, cover in _covers(hidden):
        if path in mounts:
            raise ValueError(f"{path} is the daemon's own")
        if any(_holds(given, path) for given in writable):
            # One that is not there yet could be made from inside, and believed by the next daemon.
            if cover[0] == "--tmpfs":
                make_private(path)
            mounts[path] = cover
        elif os.path.exists(path) and any(_holds(given, path) for given in readable):
            mounts[path] = cover
    covered = [path for path, words in mounts.items() if words[0] == "--tmpfs"]
    return [
        *(word for path in sorted(mounts, key=lambda path: path.count("/")) for word in mounts[path]),
        # Once what lies deeper has its place in them.
        *(word for path in covered for word in ("--remount-ro", path)),
    ]


def _covers(hidden: Hidden) -> Iterator[tuple[str, tuple[str, ...]]]:
    for path in map(os.path.realpath, hidden.folders):
        yield path, ("--tmpfs", path)
    for path in map(os.path.realpath, hidden.files):
        yield path, ("--ro-bind", os.devnull, path)


def _checked(path: str) -> str:
    if not os.path.isabs(path):
        raise ValueError(f"{path} is no absolute path")
    real = os.path.realpath(path)
    if real == "/" or any(real == place or _holds(place, real) for place in _NEVER):
        raise ValueError(f"{path} cannot be given to a program")
    return real


def _holds(folder: str, path: str) -> bool:
    return path.startswith(f"{folder}/")
