"""The whole house: every route finds what it needs, and the status says where it stands."""

from tests.triforce_daemon.served_daemon import ServedDaemon
from triforce_daemon.routes import app
from triforce_daemon.runtime.clock import Clock


async def test_every_route_has_its_parts(served: ServedDaemon) -> None:
    app.build(served.parts, Clock())


async def test_the_status_names_the_places(served: ServedDaemon) -> None:
    _, status = await served.get("/v1/status")
    assert status["daemon"]["socket"] == served.places.socket
    assert status["daemon"]["database"] == served.places.database
    assert served.http.url in str(status["daemon"])
