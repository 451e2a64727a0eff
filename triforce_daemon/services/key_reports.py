"""What the providers' keys were used for, and keys that somebody asks for."""

import logging
from dataclasses import dataclass

from typing_extensions import TypedDict

from triforce_daemon.access.caller import Caller
from triforce_daemon.services.keys import KeyDesk
from triforce_daemon.services.ledger import Ledger
from triforce_daemon.services.providers import ProviderDesk
from triforce_daemon.wire.providers import RateLimit

log = logging.getLogger(__name__)


class KeyUsage(TypedDict):
    provider: str
    requests: int
    """Of all its keys together: a row of the ledger names the provider, and not the key."""
    tokens: int
    cost: str | None
    keys: list[str]
    limits: list[RateLimit]
    """What the provider said is left, in its last answers."""
    rejected_at: str | None


@dataclass(frozen=True, slots=True)
class KeyReports:
    desk: KeyDesk
    ledger: Ledger
    providers: ProviderDesk

    def ask(self, provider: str, key: str, reason: str, asker: str) -> str:
        """Say in the log that somebody needs a key; how a person enters it. Raises ProviderNotFound."""
        self.desk.find(provider)
        log.warning("a key is asked for", extra={"provider": provider, "for": key, "client": asker, "why": reason})
        return f"triforce keys set {provider} --name {key}"

    async def usage(self, caller: Caller, provider: str | None, since: str | None) -> list[KeyUsage]:
        """For each provider that has a key or was used. Raises ProviderNotFound, InvalidRequest."""
        if provider is not None:
            self.desk.find(provider)
        used = {item["key"]: item for item in (await self.ledger.usage(caller, "provider", since))["items"]}
        kept = [one for one in (await self.desk.all())["items"] if one["present"]]
        told = self.providers.limits(None)["items"]
        names = sorted({one["provider"] for one in kept} | used.keys())
        found: list[KeyUsage] = []
        for name in names if provider is None else [provider]:
            row, own = used.get(name), [one for one in kept if one["provider"] == name]
            tests = [one["last_test"] for one in own if one["last_test"] is not None]
            rejected = [test["at"] for test in tests if test["state"] == "key-rejected"]
            found.append(
                KeyUsage(
                    provider=name,
                    requests=row["requests"] if row else 0,
                    tokens=row["tokens_in"] + row["tokens_out"] if row else 0,
                    cost=row["cost"] if row else None,
                    keys=[one["name"] or "" for one in own],
                    limits=[limit for one in told if one["provider"] == name for limit in one["limits"]],
                    rejected_at=max(rejected, default=None),
                )
            )
        return found
