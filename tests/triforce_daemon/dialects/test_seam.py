"""The mark of a seam: every real client reads over it, and puts the answer together."""

import pytest

from tests.scriptable_upstream.script import say
from tests.triforce_daemon.gateway import gateway
from tests.triforce_daemon.routes.clients_asking import CLIENTS, Ask
from tests.triforce_daemon.routes.test_inference_matrix import STOPPED
from triforce_daemon.dialects.canonical import Continued
from triforce_daemon.dialects.seam import seam
from triforce_daemon.routes import inference
from triforce_daemon.routes.request_headers import Wishes


def test_it_tells_who_and_why() -> None:
    told = Continued(type="continued", after="groq/m", by="mistral/m", reason="It broke.", model="m")
    assert seam(told) == {"x_triforce": {"continued": {"after": "groq/m", "by": "mistral/m", "reason": "It broke."}}}


@pytest.mark.parametrize("second", ["mistral", "claude", "google"])
@pytest.mark.parametrize("client", CLIENTS)
async def test_real_clients_read_over_it(
    folder: str, monkeypatch: pytest.MonkeyPatch, client: str, second: str
) -> None:
    monkeypatch.setattr(inference, "wishes_of", lambda exchange, stream: Wishes(goes_on=stream))
    async with gateway(folder, aliases__two__models=f"groq/m,{second}/second") as gate:
        gate.upstream.script("m", say(*[f"w{number} " for number in range(60)]), "cut-after=10 cut=rst")
        gate.upstream.script("second", say("and ", "so ", "on"))
        said = await CLIENTS[client](gate.served, Ask("two", stream=True))
        assert said.text.startswith("w0 w1 ")
        assert said.text.endswith("and so on")
        assert "w9" not in said.text
        assert said.stop == STOPPED[client]
