"""What is heard of a model that works in the background: its words, and its calls as lines of the job's log."""

from dataclasses import dataclass, field

from triforce_daemon.dialects.canonical import Event
from triforce_daemon.services.job_run import JobRun


@dataclass(slots=True)
class Heard:
    """What it has said since its last call."""

    text: list[str] = field(default_factory=list[str])

    def begin(self) -> None:
        self.text.clear()

    def take(self, event: Event) -> None:
        if event["type"] == "text" or event["type"] == "refusal":
            self.text.append(event["text"])

    async def room(self) -> None:
        """Nobody waits for it."""


@dataclass(frozen=True, slots=True)
class JobLog:
    """Takes the steps of a bench."""

    run: JobRun

    def __call__(self, kind: str, **content: object) -> None:
        if kind == "tool.call":
            self.run.log(f"calls {content['name']} {content['arguments']}")
        elif kind == "tool.result":
            self.run.log(f"{content['name']} {'returned' if content['ok'] else 'failed with'} {content['result']}")
        elif kind == "tool.approval":
            self.run.log(f"{content['name']} waits: triforce approvals grant {content['approval']}")
