"""Who may answer: a model at a provider, with one of its keys."""

from typing import NamedTuple

from triforce_daemon.providers.credential import Credential
from triforce_daemon.services.candidates import Candidate


class Seat(NamedTuple):
    candidate: Candidate
    credential: Credential
