"""What a scriptable upstream knows: what it shall answer, where it is, and what it was asked."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.scriptable_upstream.choices import Choices, Given, Turn, plan_of
from tests.scriptable_upstream.connection import Connection
from tests.scriptable_upstream.plan import Plan, Progress
from tests.scriptable_upstream.providers import PROVIDERS
from tests.scriptable_upstream.records import Recorded, Records
from tests.scriptable_upstream.script import Script

ACCOUNT = "acc0unt"
POLL = 0.002


@dataclass
class Upstream:
    """`keys`: the keys that a provider accepts; one that is not named accepts any, and none.

    `github_retired`: GitHub's routes answer 410 Gone, as they do today. `strict`: what the providers would refuse is
    refused.
    """

    choices: Choices = field(default_factory=Choices)
    records: Records = field(default_factory=Records)
    keys: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    github_retired: bool = True
    strict: bool = True
    port: int = 0
    socket: str | None = None
    connections: set[Connection] = field(default_factory=set[Connection])
    connections_made: int = 0
    #: What should not have happened in the server itself.
    failures: list[BaseException] = field(default_factory=list[BaseException])

    # What it shall answer

    def plan(self, given: Given) -> None:
        """How requests are answered that have no plan of their own; None: nothing is wrong."""
        self.choices.plan = plan_of(given) or Plan()

    def script(self, model: str, script: Script | None = None, plan: Given = None) -> None:
        """What requests for this model get."""
        self.choices.by_model[model] = Turn(script, plan_of(plan))

    def enqueue(self, script: Script | None = None, plan: Given = None) -> None:
        """What the next request that generates gets; may be called many times."""
        self.choices.queue.append(Turn(script, plan_of(plan)))

    def accept(self, provider: str, *keys: str) -> None:
        """From now on the provider accepts only these keys."""
        self.keys[provider] = set(keys)

    def reset(self) -> None:
        """As new: nothing scripted, nothing remembered."""
        self.choices = Choices(progress=Progress())
        self.records.clear()
        self.keys.clear()

    # Where it is

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def base_url(self, provider: str) -> str:
        """What to set as a provider's base URL."""
        return self.url + PROVIDERS[provider].base.replace("{account}", ACCOUNT)

    # What it was asked

    async def until(self, holds: Callable[[], object], within: float = 5.0) -> None:
        """Waits until something has come true. Raises TimeoutError."""
        async with asyncio.timeout(within):
            while not holds():
                await asyncio.sleep(POLL)

    async def asked(self, count: int = 1, within: float = 5.0) -> Recorded:
        """Waits until so many requests have come in; gives the last of them. Raises TimeoutError."""
        await self.until(lambda: len(self.records) >= count, within)
        return self.records[count - 1]

    def clock(self) -> float:
        """The clock of the records."""
        return time.monotonic()
