"""A new key takes the place of what was known of the old ones."""

from tests.triforce_daemon.gateway import gateway
from triforce_daemon.errors import KeyRejected
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.health import Health


async def test_a_changed_key_is_given_its_chance(folder: str) -> None:
    async with gateway(folder) as gate:
        health = gate.served.parts.get(Health)
        old = Credential("default", "gsk-old-123456", "vault")
        health.refused("groq", old, KeyRejected("no", upstream_status=401))
        assert health.rests("groq", old)
        status, _ = await gate.served.call("PUT", "/v1/keys/groq", json={"name": "default", "secret": "gsk-new-123456"})
        assert status == 200
        assert health.rests("groq", old) is None
