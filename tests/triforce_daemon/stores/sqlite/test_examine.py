"""What the doctor says of a file."""

from triforce_daemon.stores.sqlite.examine import examine
from triforce_daemon.stores.sqlite.schema import prepare


def test_it_is_looked_at(path: str) -> None:
    assert examine(path) == ("ok", "no database yet; it is made at the first start", None)
    prepare(path, 1)
    assert examine(path) == ("ok", f"{path} is whole", None)
    with open(path, "r+b") as file:
        file.write(b"this is no database" * 500)
    status, words, fix = examine(path)
    assert status == "fail" and path in words and fix
