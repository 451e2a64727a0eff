"""Row 34 at the door: of somebody who has logged in, every token but his own is refused, and nobody hears why."""

import json
import os
from pathlib import Path

import jwt

from tests.triforce_daemon.access.test_signing import KEY, changed, forged, signed
from tests.triforce_daemon.routes.walking import asked
from tests.triforce_daemon.served_daemon import serve
from triforce_daemon.routes.app import build
from triforce_daemon.runtime.clock import Clock

#: No header has a line end in it.
NO_HEADER = {"line end"}
#: Whoever shows nothing, or what is signed and will be good, hears so.
IN_OTHER_WORDS = {"nothing", "nbf to come"}


async def test_every_forged_token_is_refused_and_nobody_hears_why(folder: str) -> None:
    key = Path(folder, "signing.key")
    with open(os.open(key, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as file:
        file.write(KEY)
    async with serve(folder, users__signing_key=str(key)) as served:
        app = build(served.parts, Clock())
        login = (await served.user("anna", role="admin"))["access_token"]
        ours = jwt.decode(login, KEY, ["HS256"], audience="access")
        tokens = forged(ours) | {"nbf to come": signed(changed(ours, nbf=ours["nbf"] + 600))}
        found: dict[str, tuple[int, str, str]] = {}
        for name, token in {**tokens, "his own": signed(ours), "as it was given": login.encode()}.items():
            if name in NO_HEADER:
                continue
            shown = ((b"authorization", b"Bearer " + token),)
            status, answer = await asked(app, served, "GET", "/v1/users", headers=shown)
            error = json.loads(answer).get("error", {})
            found[name] = (status, error.get("code", ""), error.get("message", ""))
    assert [found.pop(name)[0] for name in ("his own", "as it was given")] == [200, 200]
    assert {name: one for name, one in found.items() if one[0] != 401} == {}
    # What does not look like one of ours may be a key of somebody else's.
    assert {one[2] for name, one in found.items() if name not in IN_OTHER_WORDS} == {
        "This access token is not known here, or its time is over.",
        "There is no token of triforce in this request.",
    }
