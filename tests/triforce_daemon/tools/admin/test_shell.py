"""The tool `shell`: off, agreed to each time, and never for a model's answer."""

from dataclasses import replace

from tests.triforce_daemon.routes.test_tools import run
from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.tools.admin.test_changing import agreed
from tests.triforce_daemon.tools.admin.test_looking import over_http
from triforce_daemon.access.acting import Acting
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.administration.shell import Shell
from triforce_daemon.toolbox.catalog import Catalog
from triforce_daemon.toolbox.runner import Request, Runner

OWNER = Caller("owner", "me")


async def test_it_is_off_until_a_setting_allows_it_which_no_tool_sets(served: ServedDaemon) -> None:
    refused = await agreed(served, "shell", command="true")
    assert refused["error"]["code"] == "tool_unavailable" and "shell.enabled" in refused["error"]["hint"]
    setting = await agreed(served, "config_set", key="shell.enabled", value=True)
    assert setting["error"]["code"] == "forbidden"


async def test_it_is_an_admins_and_agreed_to_each_time(folder: str) -> None:
    async with serve(folder, shell__enabled="true", shell__unconfined="true") as served:
        ran = (await agreed(served, "shell", command="echo 42", timeout=20))["value"]
        assert (ran["exit_code"], ran["stdout"], ran["timed_out"]) == (0, "42\n", False)
        assert (await run(served, "shell", command="echo 42"))["error"]["code"] == "approval_needed"
        anna = (await served.user("anna", tier="unlimited", grants=["tools:exec"]))["access_token"]
        assert (await over_http(served, "shell", anna, command="true"))["error"]["code"] == "forbidden"
        nul = await run(served, "shell", command="echo \0")
        assert nul["error"]["code"] == "invalid_arguments"
        status = (await served.get("/v1/status"))[1]
        unconfined = [line["code"] for line in status["health"] if line["code"] == "shell.unconfined"]
        found = next(one for one in served.parts.get(Catalog) if one.name == "shell")
        assert found.declared.approval and found.declared.scope == "admin"
        assert unconfined == ([] if ran["confined"] else ["shell.unconfined"])


async def test_no_models_answer_runs_a_command(folder: str) -> None:
    async with serve(folder, shell__enabled="true", shell__unconfined="true") as served:
        canary = f"{folder}/canary"
        acting = replace(OWNER, acting=Acting("chat/x", frozenset({"admin", "tools", "tools:exec"})))
        for caller, via in ((acting, "chat"), (OWNER, "peer")):
            request = Request(caller, "shell", {"command": f"touch {canary}"}, "r1", via, approved=True)
            outcome = await served.parts.get(Runner).run(request)
            assert outcome.error is not None and outcome.error.code == "forbidden"
        assert served.parts.get(Shell).missing() is None


async def test_nobody_agrees_to_commands_for_a_while(folder: str) -> None:
    async with serve(folder, shell__enabled="true", shell__unconfined="true") as served:
        token = await served.token("admin")
        asked = await over_http(served, "shell", token, command="echo 42")
        place = f"/v1/approvals/{asked['error']['approval']}"
        status, refused = await served.post(place, {"verdict": "granted", "until": "2100-01-01"})
        assert (status, refused["error"]["code"]) == (409, "conflict"), refused
        assert (await served.post(place, {"verdict": "granted"}))[0] == 200
        assert (await over_http(served, "shell", token, command="echo 43"))["error"]["code"] == "approval_needed"
        assert (await over_http(served, "shell", token, command="echo 42"))["value"]["stdout"] == "42\n"
        assert (await over_http(served, "shell", token, command="echo 42"))["error"]["code"] == "approval_needed"
