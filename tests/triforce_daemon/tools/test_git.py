"""The tools for git, through the daemon: what they do, what they refuse, for whom, and that nothing else runs."""

import os

import pytest

from tests.triforce_daemon.hostile_repository import git, poisoned, repository, write
from tests.triforce_daemon.mcp_server.connecting import REVISIONS, connected
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.tools.test_files import call

READING = ("git_status", "git_diff")


async def test_what_has_changed(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project", {"a.txt": "one\n", "b.txt": "two\n", "c/d.txt": "3\n" * 9})
    assert (await call(served, "git_diff", here))["value"]["diff"] == ""
    write(here, {"a.txt": "one\nmore\n", "new/e.txt": "x"})
    os.unlink(f"{here}/b.txt")
    git(here, "mv", "c/d.txt", "f.txt")
    status = (await call(served, "git_status", here, path="c"))["value"]
    assert (status["path"], status["branch"], status["ahead"], status["upstream"]) == (".", "main", None, None)
    status = (await call(served, "git_status", here))["value"]
    assert status["staged"] == [{"path": "f.txt", "change": "renamed", "before": "c/d.txt"}]
    assert [(one["path"], one["change"]) for one in status["changed"]] == [("a.txt", "modified"), ("b.txt", "deleted")]
    assert (status["untracked"], status["commit"]) == (["new/"], git(here, "rev-parse", "HEAD").strip())
    diff = (await call(served, "git_diff", here))["value"]
    assert "+more" in diff["diff"] and not diff["truncated"]
    assert [(one["path"], one["added"], one["removed"]) for one in diff["files"]] == [("a.txt", 1, 0), ("b.txt", 0, 1)]
    (one,) = (await call(served, "git_diff", here, path="b.txt"))["value"]["files"]
    assert one["path"] == "b.txt"
    (staged,) = (await call(served, "git_diff", here, staged=True))["value"]["files"]
    assert (staged["path"], staged["before"]) == ("f.txt", "c/d.txt")
    since = (await call(served, "git_diff", here, ref="main", max_bytes=20))["value"]
    assert since["truncated"] and len(since["diff"]) == 20 and len(since["files"]) == 3
    assert (await call(served, "git_diff", here, ref="nothing"))["error"]["code"] == "not_found"


async def test_where_a_branch_stands(served: ServedDaemon, folder: str) -> None:
    origin = repository(f"{folder}/origin")
    git(folder, "clone", "-q", "--no-local", origin, "project")
    here = f"{folder}/project"
    write(here, {"a.txt": "x"})
    git(here, "commit", "-q", "-a", "-m", "second")
    status = (await call(served, "git_status", here))["value"]
    assert (status["upstream"], status["ahead"], status["behind"]) == ("origin/main", 1, 0)


async def test_what_does_not_fit_is_refused(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    os.mkdir(f"{folder}/none")
    for tool in READING:
        assert (await call(served, tool, here, more=1))["error"]["code"] == "invalid_arguments"
        assert (await call(served, tool, here, path=1))["error"]["code"] == "invalid_arguments"
        for path in ("../origin", "/etc", "a\0b"):
            assert (await call(served, tool, here, path=path))["error"]["code"] == "path_refused"
        assert (await call(served, tool, f"{folder}/none"))["error"]["code"] == "file_not_found"
    for ref in ("--output=x", "-O/etc/passwd", "a\nb", ""):
        assert (await call(served, "git_diff", here, ref=ref))["error"]["code"] == "invalid_arguments"


async def test_nothing_of_a_hostile_repository_runs(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    poisoned(here, f"{folder}/marks")
    write(here, {"a.txt": "changed\n"})
    assert (await call(served, "git_status", here))["value"]["changed"][0]["path"] == "a.txt"
    assert "+changed" in (await call(served, "git_diff", here))["value"]["diff"]
    assert (await call(served, "git_diff", here, ref="HEAD"))["value"]["files"]
    canary = f"$(touch {folder}/canary);`touch {folder}/canary`|touch {folder}/canary"
    for tool in READING:
        await call(served, tool, here, path=canary)
    await call(served, "git_diff", here, ref=canary)
    assert os.listdir(f"{folder}/marks") == [] and not os.path.exists(f"{folder}/canary")
    # It would have, with git as it is.
    git(here, "diff")
    assert os.listdir(f"{folder}/marks")


async def test_what_leads_out_of_the_workspace_is_refused(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    git(here, "worktree", "add", "-q", "../linked")
    refused = (await call(served, "git_status", f"{folder}/linked"))["error"]
    assert refused["code"] == "path_refused" and "linked worktree" in refused["message"]
    os.makedirs(f"{folder}/secret")
    write(folder, {"secret/s": "secret"})
    os.unlink(f"{here}/a.txt")
    os.link(f"{folder}/secret/s", f"{here}/a.txt")
    assert "several names" in (await call(served, "git_diff", here))["error"]["message"]
    assert (await call(served, "git_diff", here, staged=True))["ok"]


@pytest.mark.parametrize("revision", REVISIONS)
async def test_by_mcp_with_what_was_granted(folder: str, revision: str) -> None:
    here = repository(f"{folder}/project")
    granted = {"workspaces__p__folder": here, "workspaces__p__callers": "token/editor"}
    async with serve(folder, **granted) as served:
        editor, other = await served.token("tools", name="editor"), await served.token("tools", name="other")
        async with connected(served, editor, revision) as client:
            result = await client.call_tool("git_status", {})
            assert result.structured_content and result.structured_content["branch"] == "main"
        async with connected(served, other, revision) as client:
            assert (await client.call_tool("git_diff", {})).is_error
        _, refused = await served.over_http(
            "POST", "/v1/tools/git_status/run", await served.token("read", name="m"), json={"arguments": {}}
        )
        assert refused["error"]["code"] == "forbidden"


async def test_a_commit_and_a_branch(served: ServedDaemon, folder: str) -> None:
    here = repository(f"{folder}/project")
    write(here, {"a.txt": "changed\n", "b.txt": "changed\n"})
    wanted = {"message": "Change it", "files": ["a.txt"]}
    refused = (await call(served, "git_commit", here, **wanted))["error"]
    assert refused["code"] == "invalid_request" and "user.name" in refused["hint"]
    git(here, "config", "user.name", "Rita")
    git(here, "config", "user.email", "r@x")
    done = await call(served, "git_commit", here, **wanted)
    value = done["value"]
    assert (value["author"], value["branch"], value["commit"]) == (
        "Rita <r@x>",
        "main",
        git(here, "rev-parse", "HEAD").strip(),
    )
    assert value["files"] == [{"path": "a.txt", "change": "modified", "before": None}]
    assert done["changes"] == [f"committed {value['commit'][:12]} on main"]
    made = (await call(served, "git_branch", here, action="create", name="new"))["value"]
    assert ([one["name"] for one in made["branches"]], made["current"]) == (["main", "new"], "main")
    assert (await call(served, "git_branch", here, action="switch", name="new"))["error"]["code"] == "conflict"
    git(here, "checkout", "-q", "b.txt")
    switched = await call(served, "git_branch", here, action="switch", name="new")
    assert (switched["value"]["current"], switched["changes"]) == ("new", ["switch: branch new"])
    for wrong in ({"action": "create"}, {"action": "switch", "name": "-x"}, {"action": "push", "name": "x"}):
        assert (await call(served, "git_branch", here, **wrong))["error"]["code"] == "invalid_arguments"
    for message in ("", " \n", "a\0b"):
        assert (await call(served, "git_commit", here, message=message))["error"]["code"] == "invalid_arguments"


async def test_who_may_and_what_has_to_be_agreed_to(folder: str) -> None:
    here = repository(f"{folder}/project")
    granted = {"workspaces__p__folder": here, "workspaces__p__callers": "token/editor,token/writer"}
    author = {"authors__a__name": "Ed", "authors__a__email": "e@x", "authors__a__callers": "token/editor"}
    async with serve(folder, **granted, **author) as served:
        token = await served.token("tools", "tools:write", name="editor")

        async def run(tool: str, **arguments: object) -> dict:
            body = {"arguments": arguments}
            return (await served.over_http("POST", f"/v1/tools/{tool}/run", token, json=body))[1]

        assert (await run("git_branch", action="list"))["value"]["current"] == "main"
        refused = await run("git_branch", action="create", name="new")
        assert refused["error"]["code"] == "path_refused" and "read only" in refused["error"]["message"]
        assert (await run("git_commit", message="x"))["error"]["code"] == "path_refused"
    async with serve(folder, **granted, **author, workspaces__p__write="true") as served:
        token = await served.token("tools", "tools:write", name="editor")
        assert (await run("git_branch", action="create", name="new"))["ok"], "nobody has to agree to what takes nothing"
        assert (await run("git_branch", action="switch", name="new"))["error"]["code"] == "approval_needed"
        write(here, {"a.txt": "x"})
        assert (await run("git_commit", message="x", files=["a.txt"]))["value"]["author"] == "Ed <e@x>"
