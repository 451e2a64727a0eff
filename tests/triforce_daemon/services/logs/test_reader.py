"""Who reads what of the log: admins all of it, everybody else what was written of his own requests."""

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.triforce_daemon.services.logs.writing import line, write
from tests.triforce_daemon.services.test_receipts import asked
from triforce_daemon.access.caller import Caller
from triforce_daemon.runtime.redaction import MASK
from triforce_daemon.services.logs.reader import LogReader
from triforce_daemon.services.request_book import RequestBook
from triforce_daemon.wire.log_lines import Wanted

OWNER = Caller("owner", "me")


async def messages(served: ServedDaemon, caller: Caller, wanted: Wanted | None = None, limit: int = 100) -> list[str]:
    found = await served.parts.get(LogReader).find(caller, wanted or Wanted(), limit)
    return [one["msg"] for one in found.entries]


async def test_each_reads_his_own_also_after_a_restart(folder: str) -> None:
    async with serve(folder, log__file=f"{folder}/log") as served:
        anna, ben = await served.user("anna", tier="pro"), await served.user("ben", tier="pro")
        hers, his = await asked(served, anna["access_token"]), await asked(served, ben["access_token"])
        write(folder, line("of nobody"), line("hers", request_id=hers), line("his", request_id=his))
        write(folder, line("of another", request_id=hers, client="user/ben"))
        write(folder, line("claimed", request_id="0197a000-0000-7000-8000-000000000001"))
        callers = {
            name: Caller("user", f"user/{name}", user=one["user"]["id"], scopes=frozenset({"tools"}))
            for name, one in (("anna", anna), ("ben", ben))
        }
        requests = Wanted(request="01", category="system")
        assert await messages(served, callers["anna"], requests) == ["hers"]
        assert await messages(served, callers["ben"], requests) == ["his"]
        assert "POST /v1/chat/completions" in await messages(served, callers["anna"])
        assert set(await messages(served, OWNER)) >= {"of nobody", "hers", "his", "of another", "claimed"}
        admin = Caller("token", "token/ops", scopes=frozenset({"admin"}))
        assert "of nobody" in await messages(served, admin)
        # After a restart only the audit knows whose a request was.
        served.parts.get(RequestBook)._asked.clear()  # pyright: ignore[reportPrivateUsage]
        assert await messages(served, callers["anna"]) == ["hers"]
        assert await messages(served, callers["ben"]) == ["his"]


async def test_what_does_not_fit_is_said_to_be_there(folder: str) -> None:
    async with serve(folder, log__file=f"{folder}/log") as served:
        write(folder, *(line(f"m{number}") for number in range(9)))
        reader, system = served.parts.get(LogReader), Wanted(category="system")
        found = await reader.find(OWNER, system, 5)
        assert [one["msg"] for one in found.entries] == ["m8", "m7", "m6", "m5", "m4"] and found.truncated
        assert not (await reader.find(OWNER, system, 9)).truncated


async def test_without_a_file_the_end_of_the_log_is_kept_in_memory(served: ServedDaemon) -> None:
    page = await served.parts.get(LogReader).page(OWNER, Wanted(category="system"), 5)
    assert (page["file"], page["items"]) == (None, [])


async def test_a_secret_in_a_path_is_masked(served: ServedDaemon) -> None:
    await served.get("/v1/models/sk-canary1234567890abcdef")
    page = await served.parts.get(LogReader).find(OWNER, Wanted(words="/v1/models"), 5)
    assert [one["msg"] for one in page.entries] == [f"GET /v1/models/{MASK}"]
    assert (await served.parts.get(LogReader).requests(OWNER))[0].path.endswith(MASK)
