"""What a provider can do whose models run in children of the daemon's."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Restarts(Protocol):
    async def restart(self, model: str) -> None:
        """End the model's child and start another one. Raises Conflict while it answers, ProviderUnavailable."""
        ...
