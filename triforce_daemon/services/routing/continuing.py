"""Asks the next candidate for the rest of an answer that was cut, where its caller wants that."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from triforce_daemon.dialects.canonical import Usage
from triforce_daemon.errors import TriforceError
from triforce_daemon.services.candidates import Candidate
from triforce_daemon.services.continuation import Continuable, Seam, prolonged
from triforce_daemon.services.routing.attempt import Attempt
from triforce_daemon.services.routing.attempts import Attempts, Tally
from triforce_daemon.services.routing.call import Call
from triforce_daemon.services.routing.delivery import Streamed
from triforce_daemon.services.routing.seat import Seat
from triforce_daemon.services.routing.verdicts import Verdict, verdict

#: Sends a call to one seat.
Send = Callable[[Call, Seat], Awaitable[Attempt]]


@dataclass(frozen=True, slots=True)
class Continuing:
    #: In the order in which they are asked; one that was named outright has nobody after it.
    candidates: Sequence[Candidate]
    attempts: Attempts
    send: Send

    async def rest(self, cut: Attempt, used: Usage, error: TriforceError, tally: Tally) -> Attempt | None:
        """Who goes on after `cut`, which `used` so much, broke off with `error`; None where nobody does."""
        watch = cut.delivery.watch if isinstance(cut.delivery, Streamed) else None
        left = self.candidates[self.candidates.index(cut.seat.candidate) + 1 :]
        if not isinstance(watch, Continuable) or not watch.said.open or not left or verdict(error) is Verdict.OWN:
            return None
        said, call = watch.said, cut.call
        said.spent.append(used)
        tally.failures.append((cut.seat.candidate.id, error.apart()))
        request, characters = prolonged(call.request, said, watch.pieces), call.prompt_characters + len(said.text)

        async def go(seat: Seat) -> Attempt:
            seam = Seam(cut.seat.candidate.id, seat.candidate.id, error.message)
            told = replace(call, request=request, prompt_characters=characters, going_on=(said, seam))
            return await self.send(told, seat)

        try:
            return await self.attempts.run(left, go, tally)
        except TriforceError:
            # He who broke off is to blame for the end; of the others the log has told.
            return None
