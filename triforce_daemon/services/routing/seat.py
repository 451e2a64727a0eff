"""Who may answer: a model at a provider, with one of its keys."""

from dataclasses import dataclass

from triforce_daemon.providers.credential import Credential
from triforce_daemon.services.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Seat:
    candidate: Candidate
    credential: Credential
