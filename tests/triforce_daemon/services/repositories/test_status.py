"""What `git status` says, read."""

from triforce_daemon.services.repositories.status import Changed, paths, read

_HASHES = "100644 100644 100644 aaaa bbbb"


def test_a_branch() -> None:
    found = read("# branch.oid abc\0# branch.head main\0# branch.upstream o/main\0# branch.ab +2 -3\0# stash 1\0")
    assert (found.commit, found.branch, found.upstream, found.ahead, found.behind) == ("abc", "main", "o/main", 2, 3)
    found = read("# branch.oid (initial)\0# branch.head (detached)\0")
    assert (found.commit, found.branch) == (None, None)


def test_files_with_any_name() -> None:
    found = read(
        f"1 MD N... {_HASHES} a b\n.txt\0002 R. N... {_HASHES} R100 new\0old\0"
        "u UU N... 1 2 3 4 h1 h2 h3 both\0? x y\0! ignored\0",
        truncated=True,
    )
    assert found.staged == [Changed("a b\n.txt", "modified"), Changed("new", "renamed", "old")]
    assert found.changed == [Changed("a b\n.txt", "deleted"), Changed("both", "conflict")]
    assert found.untracked == ["x y"] and found.truncated
    assert set(paths(found)) == {"a b\n.txt", "new", "both", "x y"}
