"""Of a repository's own settings, those that git has to know and that run nothing."""

import re
from dataclasses import dataclass

from triforce_daemon.errors import InvalidRequest

#: How the files of the working tree are compared, and whom a branch follows. What is not named here is not read.
_KEPT = re.compile(
    r"core\.(filemode|ignorecase|precomposeunicode|symlinks|autocrlf|eol|safecrlf|sparsecheckout|sparsecheckoutcone)"
    r"|branch\..+\.(remote|merge)|remote\..+\.fetch"
)
_AUTHOR = ("user.name", "user.email")
#: Without these git reads it well: settings for one working tree are not read, and what is missing is not fetched.
_HARMLESS = ("extensions.worktreeconfig", "extensions.partialclone", "extensions.preciousobjects", "extensions.noop")
_HASHES = "extensions.objectformat"
_FILTER = re.compile(r"filter\.(.+)\.(clean|smudge|process|required)")
#: Mostly set for all repositories of a person, and so not among these.
_LFS = "lfs"
_LONGEST, _MOST = 4_096, 2_000


@dataclass(frozen=True, slots=True)
class GitSettings:
    kept: dict[str, str]
    hashes: str
    author: tuple[str, str] | None
    """The name and the address."""
    filters: frozenset[str]
    """Names of programs that would change what is kept; none is run."""


def git_settings(listing: bytes) -> GitSettings:
    """From what `git config --list -z` says. Raises InvalidRequest for a kind of repository that is not known here."""
    said = dict(_pairs(listing))
    unknown = [key for key in said if key.startswith("extensions.") and key not in (*_HARMLESS, _HASHES)]
    if unknown:
        raise InvalidRequest(f"The repository needs {unknown[0]}, which is not known here.", "Ask git itself.")
    kept = {key: value for key, value in said.items() if _KEPT.fullmatch(key) and len(value) <= _LONGEST}
    name, address = (said.get(key, "").strip()[:200] for key in _AUTHOR)
    filters = {found[1] for key in said if (found := _FILTER.fullmatch(key))}
    return GitSettings(
        kept=dict(list(kept.items())[:_MOST]),
        hashes=said.get(_HASHES, "sha1").lower(),
        author=(name, address) if name and address else None,
        filters=frozenset({*filters, _LFS}),
    )


def _pairs(listing: bytes) -> list[tuple[str, str]]:
    lines = (line.partition("\n") for line in listing.decode(errors="replace").split("\0") if line)
    # A key without a value is a yes.
    return [(key, value if newline else "true") for key, newline, value in lines]
