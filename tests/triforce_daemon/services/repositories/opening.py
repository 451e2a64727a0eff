"""A repository opened for the owner, who stands in it."""

import os

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.access.caller import Caller
from triforce_daemon.services.files import Place
from triforce_daemon.services.repositories.repositories import Opened, Repositories

ADA = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "Ada"), ("EMAIL", "ada@x"))
}


async def opened(served: ServedDaemon, here: str) -> tuple[Repositories, Opened]:
    repositories, me = served.parts.get(Repositories), Caller(kind="owner", name="me", uid=os.getuid())
    return repositories, await repositories.open(Place(me, ".", here), write=True)
