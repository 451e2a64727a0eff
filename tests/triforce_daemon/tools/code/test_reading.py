"""The tools that read code, through the daemon."""

import os

from tests.triforce_daemon.served_daemon import ServedDaemon
from tests.triforce_daemon.tools.test_files import call


async def test_a_project_is_shown_as_a_tree(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    for path in ("a/b/c/d.py", "a/e.txt", "f.py"):
        os.makedirs(os.path.dirname(f"{here}/{path}"), exist_ok=True)
        with open(f"{here}/{path}", "w") as file:
            file.write("12345")
    tree = (await call(served, "code_tree", here))["value"]
    assert [one["path"] for one in tree["tree"]] == ["a", "a/b", "a/b/c", "a/e.txt", "f.py"]
    assert (tree["dirs"], tree["files"], tree["bytes"]) == (3, 2, 10)
    folders = (await call(served, "code_tree", here, depth=9, files=False))["value"]["tree"]
    assert [one["path"] for one in folders] == ["a", "a/b", "a/b/c"]
    assert (await call(served, "code_tree", here, depth=9, glob="*.py"))["value"]["files"] == 2


async def test_symbols_and_references(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.makedirs(f"{here}/.venv")
    for path, text in (("a.py", "def area(x): return x\n"), ("b.py", "area(1)\n"), (".venv/c.py", "area(2)\n")):
        with open(f"{here}/{path}", "w") as file:
            file.write(text)
    (symbol,) = (await call(served, "code_symbols", here, path="a.py", kind="function", name="are"))["value"]["symbols"]
    assert (symbol["name"], symbol["line"], symbol["signature"]) == ("area", 1, "def area(x)")
    assert (await call(served, "code_symbols", here, path="a.py", kind="class"))["value"]["symbols"] == []
    found = (await call(served, "code_references", here, path=".", name="area"))["value"]["references"]
    assert [(os.path.basename(one["path"]), one["kind"]) for one in found] == [("a.py", "def"), ("b.py", "call")]
    (one,) = (await call(served, "code_references", here, path="b.py", name="area"))["value"]["references"]
    assert (one["path"], one["line"]) == ("b.py", 1)


async def test_lines_are_found(served: ServedDaemon, folder: str) -> None:
    here = os.path.join(folder, "project")
    os.mkdir(here)
    with open(f"{here}/a.py", "w") as file:
        file.write("import os\n\n\ndef area(x):\n    return x * x\n")
    found = (await call(served, "code_search", here, query=r"^def (\w+)\(", regex=True, context_lines=1))["value"]
    assert found["matches"] == [
        {"path": "a.py", "line": 4, "text": "def area(x):", "before": [""], "after": ["    return x * x"]}
    ]
    assert (found["count"], found["searched"], found["truncated"], found["ended"]) == (1, 1, False, "all")
    refused = await call(served, "code_search", here, query="(a", regex=True)
    assert refused["error"]["code"] == "invalid_arguments" and "RE2" in refused["error"]["hint"]
    assert (await call(served, "code_search", here, query="x" * 2_000))["error"]["code"] == "invalid_arguments"
    assert (await call(served, "code_search", here, query="x", path="../"))["error"]["code"] == "path_refused"
