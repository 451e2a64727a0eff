"""What is chosen while the daemon runs is in its file, for the next start."""

import os
import tomllib

from tests.triforce_daemon.served_daemon import ServedDaemon


def file_of(served: ServedDaemon) -> dict:
    with open(os.path.join(served.environ["HOME"], "config.toml"), "rb") as file:
        return tomllib.load(file)


async def test_the_default_is_kept(served: ServedDaemon) -> None:
    status, _ = await served.call("PUT", "/v1/registry/default", json={"model": "scripted/large"})
    assert status == 200
    assert file_of(served) == {"chat": {"default_model": "scripted/large"}}


async def test_an_alias_is_kept_and_taken_out_again(served: ServedDaemon) -> None:
    alias = {"models": ["scripted/large"], "boundary": "machine", "order": "priority"}
    status, _ = await served.call("PUT", "/v1/registry/aliases/mine", json=alias)
    assert status == 200
    assert file_of(served)["aliases"]["mine"]["models"] == ["scripted/large"]
    status, _ = await served.call("DELETE", "/v1/registry/aliases/mine")
    assert status == 200
    assert "mine" not in file_of(served).get("aliases", {})
