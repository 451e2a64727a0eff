"""A short question to a provider that is no chat: which models it has, whether a key is good, what runs there."""

from dataclasses import dataclass

from triforce_daemon.dialects.dialect import Dialect
from triforce_daemon.outbound.client import Outbound, Timeouts
from triforce_daemon.providers.catalog import Row
from triforce_daemon.providers.credential import Credential
from triforce_daemon.providers.hush import hushed

_TIMEOUTS = Timeouts(connect=5, first_byte=10, idle=10, total=30)
#: The longest of the known lists has two megabytes on a page.
_BYTES = 16 << 20


@dataclass(frozen=True, slots=True)
class Inquiry:
    row: Row
    dialect: Dialect
    outbound: Outbound

    async def ask(self, method: str, path: str, credential: Credential, content: bytes | None = None) -> bytes:
        """The body of an answer with 200. Raises the provider's refusal, and what the network came to."""
        headers = {"accept": "application/json", **self.row.headers_with(credential.secret)}
        if content is not None:
            headers["content-type"] = "application/json"
        url = self.row.url(path)
        with await self.outbound.send(method, url, headers=headers, body=content, timeouts=_TIMEOUTS) as reply:
            if reply.status != 200:
                raise hushed(self.dialect.read_error(reply.status, await reply.read_refusal()), headers)
            return await reply.read(_BYTES)
