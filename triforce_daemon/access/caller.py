"""Who is calling, as it was established at the door."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Caller:
    """`owner` is the user whose daemon this is (and root), by the credentials of the socket's other end."""

    kind: Literal["owner"]
    name: str
    uid: int
    pid: int
