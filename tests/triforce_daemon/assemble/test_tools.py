"""The catalog that the daemon has: every tool with what it needs, and toolsets from the settings."""

from tests.triforce_daemon.served_daemon import serve


async def test_toolsets_come_from_the_settings(folder: str) -> None:
    async with serve(folder, toolsets__mine__tools="calculate,whoami") as served:
        _, listed = await served.get("/v1/tools", toolset="mine")
        assert [item["name"] for item in listed["items"]] == ["whoami", "calculate"]
