"""What makes two answers to the same question differ: their ids and their time."""

from dataclasses import dataclass
from datetime import UTC, datetime

#: Of which the first belong to the upstream, so that the ids of two of them differ.
SERIAL_LENGTH = 22


@dataclass(frozen=True, slots=True)
class Stamp:
    """`serial` is unique in one upstream; every id of an answer holds it."""

    serial: str
    created: int

    def id(self, prefix: str, place: int | None = None) -> str:
        """An id with a provider's prefix; with `place`, that of the answer's n-th part."""
        return f"{prefix}{self.serial}" if place is None else f"{prefix}{self.serial}{place:02}"

    @property
    def time(self) -> str:
        """When, to the nanosecond, as Go writes it."""
        return datetime.fromtimestamp(self.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.123456789Z")


def numbered(number: int, created: int, upstream: str = "") -> Stamp:
    return Stamp(f"{upstream}{number:0{SERIAL_LENGTH - len(upstream)}d}", created)


#: Stands in bytes that are built once and stamped for each request. The same lengths as a real stamp.
BLANK = Stamp("BlankSerialBlankSerial", 1999999999)


def stamped(template: bytes, stamp: Stamp) -> bytes:
    """Bytes that were built with BLANK, as an answer of its own."""
    for blank, own in (
        (BLANK.serial, stamp.serial),
        (str(BLANK.created), str(stamp.created)),
        (BLANK.time, stamp.time),
    ):
        template = template.replace(blank.encode(), own.encode())
    return template
