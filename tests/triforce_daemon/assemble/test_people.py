"""Who is known when the daemon starts."""

import os

from tests.triforce_daemon.served_daemon import serve


async def test_with_a_new_key_everybody_logs_in_again_and_tokens_stay(folder: str) -> None:
    async with serve(folder) as served:
        login = (await served.user())["access_token"]
        token = await served.token("inference")
    os.unlink(os.path.join(served.places.logins, "key"))
    async with serve(folder) as served:
        assert (await served.over_http("GET", "/v1/models", login))[0] == 401
        assert (await served.over_http("GET", "/v1/models", token))[0] == 200
        await served.log_in()
