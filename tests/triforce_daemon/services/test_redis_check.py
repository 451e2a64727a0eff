from triforce_daemon.services.redis_check import redis_finding


async def test_what_redis_says_is_a_finding() -> None:
    async def well() -> str | None:
        return None

    async def ill() -> str | None:
        return "no such file"

    assert (await redis_finding(well))[0] == "ok"
    status, summary, fix = await redis_finding(ill)
    assert (status, summary) == ("fail", "Redis does not answer: no such file")
    assert fix is not None
