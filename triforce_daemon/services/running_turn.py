"""A turn that is being answered: what has come of it so far, told to its client event by event."""

from triforce_daemon.dialects.canonical import Event
from triforce_daemon.runtime.clock import Clock, rfc3339
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.outbox import Outbox
from triforce_daemon.services.routing.call import Outcome
from triforce_daemon.services.tool_turns.calling import Bench
from triforce_daemon.services.translation import VISIBLE
from triforce_daemon.services.turn_records import Opened
from triforce_daemon.wire.models import PullProgress
from triforce_daemon.wire.sessions import ToolStep
from triforce_daemon.wire.usage import Usage

_NOTHING = Usage(input_tokens=0, output_tokens=0, estimated=False)


class RunningTurn:
    def __init__(self, opened: Opened, outbox: Outbox, clock: Clock) -> None:
        self.opened = opened
        #: Where the model's calls are made; None: it may call nothing.
        self.bench: Bench | None = None
        #: What the model says; before a call, no answer yet.
        self.text: list[str] = []
        self.finish_reason: str | None = None
        self.calls_tools = False
        self.answered_by: Candidate | None = None
        #: Whether its end is written down.
        self.closed = False
        self.first_token_ms: int | None = None
        self._outbox = outbox
        self._clock = clock
        self._began = clock.ticks()

    @property
    def steps(self) -> list[ToolStep]:
        return self.bench.steps if self.bench is not None else []

    def elapsed_ms(self) -> int:
        return round((self._clock.ticks() - self._began) * 1_000)

    def used(self, outcome: Outcome | None) -> tuple[Usage, str | None]:
        """What it has used, with that of a question that ends now; and what that cost, where it is known."""
        if self.bench is None:
            if outcome is None:
                return _NOTHING, None
            return outcome.usage, outcome.cost.amount if outcome.cost else None
        total = self.bench.acting.copy()
        if outcome is not None:
            total.used(outcome.usage, outcome.cost.amount if outcome.cost else None)
        return total.usage, total.spent

    def announce(self) -> None:
        self.say(
            "session.started",
            turn=self.opened.number,
            title=self.opened.session["title"],
            model=self.opened.resolution.name,
            kept=self.opened.kept,
        )

    def say(self, kind: str, **content: object) -> None:
        now = rfc3339(self._clock.now_ms())
        self._outbox.put({"type": kind, "ts": now, "session": self.opened.session["id"], **content})

    def loading(self, progress: PullProgress) -> None:
        content = {name: value for name, value in progress.items() if name != "type"}
        self.say(progress["type"], **content)

    # As the loop's listener

    def begin(self) -> None:
        self.text.clear()
        self.finish_reason, self.calls_tools = None, False

    def take(self, event: Event) -> None:
        """Pass on what one event of the answer holds."""
        kind = event["type"]
        if self.first_token_ms is None and kind in VISIBLE:
            self.first_token_ms = self.elapsed_ms()
        if event["type"] == "text" or event["type"] == "refusal":
            self.text.append(event["text"])
            self.say("text.delta", text=event["text"])
        elif kind == "tool_call":
            self.calls_tools = self.bench is not None
        elif event["type"] == "finished":
            self.finish_reason = event["reason"]

    async def room(self) -> None:
        await self._outbox.room()
