"""Who counts, by the settings: with a real Redis, without one, and with one that goes away."""

import asyncio
from pathlib import Path

from tests.triforce_daemon.served_daemon import ServedDaemon, serve
from tests.valkey import Valkey, valkey
from triforce_daemon.access.rate_limiter import RateLimiter

CHAT = {"model": "scripted/small", "messages": [{"role": "user", "content": "x"}], "max_tokens": 10}


async def asked(served: ServedDaemon, token: str, times: int) -> list[int]:
    return [(await served.over_http("POST", "/v1/chat/completions", token, json=CHAT))[0] for _ in range(times)]


async def test_counts_are_in_redis_and_stay_there(folder: str) -> None:
    with valkey(folder) as server:
        server.ask_password("open sesame")
        secret = Path(folder, "password")
        secret.write_text("open sesame\n", encoding="utf-8")
        secret.chmod(0o600)
        settings = {"redis__url": server.url, "redis__password_file": str(secret)}
        async with serve(folder, **settings) as served:
            token = await served.token("inference", requests_per_minute=5)
            assert await asked(served, token, 3) == [200] * 3
            assert server.say("ZCARD", next(key for key in server.say("KEYS", "*:minute"))) == 3
            assert (await served.get("/v1/status"))[1]["health"] == []
        async with serve(folder, **settings) as served:
            assert await asked(served, token, 3) == [200, 200, 429]


async def test_without_its_redis_a_daemon_starts_and_says_so(folder: str) -> None:
    server = Valkey(folder)
    async with serve(folder, redis__url=server.url, redis__daemons="2") as served:
        token = await served.token("inference", requests_per_minute=6)
        assert await asked(served, token, 4) == [200, 200, 200, 429]
        ills = {ill["code"]: ill for ill in (await served.get("/v1/status"))[1]["health"]}
        assert "a part of each limit" in ills["redis.away"]["message"]
        _, doctor = await served.get("/v1/doctor")
        check = next(item for item in doctor["items"] if item["id"] == "redis.answers")
        assert check["status"] == "fail"
        counters = served.parts.get(RateLimiter).counters
        server.start()
        try:
            async with asyncio.timeout(10):
                while counters.trouble is not None:
                    await asyncio.sleep(0.05)
            # Exact again, with those that came meanwhile.
            assert await asked(served, token, 4) == [200, 200, 200, 429]
            _, doctor = await served.get("/v1/doctor")
            assert next(item for item in doctor["items"] if item["id"] == "redis.answers")["status"] == "ok"
        finally:
            server.stop()
