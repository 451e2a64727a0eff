"""What a provider can do whose models lie on a disk of its owner's."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Removes(Protocol):
    async def remove(self, model: str) -> int | None:
        """Delete the model's file; how many bytes that gave back, where it is known.

        Raises ModelNotFound, InvalidRequest for what is not to be deleted here, ProviderUnavailable.
        """
        ...
