"""Git reads nobody's settings, says what it says within bounds, and leaves nothing behind."""

import os
import tempfile
from collections.abc import AsyncIterator

import pytest

from tests.triforce_daemon.hostile_repository import git, poisoned, repository, script, write
from triforce_daemon.children.git import Git, Repository
from triforce_daemon.runtime.tasks import Tasks


@pytest.fixture
async def tasks() -> AsyncIterator[Tasks]:
    tasks = Tasks()
    yield tasks
    await tasks.stop()


async def test_no_program_and_no_setting_of_a_repository_counts(
    tasks: Tasks, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, kept = repository(f"{folder}/project"), f"{folder}/temporary"
    os.mkdir(kept)
    monkeypatch.setattr(tempfile, "tempdir", kept)
    poisoned(here, f"{folder}/marks")
    write(here, {"a.txt": "changed\n"})
    child, place = Git(tasks), Repository(here, {"user.name": "Ada", "user.email": "a@b"})
    told = (await child.run(place, ["config", "--list", "--show-origin"])).output.decode()
    assert "evil" not in told and "user.name=Ada" in told
    for words in (["status"], ["diff"], ["add", "-A"], ["commit", "-q", "-m", "second"], ["switch", "-q", "-c", "new"]):
        ran = await child.run(place, words)
        assert ran.status == 0, ran.last_words
    assert git(here, "log", "--format=%s %an").split("\n")[0] == "second Ada"
    refused = await child.run(place, ["fetch", f"ext::{folder}/marks.sh fetched"])
    assert refused.status and "not allowed" in " ".join(refused.last_words)
    assert os.listdir(f"{folder}/marks") == [] and os.listdir(kept) == []


async def test_what_is_missing_is_not_fetched(tasks: Tasks, folder: str) -> None:
    here = repository(f"{folder}/project")
    poisoned(here, f"{folder}/marks")
    tree = git(here, "-c", "core.fsmonitor=false", "rev-parse", "HEAD:a.txt").strip()
    os.unlink(f"{here}/.git/objects/{tree[:2]}/{tree[2:]}")
    for name in os.listdir(f"{folder}/marks"):
        os.unlink(f"{folder}/marks/{name}")
    assert (await Git(tasks).run(Repository(here), ["cat-file", "blob", tree])).status
    assert os.listdir(f"{folder}/marks") == []


async def test_output_and_time_are_bounded(tasks: Tasks, folder: str) -> None:
    here = repository(f"{folder}/project")
    ran = await Git(tasks).run(Repository(here), ["log", "--format=%H"], most=5)
    assert ran.truncated and len(ran.output) == 5
    whole = await Git(tasks).run(Repository(here), ["hash-object", "--stdin"], text=b"x" * 100_000)
    assert not whole.truncated and len(whole.output) == 41
    script(f"{folder}/git", "sleep 60")
    slow = Git(tasks, programs=f"{folder}:/usr/bin:/bin")
    with pytest.raises(TimeoutError):
        await slow.run(Repository(here), ["status"], seconds=0.2)
    assert slow.installed and not Git(tasks, programs=here).installed


async def test_settings_are_listed_without_what_they_include(tasks: Tasks, folder: str) -> None:
    with open(f"{folder}/more", "w") as file:
        file.write("[core]\n\teol = lf\n")
    text = f'[include]\n\tpath = {folder}/more\n[branch "x y"]\n\tmerge = "a\\nb"\n[core]\n\tbare\n'
    ran = await Git(tasks).settings(text.encode())
    assert ran.output == f"include.path\n{folder}/more\0branch.x y.merge\na\nb\0core.bare\0".encode()
    assert (await Git(tasks).settings(b"[nonsense")).status
