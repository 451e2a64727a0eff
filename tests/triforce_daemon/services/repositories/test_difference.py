"""What `git diff --numstat` says, read."""

from triforce_daemon.services.repositories.difference import Counted, read


def test_counted_files() -> None:
    assert read("1\t2\ta\tb\n\0-\t-\tpicture\0" + "3\t0\t\0old\0new\0") == [
        Counted("a\tb\n", None, 1, 2),
        Counted("picture", None, None, None),
        Counted("new", "old", 3, 0),
    ]
    assert read("") == []
