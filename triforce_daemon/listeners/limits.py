"""What whoever reaches a port may take of the daemon."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    #: Connections at the same time, and how many of them one address may have; 0: as many as there are.
    connections: int = 10_000
    per_address: int = 0
    #: The head of a request: its line and its headers.
    head_bytes: int = 64 << 10
    headers: int = 100
    #: How long agreeing on the encryption may take, and the head of a request, from the first moment.
    handshake_seconds: float = 10
    head_seconds: float = 20
    #: How long a body may take, and how much longer for each of so many bytes that have come.
    body_seconds: float = 20
    body_bytes_a_second: int = 2_000
    #: What may come of a body on the wire. A chunk of one byte travels as six.
    body_bytes: int = 64 << 20
    #: What is still taken in of a body after its request was answered, so that its client gets to read the answer.
    linger_bytes: int = 1 << 20
    linger_seconds: float = 2
