"""A path as somebody writes it, as the names that lead to a file from a workspace's root."""

import os

from triforce_daemon.errors import PathRefused

Parts = tuple[str, ...]

#: What Linux takes, in bytes: of a name, and of a path as a whole (limits.h).
_NAME_BYTES, _PATH_BYTES = 255, 4_095


def parts_of(path: str) -> Parts:
    """The names of a relative path, none for the root itself. Raises PathRefused; `..` is refused wherever it stands.

    Names are taken byte for byte: two ways to write the same letter are two names, as they are for the kernel.
    """
    if path.startswith("/"):
        raise PathRefused(f"{shown(path)} is an absolute path.", "Name it from the workspace's root on.")
    names = tuple(name for name in path.split("/") if name not in ("", "."))
    if ".." in names:
        raise PathRefused(f"{shown(path)} holds `..`.", "Name the file from the workspace's root on.")
    try:
        encoded = [name.encode() for name in names]
    except UnicodeEncodeError:
        raise PathRefused(f"{shown(path)} holds half a character.", "Send valid Unicode.") from None
    if any(0 in name for name in encoded):
        raise PathRefused(f"{shown(path)} holds a zero byte.", "No file has such a name.")
    if any(len(name) > _NAME_BYTES for name in encoded) or sum(map(len, encoded)) + len(encoded) > _PATH_BYTES:
        raise PathRefused(f"{shown(path)} is too long.", "A name has 255 bytes at most, and a path 4,095.")
    return names


def below(path: str, root: str) -> str | None:
    """What is left of an absolute path below `root`; None where it is not there. Both as they are written."""
    plain = os.path.normpath(path) if ".." not in path.split("/") else path
    # POSIX lets two slashes at the beginning mean something else.
    plain = "/" + plain.lstrip("/")
    if plain == root:
        return ""
    return plain[len(root) + 1 :] if plain.startswith(f"{root}/") else None


def path_of(parts: Parts) -> str:
    """The path as the kernel takes it, from the root on."""
    return "/".join(parts) or "."


def text_of(parts: Parts) -> str:
    """The same as it is shown, with `.` for the root itself. A name that is no text leads nowhere by what is shown."""
    return path_of(parts).encode(errors="surrogateescape").decode(errors="replace")


def shown(path: str) -> str:
    """A path within a sentence, whatever it holds."""
    short = path if len(path) <= 200 else path[:199] + "…"
    return repr(short) if not short.isprintable() else f"`{short}`"
