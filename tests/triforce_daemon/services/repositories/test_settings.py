"""What is taken of a repository's own settings, and what never is."""

import pytest

from triforce_daemon.errors import InvalidRequest
from triforce_daemon.services.repositories.settings import git_settings


def listing(**settings: str) -> bytes:
    return "".join(f"{key.replace('__', '.')}\n{value}\0" for key, value in settings.items()).encode()


def test_what_runs_nothing_is_kept() -> None:
    found = git_settings(
        listing(core__autocrlf="true", core__fsmonitor="evil", diff__external="evil", core__worktree="/etc")
        + b"branch.a/b.merge\nrefs/heads/main\0remote.o.fetch\n+a:b\0remote.o.url\next::evil\0core.filemode\0"
        + listing(filter__x__clean="evil", user__name=" Ada ", user__email="a@b")
    )
    assert found.kept == {
        "core.autocrlf": "true",
        "branch.a/b.merge": "refs/heads/main",
        "remote.o.fetch": "+a:b",
        "core.filemode": "true",
    }
    assert (found.author, found.hashes, found.filters) == (("Ada", "a@b"), "sha1", frozenset({"x", "lfs"}))


def test_kinds_of_repository() -> None:
    assert (
        git_settings(listing(extensions__objectformat="SHA256", extensions__worktreeconfig="true")).hashes == "sha256"
    )
    assert git_settings(b"").author is None
    with pytest.raises(InvalidRequest, match="refstorage"):
        git_settings(listing(extensions__refstorage="reftable"))


def test_what_is_too_much_is_left_out() -> None:
    many = b"".join(b"branch.b%d.remote\no\0" % number for number in range(3_000))
    assert len(git_settings(many).kept) == 2_000
    assert git_settings(listing(core__eol="x" * 5_000)).kept == {}
