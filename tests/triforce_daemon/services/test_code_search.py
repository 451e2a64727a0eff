"""Lines of files, found: which, in which files, and what ends a search before its end."""

import os
from collections.abc import Mapping

import pytest

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.errors import FileMissing, PathRefused
from triforce_daemon.services.code_search import CodeSearch, Found, Wanted
from triforce_daemon.services.files import Files, Place

ME = Caller(kind="owner", name="me", uid=os.getuid())


def project(folder: str, files: Mapping[str, bytes]) -> str:
    here = f"{folder}/project"
    for path, data in files.items():
        os.makedirs(os.path.dirname(f"{here}/{path}"), exist_ok=True)
        with open(f"{here}/{path}", "wb") as file:
            file.write(data)
    return here


async def found(served: ServedDaemon, here: str, wanted: Wanted, path: str = ".") -> Found:
    return await CodeSearch(served.parts.get(Files)).search(Place(ME, path, here), wanted)


async def test_lines_with_what_is_around_them(served: ServedDaemon, folder: str) -> None:
    here = project(folder, {"a.py": b"one\ntwo\r\nthree\nfour two\ntwo", "b/c.txt": b"two\xff\n", "b/d.txt": b"none\n"})
    all_of_it = await found(served, here, Wanted("two", around=1))
    assert [(one.path, one.line) for one in all_of_it.matches] == [
        ("a.py", 2),
        ("a.py", 4),
        ("a.py", 5),
        ("b/c.txt", 1),
    ]
    assert (all_of_it.matches[0].text, all_of_it.matches[0].before, all_of_it.matches[0].after) == (
        "two",
        ["one"],
        ["three"],
    )
    assert (all_of_it.matches[2].before, all_of_it.matches[2].after) == (["four two"], [])
    assert all_of_it.matches[3].text == "two\N{REPLACEMENT CHARACTER}"
    assert (all_of_it.searched, all_of_it.left_out, all_of_it.ended) == (3, 0, "all")
    lines = await found(served, here, Wanted(r"^t.*o$|^four", regex=True, glob="*.py", around=0), here)
    assert [(one.path, one.line, one.before) for one in lines.matches] == [
        (f"{here}/a.py", 4, []),
        (f"{here}/a.py", 5, []),
    ]
    (one,) = (await found(served, here, Wanted("none", glob="b/*"))).matches
    assert one.path == "b/d.txt"
    (one,) = (await found(served, here, Wanted("four"), "a.py")).matches
    assert (one.path, one.line, one.before) == ("a.py", 4, ["two", "three"])


async def test_lines_at_the_ends_of_pieces(served: ServedDaemon, folder: str) -> None:
    long, many = b"x" * 100_000 + b"needle" + b"\n", b"abc needle\n" * 5_000
    here = project(folder, {"long.txt": long + b"needle\n", "many.txt": many, "empty.txt": b"", "end.txt": b"a\n"})
    lines = (await found(served, here, Wanted("needle"), "long.txt")).matches
    assert [one.line for one in lines] == [2], "of a long line only the beginning is searched"
    lines = (await found(served, here, Wanted("^abc needle$", regex=True, most=9_000), "many.txt")).matches
    assert [one.line for one in lines] == list(range(1, 5_001))
    ends = (await found(served, here, Wanted(r"\z|^$", regex=True))).matches
    assert ends == [], "no line begins behind the last one"


async def test_what_is_left_out_and_what_ends_it(served: ServedDaemon, folder: str) -> None:
    files = {
        "a.txt": b"x\n" * 9,
        "b.bin": b"x\0",
        "c.txt": b"x" * (2 << 20),
        "node_modules/d.txt": b"x",
        ".git/e": b"x",
    }
    here = project(folder, files)
    os.symlink("/etc/passwd", f"{here}/link")
    some = await found(served, here, Wanted("x", most=3))
    assert (len(some.matches), some.ended) == (3, "results")
    none = await found(served, here, Wanted("zzz"))
    assert (none.matches, none.searched, none.left_out, none.ended) == ([], 1, 2, "all")
    late = await found(served, here, Wanted("x", seconds=-1))
    assert late.ended == "time"
    for path, error in (("../x", PathRefused), ("/etc", PathRefused), ("gone", FileMissing), ("link", PathRefused)):
        with pytest.raises(error):
            await found(served, here, Wanted("x"), path)


async def test_a_name_that_is_no_text_is_shown_as_one(served: ServedDaemon, folder: str) -> None:
    here = project(folder, {"sub/a.py": b"needle\n"})
    os.rename(f"{here}/sub/a.py".encode(), f"{here}/sub/".encode() + b"\xff.py")
    (one,) = (await found(served, here, Wanted("needle"))).matches
    assert one.path == "sub/\N{REPLACEMENT CHARACTER}.py"


async def test_files_that_do_not_fit_take_their_time_too(served: ServedDaemon, folder: str) -> None:
    here = project(folder, {f"{number}.txt": b"x" for number in range(9)})
    assert (await found(served, here, Wanted("x", glob="*.py", seconds=-1))).ended == "time"
